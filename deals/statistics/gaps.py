"""Supply and demand side by side: raises that nobody active fits, and where capital is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from django.db.models import Count, QuerySet

from companies.models import Raise
from deals.models import Deal
from deals.statistics.demand import Ask, Demand, asked
from deals.statistics.fields import Fields
from deals.statistics.fitting import LACKS, Fit
from deals.statistics.places import Places
from deals.statistics.rows import Figure, Money, Names
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from deals.statistics.supply import Supply, next_to, of_late
from investors.models import Investor
from taxonomy.models import ExchangeRate, Region, Round

# How many institutions a gap names.
NEAREST = 3
# A place that is not known, abroad, or in none of the groups.
OTHER = Names("other", "其他或未知地区", "Other or unknown place")


@dataclass(frozen=True)
class UnmatchedRow(Names):
    """Open raises of a category, by their ids: all, those that no active institution fits, and those in which none is
    specialised; `asked` is what the first ask for, `asked_in_vain` the last."""

    raised: tuple[int, ...] = ()
    unmatched: tuple[int, ...] = ()
    unspecialised: tuple[int, ...] = ()
    asked: Money = field(default_factory=Money)
    asked_in_vain: Money = field(default_factory=Money)

    @property
    def share(self) -> float | None:
        return len(self.unspecialised) / len(self.raised) if self.raised else None


@dataclass(frozen=True)
class Near(Names):
    """An institution that only one thing keeps from being specialised in a raise: `lacks` is one of `fitting.LACKS`;
    `events` are its deals of the last 24 months in the category."""

    lacks: str = ""
    events: int = 0


@dataclass(frozen=True)
class GapRow:
    """Open raises of a category, round and region beside the institutions that fit at least one of them.

    `deals` are the venture events of twelve months there, at the round or next to it; `ticket` is the median of the
    middles of the tickets of the theses that fit, its `events` are how many state one. `near` are the institutions
    nearest to the raises in which none is specialised.
    """

    category: Names
    round: Names
    region: Names
    raised: tuple[int, ...]
    unmatched: tuple[int, ...]
    unspecialised: tuple[int, ...]
    asked: Money
    investors: int
    deals: int
    ticket: Money
    near: tuple[Near, ...]
    # The place of the round in the order of rounds.
    round_at: int = 0

    @property
    def key(self) -> str:
        return f"{self.category.key}.{self.round.key}.{self.region.key}"

    @property
    def pressure(self) -> float | None:
        """Raises for each institution that fits; None where none does."""
        return len(self.raised) / self.investors if self.investors else None


class Market:
    """Demand and supply on the day of a scope. `areas` gives the region by which each place counts: one of the four
    statistical regions, or under a region that the scope names, a province."""

    def __init__(self, scope: Scope):
        self.scope, self.fields = scope, Fields.of(scope)
        rates = ExchangeRate.objects.table()
        self.demand = Demand(scope, self.fields, rates)
        self.supply = Supply(scope, self.fields, rates)
        self.fit = Fit(self.supply, self.demand.kinds)
        self.areas = areas(scope)

    def unmatched(self, asks: Iterable[Ask]) -> list[Ask]:
        """Those that no institution fits."""
        return [ask for ask in asks if not self.fit.is_matched[ask.kind]]

    def unspecialised(self, asks: Iterable[Ask]) -> list[Ask]:
        """Those in which no institution is specialised."""
        return [ask for ask in asks if not self.fit.is_specialised[ask.kind]]

    def cells(self) -> dict[tuple[int, str, str], list[Ask]]:
        """The raises by the place of their category, their round and the code of their region."""
        found: dict[tuple[int, str, str], list[Ask]] = {}
        for ask in self.demand.asks:
            area = self.areas.get(ask.region, OTHER).key
            found.setdefault((ask.place, ask.round, area), []).append(ask)
        return found


@once
def market_of(scope: Scope) -> Market:
    return Market(scope)


def areas(scope: Scope) -> dict[int | None, Names]:
    """Return, by the id of a place, the region by which the gap map counts it."""
    places = Places.read()
    group = places.inside if scope.regions else places.group
    known = places.provinces if scope.regions else {region.pk: region for region in places.macro}
    return {pk: _names(known[region]) for pk, region in group.items()}


def _names(one: Region | Round) -> Names:
    return Names(one.code, one.name_zh, one.name_en)


def unmatched_raises(scope: Scope) -> Figure[UnmatchedRow]:
    """P3: open raises by category, those that no active institution fits, and those in which none is specialised (see
    `fitting`); all categories are there.

    A company counts in its primary category; `left_out` counts the raises of companies with none. The period only gives
    the day, which is its last.
    """
    market = market_of(scope)
    rows = []
    for place, category in enumerate(market.fields.shown):
        own = [ask for ask in market.demand.asks if ask.place == place]
        unmatched, unspecialised = market.unmatched(own), market.unspecialised(own)
        rows.append(
            UnmatchedRow(
                category.code,
                category.name_zh,
                category.name_en,
                raised=tuple(ask.pk for ask in own),
                unmatched=tuple(ask.pk for ask in unmatched),
                unspecialised=tuple(ask.pk for ask in unspecialised),
                asked=asked(own, scope.currency),
                asked_in_vain=asked(unspecialised, scope.currency),
            )
        )
    rows.sort(key=lambda row: (-len(row.unmatched), -len(row.unspecialised), -len(row.raised)))
    return Figure("P3", scope, tuple(rows), market.demand.left_out)


def gap_map(scope: Scope) -> Figure[GapRow]:
    """P3: demand beside capacity by category, round and region, the widest gaps first; only where somebody raises.

    Regions are the four statistical ones, or provinces where the scope names a region. `left_out` counts the raises of
    companies without a category.
    """
    market = market_of(scope)
    categories, rounds = market.fields.shown, {one.code: one for one in Round.objects.all()}
    order = {code: number for number, code in enumerate(rounds)}
    named = {names.key: names for names in market.areas.values()} | {OTHER.key: OTHER}
    deals = _deals_by_cell(market)
    events = [market.supply.deals_in(members) for members in market.fields.members]
    rows, nearest = [], []
    for (place, round_, area), asks in market.cells().items():
        kinds = sorted({ask.kind for ask in asks})
        gaps = market.unspecialised(asks)
        nearest.append(_nearest(market.fit, sorted({ask.kind for ask in gaps}), events[place]) if gaps else [])
        rows.append(
            GapRow(
                category=_names(categories[place]),
                round=_names(rounds[round_]),
                region=named[area],
                raised=tuple(ask.pk for ask in asks),
                unmatched=tuple(ask.pk for ask in market.unmatched(asks)),
                unspecialised=tuple(ask.pk for ask in gaps),
                asked=asked(asks, scope.currency),
                investors=int(market.fit.institutions(kinds).sum()),
                deals=sum(deals.get((place, code, area), 0) for code in market.supply.next_to[round_]),
                ticket=_ticket(market.supply.ticket[market.fit.theses(kinds)], scope.currency),
                near=(),
                round_at=order[round_],
            )
        )
    names = _investor_names({pk for near in nearest for pk, _, _ in near})
    rows = [
        replace(row, near=tuple(Near(str(pk), *names[pk], lacks, number) for pk, lacks, number in near))
        for row, near in zip(rows, nearest, strict=True)
    ]
    rows.sort(
        key=lambda row: (
            -len(row.unmatched),
            -len(row.unspecialised),
            -(row.pressure or np.inf),
            -len(row.raised),
            row.category.key,
            row.round_at,
            row.region.key,
        )
    )
    return Figure("P3b", scope, tuple(rows), market.demand.left_out)


def _nearest(fit: Fit, kinds: list[int], events: np.ndarray) -> list[tuple[int, str, int]]:
    """Return id, what it lacks and its events of the institutions nearest to some kinds of raise: those with events in
    the category before those with none, the smallest step first, then most events, then the older."""
    lacking = fit.lacking(kinds)
    near = np.flatnonzero(lacking >= 0)
    order = np.lexsort((fit.supply.investors[near], -events[near], lacking[near], events[near] == 0))[:NEAREST]
    return [(int(fit.supply.investors[at]), LACKS[lacking[at]], int(events[at])) for at in near[order]]


def _investor_names(ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = Investor.objects.filter(pk__in=ids).values_list("pk", "name_zh", "name_en")
    return {pk: (zh, en) for pk, zh, en in rows}


def _ticket(tickets: np.ndarray, currency: str) -> Money:
    """Return the median of the middles of tickets, of which one end may be unknown."""
    known = tickets[~np.isnan(tickets).all(axis=1)]
    if not len(known):
        return Money(currency=currency)
    return Money(low=round(float(np.median(np.nanmean(known, axis=1)))), currency=currency, events=len(known))


def _deals_by_cell(market: Market) -> dict[tuple[int, str, str], int]:
    """Venture events of the twelve months up to the day, by place of the category, round and code of the region."""
    found: dict[tuple[int, str, str], int] = {}
    category = "company__category_links__category"
    for pk, round_, region, number in (
        of_late(market.scope, years=1)
        .deals()
        .filter(market.fields.counted())
        .values_list(category, "round", "company__region")
        .annotate(n=Count("pk"))
    ):
        cell = (market.fields.place[pk], round_, market.areas.get(region, OTHER).key)
        found[cell] = found.get(cell, 0) + number
    return found


def raises_of(ids: tuple[int, ...]) -> QuerySet[Raise]:
    return Raise.objects.filter(pk__in=ids)


def deals_of(scope: Scope, row: GapRow) -> QuerySet[Deal]:
    """The venture events of twelve months that a row of the gap map counts."""
    fields, area = Fields.of(scope), areas(scope)
    deals = of_late(scope, years=1).deals().filter(fields.counted(fields.places_of(row.category.key)))
    deals = deals.filter(round__in=next_to(list(Round.objects.all()))[row.round.key])
    if row.region.key == OTHER.key:
        return deals.exclude(company__region__in=list(area))
    return deals.filter(company__region__in=[pk for pk, names in area.items() if names.key == row.region.key])


def investors_of(scope: Scope, row: GapRow) -> QuerySet[Investor]:
    """The institutions that fit at least one of a row's raises."""
    market = market_of(scope)
    kinds = sorted({ask.kind for ask in market.demand.asks if ask.pk in set(row.raised)})
    return Investor.objects.filter(pk__in=market.supply.investors[market.fit.institutions(kinds)].tolist())
