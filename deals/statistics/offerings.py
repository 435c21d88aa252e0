"""Money raised on boards, and how single companies got there."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from deals.models import Deal
from deals.statistics.amounts import known_amount, money_by, money_of
from deals.statistics.listings import STAR
from deals.statistics.rows import Figure, InstrumentRow, Money, Names
from deals.statistics.scope import Scope
from taxonomy.amounts import CENT, Amount
from taxonomy.dates import PartialDate
from taxonomy.facts import DatePrecision
from taxonomy.models import Board, ExchangeRate, RateTable
from taxonomy.names import in_language

FASTEST = 30


@dataclass(frozen=True)
class BoardMoneyRow(Names):
    """What listings on a board raised on the way and were worth: both sums are of all its `listings`."""

    listings: int = 0
    companies: int = 0
    raised: Money = field(default_factory=Money)
    value: Money = field(default_factory=Money)


@dataclass(frozen=True)
class ListedCompanyRow(Names):
    """A listing, named by its company and keyed by its id."""

    company: int = 0
    board: str = ""
    board_zh: str = ""
    board_en: str = ""
    listed: PartialDate | None = None

    @property
    def board_name(self) -> str:
        return in_language(self.board_zh, self.board_en)


@dataclass(frozen=True)
class OfferingRow(ListedCompanyRow):
    """`offering` is the id of the deal that raised `amount`; `money` is the same as a bound in the figure's currency."""

    offering: int | None = None
    amount: Amount | None = None
    money: Money = field(default_factory=Money)


@dataclass(frozen=True)
class PaceRow(ListedCompanyRow):
    """Days from filing to clearance by the review, and to the first day of trading.

    `listings` are all of the figure, `filed` those of which the filing date is known.
    """

    filed_on: date | None = None
    cleared_on: date | None = None
    days_to_clear: int | None = None
    days_to_list: int = 0
    filed: int = 0
    listings: int = 0


def capital_raised(scope: Scope) -> Figure[InstrumentRow]:
    """L5: capital raised on boards in the period, by instrument, and the companies that raised."""
    money = money_by(scope.capital_raises(), "kind", currency=scope.currency, period=scope.period)
    companies = dict(scope.capital_raises().values_list("kind").annotate(n=Count("company", distinct=True)))
    rows = tuple(
        InstrumentRow(kind, companies.get(kind, 0), money.get((kind,), Money(currency=scope.currency)))
        for kind in Deal.PUBLIC_KINDS
    )
    return Figure("L5", scope, rows)


def capital_together(scope: Scope) -> Figure[InstrumentRow]:
    """L5: `capital_raised`, and behind it one row for all instruments, in which a company counts once."""
    figure = capital_raised(scope)
    companies = scope.capital_raises().aggregate(n=Count("company", distinct=True))["n"]
    total = sum((row.money for row in figure.rows), Money(currency=scope.currency))
    return replace(figure, rows=(*figure.rows, InstrumentRow("", companies, total)))


def through_board(scope: Scope, board: str = STAR) -> Figure[BoardMoneyRow]:
    """L7: the offerings of the listings on `board` up to the end of the period, and the market value of those listings.

    A market value counts where its day is not after the end of the period and the as-of date. An offering that is
    not recorded, or not verified where only those count, is undisclosed.
    """
    listings = scope.listings().filter(board=board)
    counts = listings.aggregate(listings=Count("pk"), companies=Count("company", distinct=True))
    offerings = offerings_on(scope, board)
    rates = ExchangeRate.objects.table()
    raised = money_by(offerings, currency=scope.currency, rates=rates).get((), Money(currency=scope.currency))
    missing = counts["listings"] - raised.events
    raised = replace(raised, events=counts["listings"], undisclosed=raised.undisclosed + missing)
    of = Board.objects.get(pk=board)
    value = _value_of(valued(listings, scope), counts["listings"], rates, scope.currency)
    row = BoardMoneyRow(board, of.name_zh, of.name_en, **counts, raised=raised, value=value)
    return Figure("L7", scope, (row,))


def offerings_on(scope: Scope, board: str):
    """The deals that raised money on the way to a listing on `board`."""
    listings = scope.listings().filter(board=board)
    return _offerings(scope).filter(listing__in=listings.values("pk"))


def valued(listings, scope: Scope):
    """Those of `listings` whose market value was known by the end of the period and the as-of date."""
    return listings.filter(market_value__isnull=False, market_value_on__lte=scope.known_until)


def _value_of(valued_listings, listings: int, rates: RateTable, currency: str) -> Money:
    """The market value of all `listings`, of which some are valued, each at the rate of the day of its value."""
    total = Money(currency=currency, events=listings, undisclosed=listings)
    rows = valued_listings.values_list("market_value_currency", "market_value_on")
    for code, day, number, value in rows.annotate(n=Count("pk"), value=Sum("market_value")):
        converted = rates.convert(value, code, day, currency)
        total += Money(
            low=(converted or Decimal(0)).quantize(CENT),
            currency=currency,
            undisclosed=-number,
            unconverted=number if converted is None else 0,
        )
    return total


def listings_of_period(scope: Scope) -> Figure[OfferingRow]:
    """L10: each listing of the period with its board and what its offering raised, oldest first.

    `left_out` counts listings of companies whose profile is not published.
    """
    rates = ExchangeRate.objects.table()
    listings = list(_published(scope.new_listings()).order_by("listed_on", "pk"))
    offerings = _offerings(scope).filter(listing__in=[listing.pk for listing in listings]).in_bulk()
    rows = tuple(
        OfferingRow(
            **_place(one),
            offering=deal.pk if deal else None,
            amount=known_amount(deal),
            money=money_of(deal, rates, scope.currency),
        )
        for one in listings
        for deal in [offerings.get(one.offering_id)]
    )
    return Figure("L10", scope, rows, scope.new_listings().count() - len(rows))


def pace(scope: Scope, limit: int = FASTEST) -> Figure[PaceRow]:
    """L11: the `limit` listings up to the end of the period that came fastest from filing to trading.

    The first day of the period does not narrow it. `left_out` counts listings of which the filing date or the exact
    listing date is not known, or whose company's profile is not published.
    """
    dated = Q(filed_on__isnull=False, listed_precision=DatePrecision.DAY, company__is_published=True)
    counts = scope.listings().aggregate(listings=Count("pk"), filed=Count("pk", filter=dated))
    fastest = scope.listings().filter(dated).annotate(waited=F("listed_on") - F("filed_on"))
    rows = tuple(
        PaceRow(
            **_place(one),
            **counts,
            filed_on=one.filed_on,
            cleared_on=one.cleared_on,
            days_to_clear=(one.cleared_on - one.filed_on).days if one.cleared_on else None,
            days_to_list=(one.listed_on - one.filed_on).days,
        )
        for one in _published(fastest).order_by("waited", "listed_on", "pk")[:limit]
    )
    return Figure("L11", scope, rows, counts["listings"] - counts["filed"])


def _offerings(scope: Scope):
    """Deals that count, whatever round or type of investor is asked for: neither narrows listings."""
    return replace(scope, rounds=(), investor_types=()).all_deals()


def _published(listings):
    return listings.filter(company__is_published=True).select_related("company", "board")


def _place(listing) -> dict:
    company, board = listing.company, listing.board
    return {
        "key": str(listing.pk),
        "name_zh": company.short_zh or company.name_zh,
        "name_en": company.short_en or company.name_en,
        "company": company.pk,
        "board": board.pk,
        "board_zh": board.name_zh,
        "board_en": board.name_en,
        "listed": PartialDate(listing.listed_on, listing.listed_precision),
    }
