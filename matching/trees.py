"""Boosted trees that stay a sum over factors, and their blend with the curves."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier

from matching.features import FACTOR_OF, FEATURES, PAIR_FEATURES
from matching.profiles import BASE, FACTORS
from matching.ranking import UNIT, AdditiveRanker
from matching.training import Sample

_BASE = FACTORS.index(BASE)
SHARES = (0.0, 0.15, 0.3, 0.45)
# With fewer choices to learn from, or to be asked about, trees are not tried.
_ENOUGH_TAUGHT, _ENOUGH_ASKED = 500, 150


class FactorTrees(BaseEstimator):
    """Gradient boosting in which no tree mixes factors: ``log odds = neutral_score_ + Σ part_factor``.

    Within a factor features interact freely. A factor's part is what the score loses when the features of that factor
    are set to their neutral value: exact, since no tree sees two factors. ``max_rows`` bounds the examples: all chosen
    candidates, and a draw of the others weighted to stand for all.
    """

    def __init__(self, ignored=(), max_iter=100, max_rows=400_000, seed=0):
        self.ignored = ignored
        self.max_iter = max_iter
        self.max_rows = max_rows
        self.seed = seed

    def fit(self, X, y, weight) -> FactorTrees:
        """``X`` (n × len(FEATURES)) float32 candidates, ``y`` (n,) chosen or not, ``weight`` (n,)."""
        used = [i for i, name in enumerate(FEATURES) if name not in self.ignored]
        self.used_ = np.array(used)
        by_factor: dict[str, list[int]] = {}
        for position, feature in enumerate(used):
            by_factor.setdefault(FACTOR_OF[FEATURES[feature]], []).append(position)
        self.groups_ = {factor: np.array(positions) for factor, positions in by_factor.items()}
        means = np.average(X[:, used], axis=0, weights=weight)
        paired = np.array([FEATURES[i] in PAIR_FEATURES for i in used])
        self.neutral_ = np.where(paired, 0, means).astype(np.float32)
        rows, weight = self._drawn(y, weight)
        self.model_ = HistGradientBoostingClassifier(
            max_iter=self.max_iter,
            learning_rate=0.1,
            max_leaf_nodes=15,
            min_samples_leaf=60,
            l2_regularization=20,
            max_features=0.3,
            early_stopping=False,
            interaction_cst=[positions.tolist() for positions in self.groups_.values()],
            random_state=self.seed,
        ).fit(X[rows][:, used], y[rows], sample_weight=weight)
        self.neutral_score_ = float(self.model_.decision_function(self.neutral_[None])[0])
        return self

    def _drawn(self, y, weight):
        chosen, others = np.flatnonzero(y), np.flatnonzero(~y)
        size = min(len(others), max(self.max_rows - len(chosen), 1))
        drawn = np.sort(np.random.default_rng(self.seed).permutation(others)[:size])
        rows = np.r_[chosen, drawn]
        return rows, np.r_[weight[chosen], weight[drawn] * np.float32(len(others) / size)]

    def score(self, X) -> np.ndarray:
        """(n,) what the features add to the neutral score."""
        return self.model_.decision_function(X[:, self.used_]) - self.neutral_score_

    def parts(self, X) -> np.ndarray:
        """(n × len(FACTORS)) parts that add up to ``score``."""
        X = np.ascontiguousarray(X[:, self.used_])
        whole = self.model_.decision_function(X)
        out = np.zeros((len(X), len(FACTORS)))
        for factor, positions in self.groups_.items():
            without = X.copy()
            without[:, positions] = self.neutral_[positions]
            out[:, FACTORS.index(factor)] = whole - self.model_.decision_function(without)
        return out


class BlendedRanker(BaseEstimator):
    """``(1 - share) · curves + share · trees``, both sums over factors, and so is what is shown.

    ``share`` is chosen by ``matching.training.best_share`` on earlier windows; at 0 there are no trees.
    """

    def __init__(self, ignored=(), penalty=30.0, share=0.0, seed=0):
        self.ignored = ignored
        self.penalty = penalty
        self.share = share
        self.seed = seed

    def fit(self, X, y, group, weight=None) -> BlendedRanker:
        """As ``AdditiveRanker.fit``."""
        self.curves_ = AdditiveRanker(self.ignored, penalty=self.penalty).fit(X, y, group, weight)
        self.n_choices_, self.base_ = self.curves_.n_choices_, self.curves_.base_
        self.trees_ = None
        if self.share and self.n_choices_:
            self.trees_ = FactorTrees(self.ignored, seed=self.seed).fit(X, y, weight)
            total = self.curves_.score(X) * (1 - self.share) + self.trees_.score(X) * self.share
            self.base_ = float(np.log(y.sum() / (weight * np.exp(total)).sum()))
        return self

    def score_block(self, block, investor_level, raise_level) -> np.ndarray:
        """(raises × investors) float32 scores without the base; arguments as of ``PairFeatures``."""
        curves = self.curves_.score_block(block, investor_level, raise_level)
        if self.trees_ is None:
            return curves
        n_pair, n_levels = len(block), len(block) + len(investor_level)
        X = np.empty((*curves.shape, len(FEATURES)), np.float32)
        X[:, :, :n_pair] = np.moveaxis(block, 0, 2)
        X[:, :, n_pair:n_levels] = investor_level.T[None]
        X[:, :, n_levels:] = raise_level[:, None]
        out = self.trees_.score(X.reshape(-1, len(FEATURES))).reshape(curves.shape).astype(np.float32)
        return curves * np.float32(1 - self.share) + out * np.float32(self.share)

    def contributions(self, X) -> np.ndarray:
        """(n × len(FACTORS)) float64 in whole ``UNIT``s; their sum is the score."""
        if self.trees_ is None or not len(X):
            return self.curves_.contributions(X)
        out = self.curves_.contributions(X) * (1 - self.share) + self.trees_.parts(X) * self.share
        out[:, _BASE] = self.base_
        return np.round(out / UNIT) * UNIT


def best_share(sample: Sample, ignored=(), penalty=30.0, seed=0, shares=SHARES) -> float:
    """Of ``shares`` that of the trees which ranks the choices of window 1 best (mean NDCG@10 among their candidates),
    taught by the windows before it. Window 0 is left alone: it measures what comes out.
    """
    taught, asked = sample.earlier_than(1), sample.of_window(1)
    if taught.n_choices < _ENOUGH_TAUGHT or asked.n_choices < _ENOUGH_ASKED:
        return 0.0
    curves = AdditiveRanker(ignored, penalty=penalty).fit(taught.X, taught.y, taught.group, taught.weight)
    trees = FactorTrees(ignored, seed=seed).fit(taught.X, taught.y, taught.weight)
    a, b = curves.score(asked.X), trees.score(asked.X)
    return max(shares, key=lambda share: asked.ndcg((1 - share) * a + share * b).mean())
