"""The embedded broker: kombu's broker of files, in which every file appears whole or not at all.

kombu opens a file before it fills it: a reader may take it empty, and a writer that is killed leaves it empty. Either
ends the worker that reads it (celery/kombu issue 1551). Tasks may still be lost under `kill -9`; the sweep asks again.
"""

import fcntl
import logging
import os
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)


def write_whole(path: Path, text: str) -> None:
    """Write `text` so that readers of `path` see all of it or what was there before."""
    # Without a full stop in front and an ending of its own a reader would take it for a message.
    part = path.with_name(f"{uuid.uuid4()}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **kwargs):
        # kombu finds a queue's files by what follows the first full stop, and takes them in the order of their names.
        write_whole(Path(self.data_folder_out) / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg", dumps(payload))

    def _get(self, queue):
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = Path(self.processed_folder) / name
            try:
                os.rename(Path(self.data_folder_in) / name, taken)
            except FileNotFoundError:
                # Another worker was faster.
                continue
            text = taken.read_text(encoding="utf-8", errors="replace")
            taken.unlink()
            try:
                return loads(text)
            except ValueError:
                log.warning("Left out a broken message of the queue %s: %s", queue, name)
        raise Empty

    def get_table(self, exchange):
        try:
            return super().get_table(exchange)
        except ValueError:
            log.warning(
                "The queues of the exchange %s cannot be read; those in use announce themselves again", exchange
            )
            return []

    @contextmanager
    def _changed_table(self, exchange):
        with open(self.control_folder / "lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self.get_table(exchange)
            before = list(table)
            yield table
            if table != before:
                write_whole(self._exchange_file(exchange), dumps(table))

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._changed_table(exchange) as table:
            if bound not in table:
                table.insert(0, bound)

    def _delete(self, queue, exchange, routing_key, pattern, *args, **kwargs):
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **kwargs)
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._changed_table(exchange) as table:
            if bound in table:
                table.remove(bound)


class Transport(filesystem.Transport):
    Channel = Channel
