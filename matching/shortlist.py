"""The first of two stages: which pairs are worth a full look, at a fraction of its cost.

A full score needs dozens of features per pair. For the shortlist it is enough to know, per investor, what each value of
a raise's attributes is worth on average. That is a linear model, learned from full scores of a sample of the raises
themselves, so it follows whatever the ranker and its features have become (distillation; Hinton and others, 2015).
"""

from __future__ import annotations

import copy

import numpy as np
from scipy import linalg, sparse
from sklearn.base import BaseEstimator

from matching import profiles as p
from matching.answers import ANSWER_FEATURES
from matching.encoding import EncodedRaises
from matching.feature_names import FEATURES, RAISE_FEATURES
from matching.features import PairFeatures
from matching.ranking import AdditiveRanker


class FirstStage(BaseEstimator):
    """Estimates the scores of one direction: ``encoded raises @ weights``, one column per investor.

    A value that at least ``support`` sampled raises have is learned by ridge regression, ``penalty`` as so many
    sampled raises. A rarer one counts by the ranker's own curve of that attribute alone: who knows the rare country
    must not be missed. What depends on the raise alone is exact, and so is what answers add: one that was given a
    moment ago brings what is alike on the shortlist without another fit.
    """

    def __init__(self, penalty: float = 1.0, support: int = 4):
        self.penalty = penalty
        self.support = support

    def fit(self, raises: EncodedRaises, scores: np.ndarray, state: PairFeatures, ranker: AdditiveRanker):
        """``scores`` (raises × investors of ``state``) float32 without base, -inf where a pair is never ranked."""
        self.investors_ = state.investors_
        self.ranker_ = ranker
        values = _values(raises)
        seen = np.diff(values.tocsc().indptr)
        self.frequent_ = np.flatnonzero(seen >= self.support)
        n_rare = sum(raises.attributes[a.name].shape[1] for a in p.ATTRIBUTES)
        self.rare_ = _rare_curves(state, ranker, np.flatnonzero(seen[:n_rare] < self.support), values.shape[1])
        known = np.isfinite(scores)
        count = np.maximum(known.sum(axis=0), 1)
        target = scores - self._by_raise(raises)[:, None] - (values @ self.rare_).toarray()
        if raises.answers:
            target -= self._by_answers(raises)
        target[~known] = 0
        mean = (target.sum(axis=0, dtype=np.float64) / count).astype(np.float32)
        target -= mean
        target[~known] = 0
        x = values[:, self.frequent_].toarray()
        gram = (x.T @ x).astype(np.float64)
        gram[np.diag_indices_from(gram)] += self.penalty
        self.weights_ = linalg.solve(gram, (x.T @ target).astype(np.float64), assume_a="pos").astype(np.float32)
        self.mean_ = mean
        return self

    def over(self, investors: np.ndarray) -> FirstStage:
        """The same for some of the investors; one that was not there at ``fit`` is a KeyError."""
        position = np.searchsorted(self.investors_, investors)
        if not self.knows(investors).all():
            raise KeyError("the first stage does not know this investor")
        stage = copy.copy(self)
        stage.investors_ = investors
        stage.weights_ = np.ascontiguousarray(self.weights_[:, position])
        stage.rare_ = self.rare_[:, position]
        stage.mean_ = self.mean_[position]
        return stage

    def knows(self, investors: np.ndarray) -> np.ndarray:
        return np.isin(investors, self.investors_)

    def predict(self, raises: EncodedRaises) -> np.ndarray:
        """(raises × investors) float32. A value depends on its raise and investor alone, to the last bit.

        ``raises`` are encoded beside the investors of this stage.
        """
        values = _values(raises)
        # sparse times dense adds in a fixed order whatever else is in the block; a product of dense matrices may not
        scores = values[:, self.frequent_] @ self.weights_
        rare = (values @ self.rare_).tocoo()
        scores[rare.row, rare.col] += rare.data
        scores += self.mean_
        scores += self._by_raise(raises)[:, None]
        if raises.answers:
            scores += self._by_answers(raises)
        return scores

    def _by_raise(self, raises) -> np.ndarray:
        found = np.zeros(len(raises), np.float32)
        for number, name in enumerate(RAISE_FEATURES):
            found += self.ranker_.curve_values(FEATURES.index(name), raises.level[:, number]).astype(np.float32)
        return found

    def _by_answers(self, raises) -> np.ndarray:
        slopes = [float(self.ranker_.curve_values(FEATURES.index(name), np.float32(1))) for name in ANSWER_FEATURES]
        return raises.answers.weighted(slopes)


def _values(raises: EncodedRaises) -> sparse.csr_matrix:
    """All attribute values of the raises, and which attributes are known."""
    parts = [raises.attributes[a.name] for a in p.ATTRIBUTES]
    known = np.stack([np.diff(part.indptr) > 0 for part in parts], axis=1).astype(np.float32)
    return sparse.hstack([*parts, sparse.csr_matrix(known)], format="csr", dtype=np.float32)


def _rare_curves(state: PairFeatures, ranker: AdditiveRanker, rare: np.ndarray, width: int) -> sparse.csr_matrix:
    """(width × investors): what a rare value adds by the curve of its log ratio, against an investor without it."""
    parts = []
    for attribute in p.ATTRIBUTES:
        gain, penalty = state.gain_[attribute.name], state.penalty_[attribute.name]
        feature = FEATURES.index(f"lr_{attribute.name}")
        with_it = ranker.curve_values(feature, gain.data - penalty[gain.indices])
        without = ranker.curve_values(feature, -penalty)[gain.indices]
        height = (with_it - without).astype(np.float32)
        parts.append(sparse.csr_matrix((height, gain.indices, gain.indptr), shape=gain.shape))
    stacked = sparse.vstack(parts, format="csr")
    kept = np.zeros(stacked.shape[0], np.float32)
    kept[rare] = 1
    stacked = (sparse.diags(kept) @ stacked).tocsr()
    stacked.eliminate_zeros()
    stacked.resize(width, stacked.shape[1])
    return stacked.astype(np.float32)
