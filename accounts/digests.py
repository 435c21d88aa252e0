"""The weekly digest: on Monday morning, in each reader's language and time zone, and only if something changed.

What stands in it is known to the rooms above: each registers a section here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts import mail
from accounts.models import MAIL, Digest, Topic, User

# From eight in the morning; whoever could not be served by then is served later that day.
HOURS = range(8, 20)


@dataclass(frozen=True)
class Section:
    """A heading, lines of text, and the page that says more."""

    heading: str
    lines: list[str]
    path: str


# `section(user, since, seen)` returns sections in the active language; what `seen` holds comes back a week later.
_sections: list[Callable[[User, datetime, dict], list[Section]]] = []


def register(section: Callable[[User, datetime, dict], list[Section]]) -> None:
    _sections.append(section)


def due(now: datetime) -> list[tuple[int, date]]:
    """The people for whom it is the morning of a Monday of which they have no digest, with that Monday."""
    found = []
    zones = User.objects.filter(is_active=True).order_by().values_list("time_zone", flat=True).distinct()
    for name in zones:
        local = now.astimezone(mail.zone(name))
        if local.weekday() == 0 and local.hour in HOURS:
            people = User.objects.filter(is_active=True, time_zone=name).exclude(digests__week=local.date())
            found += [(person.pk, local.date()) for person in people.only("muted") if person.wants(Topic.DIGEST, MAIL)]
    return found


def send(user_id: int, week: date) -> bool:
    """Send somebody the digest of a week; False if that was done already, or nothing has changed."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if not user:
        return False
    last = user.digests.filter(week__lt=week).first()
    since = last.made_at if last else timezone.now() - timedelta(days=7)
    seen = dict(last.seen) if last else {}
    try:
        with transaction.atomic():
            row = Digest.objects.create(user=user, week=week)
    except IntegrityError:
        return False
    try:
        with translation.override(user.language), timezone.override(mail.zone(user.time_zone)):
            sections = [found for section in _sections for found in section(user, since, seen)]
        row.lines, row.seen = sum(len(section.lines) for section in sections), seen
        row.save(update_fields=["lines", "seen"])
        context = {"sections": sections, "count": row.lines}
        return bool(sections) and mail.send(user, "accounts/emails/digest.txt", "/home/", context, Topic.DIGEST)
    except Exception:
        # Whatever it was, most likely a mail server that was away: it goes on to the worker's log, and without the row
        # the next hour tries again.
        row.delete()
        raise
