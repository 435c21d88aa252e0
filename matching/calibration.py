"""From scores to probabilities, and how well they hold."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator

BINS = 10
# Scores are counted in so many steps along each axis, so that a whole matrix of pairs costs no more than this.
_STEPS = {1: 2000, 2: 400}


class Calibration(BaseEstimator):
    """Logistic calibration (Platt, "Probabilistic outputs for support vector machines", 1999) of one score, or of two
    scores together: ``p = σ(coef_ · scores + intercept_)`` with coefficients that cannot be negative.

    Without a single positive, or without a negative, nothing can be learned: ``predict`` answers NaN.
    """

    def fit(self, scores, y) -> Calibration:
        """``scores`` (n,) or (n × d) with d at most 2; ``y`` (n,) bool, all pairs with equal weight."""
        scores = np.asarray(scores, dtype=np.float32)
        scores = scores[:, None] if scores.ndim == 1 else scores
        d = scores.shape[1]
        self.coef_, self.intercept_ = np.full(d, np.nan), np.nan
        positives = int(np.count_nonzero(y))
        if not 0 < positives < len(y):
            return self
        centers, counts, hits = _counted(scores, np.asarray(y, dtype=bool))
        middle, spread = centers.mean(axis=0), np.maximum(centers.std(axis=0), 1e-6)
        x = (centers - middle) / spread

        def loss(w):
            u = x @ w[:-1] + w[-1]
            value = counts @ np.logaddexp(0, u) - hits @ u
            slope = counts * expit(u) - hits
            # as much prior as one pair has, so that separated data have an answer
            return value + 0.5 * w[:-1] @ w[:-1], np.r_[x.T @ slope + w[:-1], slope.sum()]

        first = np.r_[np.ones(d), np.log(positives / (len(y) - positives))]
        bounds = [(0, None)] * d + [(None, None)]
        found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}).x
        self.coef_ = found[:-1] / spread
        self.intercept_ = float(found[-1] - middle @ self.coef_)
        return self

    def predict(self, scores) -> np.ndarray:
        """Probabilities (n,) of ``scores`` (n,) or (n × d)."""
        scores = np.asarray(scores, dtype=float)
        if len(self.coef_) == 1:
            return expit(scores * self.coef_[0] + self.intercept_)
        return expit(scores @ self.coef_ + self.intercept_)


def _counted(scores, y):
    """(cells × d) mean scores of the cells of a grid that hold any pair, their pairs and their positives."""
    steps = _STEPS[scores.shape[1]]
    low = scores.min(axis=0)
    width = np.maximum((scores.max(axis=0) - low) / steps, 1e-6)
    cell = np.zeros(len(scores), np.int64)
    for axis in range(scores.shape[1]):
        at = np.minimum(((scores[:, axis] - low[axis]) / width[axis]).astype(np.int64), steps - 1)
        cell = cell * steps + at
    counts = np.bincount(cell)
    kept = np.flatnonzero(counts)
    hits = np.bincount(cell[y], minlength=len(counts))[kept]
    totals = [np.bincount(cell, weights=scores[:, axis])[kept] for axis in range(scores.shape[1])]
    counts = counts[kept].astype(float)
    return np.stack(totals, axis=1) / counts[:, None], counts, hits.astype(float)


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
