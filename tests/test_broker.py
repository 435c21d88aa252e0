"""The embedded broker: files that are whole or not there, whatever is killed."""

import threading
from queue import Empty

import pytest
from kombu import Connection


@pytest.fixture
def channel(tmp_path):
    folders = {name: tmp_path / name for name in ("queue", "control", "processed")}
    for folder in folders.values():
        folder.mkdir()
    options = {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "control_folder": str(folders["control"]),
        "processed_folder": str(folders["processed"]),
    }
    with Connection("filesystem://localhost", transport="config.broker:Transport", transport_options=options) as opened:
        yield opened.default_channel


def test_messages_come_in_the_order_they_were_sent(channel):
    for number in range(20):
        channel._put("work", {"number": number})
        channel._put("other.work", {"number": -number})
    assert [channel._get("work")["number"] for _ in range(20)] == list(range(20))
    assert channel._size("other.work") == 20


@pytest.mark.parametrize("text", ["", '{"body": "eyJ', "\xff\xfe"])
def test_a_broken_message_is_left_out_and_the_next_one_delivered(channel, tmp_path, text):
    (tmp_path / "queue" / "1_x.work.msg").write_text(text, encoding="latin-1")
    channel._put("work", {"number": 1})
    assert channel._get("work") == {"number": 1}
    with pytest.raises(Empty):
        channel._get("work")


def test_a_reader_beside_a_writer_never_sees_half_a_message(channel):
    count, body = 2000, "x" * 50_000
    writer = threading.Thread(target=lambda: [channel._put("work", {"n": n, "body": body}) for n in range(count)])
    writer.start()
    got = []
    while writer.is_alive() or channel._size("work"):
        try:
            got.append(channel._get("work")["n"])
        except Empty:
            continue
    assert got == list(range(count))


@pytest.mark.parametrize("text", ["", '[["rong'])
def test_a_broken_list_of_queues_is_made_anew(channel, tmp_path, text):
    (tmp_path / "control" / "work.exchange").write_text(text)
    channel._queue_bind("work", "work", "", "work")
    channel._queue_bind("work", "urgent", "", "urgent")
    assert {entry.queue for entry in channel.get_table("work")} == {"work", "urgent"}
    channel._delete("urgent", "work", "urgent", "")
    assert [entry.queue for entry in channel.get_table("work")] == ["work"]
