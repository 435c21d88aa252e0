"""Listings: how many, when, on which boards."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear

from deals.statistics.rows import BoardRow, BoardYearRow, Figure, PartRow
from deals.statistics.scope import Scope
from taxonomy.models import Board

STAR = "star"
# The boards on which young companies of new industries are listed.
GROWTH_BOARDS = ("star", "chinext")
BOARDS_TOGETHER = "+".join(GROWTH_BOARDS)
# The quarter in which trading on the STAR Market began, and the year in whose listings the study sees its share.
STAR_SINCE, SHARE_SINCE = date(2019, 7, 1), date(2019, 1, 1)


@dataclass(frozen=True)
class ListedRow:
    """Companies listed by the end of the period, each once, and their listings."""

    companies: int
    listings: int


@dataclass(frozen=True)
class YearPartRow:
    """New listings of the part of a year that lies in the period, of the same days a year before, and of that year."""

    year: int
    first: date
    last: date
    listings: int
    before: int
    year_before: int

    @property
    def key(self) -> str:
        return str(self.year)

    @property
    def is_whole(self) -> bool:
        return (self.first, self.last) == (date(self.year, 1, 1), date(self.year, 12, 31))

    @property
    def change(self) -> float | None:
        """Growth over the same days a year before; None without listings then."""
        return (self.listings - self.before) / self.before if self.before else None


@dataclass(frozen=True)
class BoardShareRow(PartRow):
    """Listings on a board since a day, of all new listings since another."""

    since: date = STAR_SINCE
    of_since: date = SHARE_SINCE


def listed(scope: Scope) -> Figure[ListedRow]:
    """L1: companies listed by the end of the period."""
    counts = scope.listings().aggregate(companies=Count("company", distinct=True), listings=Count("pk"))
    return Figure("L1", scope, (ListedRow(**counts),))


def new_listings(scope: Scope) -> Figure[YearPartRow]:
    """L2: new listings of each year of the period, or of the part of it that the period holds, beside the year before.

    A listing of which only the month, the quarter or the year is known counts on the first day of it, as everywhere.
    """
    until = max(scope.first, scope.known_until)
    parts = [
        (max(scope.first, date(year, 1, 1)), min(until, date(year, 12, 31)))
        for year in range(scope.first.year, until.year + 1)
    ]
    per_day = dict(
        scope.listings()
        .filter(listed_on__gte=date(scope.first.year - 1, 1, 1))
        .values_list("listed_on")
        .annotate(n=Count("pk"))
    )

    def between(first: date, last: date) -> int:
        return sum(number for day, number in per_day.items() if first <= day <= last)

    rows = []
    for first, last in parts:
        before = scope.in_period(first, last).year_before()
        whole = date(first.year - 1, 1, 1), date(first.year - 1, 12, 31)
        rows.append(
            YearPartRow(
                year=first.year,
                first=first,
                last=last,
                listings=between(first, last),
                before=between(before.first, before.last),
                year_before=between(*whole),
            )
        )
    return Figure("L2", scope, tuple(rows))


def listings_per_year(scope: Scope, years: int = 10) -> Figure[BoardYearRow]:
    """L4: new listings of each of the last `years` years up to the end of the period, split by board.

    `left_out` counts older listings.
    """
    counts: dict[tuple[int, str], int] = {}
    totals: dict[int, int] = {}
    left_out = 0
    per_year = scope.listings().values("board", year=ExtractYear("listed_on")).annotate(n=Count("pk"))
    for year, board, number in per_year.values_list("year", "board", "n"):
        if year <= scope.last.year - years:
            left_out += number
            continue
        counts[(year, board)] = number
        totals[year] = totals.get(year, 0) + number
    boards = list(Board.objects.all())
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
        for board in boards
        if (year, board.code) in counts
    )
    return Figure("L4", scope, rows, left_out)


def listings_by_board_and_year(scope: Scope) -> Figure[BoardYearRow]:
    """L4: `listings_per_year` with rows that are told apart by year and board, keyed `2019/star`."""
    figure = listings_per_year(scope)
    return replace(figure, rows=tuple(replace(row, key=f"{row.year}/{row.key}") for row in figure.rows))


def listed_by_board(scope: Scope) -> Figure[BoardRow]:
    """L3: companies listed by the end of the period, by board.

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


def boards_together(scope: Scope, boards: tuple[str, ...] = GROWTH_BOARDS) -> Figure[BoardRow]:
    """L3: `listed_by_board`, and behind it one row for companies on any of `boards`, keyed `star+chinext`."""
    figure = listed_by_board(scope)
    rows = scope.listings().aggregate(
        companies=Count("company", distinct=True), part=Count("company", distinct=True, filter=Q(board__in=boards))
    )
    named = list(Board.objects.filter(code__in=boards))
    together = BoardRow(
        key="+".join(boards),
        name_zh=" + ".join(board.name_zh for board in named),
        name_en=" + ".join(board.name_en for board in named),
        numerator=rows["part"],
        denominator=rows["companies"],
    )
    return Figure("L3", scope, (*figure.rows, together))


def board_share(
    scope: Scope, board: str = STAR, since: date = STAR_SINCE, of_since: date = SHARE_SINCE
) -> Figure[BoardShareRow]:
    """L6: listings on `board` from `since` up to the end of the period, of all new listings from `of_since` on.

    The first day of the period does not narrow it; both days are asked for instead.
    """
    counts = scope.listings().aggregate(
        numerator=Count("pk", filter=Q(board=board, listed_on__gte=since)),
        denominator=Count("pk", filter=Q(listed_on__gte=of_since)),
    )
    of = Board.objects.get(pk=board)
    return Figure(
        "L6", scope, (BoardShareRow(board, of.name_zh, of.name_en, **counts, since=since, of_since=of_since),)
    )
