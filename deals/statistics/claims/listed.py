"""L1 to L9: how many companies are listed, when, where and on which boards."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Company
from deals.models import Deal
from deals.statistics.amounts import COUNTED
from deals.statistics.categories import companies_in, listed_by_category
from deals.statistics.claims import columns, debuts, words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.listings import (
    STAR,
    BoardShareRow,
    YearPartRow,
    board_share,
    boards_together,
    listed,
    listings_by_board_and_year,
    new_listings,
)
from deals.statistics.offerings import capital_together, offerings_on, through_board, valued
from deals.statistics.regions import companies_of, listed_by_province
from deals.statistics.rows import BoardRow, BoardYearRow, Figure, InstrumentRow, PartRow
from deals.statistics.scope import Scope
from taxonomy import display


def _year_part(scope: Scope, row: YearPartRow) -> Scope:
    return scope.in_period(row.first, row.last)


def _new_listings(figure: Figure[YearPartRow]) -> str:
    row = figure.rows[-1]
    return _("%(number)s from %(first)s to %(last)s, %(before)s in the whole of %(year_before)s") % {
        "number": display.count(row.listings),
        "first": display.partial_date(row.first),
        "last": display.partial_date(row.last),
        "before": display.count(row.year_before),
        "year_before": row.year - 1,
    }


def _on_boards(scope: Scope, row: BoardRow):
    return scope.listings().filter(board__in=row.key.split("+"))


def _of_listings(scope: Scope, listings):
    return scope.listed_companies().filter(pk__in=listings.values("company"))


def _board_of_year(scope: Scope, row: BoardYearRow):
    return scope.listings().filter(listed_on__year=row.year, board=row.board)


def _per_year(figure: Figure[BoardYearRow]) -> dict[int, int]:
    return {row.year: row.denominator for row in figure.rows}


def _latest_years(figure: Figure[BoardYearRow]) -> str:
    years = list(_per_year(figure).items())[-3:]
    return words.listed(
        _("%(year)s: %(number)s") % {"year": year, "number": display.count(number)} for year, number in years
    )


def _surges(figure: Figure[BoardYearRow]) -> bool:
    """More listings in 2019 and in 2020 than in any year before, and most of them on the STAR Market."""
    years = _per_year(figure)
    earlier = [number for year, number in years.items() if year < 2019]
    recent = [row for row in figure.rows if row.year in (2019, 2020)]
    star = sum(row.numerator for row in recent if row.board == STAR)
    most = min(years.get(2019, 0), years.get(2020, 0)) > max(earlier, default=0)
    return most and star > sum(row.numerator for row in recent) / 2


def _instruments(scope: Scope, row: InstrumentRow):
    raises = scope.capital_raises()
    return raises.filter(kind=row.kind) if row.kind else raises


def _instrument(row: InstrumentRow) -> str:
    return Deal.Kind(row.kind).label if row.kind else _("All instruments")


def _capital(figure: Figure[InstrumentRow]) -> str:
    row = figure.rows[-1]
    return _("%(companies)s companies, %(amount)s") % {
        "companies": display.count(row.companies),
        "amount": words.money(row.money),
    }


def _star_share(figure: Figure[BoardShareRow]) -> str:
    return words.part(figure.row.numerator, figure.row.denominator)


def _part(figure: Figure[PartRow], key: str) -> int:
    return next((row.numerator for row in figure.rows if row.key == key), 0)


def _without_offering(scope: Scope, row):
    disclosed = offerings_on(scope, row.key).filter(COUNTED)
    return scope.listings().filter(board=row.key).exclude(offering__in=disclosed.values("pk"))


def _without_value(scope: Scope, row):
    listings = scope.listings().filter(board=row.key)
    return listings.exclude(pk__in=valued(listings, scope).values("pk"))


CLAIMS = (
    Claim(
        code="L1",
        question=gettext_lazy("Listed companies"),
        definition=gettext_lazy(
            "Companies whose shares were listed on a board by the end of the period, each counted once. The beginning of "
            "the period, rounds and investors do not narrow what is listed."
        ),
        answer=listed,
        columns=(
            columns.companies(lambda scope, row: scope.listed_companies()),
            Column(
                "listings",
                gettext_lazy("Listings"),
                lambda row: row.listings,
                behind=lambda scope, row: scope.listings(),
            ),
        ),
        value=lambda figure: _("%(number)s listed companies") % {"number": display.count(figure.row.companies)},
        paper=gettext_lazy("146 companies on 30 September 2020"),
        holds=lambda figure: figure.row.companies == 146,
    ),
    Claim(
        code="L2",
        question=gettext_lazy("New listings in a year or part of one"),
        definition=gettext_lazy(
            "Listings whose first day of trading lies in the period, by year, beside those on the same days of the year "
            "before and in the whole of that year. A company on two boards has two listings."
        ),
        answer=new_listings,
        columns=(
            Column("year", gettext_lazy("Year"), lambda row: row.year, Unit.YEAR),
            Column("first", gettext_lazy("First day"), lambda row: row.first, Unit.DAY),
            Column("last", gettext_lazy("Last day"), lambda row: row.last, Unit.DAY),
            Column(
                "listings",
                gettext_lazy("New listings"),
                lambda row: row.listings,
                behind=lambda scope, row: _year_part(scope, row).new_listings(),
            ),
            Column(
                "before",
                gettext_lazy("Same days of the year before"),
                lambda row: row.before,
                behind=lambda scope, row: _year_part(scope, row).year_before().new_listings(),
            ),
            Column("change", gettext_lazy("Year on year"), lambda row: row.change, Unit.SHARE),
            Column(
                "year_before",
                gettext_lazy("Whole year before"),
                lambda row: row.year_before,
                behind=lambda scope, row: scope.listings().filter(listed_on__year=row.year - 1),
            ),
        ),
        value=_new_listings,
        paper=gettext_lazy("23 in 2019, 25 from January to September 2020"),
        holds=lambda figure: (figure.rows[-1].listings, figure.rows[-1].year_before) == (25, 23),
    ),
    Claim(
        code="L3",
        question=gettext_lazy("Listed companies by board"),
        definition=gettext_lazy(
            "Listed companies on each board at the end of the period, of all that are listed. A company on two boards "
            "counts on both and once in the whole. The last row counts those on ChiNext or the STAR Market, each once."
        ),
        answer=boards_together,
        columns=(
            columns.name(gettext_lazy("Board")),
            columns.numerator(
                gettext_lazy("Companies"), lambda scope, row: _of_listings(scope, _on_boards(scope, row))
            ),
            columns.denominator(gettext_lazy("Of all"), lambda scope, row: scope.listed_companies()),
            columns.share(),
        ),
        value=lambda figure: (
            _("%(boards)s: %(part)s")
            % {
                "boards": figure.rows[-1].name,
                "part": words.part(figure.rows[-1].numerator, figure.rows[-1].denominator),
            }
        ),
        paper=gettext_lazy("ChiNext and STAR Market together 82 of 146"),
        holds=lambda figure: (figure.rows[-1].numerator, figure.rows[-1].denominator) == (82, 146),
    ),
    Claim(
        code="L4",
        question=gettext_lazy("Listings per year and board"),
        definition=gettext_lazy(
            "New listings of each of the ten years up to the end of the period, by board; the last year only as far as "
            "the period reaches. The beginning of the period does not narrow it."
        ),
        answer=listings_by_board_and_year,
        columns=(
            Column("year", gettext_lazy("Year"), lambda row: row.year, Unit.YEAR),
            columns.name(gettext_lazy("Board")),
            columns.numerator(gettext_lazy("New listings"), _board_of_year),
            columns.denominator(
                gettext_lazy("All boards"), lambda scope, row: scope.listings().filter(listed_on__year=row.year)
            ),
            columns.share(),
        ),
        value=_latest_years,
        paper=gettext_lazy("A surge from 2019 on, most of it on the STAR Market"),
        holds=_surges,
    ),
    Claim(
        code="L5",
        question=gettext_lazy("Capital raised on the boards, by instrument"),
        definition=gettext_lazy(
            "Initial public offerings, follow-on placements and rights issues announced in the period, as a lower bound "
            "at the rates of their days, and the companies that raised; in the last row each company counts once."
        ),
        answer=capital_together,
        columns=(
            columns.name(gettext_lazy("Instrument"), _instrument),
            columns.companies(
                lambda scope, row: Company.objects.filter(pk__in=_instruments(scope, row).values("company"))
            ),
            Column("events", gettext_lazy("Events"), lambda row: row.money.events, behind=_instruments),
            columns.money(),
            columns.undisclosed(_instruments),
        ),
        value=_capital,
        paper=gettext_lazy("35 companies, over CNY 44 billion"),
        holds=lambda figure: figure.rows[-1].companies == 35 and figure.rows[-1].money.low > 44_000_000_000,
    ),
    Claim(
        code="L6",
        question=gettext_lazy("The STAR Market’s share of new listings"),
        definition=gettext_lazy(
            "Listings on the STAR Market since July 2019, when it opened, of all listings on any board since January "
            "2019, both up to the end of the period. Its beginning does not narrow them."
        ),
        answer=board_share,
        columns=(
            columns.name(gettext_lazy("Board")),
            Column("since", gettext_lazy("Since"), lambda row: row.since, Unit.DAY),
            columns.numerator(
                gettext_lazy("New listings"),
                lambda scope, row: scope.listings().filter(board=row.key, listed_on__gte=row.since),
            ),
            columns.denominator(
                gettext_lazy("All boards"), lambda scope, row: scope.listings().filter(listed_on__gte=row.of_since)
            ),
            columns.share(),
        ),
        value=_star_share,
        paper=gettext_lazy("37, eight tenths of the new listings (37 of 48 since January 2019)"),
        holds=lambda figure: (figure.row.numerator, figure.row.denominator) == (37, 48),
    ),
    Claim(
        code="L7",
        question=gettext_lazy("Capital raised and market value through the STAR Market"),
        definition=gettext_lazy(
            "What the offerings of all listings on the STAR Market up to the end of the period raised, and the last "
            "recorded market value of those listings, if it was known by then. Both are lower bounds where some are not "
            "recorded."
        ),
        answer=through_board,
        columns=(
            columns.name(gettext_lazy("Board")),
            Column(
                "listings",
                gettext_lazy("Listings"),
                lambda row: row.listings,
                behind=lambda scope, row: scope.listings().filter(board=row.key),
            ),
            columns.companies(lambda scope, row: _of_listings(scope, scope.listings().filter(board=row.key))),
            columns.money(lambda row: row.raised, gettext_lazy("Raised"), "raised", "listings"),
            Column(
                "undisclosed",
                gettext_lazy("Amount raised undisclosed"),
                lambda row: row.raised.undisclosed,
                behind=_without_offering,
            ),
            columns.money(lambda row: row.value, gettext_lazy("Market value"), "market_value", "listings"),
            Column(
                "unvalued",
                gettext_lazy("Market value not recorded"),
                lambda row: row.value.undisclosed,
                behind=_without_value,
            ),
        ),
        value=lambda figure: (
            _("%(raised)s raised, market value %(value)s")
            % {"raised": words.money(figure.row.raised), "value": words.money(figure.row.value)}
            if figure.row.raised.events or figure.row.value.events
            else display.DASH
        ),
        paper=gettext_lazy("Over CNY 20 billion raised, market value over CNY 400 billion"),
        holds=lambda figure: figure.row.raised.low > 20_000_000_000 and figure.row.value.low > 400_000_000_000,
    ),
    Claim(
        code="L8",
        question=gettext_lazy("Listed companies by category"),
        definition=gettext_lazy(
            "Companies listed by the end of the period, each in its primary category or else in the first one of the "
            "scheme. Those without a category of the scheme are left out of the whole."
        ),
        answer=listed_by_category,
        columns=(
            columns.name(gettext_lazy("Category")),
            columns.numerator(
                gettext_lazy("Companies"),
                lambda scope, row: companies_in(scope, row.key).filter(pk__in=scope.listed_companies().values("pk")),
            ),
            columns.denominator(gettext_lazy("Of all")),
            columns.share(),
        ),
        value=lambda figure: words.leaders(figure.rows, lambda row: row.numerator, 3),
        paper=gettext_lazy("Services 36, automation 34, devices 25, the other four 51"),
        holds=lambda figure: (
            [_part(figure, key) for key in ("services", "automation", "devices")] == [36, 34, 25]
            and sum(row.numerator for row in figure.rows) == 146
        ),
    ),
    Claim(
        code="L9",
        question=gettext_lazy("Listed companies by province"),
        definition=gettext_lazy(
            "Companies listed by the end of the period, by the Chinese province of their seat. Those elsewhere or "
            "without a place are left out of the whole."
        ),
        answer=listed_by_province,
        columns=(
            columns.name(gettext_lazy("Province")),
            columns.numerator(
                gettext_lazy("Companies"),
                lambda scope, row: companies_of(row.key).filter(pk__in=scope.listed_companies().values("pk")),
            ),
            columns.denominator(gettext_lazy("Of all")),
            columns.share(),
        ),
        value=lambda figure: words.leaders(figure.rows, lambda row: row.numerator, 5),
        paper=gettext_lazy("Beijing, Guangdong, Jiangsu, Zhejiang and Shanghai have most"),
        holds=lambda figure: (
            {row.key for row in figure.rows[:5] if row.numerator} == {"CN-BJ", "CN-GD", "CN-JS", "CN-ZJ", "CN-SH"}
        ),
    ),
    *debuts.CLAIMS,
)
