"""Forks Celery programs out of one process that has imported everything: starting a further one costs little.

Run as a program. Each line read is `[arguments of celery, file for its output]`; each line written is the number of
the process that was forked, which leads a process group of its own. `tests.worker.Nursery` speaks with it.
"""

import json
import os
import signal
import sys
import traceback

import django
from celery.__main__ import main as celery

from config.celery import app


def become(arguments: list[str], log: str) -> None:
    """Be the Celery program from here on."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = ["celery", *arguments]
    celery()


def serve() -> None:
    django.setup()
    app.loader.import_default_modules()
    # Nobody asks how a forked program ended, so none stays behind as a zombie.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            status = 1
            try:
                become(*json.loads(line))
            except SystemExit as end:
                status = end.code or 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        print(pid, flush=True)


if __name__ == "__main__":
    serve()
