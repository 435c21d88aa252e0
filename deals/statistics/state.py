"""The state of the records on which figures rest, and what is kept for as long as it lasts."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Count, Max

from companies.models import Company, Raise
from deals.models import Deal, Introduction, Listing, UnstampedChange
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from investors.models import Investor, Thesis
from taxonomy.reference import FOLDER

Made = TypeVar("Made")

KEPT_SECONDS = 6 * 3600
# Figures that an older release of this code computed, or of what it brings to describe records with, are not those of
# this one.
RELEASE = hashlib.sha256(
    b"".join(path.read_bytes() for path in sorted([*Path(__file__).parent.rglob("*.py"), *FOLDER.glob("*.csv")]))
).hexdigest()[:8]
# The fields that change with a record, each a stamp that only grows. What changes without one is an `UnstampedChange`.
RECORDS = {
    Deal: ["updated_at"],
    Listing: ["updated_at"],
    Company: ["updated_at"],
    Investor: ["updated_at"],
    Raise: ["updated_at"],
    Thesis: ["updated_at"],
    Introduction: ["asked_at", "answered_at"],
}
# Of two changes at once the one with the earlier stamp may be committed later: so many of the latest are looked at.
LATEST = 50


@once
def state() -> str:
    """A word that changes whenever a record does on which a figure rests."""
    parts = [UnstampedChange.objects.aggregate(Count("pk"), Max("pk"))]
    for model, stamps in RECORDS.items():
        for stamp in stamps:
            known = model.objects.filter(**{f"{stamp}__isnull": False})
            parts.append(list(known.order_by(f"-{stamp}").values_list("pk", stamp)[:LATEST]))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def key_of(what: str, scope: Scope, at: str) -> str:
    """The key under which a figure, or what is drawn from it, is kept."""
    return f"{what}:{RELEASE}:{hashlib.sha256(repr(scope).encode()).hexdigest()[:24]}:{at}"


def kept_for(what: str, scope: Scope, at: str, make: Callable[[], Made]) -> Made:
    """Return what `make` makes of a scope, once for all requests; `what` tells it from other things made of the scope, `at`
    from what earlier records gave."""
    key = key_of(what, scope, at)
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT_SECONDS)
    return found
