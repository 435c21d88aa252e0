"""The thread of an accepted introduction, through its page."""

from functools import partial
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Notification
from deals import conduct, conversation
from deals.models import Attachment, Message
from tests.accounts.test_uploads import PDF
from tests.permission_table import picture


def told(user) -> int:
    return Notification.objects.of(user).unread().filter(kind="message_received").count()


def test_both_sides_write_and_each_is_told_once_until_it_looks(
    client, cast, accepted, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for text in ("Tuesday at ten?", "Or Wednesday."):
            conversation.post(cast.founder, accepted, text, [], uuid4())
    assert told(cast.investor) == 1 and told(cast.investor_viewer) == told(cast.founder) == 0
    (sent,) = (message for message in mail.outbox if "发来消息" in message.subject)
    assert "Tuesday at ten?" in sent.body and sent.to == [cast.investor.email]
    client.force_login(cast.investor)
    page = client.get(accepted.get_absolute_url()).text
    assert page.index("Tuesday at ten?") < page.index("Or Wednesday.")
    assert told(cast.investor) == 0
    conversation.post(cast.founder, accepted, "Hello?", [], uuid4())
    assert told(cast.investor) == 1


def test_a_double_click_sends_once(client, cast, accepted):
    client.force_login(cast.investor)
    data = {"text": "With pleasure.", "key": str(uuid4())}
    for _click in range(2):
        answer = client.post(reverse("deals:message_post", args=[accepted.pk]), data)
        assert answer.url.endswith("#thread")
    assert Message.objects.get().side == "investor"


def test_twenty_clicks_at_once_send_once(at_once, cast, accepted):
    key = uuid4()

    def click(start):
        start()
        return conversation.post(cast.investor, accepted, "Yes.", [], key)

    results = at_once(*[click] * 20)
    assert {result.pk for result in results} == {Message.objects.get().pk}
    assert told(cast.founder) == 1


def test_files_go_along_and_come_back_as_downloads(client, cast, accepted):
    client.force_login(cast.founder)
    files = [SimpleUploadedFile("计划书.pdf", PDF), picture("plant.png")]
    client.post(reverse("deals:message_post", args=[accepted.pk]), {"text": "", "files": files, "key": str(uuid4())})
    first, second = Attachment.objects.all()
    assert (first.name, second.name) == ("计划书.pdf", "plant.png")
    client.force_login(cast.investor_viewer)
    answer = client.get(reverse("deals:attachment", args=[first.pk]))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == PDF


def test_what_is_refused_keeps_the_text(client, cast, accepted):
    client.force_login(cast.founder)
    post = partial(client.post, reverse("deals:message_post", args=[accepted.pk]))
    answer = post({"text": "See this", "files": [SimpleUploadedFile("a.pdf", b"<html>")], "key": str(uuid4())})
    assert answer.status_code == 400 and "See this" in answer.text and "a.pdf" in answer.text
    assert "请输入内容" in post({"text": " ", "key": str(uuid4())}).text
    many = [picture(f"{number}.png") for number in range(6)]
    assert "最多附 5 个文件" in post({"text": "", "files": many, "key": str(uuid4())}).text
    assert not Message.objects.exists()


def test_nobody_writes_before_it_is_accepted_nor_after_a_block(client, cast, asked):
    with pytest.raises(PermissionDenied):
        conversation.post(cast.founder, asked, "Hello", [], uuid4())
    asked.answered("accepted")
    conversation.post(cast.founder, asked, "Hello", [], uuid4())
    conduct.block(cast.investor, cast.company, cast.investor_firm)
    with pytest.raises(PermissionDenied):
        conversation.post(cast.founder, asked, "Hello again", [], uuid4())
    client.force_login(cast.founder)
    page = client.get(asked.get_absolute_url()).text
    assert "Hello" in page and reverse("deals:message_post", args=[asked.pk]) not in page
