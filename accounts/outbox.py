"""The mail of an installation that has no mail server: one file a message, and a copy on the console."""

import email
import email.policy
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.crypto import get_random_string

NAME = re.compile(r"[0-9T.\-]+-[A-Za-z0-9]{8}\.eml")


class EmailBackend(BaseEmailBackend):
    def send_messages(self, messages):
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")
            (folder / f"{stamp}-{get_random_string(8)}.eml").write_bytes(message.message().as_bytes())
            sys.stdout.write(f"\nMail to {', '.join(message.to)}: {message.subject}\n{message.body}\n")
        return len(messages)


@dataclass(frozen=True)
class Mail:
    name: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str


def read(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    return Mail(
        name=path.name,
        at=datetime.strptime(path.name[:26], "%Y-%m-%dT%H-%M-%S.%f").replace(tzinfo=UTC),
        to=message["To"],
        subject=message["Subject"],
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )


def latest(count: int = 50) -> list[Mail]:
    """Return the newest messages, newest first."""
    folder = Path(settings.OUTBOX_DIR)
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True) if folder.is_dir() else []
    return [read(folder / name) for name in names[:count]]


def get(name: str) -> Mail | None:
    """Return the message of that name, or None."""
    path = Path(settings.OUTBOX_DIR) / name
    return read(path) if NAME.fullmatch(name) and path.is_file() else None
