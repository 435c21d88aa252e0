"""What the deals of an institution show about what it looks for, beside what its theses declare and what the market does."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import numpy as np
from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.urls import reverse

from companies.models import Company, CompanyCategory
from deals.models import Deal, Participation
from deals.statistics.places import Places
from investors.models import Investor
from taxonomy.models import Category, ExchangeRate, Region, Round

# The year of its latest round and so many before it count, and more of them where these hold too few rounds.
EARLIER_YEARS, ENOUGH = 4, 20
SHOWN = 6
# The market moves slowly, and a page of one institution shall not count all of it.
KEPT_SECONDS = 3600
# A thesis is proposed from what is more than a single deal and a tenth of all; places where a few of them hold most.
LEAST_DEALS, LEAST_SHARE = 2, 0.1
FEW_PLACES, MOST = 3, 0.7
# So many known amounts make a range.
LEAST_AMOUNTS = 3


@dataclass(frozen=True)
class Value:
    """A category, a round or a place: in `deals` of the `of` rounds of the institution, in `market` of the market's.

    `declared` is None where its theses say nothing of the kind. `query` narrows the list of deals to these.
    """

    row: Category | Round | Region
    deals: int
    of: int
    market: float | None
    declared: bool | None
    query: str

    @property
    def share(self) -> float:
        return self.deals / self.of


@dataclass(frozen=True)
class Ticket:
    """Quartiles in CNY of what the institution put into a round, of `known` rounds.

    Its own part where that is recorded (`own` of them), else an equal part of the round.
    """

    low: Decimal
    middle: Decimal
    high: Decimal
    known: int
    own: int


@dataclass(frozen=True)
class Focus:
    """`only_declared` are the categories, rounds and places of theses in which there is no deal of these years."""

    investor: Investor
    since: date
    deals: int
    categories: tuple[Value, ...]
    rounds: tuple[Value, ...]
    places: tuple[Value, ...]
    only_declared: tuple[Category | Round | Region, ...]
    ticket: Ticket | None

    @property
    def kinds(self) -> tuple[tuple[Value, ...], ...]:
        return self.categories, self.rounds, self.places


def of(investor: Investor, user) -> Focus | None:
    """Return what the venture rounds of an institution show as far as `user` may read them; None where it has none."""
    own = Deal.objects.visible_to(user).standing().venture().filter(participations__investor=investor)
    days = list(own.order_by("-announced_on").values_list("announced_on", flat=True)[:ENOUGH])
    if not days:
        return None
    since = date(min(days[0].year - EARLIER_YEARS, days[-1].year), 1, 1)
    own = own.filter(announced_on__gte=since)
    rows = list(own.order_by().values_list("pk", "company", "company__region", "round"))
    return _Counting(investor, since, rows).focus(_ticket(investor, own.with_amount_shown(user)))


class _Counting:
    def __init__(self, investor: Investor, since: date, rows: list[tuple]):
        self.investor, self.since, self.rows = investor, since, rows
        self.theses = list(investor.theses.active().for_page())

    def focus(self, ticket: Ticket | None) -> Focus:
        found = [self._categories(), self._rounds(), self._places()]
        return Focus(
            investor=self.investor,
            since=self.since,
            deals=len(self.rows),
            categories=found[0][0],
            rounds=found[1][0],
            places=found[2][0],
            only_declared=tuple(row for _values, rest in found for row in rest),
            ticket=ticket,
        )

    def _named(self, field: str) -> dict:
        return {row.pk: row for thesis in self.theses for row in getattr(thesis, field).all()}

    def _values(self, counts: Counter, rows: dict, declared, field: str, code, market) -> tuple[Value, ...]:
        known = {"investor": self.investor.pk, "kind": Deal.Kind.VENTURE, "since": self.since.isoformat()}
        first = sorted(counts, key=lambda key: (-counts[key], code(rows[key])))[:SHOWN]
        return tuple(
            Value(
                row=rows[key],
                deals=counts[key],
                of=len(self.rows),
                market=market(rows[key]),
                declared=declared(rows[key]),
                query=urlencode(known | {field: code(rows[key])}),
            )
            for key in first
        )

    def _categories(self):
        """A company counts in each of its categories, and in those above that others name: as the list of deals does."""
        links = CompanyCategory.objects.filter(
            company__in={company for _pk, company, _place, _round in self.rows},
            category__in=Category.objects.offered(),
        )
        of_company: dict[int, list[Category]] = {}
        for link in links.select_related("category"):
            of_company.setdefault(link.company_id, []).append(link.category)
        rows = {category.pk: category for found in of_company.values() for category in found}
        counts = Counter(
            pk
            for _deal, company, _place, _round in self.rows
            for pk, row in rows.items()
            if any(_is_under(category, row) for category in of_company.get(company, []))
        )
        named = self._named("categories")
        values = self._values(
            counts,
            rows,
            lambda row: any(_is_under(row, one) or _is_under(one, row) for one in named.values()) if named else None,
            "category",
            lambda row: row.code,
            lambda row: self._market("category", row.code, Company.objects.in_category(row)),
        )
        have = [category for found in of_company.values() for category in found]
        rest = [one for one in named.values() if not any(_is_under(row, one) for row in have)]
        return values, rest

    def _rounds(self):
        counts = Counter(code for *_rest, code in self.rows)
        rows = {one.code: one for one in Round.objects.filter(code__in=counts)}
        named = self._named("rounds")
        shares = self._market_rounds()
        values = self._values(
            counts,
            rows,
            lambda row: row.code in named if named else None,
            "round",
            lambda row: row.code,
            lambda row: shares.get(row.code, 0.0),
        )
        # In the order of rounds, which says more than that of their numbers.
        values = tuple(sorted(values, key=lambda value: value.row.position))
        return values, [one for code, one in named.items() if code not in counts]

    def _places(self):
        """Chinese provinces, and elsewhere places as they are recorded."""
        places = Places.read()
        counts = Counter(places.inside.get(place, place) for _deal, _company, place, _round in self.rows if place)
        rows = Region.objects.in_bulk(counts)
        named = self._named("regions")
        inside = {pk: set(Region.objects.within(region).values_list("pk", flat=True)) for pk, region in named.items()}
        values = self._values(
            counts,
            rows,
            lambda row: any(row.pk in found for found in inside.values()) if named else None,
            "region",
            lambda row: row.code,
            lambda row: self._market("place", row.code, Company.objects.in_region(row)),
        )
        return values, [region for pk, region in named.items() if not inside[pk] & set(counts)]

    # --- The market ---------------------------------------------------------------------------------------------

    def _rounds_of_market(self) -> QuerySet[Deal]:
        return Deal.objects.standing().venture().filter(announced_on__gte=self.since).order_by()

    def _kept(self, what: str, count):
        return cache.get_or_set(f"revealed:{self.since.year}:{what}", count, KEPT_SECONDS)

    def _market(self, kind: str, code: str, companies: QuerySet[Company]) -> float | None:
        total = self._kept("all", self._rounds_of_market().count)
        number = self._kept(f"{kind}:{code}", self._rounds_of_market().filter(company__in=companies).count)
        return number / total if total else None

    def _market_rounds(self) -> dict[str, float]:
        def count() -> dict[str, float]:
            found = dict(self._rounds_of_market().values_list("round").annotate(Count("pk")))
            return {code: number / sum(found.values()) for code, number in found.items()}

        return self._kept("rounds", count)


def _is_under(category: Category, other: Category) -> bool:
    """Whether a category is `other` or below it."""
    return category.scheme_id == other.scheme_id and f"{category.path}/".startswith(f"{other.path}/")


def _ticket(investor: Investor, deals: QuerySet[Deal]) -> Ticket | None:
    known = list(deals.filter(amount_shown=True))
    parts = Participation.objects.filter(deal__in=[deal.pk for deal in known]).order_by()
    named = dict(parts.values_list("deal").annotate(Count("pk")))
    own_parts = {part.deal_id: part for part in parts.filter(investor=investor, own_amount__isnull=False)}
    rates = ExchangeRate.objects.table()
    sums = []
    for deal in known:
        if part := own_parts.get(deal.pk):
            amount, currency = part.own_amount, part.own_currency_id
        elif deal.amount_low:
            amount, currency = deal.amount_low / named[deal.pk], deal.currency_id
        else:
            continue
        if value := rates.convert(amount, currency, deal.announced_on):
            sums.append(float(value))
    if len(sums) < LEAST_AMOUNTS:
        return None
    low, middle, high = (_rounded(value) for value in np.percentile(sums, [25, 50, 75]))
    return Ticket(low, middle, high, len(sums), len(own_parts))


def _rounded(value: float) -> Decimal:
    """To two digits: a quartile of a few deals is no more exact."""
    return Decimal(f"{value:.1e}").quantize(Decimal(1))


def proposal(focus: Focus) -> str:
    """Return the address of the form of a new thesis, filled in with what the deals show."""
    given: list[tuple[str, object]] = []
    given += [("categories", row.pk) for row in _telling(focus.categories)]
    given += [("rounds", row.pk) for row in _telling(focus.rounds) if row.order is not None]
    places = _telling(focus.places)[:FEW_PLACES]
    # A thesis that names places wants no others: only where the deals lie in few of them.
    if sum(value.deals for value in focus.places if value.row in places) >= MOST * focus.deals:
        given += [("regions", row.pk) for row in places]
    if focus.ticket:
        given += [("ticket_low", focus.ticket.low), ("ticket_high", focus.ticket.high), ("currency", "CNY")]
    return f"{reverse('investors:thesis_create', args=[focus.investor.pk])}?{urlencode(given)}" if given else ""


def _telling(values: Iterable[Value]) -> list[Category | Round | Region]:
    return [one.row for one in values if one.deals >= LEAST_DEALS and one.share >= LEAST_SHARE]
