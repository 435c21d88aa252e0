"""How broad institutions invest: what their theses declare beside what their deals reveal."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from deals.models import Deal, Participation
from deals.statistics.fields import Fields
from deals.statistics.investors import with_investors
from deals.statistics.rows import Figure, Names
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from investors.models import Investor, Thesis

# How many institutions the figure by institution lists: those with most events.
LISTED = 200


@dataclass(frozen=True)
class TypeFocus:
    """The breadth of the institutions of a type: `numerator` of `denominator` have events in every category.

    `categories` and `evenness` are means over the institutions with an event, `declared` is the mean over the
    `declaring`, those of them that name categories in an active thesis. `within` of `of_within` are the events of the
    declaring in a category that they declare.
    """

    key: str
    numerator: int
    denominator: int
    categories: float
    evenness: float
    declaring: int
    declared: float | None
    within: int
    of_within: int

    @property
    def share_within(self) -> float | None:
        return self.within / self.of_within if self.of_within else None


@dataclass(frozen=True)
class InvestorFocus(Names):
    """The breadth of one institution; `top` is its category with most events, `declared` is None without a thesis."""

    type: str = ""
    events: int = 0
    categories: int = 0
    evenness: float = 0.0
    top: Names | None = None
    top_events: int = 0
    declared: int | None = None
    within: int | None = None

    @property
    def top_share(self) -> float:
        return self.top_events / self.events

    @property
    def share_within(self) -> float | None:
        return None if self.within is None else self.within / self.events


class Portfolio:
    """Institutions with an event up to the end of a scope's period in one of its categories.

    `investors` are their ids, `types` their types, `events` (institutions × categories) how many events each has in
    each category.
    """

    def __init__(self, scope: Scope):
        self.fields = Fields.of(scope)
        narrowed = self.fields.narrowed(scope)
        rows = (
            with_investors(scope, narrowed.history())
            .filter(self.fields.counted())
            .values("participations__investor")
            .annotate(
                **{
                    f"in_{place}": Count("pk", filter=Q(company__category_links__category__in=ids))
                    for place, ids in enumerate(self.fields.members)
                }
            )
            .order_by()
            .values_list("participations__investor", *(f"in_{place}" for place in range(len(self.fields.shown))))
        )
        numbers = np.array(list(rows), dtype=np.int64).reshape(-1, 1 + len(self.fields.shown))
        self.investors, self.events = numbers[:, 0], numbers[:, 1:]
        # Looked up apart: grouping by them as well would cost more than reading them all.
        types = dict(Investor.objects.order_by().values_list("pk", "type"))
        self.types = np.array([types[pk] for pk in self.investors], dtype=object)

    @cached_property
    def total(self) -> np.ndarray:
        return self.events.sum(axis=1)

    @cached_property
    def categories(self) -> np.ndarray:
        """In how many categories each institution has events."""
        return (self.events > 0).sum(axis=1)

    @cached_property
    def evenness(self) -> np.ndarray:
        """How evenly each spreads its events: their entropy over the categories, 0 for one category, 1 for all alike."""
        if self.events.shape[1] < 2:
            return np.zeros(len(self.events))
        share = self.events / self.total[:, None]
        logs = np.log(share, out=np.zeros_like(share), where=share > 0)
        return -(share * logs).sum(axis=1) / np.log(self.events.shape[1]) + 0.0

    @cached_property
    def declared(self) -> np.ndarray:
        """(institutions × categories) bool: which categories their active theses name, those above and below as well."""
        declared = np.zeros(self.events.shape, dtype=bool)
        order = np.argsort(self.investors)
        named = np.array(
            Thesis.categories.through.objects.filter(
                thesis__is_active=True, category__in=[category.pk for category in self.fields.everything]
            ).values_list("thesis__investor", "category"),
            dtype=np.int64,
        ).reshape(-1, 2)
        if not len(named) or not len(order):
            return declared
        at = np.searchsorted(self.investors[order], named[:, 0]).clip(max=len(order) - 1)
        known = self.investors[order][at] == named[:, 0]
        rows, categories = order[at[known]], named[known, 1]
        for category in np.unique(categories):
            for place in self.fields.wanted(int(category)):
                declared[rows[categories == category], place] = True
        return declared


@once
def portfolio(scope: Scope) -> Portfolio:
    return Portfolio(scope)


def focus_by_type(scope: Scope) -> Figure[TypeFocus]:
    """I3: the breadth of institutions by type, from all their events in the scope up to the end of the period.

    Categories are the roots of the scheme, or the children of the one category that the scope names; a company counts
    in its primary one. Theses are those of today.
    """
    found = portfolio(scope)
    rows = []
    for kind in Investor.Type.values:
        own = found.types == kind
        if not own.any():
            continue
        declared, events = found.declared[own], found.events[own]
        declaring = declared.any(axis=1)
        rows.append(
            TypeFocus(
                key=kind,
                numerator=int((found.categories[own] == len(found.fields.shown)).sum()),
                denominator=int(own.sum()),
                categories=float(found.categories[own].mean()),
                evenness=float(found.evenness[own].mean()),
                declaring=int(declaring.sum()),
                declared=float(declared[declaring].sum(axis=1).mean()) if declaring.any() else None,
                within=int(events[declared].sum()),
                of_within=int(events[declaring].sum()),
            )
        )
    return Figure("I3", scope, tuple(rows))


def focus_by_investor(scope: Scope) -> Figure[InvestorFocus]:
    """I3: the breadth of each of the institutions with most events up to the end of the period; `left_out` counts the
    institutions that are not among them."""
    found = portfolio(scope)
    # Most events first; among equals the older.
    chosen = np.lexsort((found.investors, -found.total))[:LISTED]
    names = {
        pk: (zh, en)
        for pk, zh, en in Investor.objects.filter(pk__in=found.investors[chosen].tolist()).values_list(
            "pk", "name_zh", "name_en"
        )
    }
    rows = []
    for at in chosen:
        pk, events, declared = int(found.investors[at]), found.events[at], found.declared[at]
        top = found.fields.shown[int(events.argmax())]
        rows.append(
            InvestorFocus(
                str(pk),
                *names[pk],
                type=found.types[at],
                events=int(found.total[at]),
                categories=int(found.categories[at]),
                evenness=float(found.evenness[at]),
                top=Names(top.code, top.name_zh, top.name_en),
                top_events=int(events.max()),
                declared=int(declared.sum()) if declared.any() else None,
                within=int(events[declared].sum()) if declared.any() else None,
            )
        )
    return Figure("I3b", scope, tuple(rows), len(found.investors) - len(rows))


def institutions(scope: Scope, kind: str, which: str = "") -> QuerySet[Investor]:
    """The institutions of a row of `focus_by_type`: all of them, the "wide" with events in every category, or the
    "declaring"."""
    found = portfolio(scope)
    own = found.types == kind
    if which == "wide":
        own &= found.categories == len(found.fields.shown)
    elif which == "declaring":
        own &= found.declared.any(axis=1)
    return Investor.objects.filter(pk__in=found.investors[own].tolist())


def events_of(scope: Scope, investor: str, category: str = "") -> QuerySet[Deal]:
    """The events of an institution that `focus_by_investor` counts, in one category where `category` names it."""
    fields = Fields.of(scope)
    deals = scope.history().filter(fields.counted(fields.places_of(category) if category else None))
    return deals.filter(Exists(Participation.objects.filter(deal=OuterRef("pk"), investor=investor)))
