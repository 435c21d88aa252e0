"""An additive ranker: a sum of one curve per feature, learned from choices."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator

from matching.answers import ANSWER_FEATURES
from matching.features import FACTOR_OF, FEATURES, INVESTOR_FEATURES, PAIR_FEATURES
from matching.profiles import BASE, FACTORS
from matching.theses import THESIS_FEATURES


class ListwiseLogit(BaseEstimator):
    """Conditional logit: among the candidates of one choice, the chosen ones should have the highest utility.

    Minimises the mean over choices of the cross-entropy between the chosen candidates (in shares of their ``y``) and
    the softmax of ``X @ coef_``, where a candidate's ``weight`` undoes its sampling, plus ``penalty /
    choices * |scale * (coef_ - prior)|²``. With no choice at all ``coef_`` is ``prior``: a market without a
    history is ranked by it. ``lower`` are lower bounds of coefficients (-inf for none); ``penalty`` may be one
    number per coefficient.
    """

    def __init__(self, prior=None, lower=None, penalty=3.0, max_iter=80):
        self.prior = prior
        self.lower = lower
        self.penalty = penalty
        self.max_iter = max_iter

    def fit(self, X, y, group, weight=None):
        """``X`` (n × features) float32; ``y`` (n,) chosen or not, or how much of a yes in 0 … 1; ``group`` (n,) sorted
        ids of choices. A choice that comes to less than one yes counts for so much of a choice.
        """
        n_features = X.shape[1]
        prior = np.zeros(n_features) if self.prior is None else np.asarray(self.prior, dtype=float)
        self.coef_ = prior.copy()
        self.n_features_in_ = n_features
        starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.array([], int)
        self.n_choices_ = len(starts)
        if not len(starts):
            self.scale_ = np.ones(n_features)
            return self
        lengths = np.diff(np.r_[starts, len(group)])
        log_weight = np.zeros(len(y)) if weight is None else np.log(weight)
        share = y / np.repeat(np.maximum(np.add.reduceat(y.astype(float), starts), 1), lengths)
        whole = np.repeat(np.add.reduceat(share, starts), lengths)
        whole = np.where(np.abs(whole - 1) < 1e-9, 1.0, whole)
        # the floor keeps a feature that is hardly ever known from taking a huge coefficient
        # column by column: all at once would hold X three times more
        self.scale_ = np.maximum([column.std(dtype=np.float64) for column in X.T], 0.1)
        # what is the same for all candidates cannot be learned: it keeps its prior and costs nothing
        free = np.flatnonzero(np.ptp(X, axis=0) > 0)
        X = _columns(X, free)
        scale, wanted = self.scale_[free], prior[free]
        ridge = np.broadcast_to(np.asarray(self.penalty, dtype=float) / len(starts), prior.shape)[free]

        def loss(scaled):
            coef = scaled / scale
            utility = (X @ coef.astype(X.dtype)).astype(float) + log_weight
            top = np.repeat(np.maximum.reduceat(utility, starts), lengths)
            odds = np.exp(utility - top)
            total = np.repeat(np.add.reduceat(odds, starts), lengths)
            chance = odds / total
            fit = -(share * (utility - top - np.log(total))).sum() / len(starts)
            slope = X.T @ (whole * chance - share).astype(X.dtype)
            away = scaled - wanted * scale
            return fit + (ridge * away**2).sum(), slope / scale / len(starts) + 2 * ridge * away

        lower = np.full(n_features, -np.inf) if self.lower is None else np.asarray(self.lower, dtype=float)
        found = minimize(
            loss,
            np.maximum(wanted, lower[free]) * scale,
            jac=True,
            method="L-BFGS-B",
            bounds=[(low, np.inf) for low in lower[free] * scale],
            options={"maxiter": self.max_iter},
        )
        self.coef_[free] = found.x / scale
        self.loss_, self.n_iter_ = float(found.fun), found.nit
        return self

    def decision_function(self, X):
        return X @ self.coef_.astype(X.dtype)


def _columns(X: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Some columns of ``X`` in Fortran's order; ``X`` itself where that is what it is."""
    if len(columns) == X.shape[1]:
        return np.asfortranarray(X)
    kept = np.empty((len(X), len(columns)), X.dtype, order="F")
    for at, column in enumerate(columns):
        kept[:, at] = X[:, column]
    return kept


# What is believed before anything was learned, and what a market without a history is ranked by.
PRIOR = {
    **{name: 0.3 for name in PAIR_FEATURES if name.startswith("lr_")},
    "co_investors_sum": 0.1,
    "like": 0.5,
    "ease": 1.0,
    "text_portfolio": 1.0,
    "text_profile": 1.0,
    "thesis_category": 1.5,
    "thesis_round": 0.8,
    "thesis_place": 0.8,
    "thesis_ticket": 0.5,
    "thesis_keywords": 1.0,
    "thesis_other_category": 1.0,
    "thesis_other_round": 0.7,
    "thesis_other_place": 0.5,
    "thesis_other_ticket": 0.5,
    **dict.fromkeys(ANSWER_FEATURES, 1.5),
    "deals_18m": 0.4,
    "deals_60m": 0.4,
}

# To say what one wants never counts against what is wanted: their curves are rising lines.
DECLARED = (*THESIS_FEATURES, *ANSWER_FEATURES)

# Shown contributions are whole multiples of this, so that they add up to the shown score in any arithmetic.
UNIT = 1e-6


class AdditiveRanker(BaseEstimator):
    """``score = base + Σ curve_f(x_f)``: each curve is a line with up to ``knots`` hinges, its zero at a
    neutral value (unknown for features of a pair, the average candidate for those of one side).

    ignored: names of features without a curve, because they do not differ among the candidates of a choice.
    """

    def __init__(self, ignored=(), knots=(0.2, 0.5, 0.8, 0.95), penalty=30.0, bend_penalty=30.0, max_iter=70):
        self.ignored = ignored
        self.knots = knots
        self.penalty = penalty
        self.bend_penalty = bend_penalty
        self.max_iter = max_iter

    def fit(self, X, y, group, weight=None) -> AdditiveRanker:
        """``X`` (n × len(FEATURES)) float32 candidates; ``y`` chosen or not, or how much of a yes; ``group``
        sorted ids of choices.
        """
        weight = np.ones(len(y), np.float32) if weight is None else weight
        self.used_ = np.array([i for i, name in enumerate(FEATURES) if name not in self.ignored])
        self.hinges_ = self._find_hinges(X)
        names = [FEATURES[i] for i in self.used_]
        hinges = sum(len(h) for h in self.hinges_)
        prior = np.r_[[PRIOR.get(name, 0.0) for name in names], np.zeros(hinges)]
        lower = np.r_[[0.0 if name in DECLARED else -np.inf for name in names], np.full(hinges, -np.inf)]
        penalty = np.r_[np.full(len(names), self.penalty), np.full(hinges, self.bend_penalty)]
        logit = ListwiseLogit(prior, lower, penalty, self.max_iter).fit(self._expand(X), y, group, weight)
        self.slope_, self.bend_ = np.split(logit.coef_.astype(np.float32), [len(names)])
        self.n_choices_ = logit.n_choices_
        self.center_ = np.zeros(len(names), np.float32)
        for at, name in enumerate(names):
            if name not in PAIR_FEATURES and len(X):
                self.center_[at] = np.average(X[:, self.used_[at]], weights=weight)
        self.base_ = 0.0
        if len(X):
            total = self.contributions(X).sum(axis=1)
            self.base_ = float(np.log(y.sum() / (weight * np.exp(total)).sum()))
        return self

    def _find_hinges(self, X) -> list[np.ndarray]:
        hinges = []
        for feature in self.used_:
            x = X[:: max(len(X) // 200_000, 1), feature]
            if FEATURES[feature] in DECLARED or len(np.unique(x)) <= 8:
                hinges.append(np.zeros(0, np.float32))
                continue
            common = np.median(x)
            if (x == common).mean() > 0.5:
                x = x[x != common]
            hinges.append(np.unique(np.quantile(x, self.knots)).astype(np.float32))
        return hinges

    def _expand(self, X) -> np.ndarray:
        wide = np.empty((len(X), len(self.used_) + sum(len(h) for h in self.hinges_)), np.float32, order="F")
        wide[:, : len(self.used_)] = X[:, self.used_]
        at = len(self.used_)
        for feature, hinges in zip(self.used_, self.hinges_, strict=True):
            for hinge in hinges:
                np.maximum(X[:, feature] - hinge, 0, out=wide[:, at])
                at += 1
        return wide

    def _curves(self):
        """(feature number, slope, hinges, bends, center) per feature that has a curve at all."""
        at = 0
        for n, feature in enumerate(self.used_):
            bends = self.bend_[at : at + len(self.hinges_[n])]
            at += len(self.hinges_[n])
            if self.slope_[n] or bends.any():
                yield feature, self.slope_[n], self.hinges_[n], bends, self.center_[n]

    def curve_values(self, feature: int, x: np.ndarray) -> np.ndarray:
        """Height of the curve of one feature number at ``x``; 0 at its neutral value."""
        for number, slope, hinges, bends, center in self._curves():
            if number == feature:
                return _height(x, slope, hinges, bends) - _height(center, slope, hinges, bends)
        return np.zeros(np.shape(x))

    def score_block(self, block, investor_level, raise_level) -> np.ndarray:
        """(raises × investors) float32 scores without the base; arguments as of ``PairFeatures``.

        A feature that ``block`` leaves out is 0.
        """
        n_pair, n_investor = len(PAIR_FEATURES), len(INVESTOR_FEATURES)
        total = np.zeros(block.shape[1:], np.float32)
        for feature, slope, hinges, bends, center in self._curves():
            if len(block) <= feature < n_pair:
                continue  # nobody has answered
            if feature < n_pair:
                x = block[feature]
            elif feature < n_pair + n_investor:
                x = investor_level[feature - n_pair][None, :]
            else:
                x = raise_level[:, feature - n_pair - n_investor][:, None]
            total += _height(x, slope, hinges, bends) - _height(center, slope, hinges, bends)
        return total

    def score(self, X) -> np.ndarray:
        """(n,) scores without the base."""
        return self.contributions(X).sum(axis=1) - self.base_

    def contributions(self, X) -> np.ndarray:
        """(n × len(FACTORS)) float64 in whole ``UNIT``s; their sum is the score."""
        out = np.zeros((len(X), len(FACTORS)))
        for feature, slope, hinges, bends, center in self._curves():
            height = _height(X[:, feature], slope, hinges, bends) - _height(center, slope, hinges, bends)
            out[:, FACTORS.index(FACTOR_OF[FEATURES[feature]])] += height
        out[:, FACTORS.index(BASE)] = self.base_
        return np.round(out / UNIT) * UNIT


def _height(x, slope, hinges, bends):
    height = x * slope
    for hinge, bend in zip(hinges, bends, strict=True):
        height = height + np.maximum(x - hinge, np.float32(0)) * bend
    return height


def exact_sum(contributions: np.ndarray) -> np.ndarray:
    """Scores (…,) of contributions (…, factors), in whole ``UNIT``s."""
    return np.rint(contributions / UNIT).sum(axis=-1) * UNIT
