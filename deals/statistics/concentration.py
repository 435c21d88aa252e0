"""How unevenly venture events lie over the provinces, year by year."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractYear

from deals.models import Deal
from deals.statistics.coverage import years_recorded
from deals.statistics.places import Places
from deals.statistics.rows import Figure, Names
from deals.statistics.scope import Scope

YEARS, LEADING, EAST = 10, 4, "CN-EAST"


@dataclass(frozen=True)
class ConcentrationRow:
    """Venture events of a year in Chinese provinces: `first` of them in the leading one, `four` in the leading four.

    `leaders` are these four, `gini` and `herfindahl` are over all provinces, those without events included (0 even, 1
    all in one). `elsewhere` counts the events of the year whose province is not known or that lie abroad.
    """

    year: int
    events: int
    first: int
    four: int
    east: int
    gini: float | None
    herfindahl: float | None
    leaders: tuple[Names, ...]
    elsewhere: int

    @property
    def key(self) -> str:
        return str(self.year)

    def share(self, part: int) -> float | None:
        return part / self.events if self.events else None


def gini(counts: list[int]) -> float | None:
    """Return the Gini coefficient of `counts`, 0 if all are alike; None where all are zero.

    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 1])
    (0.0, 0.75)
    """
    total, n = sum(counts), len(counts)
    if not total:
        return None
    return sum((2 * place - n - 1) * count for place, count in enumerate(sorted(counts), start=1)) / (n * total)


def herfindahl(counts: list[int]) -> float | None:
    """Return the sum of the squared shares of `counts`, 1 if one has all; None where all are zero."""
    total = sum(counts)
    return sum((count / total) ** 2 for count in counts) if total else None


def concentration(scope: Scope) -> Figure[ConcentrationRow]:
    """P1: how unevenly venture events lie over the provinces in each of the ten years up to the end of the period, as far
    as the records reach back.

    The last year reaches to that day; the beginning of the period does not narrow this. `left_out` counts the events of
    all these years that have no province. A place does not narrow it.
    """
    scope = scope.everywhere()
    places, years = Places.read(), years_recorded(scope, YEARS)
    per_year: dict[int, dict[int, int]] = {year: dict.fromkeys(places.provinces, 0) for year in years}
    elsewhere = dict.fromkeys(years, 0)
    for year, place, number in (
        scope.history()
        .filter(announced_on__gte=date(years.start, 1, 1))
        .values_list(ExtractYear("announced_on"), "company__region")
        .annotate(n=Count("pk"))
    ):
        if place in places.inside:
            per_year[year][places.inside[place]] += number
        else:
            elsewhere[year] += number
    east = {
        pk
        for pk, group in places.member.items()
        for region in places.macro
        if (region.pk, region.code) == (group, EAST)
    }
    rows = []
    for year, counts in per_year.items():
        # Most events first, among equals in the order of the provinces.
        order = sorted(places.provinces, key=lambda pk, counts=counts: -counts[pk])[:LEADING]
        numbers = list(counts.values())
        rows.append(
            ConcentrationRow(
                year=year,
                events=sum(numbers),
                first=counts[order[0]] if order else 0,
                four=sum(counts[pk] for pk in order),
                east=sum(counts[pk] for pk in east),
                gini=gini(numbers),
                herfindahl=herfindahl(numbers),
                leaders=tuple(
                    Names(region.code, region.name_zh, region.name_en)
                    for region in (places.provinces[pk] for pk in order if counts[pk])
                ),
                elsewhere=elsewhere[year],
            )
        )
    return Figure("P1", scope, tuple(rows), sum(elsewhere.values()))


def events_in(scope: Scope, year: int, *codes: str) -> QuerySet[Deal]:
    """The venture events of a year in provinces or statistical regions, in any province where none is named."""
    places = Places.read()
    chosen = {pk for pk, region in places.provinces.items() if not codes or region.code in codes}
    chosen |= {
        pk
        for pk, group in places.member.items()
        for region in places.macro
        if region.pk == group and region.code in codes
    }
    inside = [place for place, province in places.inside.items() if province in chosen]
    return scope.history().filter(announced_on__year=year, company__region__in=inside)


def events_elsewhere(scope: Scope, year: int) -> QuerySet[Deal]:
    """The venture events of a year whose province is not known or that lie abroad."""
    inside = list(Places.read().inside)
    nowhere = Q(company__region__isnull=True) | ~Q(company__region__in=inside)
    return scope.history().filter(nowhere, announced_on__year=year)
