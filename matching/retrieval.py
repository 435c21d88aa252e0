"""Closed-form item models that see a whole portfolio at once."""

from __future__ import annotations

import copy

import numpy as np
from scipy import linalg, sparse
from sklearn.base import BaseEstimator


class EaseWithFeatures(BaseEstimator):
    """Linear autoencoder over investors and company attributes, without self-loops, in closed form.

    Columns of ``X`` are investors first, then attribute values; rows are companies. The weights minimise
    ``|X - XB|² + penalty |B|²`` with a zero diagonal (Steck, "Embarrassingly shallow autoencoders for sparse
    data", 2019). Only columns seen in at least ``support`` rows take part, at most ``max_columns`` of them.
    """

    def __init__(self, penalty=30.0, support=3, max_columns=4500):
        self.penalty = penalty
        self.support = support
        self.max_columns = max_columns

    def fit(self, X: sparse.csr_matrix, n_targets: int, row_weight=None) -> EaseWithFeatures:
        """``X``: (rows × columns) non-negative CSR. The first ``n_targets`` columns are predicted."""
        X = sparse.csr_matrix(X, dtype=np.float32)
        counts = np.asarray((X > 0).sum(axis=0)).ravel()
        kept = np.flatnonzero(counts >= self.support)
        if len(kept) > self.max_columns:
            kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")[: self.max_columns]])
        targets = np.flatnonzero(kept < n_targets)
        self.n_columns_, self.n_targets_ = X.shape[1], n_targets
        self.columns_, self.targets_ = kept, kept[targets]
        if not len(targets):
            self.weights_ = np.zeros((len(kept), 0), dtype=np.float32)
            return self
        if row_weight is not None:
            X = sparse.diags(np.sqrt(row_weight).astype(np.float32)) @ X
        X = X[:, kept]
        gram = (X.T @ X).toarray().astype(np.float32)
        gram[np.diag_indices_from(gram)] += self.penalty
        factor = linalg.cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
        identity = np.zeros((len(kept), len(targets)), dtype=np.float32)
        identity[targets, np.arange(len(targets))] = 1
        inverse = linalg.cho_solve(factor, identity, overwrite_b=True, check_finite=False)
        diagonal = inverse[targets, np.arange(len(targets))].copy()
        inverse /= -diagonal[None, :]
        inverse[targets, np.arange(len(targets))] = 0
        self.weights_ = inverse
        return self

    def predict(self, queries: sparse.csr_matrix) -> np.ndarray:
        """(rows × n_targets) float32; a target below the support scores 0."""
        scores = np.zeros((queries.shape[0], self.n_targets_), dtype=np.float32)
        if len(self.targets_):
            # CSR times dense adds row by row in a fixed order: the same answer in whatever shard it is asked
            scores[:, self.targets_] = queries[:, self.columns_].astype(np.float32) @ self.weights_
        return scores

    def restricted_to(self, position: np.ndarray) -> EaseWithFeatures:
        """The same model with targets rearranged: target ``i`` is the former ``position[i]``, -1 for a new
        one.
        """
        place = np.full(self.n_targets_, -1, dtype=np.int64)
        place[self.targets_] = np.arange(len(self.targets_))
        source = np.where(position >= 0, place[position], -1) if self.n_targets_ else position
        model = copy.copy(self)
        model.targets_ = np.flatnonzero(source >= 0)
        model.weights_ = self.weights_[:, source[source >= 0]]
        model.n_targets_ = len(position)
        return model


def top_k(scores: np.ndarray, k: int) -> np.ndarray:
    """Column numbers of the ``k`` best of each row, best first; ties by column; ``-inf`` is never among them.

    Returns (rows × k) int64, filled up with -1.
    """
    n = scores.shape[1]
    k = min(k, n)
    if k == 0:
        return np.full((len(scores), 0), -1, dtype=np.int64)
    best = np.empty((len(scores), k), dtype=np.int64)
    for row, values in enumerate(scores):
        # everything not below the k-th value, so that ties at the edge fall by column and not by chance
        edge = np.partition(values, n - k)[n - k] if k < n else -np.inf
        at = np.flatnonzero(values >= edge)
        at = at[np.argsort(-values[at], kind="stable")][:k]
        best[row] = np.where(np.isneginf(values[at]), -1, at)
    return best
