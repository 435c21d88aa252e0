"""Markets of any size with the skews of a real one: made up, seeded, no names of anybody.

Few categories, regions and investors have most of the deals. Every investor has a taste: some categories, a home
region, rounds and a size of round; four deals in five go by taste and activity, the others anywhere. Money is CNY.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from matching import market as m

ROUNDS = ("seed", "angel", "a", "b", "c", "d")
YEARS = 12
WORDS = 4000


@dataclass(frozen=True)
class Places:
    """What the market is labelled with: code and ancestors of each category; code and country of each region."""

    categories: tuple[tuple[str, ...], ...]
    regions: tuple[tuple[str, str], ...]


def made_up_places(categories: int = 60, regions: int = 34) -> Places:
    return Places(
        tuple((f"c{n}", f"root{n % 8}") for n in range(categories)),
        tuple((f"r{n}", "CHN" if n % 3 else f"X{n % 5}") for n in range(regions)),
    )


def zipf(n: int, power: float = 1.0) -> np.ndarray:
    share = 1 / np.arange(1, n + 1) ** power
    return share / share.sum()


@dataclass
class Tastes:
    """One row per investor."""

    activity: np.ndarray
    category: np.ndarray  # (investors × categories) odds
    region: np.ndarray
    round: np.ndarray

    @classmethod
    def draw(cls, rng, n: int, places: Places) -> "Tastes":
        n_categories, n_regions = len(places.categories), len(places.regions)
        activity = np.minimum(rng.pareto(1.15, n) + 0.15, 150)
        category = np.full((n, n_categories), 0.06, np.float32)
        for _ in range(4):
            category[np.arange(n), rng.choice(n_categories, n, p=zipf(n_categories, 0.8))] += rng.random(n) + 0.3
        home = rng.choice(n_regions, n, p=zipf(n_regions, 1.1))
        region = np.tile(0.15 * zipf(n_regions, 0.7).astype(np.float32) * n_regions, (n, 1))
        # the larger an investor, the less it keeps to its home
        region[np.arange(n), home] += (8 / (1 + activity / 10)).astype(np.float32)
        center = rng.normal(2.0, 1.3, n)
        round_ = np.exp(-((np.arange(len(ROUNDS))[None, :] - center[:, None]) ** 2) / 1.5).astype(np.float32) + 0.03
        return cls(activity.astype(np.float32), category, region, round_)

    def odds(self, category: int, region: int, round_: int) -> np.ndarray:
        weight = self.activity * self.category[:, category] * self.region[:, region] * self.round[:, round_]
        weight = 0.8 * weight / weight.sum() + 0.2 * self.activity / self.activity.sum()
        return weight / weight.sum()


def _amounts(rng, round_: np.ndarray) -> np.ndarray:
    money = 10 ** (6.2 + 0.5 * round_ + rng.normal(0, 0.35, len(round_)))
    money = np.round(money, -5).clip(1e5)
    return np.where(rng.random(len(round_)) < 0.7, money, np.nan)


def _companies(rng, n: int, places: Places, as_of: date) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    category = rng.choice(len(places.categories), n, p=zipf(len(places.categories), 0.9))
    region = rng.choice(len(places.regions), n, p=zipf(len(places.regions), 1.1))
    # each category has words of its own, common ones first; every word may turn up anywhere
    own = rng.choice(60, (n, 30), p=zipf(60, 0.8)) + 60 * category[:, None]
    anywhere = rng.choice(WORDS, (n, 30), p=zipf(WORDS, 0.7))
    words = np.where(rng.random((n, 30)) < 0.5, own, anywhere)
    labels = np.array([f"w{w}" for w in range(max(WORDS, 60 * len(places.categories)))], dtype=object)
    count = rng.integers(0, 7, n)
    founded = np.datetime64(as_of) - np.timedelta64(1, "D") * rng.integers(100, 365 * YEARS, n)
    frame = m.frame(
        m.COMPANIES,
        pd.DataFrame(
            {
                m.CATEGORY: [places.categories[c][0] for c in category],
                m.CATEGORIES: [places.categories[c] for c in category],
                m.KEYWORDS: [tuple(dict.fromkeys(labels[w[:k]])) for w, k in zip(words, count, strict=True)],
                m.COUNTRY: [places.regions[r][1] for r in region],
                m.REGION: [places.regions[r][0] for r in region],
                m.CITY: [f"city{r}-{c}" if c < 6 else "" for r, c in zip(region, rng.integers(0, 8, n), strict=True)],
                m.FOUNDED_ON: founded,
                m.TEXT: [" ".join(labels[w]) for w in words],
            },
            index=np.arange(1, n + 1),
        ),
    )
    return frame, category, region


def _deals(rng, tastes: Tastes, category, region, companies: int, wanted: int, as_of: date):
    """Deals of the first ``companies`` companies, about ``wanted`` in all, and who was in them."""
    rounds = 1 + rng.binomial(
        len(ROUNDS) - 1, min(max((wanted / companies - 1) / (len(ROUNDS) - 1), 0.02), 0.9), companies
    )
    company = np.repeat(np.arange(companies), rounds)
    nth = np.arange(len(company)) - np.repeat(np.cumsum(rounds) - rounds, rounds)
    # more of late, and a company's rounds about a year apart
    last = (1 - np.sqrt(rng.random(companies))) * 365 * YEARS * 0.9 + 1
    ago = last[company] + (rounds[company] - 1 - nth) * rng.integers(250, 500, len(company))
    round_ = np.minimum(nth + (rng.random(len(company)) < 0.3), len(ROUNDS) - 1)
    size = 1 + rng.binomial(4, 0.25, len(company))
    cell = (category[company] * len(tastes.region[0]) + region[company]) * len(ROUNDS) + round_
    order = np.argsort(cell, kind="stable")
    deal, investor = [], []
    for at in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
        chances = np.cumsum(tastes.odds(category[company[at[0]]], region[company[at[0]]], round_[at[0]]))
        places = np.repeat(at, size[at])
        deal.append(places)
        investor.append(np.searchsorted(chances, rng.random(len(places)) * chances[-1]))
    parts = pd.DataFrame({m.DEAL: np.concatenate(deal) + 1, m.INVESTOR: np.concatenate(investor) + 1})
    # who backed a company comes again, one time in three
    first = parts.assign(company=company[parts[m.DEAL] - 1]).drop_duplicates("company").set_index("company")[m.INVESTOR]
    again = np.flatnonzero((nth > 0) & (rng.random(len(company)) < 0.33))
    again = pd.DataFrame({m.DEAL: again + 1, m.INVESTOR: first.loc[company[again]].to_numpy()})
    parts = pd.concat([parts, again], ignore_index=True).drop_duplicates().sort_values([m.DEAL, m.INVESTOR])
    deals = pd.DataFrame(
        {
            m.COMPANY: company + 1,
            m.DATE: pd.Timestamp(as_of) - pd.to_timedelta(ago.astype(int), unit="D"),
            m.ROUND: [ROUNDS[r] for r in round_],
            m.ROUND_ORDER: round_.astype(float),
            m.AMOUNT: _amounts(rng, round_),
            m.KIND: m.VENTURE,
        },
        index=np.arange(1, len(company) + 1),
    )
    return m.frame(m.DEALS, deals), m.frame(m.PARTICIPATIONS, parts.reset_index(drop=True))


def _theses(rng, tastes: Tastes, n: int, places: Places) -> pd.DataFrame:
    rows = []
    for investor in np.sort(rng.permutation(n)[: n * 3 // 10]):
        best = np.argsort(-tastes.category[investor], kind="stable")
        round_ = int(tastes.round[investor].argmax())
        low = float(np.round(10 ** (5.2 + 0.5 * round_), -5))
        home = places.regions[int(tastes.region[investor].argmax())][0]
        rows.append(
            {
                m.INVESTOR: investor + 1,
                m.CATEGORIES: tuple(places.categories[c][0] for c in best[:3]),
                m.EXCLUDED: (places.categories[best[-1]][0],) if rng.random() < 0.2 else (),
                m.ROUNDS: tuple(ROUNDS[max(round_ - 1, 0) : round_ + 2]),
                m.REGIONS: (home,) if rng.random() < 0.5 else (),
                m.KEYWORDS: tuple(f"w{60 * best[0] + k}" for k in rng.integers(0, 20, 3)),
                m.TICKET_LOW: low,
                m.TICKET_HIGH: low * 20,
                m.TEXT: " ".join(f"w{60 * best[k % 3] + w}" for k, w in enumerate(rng.integers(0, 60, 12))),
            }
        )
    return m.frame(m.THESES, rows, np.arange(1, len(rows) + 1))


def generate(raises: int, investors: int, seed: int = 0, as_of: date = date(2024, 7, 1), places: Places | None = None):
    """A ``Market`` with that many open raises and investors, and about six deals per investor.

    Half of the raising companies have closed a deal before; as many companies again have a history and raise nothing
    (fewer where ``raises`` are many). Every investor has at least one deal.
    """
    places = places or made_up_places()
    rng = np.random.default_rng(seed)
    wanted = 6 * investors
    history = max(int(wanted / 1.6), 1)
    both = min(raises // 2, history // 2)
    companies, category, region = _companies(rng, history + raises - both, places, as_of)
    tastes = Tastes.draw(rng, investors, places)
    deals, participations = _deals(rng, tastes, category, region, history, wanted, as_of)
    # whoever was left out joins some deal
    idle = np.setdiff1d(np.arange(1, investors + 1), participations[m.INVESTOR])
    joined = pd.DataFrame({m.DEAL: rng.choice(deals.index.to_numpy(), len(idle)), m.INVESTOR: idle})
    participations = m.frame(m.PARTICIPATIONS, pd.concat([participations, joined], ignore_index=True))
    raising = np.arange(history - both, history + raises - both)
    done = deals.groupby(m.COMPANY).size().reindex(raising + 1).fillna(0).to_numpy(int)
    round_ = np.minimum(done + (rng.random(raises) < 0.3), len(ROUNDS) - 1)
    amount = _amounts(rng, round_)
    opened = [as_of - timedelta(days=int(d)) for d in rng.integers(1, 180, raises)]
    return m.Market(
        as_of=as_of,
        companies=companies,
        investors=m.frame(
            m.INVESTORS,
            pd.DataFrame(
                {m.TYPE: "venture", m.COUNTRY: [places.regions[r][1] for r in tastes.region.argmax(axis=1)]},
                index=np.arange(1, investors + 1),
            ),
        ),
        theses=_theses(rng, tastes, investors, places),
        deals=deals,
        participations=participations,
        raises=m.frame(
            m.RAISES,
            pd.DataFrame(
                {
                    m.COMPANY: raising + 1,
                    m.OPENED_ON: opened,
                    m.ROUND: [ROUNDS[r] for r in round_],
                    m.ROUND_ORDER: round_.astype(float),
                    m.AMOUNT_LOW: amount * 0.7,
                    m.AMOUNT_HIGH: amount * 1.5,
                },
                index=np.arange(1, raises + 1),
            ),
        ),
    ).validate()
