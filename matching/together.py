"""What the features of a pair say together, beyond the sum of what each says: a small network of one hidden layer."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator

from matching.training import Sample, choices

# An unheard-of value counts as one of so many standard deviations.
_FARTHEST = 4.0
# A feature that hardly varies is not blown up.
_LEAST_SCALE = 0.05
# Rows in one matrix product, always: a shape of its own may add up in another order.
_ROWS_AT_ONCE = 256


class Together(BaseEstimator):
    """``Σ v · relu(x W + b)`` over standardised features, the mean of ``members`` such networks, learned from
    choices on top of the scores that the candidates already have.

    Minimises the generalised cross-entropy (Zhang and Sabuncu, 2018) between chosen candidates and the softmax of all:
    ``(1 - chance^tempering) / tempering``. 0 is the usual cross-entropy; the larger, the less a choice weighs that no
    score could foresee, and the more those weigh that stand near the top of the list. Adam with a falling rate,
    ``epochs`` passes over ``batch`` choices at a time, weights shrunk by ``decay`` (Loshchilov and Hutter, 2019).
    """

    def __init__(self, hidden=32, members=2, epochs=6, rate=5e-3, decay=0.5, batch=64, tempering=0.25, seed=0):
        self.hidden = hidden
        self.members = members
        self.epochs = epochs
        self.rate = rate
        self.decay = decay
        self.batch = batch
        self.tempering = tempering
        self.seed = seed

    def fit(self, X, sample: Sample, score) -> Together:
        """``X`` (n × features) float32 candidates of ``sample``, which has choices and which ``score`` (n,) orders."""
        self.n_features_in_ = X.shape[1]
        self.center_, self.scale_ = X.mean(axis=0), np.maximum(X.std(axis=0), _LEAST_SCALE)
        Z = self._standardised(X)
        known = (score + np.log(sample.weight)).astype(np.float32)
        start, length, share = choices(sample.worth, sample.group)
        share = share.astype(np.float32)
        members = [
            self._member(Z, known, start, length, share, np.random.default_rng([self.seed, number]))
            for number in range(self.members)
        ]
        inner, bias, outer = (np.concatenate(parts, axis=-1) for parts in zip(*members, strict=True))
        self.inner_, self.bias_, self.outer_ = inner, bias, outer / np.float32(self.members)
        return self

    def _member(self, Z, known, start, length, share, rng) -> list[np.ndarray]:
        """Weights of one network: (features × hidden), (hidden,), (hidden,)."""
        inner = rng.normal(0, Z.shape[1] ** -0.5, (Z.shape[1], self.hidden)).astype(np.float32)
        weights = [inner, np.zeros(self.hidden, np.float32), np.zeros(self.hidden, np.float32)]
        adam = _Adam(weights, self.rate, self.decay, self.epochs * -(-len(start) // self.batch))
        for _ in range(self.epochs):
            order = rng.permutation(len(start))
            for some in np.split(order, range(self.batch, len(order), self.batch)):
                first = np.r_[0, np.cumsum(length[some])]
                rows = np.repeat(start[some] - first[:-1], length[some]) + np.arange(first[-1])
                x, inner, bias, outer = Z[rows], *weights
                hidden = np.maximum(x @ inner + bias, 0)
                slope = self._slope(hidden @ outer + known[rows], share[rows], first[:-1], length[some])
                below = slope[:, None] * outer * (hidden > 0)
                adam.step([x.T @ below, below.sum(axis=0), hidden.T @ slope])
        return weights

    def _slope(self, scores, share, first, length) -> np.ndarray:
        """Derivative of the mean loss over choices by each score."""
        odds = np.exp(scores - np.repeat(np.maximum.reduceat(scores, first), length))
        chance = odds / np.repeat(np.add.reduceat(odds, first), length)
        pull = share * chance**self.tempering
        return (np.repeat(np.add.reduceat(pull, first), length) * chance - pull) / len(first)

    def _standardised(self, X) -> np.ndarray:
        return np.clip((X - self.center_) / self.scale_, -_FARTHEST, _FARTHEST)

    def predict(self, X) -> np.ndarray:
        """(n,) float32 of (n × features); a value depends on its row alone, to the last bit."""
        blocks = -(-len(X) // _ROWS_AT_ONCE)
        # In double precision: on some processors what a product of single precision gives a row depends on its place.
        inner, Z = self.inner_.astype(float), np.zeros((blocks * _ROWS_AT_ONCE, X.shape[1]))
        Z[: len(X)] = self._standardised(X)
        found = np.empty(len(Z), np.float32)
        for start in range(0, len(Z), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            hidden = Z[rows] @ inner
            hidden += self.bias_
            np.maximum(hidden, 0, out=hidden)
            hidden *= self.outer_
            found[rows] = hidden.sum(axis=1)
        return found[: len(X)]


class _Adam:
    """Steps that change ``weights`` in place; the rate rises over the first and falls to 0 with the last of ``steps``."""

    def __init__(self, weights, rate, decay, steps, rising=50):
        self.weights, self.rate, self.decay, self.steps, self.rising = weights, rate, decay, steps, rising
        self.mean = [np.zeros_like(w) for w in weights]
        self.square = [np.zeros_like(w) for w in weights]
        self.done = 0

    def step(self, slopes):
        rate = (
            self.rate * min(1, (self.done + 1) / self.rising) * (1 + np.cos(np.pi * (self.done + 1) / self.steps)) / 2
        )
        self.done += 1
        for weight, slope, mean, square in zip(self.weights, slopes, self.mean, self.square, strict=True):
            mean += (slope - mean) * np.float32(0.1)
            square += (slope**2 - square) * np.float32(0.01)
            weight *= np.float32(1 - rate * self.decay)
            away = np.sqrt(square / np.float32(1 - 0.99**self.done)) + np.float32(1e-8)
            weight -= np.float32(rate / (1 - 0.9**self.done)) * mean / away
