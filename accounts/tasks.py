"""What runs in the background for people."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from accounts import digests, drafts, freshness


@shared_task
def send_digests() -> int:
    """Hand over one task a person whose Monday morning it is. What the broker loses is found again an hour later."""
    due = digests.due(timezone.now())
    for user_id, week in due:
        send_digest.delay(user_id, week.isoformat())
    return len(due)


@shared_task
def send_digest(user_id: int, week: str) -> bool:
    return digests.send(user_id, date.fromisoformat(week))


@shared_task
def nudge_stale() -> int:
    """Ask the teams whose profile nobody confirmed for a month. Running twice at once is harmless."""
    return freshness.nudge(timezone.now())


@shared_task
def sweep_drafts() -> int:
    """Take away forms that nobody has gone on with for three months."""
    return drafts.sweep(timezone.now())
