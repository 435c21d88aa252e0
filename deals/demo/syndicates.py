"""Who invests in what: each round finds a lead and followers by field, stage, place, ticket and acquaintance."""

from collections import Counter, defaultdict
from datetime import date
from random import Random

from deals.demo import calibration as study
from deals.demo.lives import CLUSTERS, LADDER
from deals.demo.money import MIDDLE, lower_bound
from deals.demo.spec import STUDY, Company, Deal, Investor

# How many institutions a round names: none, one, two, …
SIZES = {
    "seed": (2, 7, 3), "angel": (3, 8, 4, 1), "pre_a": (2, 7, 5, 2), "a": (2, 5, 6, 4, 1), "a_plus": (1, 4, 6, 4, 2),
    "strategic": (1, 8, 4, 1),
}  # fmt: skip
LATER = (1, 3, 6, 5, 3, 1)
ROUND_POSITION = {code: position for position, code in enumerate(LADDER)} | {"strategic": 7}


class Syndicates:
    def __init__(self, rng: Random, investors: list[Investor], companies: dict[str, Company]):
        self.rng, self.investors, self.companies = rng, investors, companies
        self.holders: dict[str, list[str]] = defaultdict(list)
        self.met: Counter = Counter()
        self.done: dict[str, list[Deal]] = defaultdict(list)
        # A wide field does not mean so many more deals.
        self.pace = {
            investor.ref: investor.activity / max(sum(investor.focus.values()) / 3, 1) ** 0.85 for investor in investors
        }
        self.stage = {
            investor.ref: (min(positions), max(positions))
            for investor in investors
            if (positions := [ROUND_POSITION[code] for code in investor.rounds if code != "strategic"])
        }

    def draw(self, deals: list[Deal]) -> None:
        """Give every invented venture round of `deals` its investors, oldest first, and see to the study's counts."""
        rounds = sorted(
            (deal for deal in deals if deal.kind == "venture" and deal.source != STUDY), key=lambda deal: deal.on
        )
        for deal in rounds:
            sizes = SIZES.get(deal.round, LATER)
            size = self.rng.choices(range(len(sizes)), sizes)[0]
            self._invest(deal, size)
        self._enter_in_time(rounds)
        self._cover_the_period(rounds)
        self._broaden(rounds)
        for deal in rounds:
            deal.investors.sort(key=lambda part: not part[1])

    def fit(self, investor: Investor, deal: Deal) -> float:
        """How well a round suits an institution by what it is; 0 where it would not invest at all."""
        if deal.on < investor.since or (investor.until and deal.on > investor.until):
            return 0.0
        company = self.companies[deal.company]
        field = investor.focus[company.category]
        low, high = self.stage[investor.ref]
        position = ROUND_POSITION[deal.round]
        distance = max(low - position, position - high, 0)
        if deal.round == "strategic":
            stage = 1.0 if "strategic" in investor.rounds else 0.15
        else:
            stage = (1.0, 0.25, 0.05)[distance] if distance < 3 else 0.0
        place = self._place(investor, company.province)
        size = lower_bound(deal.amount) or MIDDLE[deal.round] * 1e6
        ticket = 1.0 if investor.ticket[0] * 0.8 <= size <= investor.ticket[1] * 6 else 0.3
        return field * stage * place * ticket

    def _place(self, investor: Investor, province: str) -> float:
        """How much nearer is dearer: a local institution looks beyond its place less, a government fund hardly."""
        if province == investor.province:
            return 1.0 + investor.home
        if not investor.home:
            return 1.0
        near = any(province in members and investor.province in members for members in CLUSTERS.values())
        return (0.1 if near else 0.05) if investor.home > 10 else (2.2 if near else 0.5)

    def _score(self, investor: Investor, deal: Deal, lead: Investor | None) -> float:
        """How likely an institution that fits is to join: its pace, its holdings, whom it knows, how long it sat still."""
        score = self.pace[investor.ref]
        if investor.ref in self.holders[deal.company]:
            score *= 14
        if lead:
            score *= 1 + 0.8 * min(self.met[frozenset((lead.ref, investor.ref))], 4)
            if lead.circle == investor.circle:
                score *= 2.5
        else:
            score *= investor.leads
        done = self.done[investor.ref]
        # Hands that are full take on less.
        score /= 1 + len(done) / 30
        # An institution that has come to the sector makes a first deal soon, and few sit still in the period.
        if not done:
            score *= 30
        elif study.FIRST <= deal.on <= study.LAST and done[-1].on < study.FIRST:
            score *= 5
        return score

    def _invest(self, deal: Deal, size: int) -> None:
        fitting = [(investor, fit) for investor in self.investors if (fit := self.fit(investor, deal))]
        chosen: list[Investor] = []
        while fitting and len(chosen) < size:
            lead = chosen[0] if chosen else None
            scores = [fit * self._score(investor, deal, lead) for investor, fit in fitting]
            position = self.rng.choices(range(len(fitting)), scores)[0]
            chosen.append(fitting.pop(position)[0])
        for investor in chosen:
            self._join(investor, deal, leads=investor is chosen[0] and (size == 1 or self.rng.random() < 0.85))

    def _join(self, investor: Investor, deal: Deal, leads: bool = False) -> None:
        for other, _ in deal.investors:
            self.met[frozenset((other, investor.ref))] += 1
        deal.investors.append((investor.ref, leads))
        if investor.ref not in self.holders[deal.company]:
            self.holders[deal.company].append(investor.ref)
        self.done[investor.ref].append(deal)
        self.done[investor.ref].sort(key=lambda done: done.on)

    def _best(self, investor: Investor, rounds: list[Deal], first: date, last: date, root: str = "") -> Deal | None:
        """The round of a period that suits an institution best and that it is not in."""
        open_ = [
            deal
            for deal in rounds
            if first <= deal.on <= last
            and len(deal.investors) < 6
            and investor.ref not in {ref for ref, _ in deal.investors}
            and (not root or self.companies[deal.company].root == root)
        ]
        best = max(open_, key=lambda deal: (self.fit(investor, deal), deal.ref), default=None)
        return best if best and self.fit(investor, best) > 0 else None

    def _enter_in_time(self, rounds: list[Deal]) -> None:
        """Whoever has no deal in its first year follows in the one that suits it best (I1)."""
        for investor in self.investors:
            year = investor.since.year
            if not any(deal.on.year == year for deal in self.done[investor.ref]):
                deal = self._best(investor, rounds, investor.since, date(year, 12, 31))
                if deal:
                    self._join(investor, deal)

    def _cover_the_period(self, rounds: list[Deal]) -> None:
        """Over a hundred institutions are active in the study's period (I1)."""
        active = {ref for deal in rounds if study.FIRST <= deal.on <= study.LAST for ref, _ in deal.investors}
        for investor in self.investors:
            if len(active) >= study.ACTIVE:
                return
            if investor.ref not in active:
                deal = self._best(investor, rounds, study.FIRST, study.LAST)
                if deal:
                    self._join(investor, deal)
                    active.add(investor.ref)

    def _broaden(self, rounds: list[Deal]) -> None:
        """The large institutions that the study names have been in every category by the end of its period (I3)."""
        for investor in self.investors:
            if investor.source == STUDY and investor.type == "large_venture":
                seen = {self.companies[deal.company].root for deal in self.done[investor.ref] if deal.on <= study.LAST}
                for root in ("devices", "automation", "network", "platform", "software", "security", "services"):
                    if root not in seen:
                        deal = self._best(investor, rounds, investor.since, study.LAST, root)
                        if deal:
                            self._join(investor, deal)
