"""Investors: who was active, who was new, who did most."""

from itertools import combinations

from django.db.models import Count, Min, Q

from deals.models import Participation
from deals.statistics.rows import Figure, InvestorTypeRow, LeagueRow, PairRow
from deals.statistics.scope import Scope
from investors.models import Investor


def _participations(deals):
    return Participation.objects.filter(deal__in=deals.values("pk")).order_by()


def active_investors(scope: Scope) -> Figure[InvestorTypeRow]:
    """I1, I2: institutions with a venture event in the period by type, and how many had none in the scope before."""
    firsts = (
        _participations(scope.history())
        .values("investor", "investor__type")
        .annotate(first=Min("deal__announced_on"), now=Count("pk", filter=Q(deal__announced_on__gte=scope.first)))
        .filter(now__gt=0)
    )
    active: dict[str, int] = {}
    new: dict[str, int] = {}
    for row in firsts:
        kind = row["investor__type"]
        active[kind] = active.get(kind, 0) + 1
        new[kind] = new.get(kind, 0) + (row["first"] >= scope.first)
    rows = tuple(
        InvestorTypeRow(kind, active[kind], new[kind], sum(active.values()))
        for kind in Investor.Type.values
        if kind in active
    )
    return Figure("I1", scope, rows)


def league(scope: Scope, limit: int = 15) -> Figure[LeagueRow]:
    """R2: the institutions with most venture events in the period; among equals the one that led more, then the older."""
    rows = (
        _participations(scope.deals())
        .values("investor", "investor__name_zh", "investor__name_en", "investor__type")
        .annotate(
            n=Count("pk"),
            led=Count("pk", filter=Q(is_lead=True)),
            c=Count("deal__company", distinct=True),
        )
        .order_by("-n", "-led", "investor")[:limit]
    )
    return Figure(
        "R2",
        scope,
        tuple(
            LeagueRow(
                key=str(row["investor"]),
                name_zh=row["investor__name_zh"],
                name_en=row["investor__name_en"],
                type=row["investor__type"],
                deals=row["n"],
                led=row["led"],
                companies=row["c"],
            )
            for row in rows
        ),
    )


def co_investment(scope: Scope, most_active: int = 30) -> Figure[PairRow]:
    """R3: of the institutions with most venture events in the period, which two were in how many of them together.

    Most often together first.
    """
    names = {int(row.key): row for row in league(scope, most_active).rows}
    parts = _participations(scope.deals()).filter(investor__in=names).values_list("deal", "investor")
    together: dict[int, set[int]] = {}
    for deal, investor in parts:
        together.setdefault(deal, set()).add(investor)
    counts: dict[tuple[int, int], int] = {}
    for investors in together.values():
        for pair in combinations(sorted(investors), 2):
            counts[pair] = counts.get(pair, 0) + 1
    rows = [
        PairRow(
            first=names[one],
            second=names[other],
            together=number,
        )
        for (one, other), number in counts.items()
    ]
    rows.sort(key=lambda row: (-row.together, row.key))
    return Figure("R3", scope, tuple(rows))


def deals_of_pair(scope: Scope, row: PairRow):
    """Venture events of the period in which both took part."""
    both = [
        scope.deals().filter(participations__investor=int(names.key)).values("pk") for names in (row.first, row.second)
    ]
    return scope.deals().filter(pk__in=both[0]).filter(pk__in=both[1])
