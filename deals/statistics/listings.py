"""Listings and the money raised on boards."""

from django.db.models import Count
from django.db.models.functions import ExtractYear

from deals.models import Deal
from deals.statistics.amounts import money_by
from deals.statistics.rows import BoardRow, BoardYearRow, Figure, InstrumentRow, Money
from deals.statistics.scope import Scope
from taxonomy.models import Board


def listings_per_year(scope: Scope, years: int = 10) -> Figure[BoardYearRow]:
    """L2, L4: new listings of each of the last `years` years up to the end of the period, split by board."""
    counts = {
        (row["year"], row["board"]): row["n"]
        for row in scope.listings()
        .filter(listed_on__year__gt=scope.last.year - years)
        .values("board", year=ExtractYear("listed_on"))
        .annotate(n=Count("pk"))
    }
    totals: dict[int, int] = {}
    for (year, _board), number in counts.items():
        totals[year] = totals.get(year, 0) + number
    rows = tuple(
        BoardYearRow(
            key=board.code,
            name_zh=board.name_zh,
            name_en=board.name_en,
            year=year,
            numerator=counts[(year, board.code)],
            denominator=totals[year],
        )
        for year in sorted(totals)
        for board in Board.objects.all()
        if (year, board.code) in counts
    )
    return Figure("L4", scope, rows)


def listed_by_board(scope: Scope) -> Figure[BoardRow]:
    """L1, L3: companies listed by the end of the period, by board.

    A company on two boards counts on both; the denominator counts it once.
    """
    counts = dict(scope.listings().values_list("board").annotate(n=Count("company", distinct=True)))
    companies = scope.listings().aggregate(n=Count("company", distinct=True))["n"]
    rows = tuple(
        BoardRow(board.code, board.name_zh, board.name_en, counts[board.code], companies)
        for board in Board.objects.all()
        if board.code in counts
    )
    return Figure("L3", scope, rows)


def capital_raised(scope: Scope) -> Figure[InstrumentRow]:
    """L5: capital raised on boards in the period, by instrument, and the companies that raised."""
    money = money_by(scope.capital_raises(), "kind", currency=scope.currency)
    companies = dict(scope.capital_raises().values_list("kind").annotate(n=Count("company", distinct=True)))
    rows = tuple(
        InstrumentRow(kind, companies.get(kind, 0), money.get((kind,), Money(currency=scope.currency)))
        for kind in Deal.PUBLIC_KINDS
    )
    return Figure("L5", scope, rows)
