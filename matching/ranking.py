"""An additive ranker: a sum of one curve per feature, learned from choices."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator

from matching.answers import ANSWER_FEATURES
from matching.feature_names import FACTOR_OF, FEATURES, INVESTOR_FEATURES, PAIR_FEATURES
from matching.features import KERNEL
from matching.packing import UNIT
from matching.profiles import ATTRIBUTES, BASE, FACTORS, PORTFOLIO, TOGETHER
from matching.theses import THESIS_FEATURES
from matching.together import Together
from matching.training import Sample, choices


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
        starts, lengths, share = choices(np.asarray(y), group)
        self.n_choices_ = len(starts)
        if not len(starts):
            self.scale_ = np.ones(n_features)
            return self
        log_weight = np.zeros(len(y)) if weight is None else np.log(weight)
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

# Features that sum up how alike a raise is to single deals.
LIKENESS = ("like", "like_recent")

# The parts of a network that are tried, and the choices without which none is.
_SHARES = (0.5, 1.0)
_ENOUGH_CHOICES = 100


class AdditiveRanker(BaseEstimator):
    """``score = base + Σ curve_f(x_f)``: each curve is a line with up to ``knots`` hinges, its zero at a
    neutral value (unknown for features of a pair, the average candidate for those of one side). What a network says of
    all features at once can be added as a factor of its own (``add_together``).

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
        self.n_choices_, self.together_, self.share_ = logit.n_choices_, None, 0.0
        self.center_ = np.zeros(len(names), np.float32)
        for at, name in enumerate(names):
            if name not in PAIR_FEATURES and len(X):
                self.center_[at] = np.average(X[:, self.used_[at]], weights=weight)
        self._learn_base(X, y, weight)
        return self

    def _learn_base(self, X, y, weight):
        self.base_ = 0.0
        if len(X):
            total = self.contributions(X).sum(axis=1)
            self.base_ = float(np.log(y.sum() / (weight * np.exp(total)).sum()))

    def add_together(self, sample: Sample, together: Together, share: float) -> AdditiveRanker:
        """Let ``together`` learn what the curves leave of ``sample``, which they were fitted on, and use ``share`` of it.

        It takes no features that must never count against a pair.
        """
        if not self.n_choices_:
            return self
        varies = np.ptp(sample.X, axis=0) > 0
        self.mixed_ = np.array([i for i in self.used_ if varies[i] and FEATURES[i] not in DECLARED], int)
        self.together_ = together.fit(sample.X[:, self.mixed_], sample, self.score(sample.X))
        self.share_ = share
        if share:
            self._learn_base(sample.X, sample.worth, sample.weight)
        return self

    def best_share(self, asked: Sample) -> float:
        """How much of ``together_`` orders best the choices of ``asked``, of which this ranker has seen nothing.

        0 where the gain is within its standard error, or where there are too few choices to tell.
        """
        if self.together_ is None or asked.n_choices < _ENOUGH_CHOICES:
            return 0.0
        more = self.together_.predict(asked.X[:, self.mixed_])
        curves = self.score(asked.X) - self.share_ * more
        before = asked.ndcg(curves)
        gains = {share: asked.ndcg(curves + share * more) - before for share in _SHARES}
        best = max(gains, key=lambda share: gains[share].mean())
        return best if gains[best].mean() > gains[best].std() / np.sqrt(len(before)) else 0.0

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
        """(raises × investors) float32 scores without the base; arguments as of ``PairFeatures``."""
        total = self.curves_block(block, investor_level, raise_level)
        if self.share_:
            pair, investor, raised = self._mixed_by_side()
            X = np.empty((block.shape[2], len(self.mixed_)), np.float32)
            X[:, len(pair) : len(pair) + len(investor)] = investor_level[investor].T
            for row, scores in enumerate(total):
                X[:, : len(pair)] = block[pair, row].T
                X[:, len(pair) + len(investor) :] = raise_level[row, raised]
                scores += self.together_.predict(X) * np.float32(self.share_)
        return total

    def _mixed_by_side(self):
        """Numbers of the features that the network takes, each within those of its side."""
        ends = np.searchsorted(self.mixed_, [len(PAIR_FEATURES), len(PAIR_FEATURES) + len(INVESTOR_FEATURES)])
        pair, investor, raised = np.split(self.mixed_, ends)
        return pair, investor - len(PAIR_FEATURES), raised - len(PAIR_FEATURES) - len(INVESTOR_FEATURES)

    def curves_block(self, block, investor_level, raise_level) -> np.ndarray:
        """The same without the network: what is quick enough for every pair of a market.

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
        """(n × len(FACTORS)) float64 in whole ``UNIT``s; their sum is the score.

        What likeness to single deals gives goes to the factors in which they are alike.
        """
        out, likeness = np.zeros((len(X), len(FACTORS))), np.zeros(len(X))
        for feature, slope, hinges, bends, center in self._curves():
            height = _height(X[:, feature], slope, hinges, bends) - _height(center, slope, hinges, bends)
            if FEATURES[feature] in LIKENESS:
                likeness += height
            else:
                out[:, FACTORS.index(FACTOR_OF[FEATURES[feature]])] += height
        out += likeness[:, None] * _alike_in(X, likeness)
        if self.share_:
            out[:, FACTORS.index(TOGETHER)] = self.together_.predict(X[:, self.mixed_]) * self.share_
        out[:, FACTORS.index(BASE)] = self.base_
        return np.round(out / UNIT) * UNIT


def _alike_in(X, likeness) -> np.ndarray:
    """(n × len(FACTORS)) shares, summing to 1, of what makes a pair as alike or unlike as ``likeness`` (n,) says.

    Each attribute counts by its log ratio, where that has the sign of ``likeness``, times its weight in the likeness of
    two deals. Where none has, all is the portfolio's.
    """
    out = np.zeros((len(X), len(FACTORS)))
    for attribute in ATTRIBUTES:
        if attribute.name in KERNEL:
            ratio = X[:, FEATURES.index(f"lr_{attribute.name}")] * np.sign(likeness)
            out[:, FACTORS.index(attribute.factor)] += KERNEL[attribute.name] * np.maximum(ratio, 0)
    total = out.sum(axis=1)
    out[total <= 0, FACTORS.index(PORTFOLIO)] = 1.0
    return out / np.where(total > 0, total, 1.0)[:, None]


def _height(x, slope, hinges, bends):
    height = x * slope
    for hinge, bend in zip(hinges, bends, strict=True):
        height = height + np.maximum(x - hinge, np.float32(0)) * bend
    return height


def exact_sum(contributions: np.ndarray) -> np.ndarray:
    """Scores (…,) of contributions (…, factors), in whole ``UNIT``s."""
    return np.rint(contributions / UNIT).sum(axis=-1) * UNIT
