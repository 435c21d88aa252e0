"""Investors: who was active, who was new, who did most."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from deals.models import Deal, Participation
from deals.statistics.coverage import years_recorded
from deals.statistics.rows import Figure, LeagueRow, Names
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from investors.models import Investor

# How many institutions of a type a figure keeps by name, and for how many years it looks for entrants.
NAMED, YEARS = 100, 10


@dataclass(frozen=True)
class Activity:
    """Institutions with a venture event in the period; `new` had none before it, `known` are all up to its end."""

    active: int
    new: int
    known: int


@dataclass(frozen=True)
class EntrantsRow:
    """Institutions whose first venture event of the scope was in `year`; `known` are all up to the end of that year."""

    year: int
    entrants: int
    known: int

    @property
    def key(self) -> str:
        return str(self.year)


@dataclass(frozen=True)
class TypeRow:
    """Institutions of a type with a venture event in the period; `new` had none before it, `leaders` are those with most,
    at most `NAMED`."""

    key: str
    active: int
    of_active: int
    new: int
    events: int
    leaders: tuple[Names, ...]


def with_investors(scope: Scope, deals: QuerySet[Deal], published: bool = False) -> QuerySet[Deal]:
    """Return `deals` beside each of their `participations`, of the scope's types of investor where it names some."""
    parts = Q(participations__isnull=False)
    if published:
        parts &= Q(participations__investor__is_published=True)
    if scope.investor_types:
        parts &= Q(participations__investor__type__in=scope.investor_types)
    # In one call: a second one would look at any other participation of the same deal.
    return deals.filter(parts)


def _firsts(scope: Scope):
    """Institutions with a venture event up to the end of the period, with the days of their `first` and `last`."""
    return (
        with_investors(scope, scope.history())
        .values("participations__investor")
        .annotate(first=Min("announced_on"), last=Max("announced_on"))
    )


@once
def firsts_and_lasts(scope: Scope) -> list[tuple[int, date, date]]:
    """Return the institutions with a venture event up to the end of the period, by their ids, with the days of their
    first and of their last one."""
    return list(_firsts(scope).values_list("participations__investor", "first", "last"))


def activity(scope: Scope) -> Figure[Activity]:
    """I1: institutions with a venture event in the period, and how many had none in the scope before.

    Under a type of investor only institutions of it count; under rounds, categories or places an institution is new
    whose first event within them falls into the period.
    """
    found = firsts_and_lasts(scope)
    active = sum(last >= scope.first for _pk, _first, last in found)
    new = sum(first >= scope.first for _pk, first, _last in found)
    return Figure("I1", scope, (Activity(active, new, known=len(found)),))


def entrants(scope: Scope) -> Figure[EntrantsRow]:
    """I1: institutions by the year of their first venture event in the scope, the last ten years up to the end of the
    period as far as the records reach back; the last year reaches to that day. The beginning of the period does not
    narrow this."""
    years = years_recorded(scope, YEARS)
    counts = Counter(first.year for _pk, first, _last in firsts_and_lasts(scope))
    known, rows = sum(number for year, number in counts.items() if year < years.start), []
    for year in years:
        known += counts[year]
        rows.append(EntrantsRow(year, counts[year], known))
    return Figure("I1b", scope, tuple(rows))


def active(scope: Scope, kind: str = "") -> QuerySet[Investor]:
    """Institutions with a venture event in the period, of one type where `kind` says so."""
    found = Investor.objects.filter(
        pk__in=with_investors(scope, scope.deals()).order_by().values("participations__investor")
    )
    return found.filter(type=kind) if kind else found


def entered(scope: Scope, year: int | None = None) -> QuerySet[Investor]:
    """Institutions whose first venture event of the scope was in a year, or without one, in the period."""
    firsts = _firsts(scope)
    firsts = firsts.filter(first__year=year) if year else firsts.filter(first__gte=scope.first)
    return Investor.objects.filter(pk__in=firsts.values("participations__investor"))


def known(scope: Scope, year: int | None = None) -> QuerySet[Investor]:
    """Institutions with a venture event of the scope up to the end of the period, or up to that of a year in it."""
    firsts = _firsts(scope)
    if year:
        firsts = firsts.filter(first__year__lte=year)
    return Investor.objects.filter(pk__in=firsts.values("participations__investor"))


@once
def most_active(scope: Scope) -> list[tuple[int, str, int, int]]:
    """Return id, type, events and led events of the institutions with a venture event in the period: most events first,
    among equals the one that led more, then the older."""
    person = "participations__investor"
    counts = (
        with_investors(scope, scope.deals())
        .values_list(person)
        .annotate(n=Count("pk"), led=Count("pk", filter=Q(participations__is_lead=True)))
    )
    # Looked up apart: grouping by them as well would cost more than reading them all.
    types = dict(Investor.objects.order_by().values_list("pk", "type"))
    return sorted(((pk, types[pk], n, led) for pk, n, led in counts), key=lambda row: (-row[2], -row[3], row[0]))


def _names(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = Investor.objects.filter(pk__in=ids).order_by().values_list("pk", "name_zh", "name_en")
    return {pk: (zh, en) for pk, zh, en in rows}


def by_type(scope: Scope) -> Figure[TypeRow]:
    """I2: institutions with a venture event in the period by type, those with most events by name; all types that occur.

    Among equals the one that led more comes first, then the older.
    """
    found: dict[str, list[int]] = {}
    ranked = most_active(scope)
    for pk, kind, *_ in ranked:
        found.setdefault(kind, []).append(pk)
    events = dict(
        with_investors(scope, scope.deals())
        .values_list("participations__investor__type")
        .annotate(n=Count("pk", distinct=True))
    )
    total = sum(map(len, found.values()))
    entered = {pk for pk, first, _last in firsts_and_lasts(scope) if first >= scope.first}
    new = Counter(kind for pk, kind, *_ in ranked if pk in entered)
    named = _names({pk for ids in found.values() for pk in ids[:NAMED]})
    return Figure(
        "I2",
        scope,
        tuple(
            TypeRow(
                kind,
                len(found[kind]),
                total,
                new[kind],
                events[kind],
                tuple(Names(str(pk), *named[pk]) for pk in found[kind][:NAMED]),
            )
            for kind in Investor.Type.values
            if kind in found
        ),
    )


def events_of_type(scope: Scope, kind: str) -> QuerySet[Deal]:
    """Venture events of the period with an institution of a type."""
    return scope.deals().filter(Exists(Participation.objects.filter(deal=OuterRef("pk"), investor__type=kind)))


def league(scope: Scope, limit: int = 15) -> Figure[LeagueRow]:
    """R2: the institutions with most venture events in the period; among equals the one that led more, then the older."""
    first = most_active(scope)[:limit]
    ids = [pk for pk, *_ in first]
    named = _names(ids)
    companies = dict(
        Participation.objects.filter(investor__in=ids, deal__in=scope.deals().values("pk"))
        .order_by()
        .values_list("investor")
        .annotate(n=Count("deal__company", distinct=True))
    )
    rows = tuple(LeagueRow(str(pk), *named[pk], kind, n, led, companies[pk]) for pk, kind, n, led in first)
    return Figure("R2", scope, rows)
