"""docker-compose.yml without a Docker engine: its very commands, run against the local PostgreSQL and Redis."""

import os
import shlex
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
import yaml
from django.conf import settings

from tests.services import POSTGRES_URL, REDIS_URL
from tests.worker import until

pytestmark = [pytest.mark.postgres, pytest.mark.redis]
COMPOSE = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())["services"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """One service's command as a local process; `says` is an event for a line of its output."""

    def __init__(self, name: str, environment: dict, **replaced: str):
        command = COMPOSE[name]["command"]
        for old, new in replaced.values():
            assert old in command
            command = command.replace(old, new)
        # The programs of this Python, as those of the image's.
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.lines: list[str] = []
        self.grew = threading.Condition()
        self.process = subprocess.Popen(
            shlex.split(command),
            cwd=settings.BASE_DIR,
            env={**environment, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with self.grew:
                self.lines.append(line)
                self.grew.notify_all()

    def wait_for(self, words: str, seconds: float = 60):
        with self.grew:
            found = self.grew.wait_for(lambda: any(words in line for line in self.lines), seconds)
        assert found, "".join(self.lines)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)


@pytest.fixture
def environment(tmp_path):
    """What `x-app` sets, with a database and a key prefix of the test's own."""
    name = f"compose_{os.getpid()}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    ours = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "TEST_DATABASE_NAME"}
    }
    yield {
        **ours,
        "DATABASE_URL": urlunsplit(urlsplit(POSTGRES_URL)._replace(path=f"/{name}")),
        "REDIS_URL": REDIS_URL,
        "REDIS_PREFIX": name,
        "DATA_DIR": str(tmp_path),
        "ALLOWED_HOSTS": "rongqiao.example,127.0.0.1",
        "SECRET_KEY": "k" * 50,
        "SITE_URL": "http://rongqiao.example",
    }
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    with redis.Redis.from_url(REDIS_URL) as client:
        for key in client.scan_iter(f"{name}*"):
            client.delete(key)


def test_the_commands_bring_the_site_up_and_a_run_through(environment, tmp_path):
    migrate = Service("migrate", environment)
    assert migrate.process.wait(120) == 0, "".join(migrate.lines)
    port = free_port()
    started = [
        Service("web", environment, bind=("0.0.0.0:8000", f"127.0.0.1:{port}")),
        Service("worker", environment),
        Service("scheduler", environment),
    ]
    web, worker, _scheduler = started
    try:
        web.wait_for("Listening at")
        worker.wait_for(" ready.")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert answer.status == 200
        run = subprocess.run(
            [sys.executable, "manage.py", "match"],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert run.returncode == 0, run.stderr + "".join(worker.lines)
        # The scheduler's sweep reaches the worker through Redis.
        until(lambda: any("matching.tasks.sweep" in line for line in worker.lines), 60, "a sweep")
    finally:
        codes = [service.stop() for service in started]
    assert codes == [0, 0, 0], "".join(line for service in started for line in service.lines[-20:])


def test_the_environment_file_lists_what_compose_needs():
    listed = (settings.BASE_DIR / ".env.example").read_text()
    for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "ALLOWED_HOSTS"):
        assert f"\n{name}=" in listed


def test_the_environment_file_lists_every_variable_that_the_settings_read():
    source = (settings.BASE_DIR / "config" / "settings.py").read_text()
    listed = (settings.BASE_DIR / ".env.example").read_text()
    for part in source.split("env.")[1:]:
        head = part.split("(", 1)
        if head[0] in {"str", "int", "bool", "list", "path", "dj_db_url", "dj_email_url"} and head[1].startswith('"'):
            name = head[1].split('"')[1]
            assert f"\n{name}=" in listed or f"\n#{name}=" in listed, name
