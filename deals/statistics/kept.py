"""Figures are computed once for a scope and a state of the records."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from django.core.cache import cache
from django.db.models import Count, Max

from companies.models import Company, Raise
from deals.models import Deal, Introduction, Listing, UnstampedChange
from deals.statistics.claims import FIGURES
from deals.statistics.coverage import CoverageRow, whole
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from deals.statistics.shared import once, together
from investors.models import Investor, Thesis
from taxonomy.reference import FOLDER

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


class Kept:
    """Answers to questions, each a code and a scope: the kept ones are fetched together, the others are computed when
    they are asked for, and kept. Raises `KeyError` for an unknown code."""

    def __init__(self, questions: Iterable[tuple[str, Scope]], at: str | None = None):
        self.at = at or state()
        self._keys = {(code, scope): key_of(f"figure:{code}", scope, self.at) for code, scope in questions}
        self._found = cache.get_many(self._keys.values())

    def figure(self, code: str, scope: Scope) -> Figure:
        key = self._keys[code, scope]
        if key not in self._found:
            with together():
                self._found[key] = FIGURES[code].answer(scope)
            cache.set(key, self._found[key], KEPT_SECONDS)
        return self._found[key]


def kept_number(what: str, scope: Scope, at: str, count: Callable[[], int]) -> int:
    """Return what `count` says, kept like a figure; `what` tells it from other numbers of the scope, `at` from earlier ones."""
    key = key_of(what, scope, at)
    found = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, KEPT_SECONDS)
    return found


@once
def recorded(scope: Scope) -> Figure[CoverageRow]:
    """Return R4 for a scope, the same for all periods."""
    return answer("R4", whole(scope))


def answer(code: str, scope: Scope, at: str | None = None) -> Figure:
    """Return the figure of one question of the study. Raises `KeyError` for an unknown code."""
    return Kept([(code, scope)], at).figure(code, scope)
