"""Forks Celery programs out of one process that has imported everything: starting a further one costs little.

Run as a program. Each line read is `[arguments of celery, file for its output]`; each line written is the number of
the process that was forked, which leads a process group of its own. `tests.worker.Nursery` speaks with it.
"""

import json
import os
import sys
import traceback

import django
from celery.__main__ import main as celery

from config.celery import app


def become(arguments: list[str], log: str) -> None:
    """Be the Celery program from here on."""
    output = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = ["celery", *arguments]
    celery()


def serve() -> None:
    django.setup()
    app.loader.import_default_modules()
    for line in sys.stdin:
        pid = os.fork()
        # On both sides, so that the group is there whoever comes first.
        os.setpgid(pid, pid)
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
        # Nobody waits for it: its number stays its own, so that a late `kill` hits nobody else.
        print(pid, flush=True)


if __name__ == "__main__":
    serve()
