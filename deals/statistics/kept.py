"""Figures are computed once for a scope and a state of the records."""

import hashlib
from pathlib import Path

from django.core.cache import cache
from django.db.models import Count, Max

from companies.models import Company, Raise
from deals.models import Deal, Introduction, Listing
from deals.statistics.claims import FIGURES
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from investors.models import Investor, Thesis
from taxonomy.models import ExchangeRate

KEPT_SECONDS = 3600
# Figures that an older release of this code computed are not those of this one.
RELEASE = hashlib.sha256(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py")))
).hexdigest()[:8]
# The fields that change with a record.
RECORDS = {
    Deal: ["updated_at"],
    Listing: ["updated_at"],
    Company: ["updated_at"],
    ExchangeRate: ["pk"],
    Investor: ["updated_at"],
    Raise: ["updated_at"],
    Thesis: ["updated_at"],
    Introduction: ["asked_at", "answered_at"],
}


def state() -> str:
    """A word that changes whenever a record does on which a figure rests."""
    parts = [
        sorted(model.objects.order_by().aggregate(Count("pk"), *map(Max, fields)).items())
        for model, fields in RECORDS.items()
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def key_of(what: str, scope: Scope, at: str) -> str:
    """The key under which a figure, or what is drawn from it, is kept."""
    return f"{what}:{RELEASE}:{hashlib.sha256(repr(scope).encode()).hexdigest()[:24]}:{at}"


def kept(what: str, scope: Scope, compute, at: str | None = None):
    """Return `compute(scope)`, from the cache where nothing has changed since."""
    key = key_of(what, scope, at or state())
    found = cache.get(key)
    if found is None:
        found = compute(scope)
        cache.set(key, found, KEPT_SECONDS)
    return found


def answer(code: str, scope: Scope, at: str | None = None) -> Figure:
    """Return the figure of one question of the study. Raises `KeyError` for an unknown code."""
    return kept(f"figure:{code}", scope, FIGURES[code].answer, at)
