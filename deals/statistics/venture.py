"""Venture events: how many, how much, when, in which round."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Count
from django.db.models.functions import ExtractMonth, ExtractYear

from deals.statistics.amounts import money_by
from deals.statistics.coverage import since
from deals.statistics.rows import EventCount, Figure, Money, MonthRow, RoundRow
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from taxonomy.dates import QUARTER, YEAR
from taxonomy.facts import DatePrecision
from taxonomy.models import Round

# Months that a chart holds one by one, and those that it holds by quarter.
MANY_MONTHS, MANY_QUARTERS = 26, 84
IN_A_MONTH = [DatePrecision.DAY, DatePrecision.MONTH]


def events(scope: Scope) -> Figure[EventCount]:
    """V1: events and distinct companies."""
    counts = scope.deals().aggregate(events=Count("pk"), companies=Count("company", distinct=True))
    return Figure("V1", scope, (EventCount(**counts),))


@once
def event_count(scope: Scope) -> int:
    return scope.deals().count()


def total_amount(scope: Scope) -> Figure[Money]:
    """V2: the total as a lower bound, with the number of events left out of it."""
    total = money_by(scope.deals(), currency=scope.currency, period=scope.period).get(
        (), Money(currency=scope.currency)
    )
    return Figure("V2", scope, (total,))


def monthly(scope: Scope) -> Figure[MonthRow]:
    """V3: events of each month beside the same days of the year before.

    Months that have not begun on the as-of date are left out, and so are those without an event that lie before the
    records (see `coverage`); of months a year before that lie there nothing is told. Events of which only the quarter or the year is known belong to no month; `left_out` counts those of the period.
    """
    now, before = _per_month(scope), _per_month(scope.year_before())
    begun = since(scope)
    first = (begun.year, begun.month) if begun else (scope.first.year, scope.first.month)
    rows = tuple(
        MonthRow(
            year,
            month,
            now.get((year, month), 0),
            before.get((year - 1, month), 0) if (year - 1, month) >= first else None,
        )
        for year, month in months(scope.first, scope.known_until)
        if (year, month) >= min([first, *now])
    )
    left_out = scope.deals().exclude(announced_precision__in=IN_A_MONTH).count()
    return Figure("V3", scope, rows, left_out)


def in_a_month(deals):
    """Those of `deals` of which at least the month is known."""
    return deals.filter(announced_precision__in=IN_A_MONTH)


def _per_month(scope: Scope) -> dict[tuple[int, int], int]:
    rows = (
        in_a_month(scope.deals())
        .values(year=ExtractYear("announced_on"), month=ExtractMonth("announced_on"))
        .annotate(events=Count("pk"))
    )
    return {(row["year"], row["month"]): row["events"] for row in rows}


def months(first: date, last: date) -> list[tuple[int, int]]:
    """Return the months from `first` to `last`, both included."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [(number // 12, number % 12 + 1) for number in range(start, end + 1)]


def spans(rows: Sequence[MonthRow]) -> tuple[MonthRow, ...]:
    """Put months together where a chart could not hold them: quarters from more than two years of them on, years from
    more than seven."""
    if len(rows) <= MANY_MONTHS:
        return tuple(rows)
    precision = QUARTER if len(rows) <= MANY_QUARTERS else YEAR
    found: dict[tuple[int, int], MonthRow] = {}
    for row in rows:
        key = row.year, row.month - (row.month - 1) % (3 if precision == QUARTER else 12)
        so_far = found.get(key, MonthRow(*key, 0, 0, precision))
        before = None if None in (so_far.before, row.before) else so_far.before + row.before
        found[key] = replace(so_far, events=so_far.events + row.events, before=before)
    return tuple(found.values())


def by_round(scope: Scope) -> Figure[RoundRow]:
    """V4: events and companies of each round, in the order of rounds; rounds without events are left out."""
    counts = {
        row["round"]: row
        for row in scope.deals().values("round").annotate(n=Count("pk"), c=Count("company", distinct=True))
    }
    money = money_by(scope.deals(), "round", currency=scope.currency, period=scope.period)
    total = sum(row["n"] for row in counts.values())
    companies = scope.deals().aggregate(n=Count("company", distinct=True))["n"]
    rows = tuple(
        RoundRow(
            key=one.code,
            name_zh=one.name_zh,
            name_en=one.name_en,
            events=counts[one.code]["n"],
            of_events=total,
            companies=counts[one.code]["c"],
            of_companies=companies,
            money=money[(one.code,)],
            order=one.order,
        )
        for one in Round.objects.all()
        if one.code in counts
    )
    return Figure("V4", scope, rows)


def early_events(figure: Figure[RoundRow], up_to: int = 45) -> tuple[int, int]:
    """V4: events up to the round of that order (A+ is 45), and all events of the figure."""
    return (
        sum(row.events for row in figure.rows if row.order is not None and row.order <= up_to),
        sum(row.events for row in figure.rows),
    )
