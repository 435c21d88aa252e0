"""Since when venture events are recorded, and in which sources: what lies before is no zero and no growth."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import ExtractYear

from deals.models import Deal
from deals.statistics.rows import Figure, Names
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from deals.statistics.state import kept_for, state
from taxonomy.dates import MONTH, PartialDate, period_start
from taxonomy.models import Source

# A year is thin that holds less than this part of the events of the busiest one. Places and sources whose busiest year
# has fewer events than its inverse are too small to tell.
THIN = 1 / 20
ENOUGH = round(1 / THIN)
ALL, HERE = "all", "here"


@dataclass(frozen=True)
class CoverageRow(Names):
    """The venture events of a source, or of all (key `ALL`); those entered here have the key `HERE`.

    `since` is the month from which they are recorded, `last` the day of the latest.
    """

    events: int = 0
    since: PartialDate | None = None
    last: date | None = None

    @property
    def names_source(self) -> bool:
        return self.key not in (ALL, HERE)


@dataclass(frozen=True)
class _Year:
    events: int
    first: date
    last: date

    def __add__(self, other: "_Year") -> "_Year":
        return _Year(self.events + other.events, min(self.first, other.first), max(self.last, other.last))


def whole(scope: Scope) -> Scope:
    """Return the sector and the places of a scope, as known on its day, without what else narrows it."""
    return Scope(date(1900, 1, 1), date(2100, 12, 31), scope.scheme, regions=scope.regions, as_of=scope.as_of)


def _events(scope: Scope) -> QuerySet[Deal]:
    asked = whole(scope)
    return asked.all_deals().venture().filter(announced_on__lte=asked.known_until)


@once
def _per_source(asked: Scope) -> dict[int | None, dict[int, _Year]]:
    return kept_for("events-by-source", asked, state(), lambda: _count_by_source(asked))


def _count_by_source(asked: Scope) -> dict[int | None, dict[int, _Year]]:
    rows = (
        _events(asked)
        .values_list("source", ExtractYear("announced_on"))
        .annotate(n=Count("pk"), first=Min("announced_on"), last=Max("announced_on"))
    )
    found: dict[int | None, dict[int, _Year]] = {}
    for source, year, *values in rows:
        found.setdefault(source, {})[year] = _Year(*values)
    return found


def _together(asked: Scope) -> dict[int, _Year]:
    years: dict[int, _Year] = {}
    for found in _per_source(asked).values():
        for year, one in found.items():
            years[year] = years[year] + one if year in years else one
    return years


def _begins(years: dict[int, _Year], not_before: int = 0) -> int:
    """Going back from the busiest year (the latest of several): the last year before one that is thin."""
    year = busiest = max(years, key=lambda year: (years[year].events, year))
    while year > not_before and year - 1 in years and years[year - 1].events >= THIN * years[busiest].events:
        year -= 1
    return year


def since(scope: Scope) -> date | None:
    """Return the first day of the month from which the events of a scope's sector and places are recorded.

    None where there is none at all.
    """
    asked = whole(scope)
    sector = _together(asked.everywhere())
    if not sector:
        return None
    first = _begins(sector)
    own = _together(asked) if asked.regions else {}
    if _tells(own) and _begins(own, first) > first:
        return _month(own[_begins(own, first)])
    return _month(sector[first])


def _tells(years: dict[int, _Year]) -> bool:
    return any(year.events >= ENOUGH for year in years.values())


def _month(year: _Year) -> date:
    return period_start(year.first, MONTH)


def years_recorded(scope: Scope, number: int) -> range:
    """Return the last years up to the end of the period, at most `number`, without those that lie before the records."""
    begun = since(scope)
    first = max(scope.last.year - number + 1, begun.year if begun else 0)
    return range(first, scope.last.year + 1)


def coverage(scope: Scope) -> Figure[CoverageRow]:
    """R4: venture events of the scope's sector and places of all time by source, all together first, then most first."""
    asked = whole(scope)
    begun, sources = since(scope), Source.objects.in_bulk()
    rows = []
    for pk, years in _per_source(asked).items():
        total, source = _sum(years), sources.get(pk)
        own = PartialDate(_month(years[_begins(years) if _tells(years) else min(years)]), MONTH)
        names = (source.code, source.name, source.name_en) if source else (HERE, "", "")
        rows.append(CoverageRow(*names, total.events, own, total.last))
    rows.sort(key=lambda row: -row.events)
    if rows:
        total = _sum(_together(asked))
        rows.insert(0, CoverageRow(ALL, "", "", total.events, PartialDate(begun, MONTH), total.last))
    return Figure("R4", scope, tuple(rows))


def _sum(years: dict[int, _Year]) -> _Year:
    first, *others = years.values()
    return sum(others, first)


def events_of(scope: Scope, row: CoverageRow) -> QuerySet[Deal]:
    """The venture events behind a row of R4."""
    found = _events(scope)
    if row.key == ALL:
        return found
    return found.filter(source__code=row.key) if row.names_source else found.filter(source=None)
