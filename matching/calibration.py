"""From scores to probabilities, and how well they hold."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator

BINS = 10
# Scores are counted in so many steps along each axis, so that a whole matrix of pairs costs no more than this.
_STEPS = {1: 2000, 2: 400}
_AT_ONCE = 1_000_000
# The logit may bend at these quantiles of the scores of the positives.
_KNOTS = (0.2, 0.4, 0.6, 0.8)


class Calibration(BaseEstimator):
    """Calibration of one score, or of two scores together, after Platt ("Probabilistic outputs for support vector
    machines", 1999), but with a logit that may bend: ``p = σ(intercept_ + Σ curve(score))``, each curve a rising
    line with up to four bends.

    Without a single positive, or without a negative, nothing can be learned: ``predict`` answers NaN.
    """

    def fit(self, scores, y) -> Calibration:
        """``scores`` (n,) or (n × d) with d at most 2; ``y`` (n,) bool, all pairs with equal weight."""
        scores, y = np.asarray(scores, dtype=np.float32), np.asarray(y, dtype=bool)
        scores = scores[:, None] if scores.ndim == 1 else scores
        self.coef_, self.n_scores_ = None, scores.shape[1]
        positives = int(np.count_nonzero(y))
        if not 0 < positives < len(y):
            return self
        self.knots_ = [np.unique(np.quantile(column, _KNOTS)) for column in scores[y].T]
        centers, counts, hits = _counted(scores, y)
        x = self._ramps(centers)
        scale = np.maximum(x.std(axis=0), 1e-6)
        x /= scale

        def loss(w):
            u = x @ w[:-1] + w[-1]
            value = counts @ np.logaddexp(0, u) - hits @ u
            slope = counts * expit(u) - hits
            # as much prior as one pair has, so that separated data have an answer
            return value + 0.5 * w[:-1] @ w[:-1], np.r_[x.T @ slope + w[:-1], slope.sum()]

        first = np.r_[np.full(x.shape[1], 0.1), np.log(positives / (len(y) - positives))]
        bounds = [(0, None)] * x.shape[1] + [(None, None)]
        found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000}).x
        self.coef_, self.intercept_ = found[:-1] / scale, float(found[-1])
        return self

    def _ramps(self, scores) -> np.ndarray:
        """How far each score has come between each two knots: rising, so that positive slopes give a rising curve."""
        parts = []
        for column, knots in zip(scores.T, self.knots_, strict=True):
            edges = np.r_[-np.inf, knots, np.inf]
            for low, high in pairwise(edges):
                inside = np.clip(column, low, high)
                parts.append(inside - (low if np.isfinite(low) else high))
        return np.stack(parts, axis=-1)

    def predict(self, scores) -> np.ndarray:
        """Probabilities of ``scores``, (…) of one score or (… × 2) of two; NaN where a score is."""
        scores = np.asarray(scores, dtype=float)
        shape = scores.shape if self.n_scores_ == 1 else scores.shape[:-1]
        if self.coef_ is None:
            return np.full(shape, np.nan)
        flat = scores.reshape(-1, self.n_scores_)
        return expit(self._ramps(flat) @ self.coef_ + self.intercept_).reshape(shape)


def _counted(scores, y):
    """(cells × d) mean scores of the cells of a grid that hold any pair, their pairs and their positives."""
    d = scores.shape[1]
    steps = _STEPS[d]
    low = scores.min(axis=0)
    width = np.maximum((scores.max(axis=0) - low) / steps, 1e-6)
    counts, hits, totals = np.zeros(steps**d), np.zeros(steps**d), np.zeros((d, steps**d))
    for start in range(0, len(scores), _AT_ONCE):
        some, chosen = scores[start : start + _AT_ONCE], y[start : start + _AT_ONCE]
        at = np.minimum(((some - low) / width).astype(np.int64), steps - 1)
        cell = np.ravel_multi_index(tuple(at.T), (steps,) * d)
        counts += np.bincount(cell, minlength=steps**d)
        hits += np.bincount(cell[chosen], minlength=steps**d)
        totals += [np.bincount(cell, weights=column, minlength=steps**d) for column in some.T]
    kept = np.flatnonzero(counts)
    return (totals[:, kept] / counts[kept]).T, counts[kept], hits[kept]


def reliability(predicted, observed, bins: int = BINS) -> dict:
    """``bins`` of about equally many pairs by prediction, the Brier score, and that of the constant mean.

    Each bin: mean prediction, share observed, number of pairs.
    """
    predicted, observed = np.asarray(predicted, dtype=float), np.asarray(observed, dtype=float)
    if not len(predicted) or np.isnan(predicted).any():
        return {"bins": [], "brier": None, "brier_constant": None}
    order = np.argsort(predicted, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return {
        "bins": [
            {
                "predicted": float(predicted[part].mean()),
                "observed": float(observed[part].mean()),
                "n": len(part),
            }
            for part in parts
        ],
        "brier": float(((predicted - observed) ** 2).mean()),
        "brier_constant": float(observed.var()),
    }


def cross_reliability(scores, truth, shown, bins: int = BINS) -> dict:
    """``reliability`` of the pairs that are shown, each half of the queries predicted by what the other half taught.

    ``scores`` (queries × targets) or (queries × targets × 2), not finite where a pair is never ranked; ``truth``
    (queries × targets) bool; ``shown`` (queries × k) column numbers, -1 where a list is shorter.
    """
    allowed = np.isfinite(scores if scores.ndim == 2 else scores[:, :, 0])
    half = np.arange(len(scores)) % 2
    predicted, observed = [], []
    for mine in (0, 1):
        others = np.flatnonzero(half != mine)
        taught = Calibration().fit(scores[others][allowed[others]], truth[others][allowed[others]])
        rows = np.flatnonzero(half == mine)
        row, slot = np.nonzero(shown[rows] >= 0)
        row, column = rows[row], shown[rows][row, slot]
        predicted.append(taught.predict(scores[row, column]))
        observed.append(truth[row, column])
    return reliability(np.concatenate(predicted), np.concatenate(observed), bins)
