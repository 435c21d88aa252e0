"""How much recent months usually still grow, because events become known late.

Completeness by age, as in the chain ladder of claims reserving (T. Mack, ASTIN Bulletin 23, 1993): of the events of past
months, the share that was known so many days after the month had ended.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Count
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone

from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from deals.statistics.venture import IN_A_MONTH, months

# Months that may still grow, and past ones that are taken as grown up; of these so many teach.
RECENT, TEACHING = 12, 36
# The band leaves out a tenth of the past months at either end.
BAND = (10, 90)


@dataclass(frozen=True)
class LagRow:
    """A month: events known of it, and how many there will be (None where too little is known of the past).

    `complete` is the share of a month's events that used to be known at this age, learned from `taught` events.
    """

    year: int
    month: int
    known: int
    taught: int = 0
    complete: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def key(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(1)


def _month_before(day: date, count: int) -> date:
    number = day.year * 12 + day.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def reporting_lag(scope: Scope) -> Figure[LagRow]:
    """R1: the last twelve months of the period that had ended on the as-of date, with what they usually still gain.

    Learned from the 36 months before them, under the filters of the scope; nothing is learned where no event became
    known after its month. Events known by quarter or year only are left out.
    """
    known_by = scope.as_of or timezone.localdate()
    last = min(scope.last, known_by)
    if month_end(last.year, last.month) > last:
        last = _month_before(last, 0) - timedelta(1)
    recent = months(max(_month_before(last, RECENT - 1), scope.first.replace(day=1)), last)
    # Grown up is what ended a year before the as-of date.
    grown_up = _month_before(known_by, RECENT) - timedelta(1)
    counts = _known_days(scope.in_period(_month_before(grown_up, TEACHING - 1), grown_up))
    if not _tells_delays(counts):
        counts = {}
    now = {month: sum(days.values()) for month, days in _known_days(_whole(scope, recent)).items()}
    rows = []
    for year, month in recent:
        known = now.get((year, month), 0)
        age = (known_by - month_end(year, month)).days
        rows.append(_row(year, month, known, [_known_at(days, past, age) for past, days in counts.items()]))
    return Figure("R1", scope, tuple(rows))


def _tells_delays(counts: dict[tuple[int, int], dict[date, int]]) -> bool:
    """Whether the records say when events became known: a source that gives no such day seems never to be late."""
    return any(day > month_end(*month) for month, days in counts.items() for day in days)


def _whole(scope: Scope, recent: list[tuple[int, int]]) -> Scope:
    return scope.in_period(date(*recent[0], 1), month_end(*recent[-1])) if recent else scope


def _known_days(scope: Scope) -> dict[tuple[int, int], dict[date, int]]:
    """Return, for each month, how many of its events became known on which day."""
    rows = (
        scope.deals()
        .filter(announced_precision__in=IN_A_MONTH)
        .values("known_on", year=ExtractYear("announced_on"), month=ExtractMonth("announced_on"))
        .annotate(n=Count("pk"))
    )
    found: dict[tuple[int, int], dict[date, int]] = {}
    for row in rows:
        found.setdefault((row["year"], row["month"]), {})[row["known_on"]] = row["n"]
    return found


def _known_at(days: dict[date, int], month: tuple[int, int], age: int) -> tuple[int, int]:
    by = month_end(*month) + timedelta(age)
    return sum(count for day, count in days.items() if day <= by), sum(days.values())


def _row(year: int, month: int, known: int, past: list[tuple[int, int]]) -> LagRow:
    parts, wholes = (np.array(column, dtype=float) for column in zip(*past, strict=True)) if past else ([], [])
    # Without an event at this age there is nothing to grow from.
    if not past or not parts.sum():
        return LagRow(year, month, known, taught=int(sum(wholes)))
    complete = float(parts.sum() / wholes.sum())
    slow, fast = np.percentile(parts / wholes, BAND)
    return LagRow(
        year,
        month,
        known,
        taught=int(wholes.sum()),
        complete=complete,
        expected=known / complete,
        low=known / float(max(fast, complete)),
        high=known / float(min(slow, complete)) if slow else None,
    )
