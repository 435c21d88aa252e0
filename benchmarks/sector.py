"""A made-up sector of any size in the database, to measure statistics on."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

TODAY, YEARS = date(2026, 9, 30), 12
LADDER = ("seed", "angel", "pre_a", "a", "a_plus", "b", "b_plus", "c", "d", "pre_ipo")
TYPES = {
    "large_venture": 0.05, "venture": 0.5, "corporate": 0.18, "government": 0.1, "angel": 0.08, "private_equity": 0.09,
}  # fmt: skip
BATCH = 5000


def zipf(n: int, power: float = 1.0) -> np.ndarray:
    share = 1 / np.arange(1, n + 1) ** power
    return share / share.sum()


def store(model, rows) -> None:
    model.objects.bulk_create(list(rows), batch_size=BATCH)


class Filling:
    """A sector of about `deals` deals, a third as many companies and a thirtieth as many investors, into the database.

    Some categories, places and investors have most of it; investors keep to categories and a home. A tenth of the
    companies raises; there are as many introductions.
    """

    def __init__(self, deals: int, seed: int = 0):
        from taxonomy.models import Category, Region

        self.rng = np.random.default_rng(seed)
        self.deals, self.companies, self.investors = deals, deals // 3, deals // 30
        self.leaves = list(Category.objects.offered().exclude(parent=None).order_by("path"))
        self.roots = sorted({leaf.parent_id for leaf in self.leaves})
        self.regions = list(Region.objects.provinces().order_by("order")[:31])
        # Beijing, Guangdong, Shanghai and Jiangsu come first.
        lead = ["CN-BJ", "CN-GD", "CN-SH", "CN-JS"]
        self.regions.sort(key=lambda region: lead.index(region.code) if region.code in lead else 9)

    def fill(self) -> None:
        self._companies()
        self._investors()
        self._deals()
        self._listings()
        self._raises()
        self._introductions()

    def _days_ago(self, n: int) -> np.ndarray:
        return (365 * YEARS * (1 - np.sqrt(self.rng.random(n)))).astype(int)

    def _companies(self) -> None:
        from companies.models import Company, CompanyCategory

        n, rng = self.companies, self.rng
        self.leaf = rng.choice(len(self.leaves), n, p=zipf(len(self.leaves), 0.7))
        self.place = rng.choice(len(self.regions), n, p=zipf(len(self.regions), 1.1))
        further = rng.choice(len(self.leaves), n)
        store(
            Company,
            (
                Company(pk=k + 1, short_zh=f"企业{k}", short_en=f"Company {k}", region=self.regions[self.place[k]])
                for k in range(n)
            ),
        )
        links = [(k + 1, self.leaf[k], True) for k in range(n)]
        links += [(k + 1, further[k], False) for k in range(0, n, 3) if further[k] != self.leaf[k]]
        store(
            CompanyCategory,
            (CompanyCategory(company_id=k, category=self.leaves[leaf], is_primary=first) for k, leaf, first in links),
        )

    def _investors(self) -> None:
        from investors.models import Investor, Thesis

        n, rng = self.investors, self.rng
        self.type = rng.choice(list(TYPES), n, p=list(TYPES.values()))
        self.activity = zipf(n, 0.6)[rng.permutation(n)]
        self.home = rng.choice(len(self.regions), n, p=zipf(len(self.regions), 1.1))
        self.field = rng.choice(len(self.leaves), (n, 3))
        self.stage = rng.integers(0, len(LADDER), n)
        store(
            Investor,
            (Investor(pk=k + 1, name_zh=f"机构{k}", name_en=f"Investor {k}", type=self.type[k]) for k in range(n)),
        )
        chosen = np.flatnonzero(rng.random(n) < 0.7)
        low = [1_000_000 * int(2 ** min(self.stage[k], 6)) for k in chosen]
        store(
            Thesis,
            (
                Thesis(pk=t + 1, investor_id=k + 1, ticket_low=low[t], ticket_high=low[t] * 8)
                for t, k in enumerate(chosen)
            ),
        )
        wanted = {"categories": [], "excluded": [], "rounds": [], "regions": []}
        for t, k in enumerate(chosen, start=1):
            own = {self.leaves[leaf].pk for leaf in self.field[k]}
            wanted["categories"] += [(t, pk) for pk in own]
            if rng.random() < 0.2:
                wanted["excluded"].append((t, int(rng.choice([pk for pk in self.roots]))))
            wanted["rounds"] += [(t, code) for code in LADDER[max(self.stage[k] - 1, 0) : self.stage[k] + 2]]
            if rng.random() < 0.5:
                wanted["regions"].append((t, self.regions[self.home[k]].pk))
        for field, pairs in wanted.items():
            through = getattr(Thesis, field).through
            key = f"{getattr(Thesis, field).field.m2m_reverse_field_name()}_id"
            store(through, (through(thesis_id=t, **{key: value}) for t, value in pairs))

    def _deals(self) -> None:
        from deals.models import Deal, Participation

        n, rng = self.deals, self.rng
        self.of = rng.choice(self.companies, n, p=zipf(self.companies, 0.3))
        ago = self._days_ago(n)
        rounds = np.clip(rng.binomial(len(LADDER) - 1, 0.3, n) + (ago < 1500), 0, len(LADDER) - 1)
        told = rng.random(n) < 0.7
        amount = np.round(10 ** (6.3 + 0.25 * rounds + rng.normal(0, 0.3, n)), -5)
        rows = []
        for k in range(n):
            day, sum_ = TODAY - timedelta(int(ago[k])), int(amount[k]) if told[k] else None
            kind = "follow_on" if k % 97 == 0 else "venture"
            rows.append(
                Deal(
                    pk=k + 1, company_id=int(self.of[k]) + 1, kind=kind, announced_on=day, known_on=day,
                    round_id=LADDER[rounds[k]] if kind == "venture" else None, currency_id="CNY" if told[k] else None,
                    amount_kind="exact" if told[k] else "undisclosed", amount_low=sum_, amount_high=sum_,
                )
            )  # fmt: skip
        store(Deal, rows)
        size = 1 + rng.binomial(4, 0.33, n)
        deal = np.repeat(np.arange(n), size)
        investor = rng.choice(self.investors, len(deal), p=self.activity)
        # Three in four invest in their own field: among ten drawn, the one that suits best.
        for _ in range(3):
            other = rng.choice(self.investors, len(deal), p=self.activity)
            suits = (self.field[other] == self.leaf[self.of[deal]][:, None]).any(axis=1)
            investor = np.where(suits, other, investor)
        pairs = np.unique(np.stack([deal, investor], axis=1), axis=0)
        store(Participation, (Participation(deal_id=int(d) + 1, investor_id=int(i) + 1) for d, i in pairs))

    def _listings(self) -> None:
        from deals.models import Listing

        chosen = self.rng.permutation(self.companies)[: self.companies // 30]
        days = [TODAY - timedelta(int(ago)) for ago in self._days_ago(len(chosen))]
        boards = self.rng.choice(["star", "chinext", "sse_main", "szse_main"], len(chosen))
        store(
            Listing,
            (
                Listing(company_id=int(k) + 1, board_id=board, listed_on=day, known_on=day)
                for k, board, day in zip(chosen, boards, days, strict=True)
            ),
        )

    def _raises(self) -> None:
        from companies.models import Raise

        rng = self.rng
        self.raising = rng.permutation(self.companies)[: self.companies // 10]
        round_ = np.clip(rng.binomial(len(LADDER) - 1, 0.3, len(self.raising)), 0, len(LADDER) - 1)
        store(
            Raise,
            (
                Raise(
                    pk=k + 1, company_id=int(self.raising[k]) + 1, round_id=LADDER[round_[k]],
                    amount_low=2_000_000 * 2 ** int(round_[k]), amount_high=4_000_000 * 2 ** int(round_[k]),
                    amount_audience="members" if k % 2 else "investors",
                    opened_on=TODAY - timedelta(int(rng.integers(1, 180))),
                )
                for k in range(len(self.raising))
            ),
        )  # fmt: skip

    def _introductions(self) -> None:
        from deals.models import Introduction

        rng, seen, rows = self.rng, set(), []
        zone = ZoneInfo("Asia/Shanghai")
        now = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=zone)
        for k, investor in zip(
            rng.integers(0, len(self.raising), 3 * len(self.raising)),
            rng.choice(self.investors, 3 * len(self.raising), p=self.activity),
            strict=True,
        ):
            if (k, investor) in seen:
                continue
            seen.add((k, investor))
            asked = now - timedelta(hours=int(rng.integers(1, 24 * 300)))
            status = str(rng.choice(["accepted", "declined", "expired", "asked"], p=[0.3, 0.3, 0.3, 0.1]))
            answered = min(asked + timedelta(hours=int(rng.integers(1, 24 * 14))), now)
            rows.append(
                Introduction(
                    company_id=int(self.raising[k]) + 1, investor_id=int(investor) + 1, raise_asked_id=int(k) + 1,
                    asked_side=str(rng.choice(["company", "investor"])), message="?", status=status, asked_at=asked,
                    expires_on=asked.date() + timedelta(14), answered_at=None if status == "asked" else answered,
                    decline_reason="timing" if status == "declined" else "",
                )
            )  # fmt: skip
        store(Introduction, rows)
