"""Real Celery workers, each in its own process group, on the test database."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import connection


def surroundings(**environment: str) -> dict[str, str]:
    """The environment of a program that works on the test database: broker, folders and key of the test process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        database = f"sqlite:///{name}"
    else:
        options = connection.settings_dict
        database = f"postgres://{options['USER']}:{options['PASSWORD']}@{options['HOST']}:{options['PORT']}/{name}"
    return {
        **os.environ,
        "DATABASE_URL": database,
        "SECRET_KEY": settings.SECRET_KEY,
        "MATCHING_LEASE_SECONDS": "2",
        "MATCHING_SWEEP_SECONDS": "1",
        "MATCHING_SHARD_SIZE": "8",
        **environment,
    }


class Worker:
    """A worker with its scheduler. `with Worker() as worker:` starts it and waits until it is ready; `kill()` is
    `kill -9` of the group."""

    def __init__(self, **environment: str):
        self.environment = surroundings(**environment)
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


class Program:
    """A Celery program that a `Nursery` has forked. `log` holds what it says."""

    def __init__(self, pid: int, log: Path):
        self.pid, self._log = pid, log

    @property
    def log(self) -> list[str]:
        return self._log.read_text(errors="replace").splitlines(keepends=True) if self._log.exists() else []

    @property
    def is_ready(self) -> bool:
        return any(" ready." in line for line in self.log)

    def kill(self):
        """`kill -9` of the program and of all that it has started."""
        os.killpg(self.pid, signal.SIGKILL)


class Nursery:
    """`with Nursery(folder) as nursery:` starts workers that are there in a blink, and ends them all; and a scheduler."""

    def __init__(self, folder: Path, **environment: str):
        self.folder, self.environment = folder, surroundings(**environment)
        self.programs: list[Program] = []

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *exc):
        for program in self.programs:
            program.kill()
        self.process.communicate(timeout=20)

    def _start(self, *arguments: str) -> Program:
        log = self.folder / f"{len(self.programs)}.log"
        self.process.stdin.write(json.dumps([["-A", "config", *arguments], str(log)]) + "\n")
        self.process.stdin.flush()
        self.programs.append(Program(int(self.process.stdout.readline()), log))
        return self.programs[-1]

    def worker(self) -> Program:
        name = f"worker-{len(self.programs)}@%h"
        quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self._start("worker", "--concurrency", "1", "--loglevel", "INFO", "--hostname", name, *quick)

    def scheduler(self) -> Program:
        return self._start("beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(self.folder / "schedule"))


def until(condition, seconds: float = 60, what: str = "the condition", worker: Worker | None = None):
    """Return the first true value of `condition()`; another process makes it true, so it has to be asked for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s\n{''.join(worker.log[-60:]) if worker else ''}")
