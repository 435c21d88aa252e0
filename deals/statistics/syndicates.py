"""Who invests with whom, beside how often that would happen by chance."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count, QuerySet

from deals.models import Deal, Participation
from deals.statistics.investors import league, most_active
from deals.statistics.rows import Figure, LeagueRow
from deals.statistics.scope import Scope

# Institutions with so many venture events are looked at, at most so many of them, and so many pairs are told.
ENOUGH, INSTITUTIONS, PAIRS = 3, 200, 500


@dataclass(frozen=True)
class PairRow:
    """Two institutions: the events `together`, of which each led some, and how many would be `expected` by chance."""

    first: LeagueRow
    second: LeagueRow
    together: int
    expected: float
    led_by_first: int
    led_by_second: int

    @property
    def key(self) -> str:
        return f"{self.first.key}-{self.second.key}"

    @property
    def lift(self) -> float:
        """How many times as often as by chance."""
        return self.together / self.expected


def co_investment(scope: Scope, enough: int = ENOUGH) -> Figure[PairRow]:
    """R3: of the institutions with at least `enough` venture events in the period, each two that were in one together.

    Expected are the joint events if the participations in events of a round were dealt out anew among the events of that
    round: of n and m in N places they make n·m·Σk(k−1) / N(N−1), where k places each event has. Most often together
    first, then those furthest from chance.
    """
    active = [number for _pk, _type, number, _led in most_active(scope)[:INSTITUTIONS]]
    names = {int(row.key): row for row in league(scope, sum(number >= enough for number in active)).rows}
    joint, shares = _joint(scope, names)
    chances = _chances(scope)
    rows = []
    for (one, other), events in joint.items():
        expected = sum(
            chance * shares[one].get(round_, 0) * shares[other].get(round_, 0) for round_, chance in chances.items()
        )
        led = [sum(person in leaders for leaders in events) for person in (one, other)]
        rows.append(PairRow(names[one], names[other], len(events), expected, *led))
    rows.sort(key=lambda row: (-row.together, -row.lift, row.key))
    return Figure("R3", scope, tuple(rows[:PAIRS]))


def _joint(scope: Scope, names) -> tuple[dict[tuple[int, int], list[set[int]]], dict[int, Counter]]:
    """Return, for each two of `names`, who led each of their joint events, and each one's events by round."""
    parts = Participation.objects.filter(deal__in=scope.deals().values("pk"), investor__in=names).order_by()
    deals: dict[int, set[int]] = defaultdict(set)
    leaders: dict[int, set[int]] = defaultdict(set)
    shares: dict[int, Counter] = defaultdict(Counter)
    for deal, round_, investor, led in parts.values_list("deal", "deal__round", "investor", "is_lead"):
        deals[deal].add(investor)
        shares[investor][round_] += 1
        if led:
            leaders[deal].add(investor)
    joint: dict[tuple[int, int], list[set[int]]] = defaultdict(list)
    for deal, investors in deals.items():
        for pair in combinations(sorted(investors), 2):
            joint[pair].append(leaders[deal])
    return joint, shares


def _chances(scope: Scope) -> dict[str, float]:
    """Return, by round, how many pairs of places in one event there are for each pair of places in any."""
    places, pairs = Counter(), Counter()
    sizes = scope.deals().order_by().values("pk", "round").annotate(size=Count("participations"))
    for round_, size in sizes.values_list("round", "size"):
        places[round_] += size
        pairs[round_] += size * (size - 1)
    return {round_: pairs[round_] / (number * (number - 1)) for round_, number in places.items() if pairs[round_]}


def deals_of_pair(scope: Scope, row: PairRow) -> QuerySet[Deal]:
    """Venture events of the period in which both took part."""
    both = [
        scope.deals().filter(participations__investor=int(names.key)).values("pk") for names in (row.first, row.second)
    ]
    return scope.deals().filter(pk__in=both[0]).filter(pk__in=both[1])


def led_of_pair(scope: Scope, row: PairRow, leader: LeagueRow) -> QuerySet[Deal]:
    """Those of `deals_of_pair` that one of the two led."""
    led = Participation.objects.filter(investor=int(leader.key), is_lead=True)
    return deals_of_pair(scope, row).filter(pk__in=led.values("deal"))
