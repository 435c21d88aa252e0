"""The reference methods of the model card that only count, by hand."""

from datetime import date

import numpy as np
import pytest

from benchmarks import references as r
from matching import evaluation as e
from matching.market import Market
from matching.training import TO_INVESTORS, TO_RAISES

SECURITY, NETWORK = {"category": "security"}, {"category": "network"}


@pytest.fixture
def task() -> e.Task:
    """Investor 1 joined companies 1, 2 and 3, the last of which says nothing of itself, and 1 once more; investor 2
    joined 4 and 5. In the window 1 and 9 raise.
    """
    market = Market.build(
        date(2021, 1, 1),
        companies=[
            {"id": 1, "country": "CHN", **SECURITY},
            {"id": 2, "country": "CHN", **SECURITY},
            {"id": 3},
            {"id": 4, "country": "CHN", **NETWORK},
            {"id": 5, "country": "USA", **NETWORK},
            {"id": 9, "country": "CHN", **SECURITY},
        ],
        investors=[{"id": 1}, {"id": 2}],
        deals=[
            *({"id": n, "company": n, "date": f"2018-0{n}-01"} for n in range(1, 6)),
            {"id": 6, "company": 1, "date": "2019-01-01"},
            {"id": 7, "company": 1, "date": "2020-02-01"},
            {"id": 8, "company": 9, "date": "2020-02-01"},
        ],
        participations=[
            {"deal": d, "investor": i} for d, i in [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 1), (8, 1)]
        ],
    ).validate()
    return e.task(market, date(2020, 1, 1))


def test_place_only_by_hand(task):
    scores = r.bayes_scores(task.history, np.array([1, 2]), r.PLACE)
    # Of four entries with a country three are Chinese: two deals like the market's bring 1.5 of them.
    ratios = [(2 + 1.5) / (2 + 2) / 0.75, (1 + 1.5) / (2 + 2) / 0.75]
    assert scores[1] == pytest.approx(np.log(ratios) + np.log([3 / 5, 2 / 5]))


def test_naive_bayes_by_hand(task):
    scores = r.bayes_scores(task.history, np.array([1, 2]))
    place = r.bayes_scores(task.history, np.array([1, 2]), r.PLACE)[1]
    category = np.log([(2 + 1) / (2 + 2) / 0.5, (0 + 1) / (2 + 2) / 0.5])
    assert scores[1] == pytest.approx(place + category)


def test_who_is_in_is_not_ranked(task):
    scores = r.bayes_scores(task.history, task.candidates[TO_INVESTORS], r.PLACE)
    lists = r.ranked(task, TO_INVESTORS, scores, 10)
    assert {company: found.tolist() for company, found in lists.items()} == {1: [2], 9: [1, 2]}
    scores = r.bayes_scores(task.history, np.array([1]), r.PLACE)
    assert {investor: found.tolist() for investor, found in r.ranked(task, TO_RAISES, scores, 10).items()} == {1: [9]}
