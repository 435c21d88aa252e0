"""Exact search for the best of very many: by block, in memory that the block bounds."""

from __future__ import annotations

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

# Every so many-th column is looked at to guess what the k-th best of a row will be.
_STRIDE = 8
_LAST = np.uint64(0xFFFFFFFF)


def _ordered(scores: np.ndarray) -> np.ndarray:
    """float32 as uint64 in the same order; minus zero is zero."""
    bits = (scores + np.float32(0)).view(np.uint32)
    bits = np.where(bits >> np.uint32(31), ~bits, bits | np.uint32(0x80000000))
    return bits.astype(np.uint64)


def _scores(ordered: np.ndarray) -> np.ndarray:
    bits = ordered.astype(np.uint32)
    return np.where(bits >> np.uint32(31), bits & np.uint32(0x7FFFFFFF), ~bits).view(np.float32)


class RunningTop:
    """The ``k`` best columns of each row over blocks of columns, in whatever order they come.

    A column and its score are one integer, score first, then the smaller column: integers are sorted quickly, and
    ties fall by column. ``-inf`` is never among the best.
    """

    def __init__(self, rows: int, k: int):
        self.k = k
        self.keys = np.zeros((rows, 0), np.uint64)
        self.edge = np.full(rows, np.finfo(np.float32).min, np.float32)

    def add(self, scores: np.ndarray, first: int = 0) -> None:
        """``scores`` (rows × block) float32, C-contiguous, without NaN, of columns ``first``, …"""
        n = scores.shape[1]
        if not n or not self.k:
            return
        edge = np.maximum(self.edge, self._guess(scores)) if n > 4 * self.k else self.edge
        at = np.flatnonzero(scores >= edge[:, None])
        row = at // n
        count = np.bincount(row, minlength=len(scores))
        place = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
        fresh = np.zeros((len(scores), count.max(initial=0)), np.uint64)
        column = (at - row * n + first).astype(np.uint64)
        fresh[row, place] = _ordered(scores.ravel()[at]) << np.uint64(32) | (_LAST - column)
        keys = np.sort(np.concatenate([self.keys, fresh], axis=1), axis=1)
        self.keys = np.ascontiguousarray(keys[:, -self.k :])
        if self.keys.shape[1] == self.k:
            full = self.keys[:, 0] > 0
            self.edge[full] = _scores(self.keys[full, 0] >> np.uint64(32))

    def _guess(self, scores: np.ndarray) -> np.ndarray:
        """A score per row that at least ``k`` of ``scores`` reach, and not many more."""
        n = scores.shape[1]
        sample = scores[:, ::_STRIDE]
        wanted = min(self.k // _STRIDE + int(2 * np.sqrt(self.k / _STRIDE)) + 4, sample.shape[1])
        edge = np.partition(sample, sample.shape[1] - wanted, axis=1)[:, sample.shape[1] - wanted]
        few = np.flatnonzero(np.count_nonzero(scores >= edge[:, None], axis=1) < self.k)
        if len(few):
            edge[few] = np.partition(scores[few], n - self.k, axis=1)[:, n - self.k]
        return edge

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        """Columns (rows × k) int64, best first, filled up with -1; their scores float32, ``-inf`` there."""
        columns = np.full((len(self.keys), self.k), -1, np.int64)
        scores = np.full((len(self.keys), self.k), -np.inf, np.float32)
        keys = self.keys[:, ::-1]
        found = keys > 0
        columns[:, : keys.shape[1]] = np.where(found, (_LAST - (keys & _LAST)).astype(np.int64), -1)
        scores[:, : keys.shape[1]] = np.where(found, _scores(keys >> np.uint64(32)), -np.inf)
        return columns, scores


def best_products(queries, items, k: int, block: int = 256, items_at_once: int = 16_384, threads: int = 1):
    """The ``k`` largest inner products of each of ``queries`` (q × d) with ``items`` (n × d), both float32.

    Returns as ``RunningTop.result``. Exact; ties fall by item. Holds ``threads`` blocks of ``block`` queries × at
    most ``items_at_once`` items.
    """

    def one(start: int):
        some = queries[start : start + block]
        top = RunningTop(len(some), k)
        for first in range(0, len(items), items_at_once):
            top.add(some @ items[first : first + items_at_once].T, first)
        return top.result()

    # one thread per block: the selection is as busy as the product
    with threadpool_limits(1, "blas"):
        found = Parallel(n_jobs=threads, backend="threading")(
            delayed(one)(start) for start in range(0, len(queries), block)
        )
    if not found:
        return np.full((0, k), -1, np.int64), np.full((0, k), -np.inf, np.float32)
    return np.concatenate([columns for columns, _ in found]), np.concatenate([scores for _, scores in found])
