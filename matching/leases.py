"""Work that one worker at a time may do, kept in the row itself.

A worker claims a row by a conditional update that counts `attempt` up and sets `lease_until`; a thread moves the
lease on while the worker lives. What it writes at the end is conditional on the attempt it claimed, so that a
worker that was thought dead cannot overwrite its successor.
"""

import logging
import threading
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has taken over: stop, write nothing."""


def free() -> Q:
    """Rows that nobody holds: never leased, or leased until a moment that has passed."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())


def until():
    return timezone.now() + timedelta(seconds=settings.MATCHING_LEASE_SECONDS)


def claim(queryset, **changes) -> bool:
    """Claim the one row of `queryset` if nobody holds it. True if it is ours now."""
    return bool(queryset.filter(free()).update(attempt=F("attempt") + 1, lease_until=until(), **changes))


class Heartbeat:
    """Renews the lease of `row` at its attempt, from a thread, until the block ends.

    `lost` is set once the row is another's. Raises `LeaseLost` from `check()`.
    """

    def __init__(self, row):
        self.queryset = type(row).objects.filter(pk=row.pk, attempt=row.attempt)
        self.lost = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{row._meta.model_name}-{row.pk}", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._stop.set()
        self._thread.join()

    def _beat(self):
        try:
            while not self._stop.wait(settings.MATCHING_LEASE_SECONDS / 4):
                if not self.queryset.filter(lease_until__isnull=False).update(lease_until=until()):
                    self.lost.set()
                    return
        except Exception:
            # Whatever it is, a database gone or a network: the worker must hear of it, and the thread has nobody to
            # raise it to. Without a renewal the lease ends by itself, and the fence keeps this worker from writing.
            log.exception("The lease could not be renewed")
            self.lost.set()
        finally:
            connection.close()

    def check(self):
        if self.lost.is_set():
            raise LeaseLost
