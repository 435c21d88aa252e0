"""Measuring ranked lists against later deals: whole rankings, split by time, never sampled.

A ranking is a dict query id → array of target ids, best first; truth is a dict query id → set of target ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from matching import market as m
from matching import profiles as p
from matching.market import Market
from matching.training import TO_INVESTORS, TO_RAISES, later_deals

METRICS = ("ndcg_10", "recall_20", "mrr")


def ndcg(ranked, truth, k: int = 10) -> float:
    """Binary NDCG@k: gain 1 / log2(rank + 1) per hit, over the best order of ``truth``."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    hits = np.array([target in truth for target in list(ranked)[:k]], dtype=float)
    return float((hits * discount[: len(hits)]).sum() / discount[: min(len(truth), k)].sum())


def recall(ranked, truth, k: int = 20) -> float:
    """Share of all of ``truth`` among the first ``k``."""
    return len(truth.intersection(list(ranked)[:k])) / len(truth)


def reciprocal_rank(ranked, truth) -> float:
    for position, target in enumerate(ranked, start=1):
        if target in truth:
            return 1 / position
    return 0.0


def gini(counts) -> float:
    """0 when all are equal, towards 1 when one has all; 0 for an empty or all-zero input."""
    counts = np.sort(np.asarray(counts, dtype=float))
    n, total = len(counts), counts.sum()
    if not n or not total:
        return 0.0
    return float((2 * np.arange(1, n + 1) - n - 1) @ counts / (n * total))


@dataclass
class Report:
    """Figures of one list against one truth. ``per_query``: query → metrics, index sorted."""

    per_query: pd.DataFrame
    coverage_10: float
    gini_10: float
    seed: int = 0
    draws: int = 1000
    _cache: dict = field(default_factory=dict, repr=False)

    def mean(self, metric: str) -> float:
        return float(self.per_query[metric].mean()) if len(self.per_query) else float("nan")

    def interval(self, metric: str, level: float = 0.95) -> tuple[float, float]:
        return bootstrap_interval(self.per_query[metric], level, self.draws, self.seed)

    def restricted_to(self, queries) -> Report:
        return Report(self.per_query[self.per_query.index.isin(queries)], self.coverage_10, self.gini_10, self.seed)

    def as_dict(self) -> dict:
        figures = {"queries": len(self.per_query)}
        for metric in METRICS:
            low, high = self.interval(metric)
            figures[metric] = {"mean": self.mean(metric), "low": low, "high": high}
        return {**figures, "coverage_10": self.coverage_10, "gini_10": self.gini_10}


def bootstrap_interval(values, level=0.95, draws=1000, seed=0) -> tuple[float, float]:
    """Percentile interval of the mean over queries."""
    values = np.asarray(values, dtype=float)
    if not len(values):
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(draws)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def paired_difference(one: Report, other: Report, metric="ndcg_10", level=0.95) -> dict:
    """Mean of ``one`` minus ``other`` over their common queries, with its paired bootstrap interval."""
    common = one.per_query.index.intersection(other.per_query.index)
    difference = one.per_query.loc[common, metric] - other.per_query.loc[common, metric]
    low, high = bootstrap_interval(difference, level, one.draws, one.seed)
    return {"mean": float(difference.mean()), "low": low, "high": high, "queries": len(common)}


def evaluate(ranking: dict, truth: dict, n_targets: int, seed=0, draws=1000) -> Report:
    """Figures over every query of ``truth``; a query without a list counts as all misses.

    ``n_targets``: how many targets could have been shown, for coverage and Gini of exposure in the top ten,
    which are taken over all lists of ``ranking``, with or without truth.
    """
    rows = {}
    for query in sorted(truth):
        ranked = ranking.get(query, ())
        rows[query] = (
            ndcg(ranked, truth[query]),
            recall(ranked, truth[query]),
            reciprocal_rank(ranked, truth[query]),
        )
    per_query = pd.DataFrame.from_dict(rows, orient="index", columns=list(METRICS))
    shown = [list(ranked)[:10] for ranked in ranking.values()]
    _, counts = np.unique(np.array([t for ten in shown for t in ten], dtype=object), return_counts=True)
    exposure = np.zeros(max(n_targets, len(counts)))
    exposure[: len(counts)] = counts
    coverage = len(counts) / n_targets if n_targets else 0.0
    return Report(per_query, coverage, gini(exposure), seed, draws)


def ndcg_of_each(ranking: dict, truth: dict, k: int = 10) -> np.ndarray:
    """(queries,) NDCG@k of every query of ``truth``, in its order."""
    return np.array([ndcg(ranking.get(query, ()), truth[query], k) for query in truth])


@dataclass(frozen=True)
class Task:
    """One cut of a market: what was known, and what each direction should have found.

    ``history.raises`` uses the company id as raise id. ``candidates``: per direction, the targets that may be
    shown. ``warm``: queries with a recorded investor (a company) or at least ten companies (an investor).
    """

    history: Market
    truth: dict[str, dict]
    queries: dict[str, np.ndarray]
    candidates: dict[str, np.ndarray]
    warm: dict[str, frozenset]


def task(market: Market, as_of, months: int = 6, min_companies: int = 3) -> Task:
    """The protocol: history before ``as_of``, raises and truth from the ``months`` after it.

    Start-up → investor: companies with truth. Investor → start-up: investors with truth and at least
    ``min_companies`` companies in the history.
    """
    return task_of(*later_deals(market, as_of, months), min_companies)


def task_of(history: Market, pairs: pd.DataFrame, min_companies: int = 3) -> Task:
    """The protocol on what ``later_deals`` gave."""
    held = p.past_participations(history)
    companies = held.loc[held["entry"]].groupby(m.INVESTOR).size()
    to_investors = pairs.groupby("raise")[m.INVESTOR].agg(set).to_dict()
    experienced = pairs[pairs[m.INVESTOR].isin(companies.index[companies >= min_companies])]
    to_raises = experienced.groupby(m.INVESTOR)["raise"].agg(set).to_dict()
    with_investor = set(held[m.COMPANY])
    return Task(
        history=history,
        truth={TO_INVESTORS: to_investors, TO_RAISES: to_raises},
        queries={
            TO_INVESTORS: history.raises.index.to_numpy(),
            TO_RAISES: companies.index[companies >= min_companies].to_numpy(),
        },
        candidates={
            TO_INVESTORS: np.sort(companies.index.to_numpy()),
            TO_RAISES: history.raises.index.to_numpy(),
        },
        warm={
            TO_INVESTORS: frozenset(q for q in to_investors if q in with_investor),
            TO_RAISES: frozenset(q for q in to_raises if companies.get(q, 0) >= 10),
        },
    )


def _held_pairs(history: Market) -> set:
    held = p.past_participations(history)
    return set(zip(held[m.COMPANY], held[m.INVESTOR], strict=True))


def _rank(scores, queries, targets, taken, k) -> dict:
    """Best ``k`` targets of each query by ``scores`` (queries × targets), skipping ``taken`` (query,
    target).
    """
    ranking = {}
    for query, row in zip(queries, scores, strict=True):
        order = np.argsort(-row, kind="stable")
        ids = [t for t in targets[order[: k + 200]] if (query, t) not in taken][:k]
        ranking[query] = np.array(ids)
    return ranking


def popularity_ranking(cut: Task, direction: str, k: int = 100, months: int = 12) -> dict:
    """Everyone gets the same list: investors by deals in the last ``months``; raises by those of the
    company.
    """
    history = cut.history
    since = pd.Timestamp(history.as_of) - pd.DateOffset(months=months)
    recent = p.past_participations(history)
    recent = recent[recent[m.DATE] >= since]
    queries, targets = cut.queries[direction], cut.candidates[direction]
    column = m.INVESTOR if direction == TO_INVESTORS else m.COMPANY
    score = recent.groupby(column).size().reindex(targets).fillna(0).to_numpy(float)
    held = _held_pairs(history)
    taken = held if direction == TO_INVESTORS else {(i, c) for c, i in held}
    return _rank(np.broadcast_to(score, (len(queries), len(targets))), queries, targets, taken, k)


def cosine_ranking(cut: Task, direction: str, k: int = 100, attributes=("category",)) -> dict:
    """Cosine between a raise and an investor's portfolio over ``attributes`` of ``profiles.ATTRIBUTES``.

    ``("category",)`` is the plain baseline; ``CONTENT`` the one over category, keywords, place and round.
    """
    history = cut.history
    held = p.past_participations(history)
    deals = p.deal_profiles(history, held)
    raises = p.raise_profiles(history, cut.queries[TO_INVESTORS] if direction == TO_INVESTORS else None)
    investors, column = np.unique(held[m.INVESTOR], return_inverse=True)
    row = pd.Series(np.arange(len(deals)), index=deals.index).reindex(held[m.DEAL]).to_numpy()
    held_by = sparse.csr_matrix((np.ones(len(held)), (column, row)), shape=(len(investors), len(deals)))
    left, right = [], []
    for attribute in (a for a in p.ATTRIBUTES if a.name in attributes):
        encoder = p.Encoder(attribute).fit(deals)
        left.append(encoder.transform(raises))
        right.append(held_by @ encoder.transform(deals))
    left, right = sparse.hstack(left, format="csr"), sparse.hstack(right, format="csr")

    def unit(matrix):
        length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        return sparse.diags(1 / np.where(length > 0, length, 1)) @ matrix

    pairs = _held_pairs(history)
    if direction == TO_INVESTORS:
        scores = (unit(left) @ unit(right).T).toarray()
        return _rank(scores, raises.index.to_numpy(), investors, pairs, k)
    rows = np.searchsorted(investors, cut.queries[TO_RAISES])
    scores = (unit(right[rows]) @ unit(left).T).toarray()
    taken = {(i, c) for c, i in pairs}
    return _rank(scores, cut.queries[TO_RAISES], raises.index.to_numpy(), taken, k)


CONTENT = ("category", "keywords", "country", "region", "city", "round")
