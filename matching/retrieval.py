"""Closed-form item models that see a whole portfolio at once."""

from __future__ import annotations

import copy

import numpy as np
from scipy import linalg, sparse
from sklearn.base import BaseEstimator

# More would not stay in the processor's cache.
_RAISES_AT_ONCE = 64


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
        # LAPACK leaves columns behind one another, and a product with a sparse matrix would copy all of it each time
        self.weights_ = np.ascontiguousarray(inverse)
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
        model.weights_ = np.ascontiguousarray(self.weights_[:, source[source >= 0]])
        model.n_targets_ = len(position)
        return model


class DealKernel(BaseEstimator):
    """How much the single past deals of an investor are like a raise.

    The likeness of a deal and a raise is ``exp(Σ beta_a <deal_a, raise_a>)`` over attributes ``a``. Unlike the
    sum of one ratio per attribute it knows that *one* deal had the category, the place and the round together.
    What is usual in the market is taken from ``sample`` deals where there are more.
    """

    def __init__(self, betas, smoothing=2.0, sample=4000, seed=0):
        self.betas = betas
        self.smoothing = smoothing
        self.sample = sample
        self.seed = seed

    def fit(self, attributes, deal, investor, weight, recent, n_investors) -> DealKernel:
        """``attributes``: name → (deals × values) CSR; the others one entry per participation."""
        self.deals_ = self._rows(attributes)
        shape = (n_investors, self.deals_.shape[0])
        self.weight_ = sparse.csr_matrix((np.asarray(weight, np.float32), (investor, deal)), shape=shape)
        self.recent_ = sparse.csr_matrix((np.asarray(recent, np.float32), (investor, deal)), shape=shape)
        share = np.asarray(self.weight_.sum(axis=0), dtype=float).ravel()
        share /= max(share.sum(), 1e-9)
        if len(share) > self.sample:
            drawn = np.random.default_rng(self.seed).choice(len(share), self.sample, p=share / share.sum())
            share = np.bincount(drawn, minlength=len(share)) / self.sample
        usual = np.flatnonzero(share)
        self.usual_deals_, self.usual_ = self.deals_[usual], sparse.csr_matrix(share[usual], dtype=np.float32)
        self.count_ = np.asarray(self.weight_.sum(axis=1)).ravel()
        return self

    def _rows(self, attributes) -> sparse.csr_matrix:
        scaled = [attributes[name] * np.float32(np.sqrt(beta)) for name, beta in self.betas.items()]
        return sparse.hstack(scaled, format="csr")

    def restricted_to(self, pick: sparse.csr_matrix) -> DealKernel:
        """The same model over other investors; ``pick`` is (old × new), a new one without a record is empty."""
        model = copy.copy(self)
        weight, recent = (pick.T @ self.weight_).tocsr(), (pick.T @ self.recent_).tocsr()
        theirs = np.unique(weight.indices)
        model.deals_ = self.deals_[theirs]
        model.weight_, model.recent_ = weight[:, theirs], recent[:, theirs]
        model.count_ = np.asarray(model.weight_.sum(axis=1)).ravel()
        return model

    def predict(self, attributes, usual=None) -> tuple[np.ndarray, np.ndarray]:
        """Two (raises × investors) arrays: log ratio of likeness to that of the whole market, smoothed towards
        0; and log1p of the number of recent deals, each counted by its likeness. ``usual`` as of that method.
        """
        rows = self._rows(attributes)
        if not self.usual_deals_.shape[0]:
            nothing = np.zeros((rows.shape[0], len(self.count_)), np.float32)
            return nothing, nothing
        usual = self.usual(attributes) if usual is None else usual
        ratio = np.empty((rows.shape[0], len(self.count_)), np.float32)
        recently = np.empty_like(ratio)
        for start in range(0, rows.shape[0], _RAISES_AT_ONCE):
            some = slice(start, start + _RAISES_AT_ONCE)
            alike = self._alike(rows[some], self.deals_)
            mine, recent = (self.weight_ @ alike) / usual[some], (self.recent_ @ alike) / usual[some]
            ratio[some] = np.log((mine + self.smoothing) / (self.count_[:, None] + self.smoothing)).T
            recently[some] = np.log1p(recent).T
        return ratio, recently

    @staticmethod
    def _alike(rows, deals) -> np.ndarray:
        """(deals × raises), contiguous: the products that follow would copy it otherwise."""
        alike = deals @ rows.T.toarray(order="C")
        return np.exp(alike, out=alike)

    def usual(self, attributes) -> np.ndarray:
        """(raises,) float32: likeness of the market's deals to each raise, whoever made them."""
        rows = self._rows(attributes)
        parts = [
            (self.usual_ @ self._alike(rows[start : start + _RAISES_AT_ONCE], self.usual_deals_)).ravel()
            for start in range(0, rows.shape[0], _RAISES_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


class RunningBest:
    """The ``k`` best targets of each row over blocks of targets, with what else is known of them.

    Of equal targets the earlier stay, so blocks must come in the order of targets.
    """

    def __init__(self, rows: int, k: int, width: int):
        self.scores = np.full((rows, k), -np.inf, np.float32)
        self.targets = np.full((rows, k), -1, np.int64)
        self.values = np.full((rows, k, width), np.nan)

    def add(self, scores: np.ndarray, first: int, look) -> None:
        """``scores`` (rows × block) of targets ``first``, …; ``look(row, column)`` gives values (n, width)."""
        k = self.scores.shape[1]
        both = np.concatenate([self.scores, scores], axis=1)
        order = np.argsort(-both, axis=1, kind="stable")[:, :k]
        row, slot = np.nonzero((order >= k) & np.isfinite(np.take_along_axis(both, order, axis=1)))
        column = order[row, slot] - k
        kept = np.minimum(order, k - 1)
        self.scores = np.take_along_axis(both, order, axis=1)
        self.targets = np.take_along_axis(self.targets, kept, axis=1)
        self.values = np.take_along_axis(self.values, kept[:, :, None], axis=1)
        self.targets[order >= k] = -1
        self.targets[row, slot] = first + column
        if len(row):
            self.values[row, slot] = look(row, column)


def top_k(scores: np.ndarray, k: int) -> np.ndarray:
    """Column numbers of the ``k`` best of each row, best first; ties by column; ``-inf`` is never among them.

    Returns (rows × k) int64, filled up with -1.
    """
    n = scores.shape[1]
    k = min(k, n)
    if k == 0:
        return np.full((len(scores), 0), -1, dtype=np.int64)
    if k == n:
        best = np.argsort(-scores, axis=1, kind="stable")
        best[np.isneginf(np.take_along_axis(scores, best, axis=1))] = -1
        return best
    best = np.empty((len(scores), k), dtype=np.int64)
    for row, values in enumerate(scores):
        # everything not below the k-th value, so that ties at the edge fall by column and not by chance
        edge = np.partition(values, n - k)[n - k]
        at = np.flatnonzero(values >= edge)
        at = at[np.argsort(-values[at], kind="stable")][:k]
        best[row] = np.where(np.isneginf(values[at]), -1, at)
    return best
