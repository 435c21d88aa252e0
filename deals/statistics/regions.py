"""Regions: events and companies of each province, and the four statistical regions beside each other."""

from django.db.models import Count

from companies.models import Company
from deals.statistics.amounts import money_by
from deals.statistics.rows import Figure, Money, PopulationRow, ShareRow
from deals.statistics.scope import Scope
from taxonomy.models import Region


def _provinces_by_place() -> dict[int, Region]:
    """Return, by the id of a province or of a place in it, the province."""
    provinces = {region.pk: region for region in Region.objects.provinces()}
    inside = Region.objects.filter(parent__in=provinces).values_list("pk", "parent")
    return provinces | {pk: provinces[parent] for pk, parent in inside}


def by_province(scope: Scope) -> Figure[ShareRow]:
    """V7: events, companies and capital of each Chinese province, most events first; all provinces are there.

    `left_out` counts the events of companies that lie elsewhere or whose province is not known.
    """
    provinces = _provinces_by_place()
    sums = money_by(scope.deals(), "company__region", currency=scope.currency)
    events, companies, money, left_out = {}, {}, {}, 0
    counts = scope.deals().values("company__region").annotate(n=Count("pk"), c=Count("company", distinct=True))
    for row in counts:
        place = row["company__region"]
        if place not in provinces:
            left_out += row["n"]
            continue
        key = provinces[place].pk
        events[key] = events.get(key, 0) + row["n"]
        companies[key] = companies.get(key, 0) + row["c"]
        money[key] = money[key] + sums[(place,)] if key in money else sums[(place,)]
    rows = [
        ShareRow(
            key=province.code,
            name_zh=province.name_zh,
            name_en=province.name_en,
            events=events.get(province.pk, 0),
            of_events=sum(events.values()),
            companies=companies.get(province.pk, 0),
            of_companies=sum(companies.values()),
            money=money.get(province.pk, Money(currency=scope.currency)),
        )
        for province in sorted({region.pk: region for region in provinces.values()}.values(), key=_order)
    ]
    rows.sort(key=lambda row: -row.events)
    return Figure("V7", scope, tuple(rows), left_out)


def _order(region: Region):
    return region.order, region.code


def by_macro_region(scope: Scope) -> Figure[PopulationRow]:
    """V8: companies of the East, Central, West and Northeast among the listed, the funded, and either.

    Listed are all companies with a listing up to the end of the period, funded those with a venture event in it.
    The denominators are companies of a province that belongs to one of the four regions; `left_out` counts the
    others.
    """
    provinces = _provinces_by_place()
    macro = {
        member: region.pk
        for region in Region.objects.filter(kind=Region.Kind.MACRO).prefetch_related("members")
        for member in (province.pk for province in region.members.all())
    }
    listed = set(scope.listings().values_list("company", flat=True))
    funded = set(scope.deals().values_list("company", flat=True).distinct())
    places = dict(Company.objects.filter(pk__in=_either(scope)).values_list("pk", "region"))
    homes = {
        company: macro.get(provinces[place].pk) if place in provinces else None for company, place in places.items()
    }
    located = {company for company, home in homes.items() if home}
    rows = tuple(
        PopulationRow(
            key=region.code,
            name_zh=region.name_zh,
            name_en=region.name_en,
            listed=len(listed & here),
            of_listed=len(listed & located),
            funded=len(funded & here),
            of_funded=len(funded & located),
            either=len(here),
            of_either=len(located),
        )
        for region in Region.objects.filter(kind=Region.Kind.MACRO)
        for here in [{company for company, home in homes.items() if home == region.pk}]
    )
    return Figure("V8", scope, rows, len(places) - len(located))


def _either(scope: Scope):
    return scope.listings().values("company").union(scope.deals().values("company"))
