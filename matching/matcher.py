"""The matching model as one estimator: fit on a market, rank any part of it, in any process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator

from matching.features import FEATURES, INVESTOR_FEATURES, RAISE_FEATURES, PairFeatures
from matching.market import Market
from matching.profiles import FACTORS
from matching.ranking import AdditiveRanker, exact_sum
from matching.retrieval import RunningBest, top_k
from matching.text import TextVectors
from matching.training import TO_INVESTORS, TO_RAISES, WindowSettings, collect

__all__ = ["FACTORS", "Matcher", "Ranking"]

# Kept beyond k while features are float32, so that the order of the exact scores decides at the edge.
_SPARE = 8


@dataclass(frozen=True)
class Ranking:
    """Ranked targets of subjects, best first.

    subjects (s,) int64; targets (s, k) int64, -1 where a list is shorter; scores (s, k) float64, NaN there;
    contributions (s, k, len(FACTORS)) float64, NaN there. ``scores`` is ``exact_sum(contributions)``.
    """

    subjects: np.ndarray
    targets: np.ndarray
    scores: np.ndarray
    contributions: np.ndarray

    def lists(self) -> dict[int, np.ndarray]:
        """subject id → target ids, best first."""
        return {int(s): row[row >= 0] for s, row in zip(self.subjects, self.targets, strict=True)}


class Matcher(BaseEstimator):
    """Ranks investors for raises and raises for investors by additive scores.

    ``fit`` learns the state of the market and, from ``windows`` earlier windows of ``months`` months, one
    ``AdditiveRanker`` per direction; without enough history their priors rank (``fallback_`` tells which
    direction does). A score is the log of the chance, on the scale of the training windows, that the pair
    closes within one window: good for order and for comparing factors, calibrated only roughly.
    """

    def __init__(
        self,
        half_life=4.0,
        smoothing=2.0,
        follow_on_weight=0.3,
        ease_penalty=30.0,
        text_dimensions=32,
        windows=6,
        months=6,
        max_queries=400,
        penalty=30.0,
        seed=0,
        block=32,
    ):
        self.half_life = half_life
        self.smoothing = smoothing
        self.follow_on_weight = follow_on_weight
        self.ease_penalty = ease_penalty
        self.text_dimensions = text_dimensions
        self.windows = windows
        self.months = months
        self.max_queries = max_queries
        self.penalty = penalty
        self.seed = seed
        self.block = block

    def _state(self) -> PairFeatures:
        return PairFeatures(
            text=self.text_,
            half_life=self.half_life,
            smoothing=self.smoothing,
            follow_on_weight=self.follow_on_weight,
            ease_penalty=self.ease_penalty,
        )

    def _untrained(self) -> dict[str, AdditiveRanker]:
        X, y = np.zeros((0, len(FEATURES)), np.float32), np.zeros(0, bool)
        return {
            direction: AdditiveRanker(ignored, penalty=self.penalty).fit(X, y, np.zeros(0, np.int64))
            for direction, ignored in ((TO_INVESTORS, RAISE_FEATURES), (TO_RAISES, INVESTOR_FEATURES))
        }

    def fit(self, market: Market, progress=None) -> Matcher:
        """Learn from all before ``market.as_of``; ``progress(done, total, stage)`` is called now and then."""
        self.text_ = TextVectors(self.text_dimensions, seed=self.seed).fit(market)
        self.rankers_ = self._untrained()
        settings = WindowSettings(
            windows=self.windows, months=self.months, max_queries=self.max_queries, block=self.block
        )
        guess = {direction: ranker.score_block for direction, ranker in self.rankers_.items()}
        samples = collect(market, self._state, guess, settings, self.seed, progress)
        for number, (direction, ranker) in enumerate(self.rankers_.items()):
            if progress:
                progress(number, 2, "training")
            sample = samples[direction]
            ranker.fit(sample.X, sample.y, sample.group, sample.weight)
        self.fallback_ = {d: ranker.n_choices_ == 0 for d, ranker in self.rankers_.items()}
        if progress:
            progress(2, 2, "training")
        return self.refresh(market)

    def refresh(self, market: Market) -> Matcher:
        """Take in the deals of ``market`` without learning the curves again."""
        self.state_ = self._state().fit(market)
        self.as_of_ = market.as_of
        return self

    def rank_investors(self, market: Market, raise_ids=None, k=100, progress=None) -> Ranking:
        """Investors for each of ``raise_ids`` (all open raises when None), in that order."""
        state = self.state_.over(self.state_.candidates(market))
        ids = market.raises.index.to_numpy() if raise_ids is None else np.asarray(list(raise_ids))
        raises = state.encode(market, ids)
        ranker = self.rankers_[TO_INVESTORS]
        ranking = _blank(ids, k)
        for start in range(0, len(raises), self.block):
            if progress:
                progress(start, len(raises), TO_INVESTORS)
            some = raises.take(np.arange(start, min(start + self.block, len(raises))))
            block = state.block(some)
            scores = ranker.score_block(block, state.level_, some.level)
            scores[state.forbidden(some)] = -np.inf
            for row, best in enumerate(top_k(scores, k + _SPARE)):
                best = best[best >= 0]
                contributions = ranker.contributions(state.rows(block, some, row, best))
                _fill(ranking, start + row, state.investors_[best], contributions)
        if progress:
            progress(len(raises), len(raises), TO_INVESTORS)
        return ranking

    def rank_raises(self, market: Market, investor_ids=None, k=100, progress=None) -> Ranking:
        """Open raises for each of ``investor_ids`` (all with a deal or a thesis when None), in that order.

        An investor of ``market`` with neither is ranked by what is left: the raises that draw most investors.
        """
        ids = self.state_.candidates(market) if investor_ids is None else np.asarray(list(investor_ids))
        unknown = ids[~np.isin(ids, market.investors.index)]
        if len(unknown):
            raise KeyError(f"no such investor: {unknown[0]}")
        ranking = _blank(ids, k)
        for start in range(0, len(ids), _INVESTORS_AT_ONCE):
            if progress:
                progress(start, len(ids), TO_RAISES)
            self._rank_raises(market, ids[start : start + _INVESTORS_AT_ONCE], start, k, ranking)
        if progress:
            progress(len(ids), len(ids), TO_RAISES)
        return ranking

    def _rank_raises(self, market, ids, offset, k, ranking):
        columns, inverse = np.unique(ids, return_inverse=True)
        state = self.state_.over(columns)
        raises = state.encode(market)
        ranker = self.rankers_[TO_RAISES]
        best = RunningBest(len(columns), k + _SPARE, len(FACTORS))
        for start in range(0, len(raises), self.block):
            some = raises.take(np.arange(start, min(start + self.block, len(raises))))
            block = state.block(some)
            scores = ranker.score_block(block, state.level_, some.level)
            scores[state.forbidden(some)] = -np.inf
            best.add(scores.T, start, partial(self._contributions, state, some, block))
        for number, column in enumerate(inverse):
            kept = best.targets[column] >= 0
            _fill(ranking, offset + number, raises.ids[best.targets[column][kept]], best.values[column][kept])

    def _contributions(self, state, raises, block, column, row) -> np.ndarray:
        return self.rankers_[TO_RAISES].contributions(state.rows(block, raises, row, column))


_INVESTORS_AT_ONCE = 2048


def _blank(subjects, k) -> Ranking:
    shape = (len(subjects), k)
    return Ranking(
        np.asarray(subjects, dtype=np.int64),
        np.full(shape, -1, np.int64),
        np.full(shape, np.nan),
        np.full((*shape, len(FACTORS)), np.nan),
    )


def _fill(ranking: Ranking, row: int, targets, contributions):
    scores = exact_sum(contributions)
    order = np.lexsort((targets, -scores))[: ranking.targets.shape[1]]
    ranking.targets[row, : len(order)] = targets[order]
    ranking.scores[row, : len(order)] = scores[order]
    ranking.contributions[row, : len(order)] = contributions[order]
