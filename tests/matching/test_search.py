from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.retrieval import top_k
from matching.search import RunningTop, best_products


def naive(scores, k):
    """By score, then by column; never -inf."""
    columns = np.full((len(scores), k), -1)
    for row, values in enumerate(scores):
        order = [c for c in np.lexsort((np.arange(len(values)), -values)) if values[c] > -np.inf][:k]
        columns[row, : len(order)] = order
    return columns


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 400),
    k=st.integers(1, 40),
    values=st.integers(1, 500),
    pieces=st.integers(1, 5),
)
def test_the_best_over_blocks_are_those_of_a_full_sort(seed, n, k, values, pieces):
    rng = np.random.default_rng(seed)
    scores = rng.integers(-values, values + 1, (7, n)).astype(np.float32) / 3
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    scores[0] = -np.inf
    scores[1, ::2] = -0.0
    scores[1, 1::2] = 0.0
    top = RunningTop(7, k)
    edges = np.unique(np.r_[0, rng.integers(0, n + 1, pieces), n])
    blocks = list(pairwise(edges))
    for number in rng.permutation(len(blocks)):
        first, end = blocks[number]
        top.add(np.ascontiguousarray(scores[:, first:end]), int(first))
    columns, found = top.result()
    wanted = naive(scores, k)
    assert np.array_equal(columns, wanted)
    assert np.array_equal(found, np.where(wanted >= 0, np.take_along_axis(scores, np.maximum(wanted, 0), 1), -np.inf))


def test_a_row_whose_best_are_where_the_guess_does_not_look():
    """The guess reads every eighth column: high there and nowhere else, it would ask too much of the row."""
    scores = np.zeros((2, 4000), np.float32)
    scores[0, ::8] = np.arange(500)
    scores[1, 1::8] = np.arange(500)
    top = RunningTop(2, 600)
    top.add(scores)
    assert np.array_equal(top.result()[0], naive(scores, 600))


@pytest.mark.parametrize("threads", [1, 2])
def test_products_in_blocks_are_the_products(threads):
    rng = np.random.default_rng(1)
    # small whole numbers: the products are exact whatever the order of their sums, and full of ties
    queries = rng.integers(-3, 4, (53, 8)).astype(np.float32)
    items = rng.integers(-3, 4, (301, 8)).astype(np.float32)
    columns, scores = best_products(queries, items, 20, block=10, items_at_once=64, threads=threads)
    exact = queries @ items.T
    assert np.array_equal(columns, naive(exact, 20))
    assert np.array_equal(scores, np.take_along_axis(exact, columns, axis=1))


def test_nothing_to_search():
    for shape in ((0, 5), (5, 0)):
        columns, scores = best_products(np.ones((shape[0], 2), np.float32), np.ones((shape[1], 2), np.float32), 3)
        assert columns.shape == (shape[0], 3)
        assert (columns == -1).all() and np.isneginf(scores).all()


@pytest.mark.parametrize("k", [1, 3, 4, 9])
def test_the_best_of_few_are_found_like_those_of_many(k):
    scores = np.array([[2, 5, 2, -np.inf], [0, 0, 0, 0], [-np.inf] * 4, [1, 2, 3, 4]], np.float32)
    assert np.array_equal(top_k(scores, k), naive(scores, min(k, 4)))
