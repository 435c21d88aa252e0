"""Regions: events and companies of each province, and the four statistical regions beside each other."""

from dataclasses import dataclass

from django.db.models import Count, Q

from companies.models import Company
from deals.statistics.amounts import money_by
from deals.statistics.rows import Figure, Money, PartRow, PopulationRow, ShareRow
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from deals.statistics.venture import event_count
from taxonomy.models import Region

DELTA = "CN-YRD"


@dataclass(frozen=True)
class ClusterRow(ShareRow):
    """A province of a cluster, the cluster as a whole, or a province beside it."""

    MEMBER, TOGETHER, BESIDE = "member", "together", "beside"

    role: str = MEMBER


def _provinces_by_place() -> dict[int, Region]:
    """Return, by the id of a province or of a place in it, the province."""
    provinces = {region.pk: region for region in Region.objects.provinces()}
    inside = Region.objects.filter(parent__in=provinces).values_list("pk", "parent")
    return provinces | {pk: provinces[parent] for pk, parent in inside}


@once
def by_province(scope: Scope) -> Figure[ShareRow]:
    """V7: events, companies and capital of each Chinese province of the scope, most events first.

    `left_out` counts the events of companies that lie elsewhere or whose province is not known.
    """
    provinces = _provinces_by_place()
    sums = money_by(scope.deals(), "company__region", currency=scope.currency, period=scope.period)
    events, companies, money, left_out = {}, {}, {}, 0
    counts = scope.deals().values_list("company__region").annotate(c=Count("company", distinct=True))
    for place, number in counts:
        if place not in provinces:
            left_out += sums[(place,)].events
            continue
        key = provinces[place].pk
        events[key] = events.get(key, 0) + sums[(place,)].events
        companies[key] = companies.get(key, 0) + number
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
    inside = _codes_within(scope)
    rows = [row for row in rows if row.events or inside is None or row.key in inside]
    rows.sort(key=lambda row: -row.events)
    return Figure("V7", scope, tuple(rows), left_out)


def _codes_within(scope: Scope) -> set[str] | None:
    """The provinces of the places that a scope names; None where it names none."""
    return set(scope.places().values_list("code", flat=True)) if scope.regions else None


def _order(region: Region):
    return region.order, region.code


def by_cluster(scope: Scope, cluster: str = DELTA, beside: tuple[str, ...] = ("CN-BJ", "CN-GD")) -> Figure[ClusterRow]:
    """V9: the provinces of a cluster, all of them together, and the provinces beside it, as `by_province` counts them.

    `left_out` counts the events of the period that lie in none of them. A place does not narrow it.
    """
    scope = scope.everywhere()
    provinces = {row.key: row for row in by_province(scope).rows}
    group = Region.objects.get(code=cluster)
    members = [provinces[code] for code in group.members.values_list("code", flat=True) if code in provinces]
    whole = next(iter(provinces.values()))
    together = ShareRow(
        key=group.code,
        name_zh=group.name_zh,
        name_en=group.name_en,
        events=sum(row.events for row in members),
        of_events=whole.of_events,
        companies=sum(row.companies for row in members),
        of_companies=whole.of_companies,
        money=sum((row.money for row in members), Money(currency=scope.currency)),
    )
    others = [provinces[code] for code in beside]
    rows = [
        *(ClusterRow(**vars(row), role=ClusterRow.MEMBER) for row in members),
        ClusterRow(**vars(together), role=ClusterRow.TOGETHER),
        *(ClusterRow(**vars(row), role=ClusterRow.BESIDE) for row in others),
    ]
    apart = {row.key for row in others} - {row.key for row in members}
    counted = together.events + sum(row.events for row in others if row.key in apart)
    return Figure("V9", scope, tuple(rows), event_count(scope) - counted)


def by_western_province(scope: Scope, group: str = "CN-WEST") -> Figure[ShareRow]:
    """V10: the provinces of a statistical region, most events first, of those of all provinces.

    `left_out` counts the events of the period that lie outside it. A place does not narrow it.
    """
    scope = scope.everywhere()
    members = set(Region.objects.filter(groups__code=group).values_list("code", flat=True))
    rows = tuple(row for row in by_province(scope).rows if row.key in members)
    return Figure("V10", scope, rows, event_count(scope) - sum(row.events for row in rows))


def listed_by_province(scope: Scope) -> Figure[PartRow]:
    """L9: companies listed by the end of the period by Chinese province of the scope, most first.

    `left_out` counts those that lie elsewhere or whose province is not known.
    """
    provinces = _provinces_by_place()
    companies: dict[str, int] = {}
    left_out = 0
    for place, number in scope.listed_companies().values("region").annotate(n=Count("pk")).values_list("region", "n"):
        if place in provinces:
            code = provinces[place].code
            companies[code] = companies.get(code, 0) + number
        else:
            left_out += number
    total = sum(companies.values())
    shown = sorted({region.pk: region for region in provinces.values()}.values(), key=_order)
    inside = _codes_within(scope)
    rows = [
        PartRow(one.code, one.name_zh, one.name_en, companies.get(one.code, 0), total)
        for one in shown
        if one.code in companies or inside is None or one.code in inside
    ]
    rows.sort(key=lambda row: -row.numerator)
    return Figure("L9", scope, tuple(rows), left_out)


def companies_of(code: str):
    """The companies that count in one province of the figures by province."""
    return Company.objects.filter(Q(region__code=code) | Q(region__parent__code=code))


def companies_of_group(code: str):
    """The companies that count in a group of provinces: a statistical region or a cluster."""
    places = Region.objects.filter(Q(groups__code=code) | Q(parent__groups__code=code))
    return Company.objects.filter(region__in=places.values("pk"))


def by_macro_region(scope: Scope) -> Figure[PopulationRow]:
    """V8: companies of the East, Central, West and Northeast among the listed, the funded, and either.

    Listed are all companies with a listing up to the end of the period, funded those with a venture event in it.
    The denominators are companies of a province that belongs to one of the four regions; `left_out` counts the
    others. A place does not narrow it.
    """
    scope = scope.everywhere()
    provinces = _provinces_by_place()
    groups = list(Region.objects.filter(kind=Region.Kind.MACRO).prefetch_related("members"))
    macro = {member.pk: group.pk for group in groups for member in group.members.all()}
    listed, funded = scope.listed_companies(), scope.companies()
    both = listed.filter(pk__in=funded.values("pk"))
    counts = []
    for companies in (listed, funded, both):
        of: dict[int | None, int] = {}
        places = companies.values("region").annotate(n=Count("pk")).values_list("region", "n")
        for place, number in places:
            home = macro.get(provinces[place].pk) if place in provinces else None
            of[home] = of.get(home, 0) + number
        counts.append(of)
    ours = [{pk: n for pk, n in of.items() if pk is not None} for of in counts]
    of_listed, of_funded, of_both = (sum(of.values()) for of in ours)
    rows = tuple(
        PopulationRow(
            key=group.code,
            name_zh=group.name_zh,
            name_en=group.name_en,
            listed=in_listed,
            of_listed=of_listed,
            funded=in_funded,
            of_funded=of_funded,
            either=in_listed + in_funded - in_both,
            of_either=of_listed + of_funded - of_both,
        )
        for group in groups
        for in_listed, in_funded, in_both in [[of.get(group.pk, 0) for of in counts]]
    )
    elsewhere = [of.get(None, 0) for of in counts]
    return Figure("V8", scope, rows, elsewhere[0] + elsewhere[1] - elsewhere[2])
