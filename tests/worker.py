"""A real Celery worker with its scheduler, in its own process group, on the test database."""

import os
import signal
import subprocess
import sys
import threading
import time

from django.conf import settings
from django.db import connection


class Worker:
    """`with Worker() as worker:` starts it and waits until it is ready; `kill()` is `kill -9` of the group.

    Broker, folders and key are those of the test process (`tests.environment`): files, or Redis where it is set.
    """

    def __init__(self, **environment: str):
        name = str(connection.settings_dict["NAME"])
        if connection.vendor == "sqlite":
            database = f"sqlite:///{name}"
        else:
            options = connection.settings_dict
            database = f"postgres://{options['USER']}:{options['PASSWORD']}@{options['HOST']}:{options['PORT']}/{name}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "SECRET_KEY": settings.SECRET_KEY,
            "MATCHING_LEASE_SECONDS": "2",
            "MATCHING_SWEEP_SECONDS": "1",
            "MATCHING_SHARD_SIZE": "8",
            **environment,
        }
        self.command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--concurrency", "2"]
        self.command += ["--loglevel", "INFO", "--schedule", str(settings.DATA_DIR / "beat")]
        self.log: list[str] = []

    def start(self):
        self.ready = threading.Event()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        assert self.ready.wait(60), "".join(self.log[-40:])
        return self

    def _read(self):
        for line in self.process.stdout:
            self.log.append(line)
            if " ready." in line:
                self.ready.set()

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()


def until(condition, seconds: float = 60, what: str = "the condition", worker: Worker | None = None):
    """Return the first true value of `condition()`; another process makes it true, so it has to be asked for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s\n{''.join(worker.log[-60:]) if worker else ''}")
