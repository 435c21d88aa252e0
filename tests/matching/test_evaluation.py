from datetime import date

import numpy as np
import pytest

from matching import evaluation as e
from matching.market import Market
from matching.training import TO_INVESTORS, TO_RAISES


def test_metrics_by_hand():
    ranked, truth = [7, 3, 9, 4], {3, 4, 8}
    best = 1 + 1 / np.log2(3) + 1 / 2
    assert e.ndcg(ranked, truth) == pytest.approx((1 / np.log2(3) + 1 / np.log2(5)) / best)
    assert e.ndcg(ranked, truth, k=1) == 0
    assert e.recall(ranked, truth, k=3) == pytest.approx(1 / 3)
    assert e.reciprocal_rank(ranked, truth) == 0.5
    assert e.reciprocal_rank([], truth) == e.ndcg([], truth) == e.recall([], truth) == 0


def test_a_query_with_more_truths_than_places_can_still_be_perfect():
    assert e.ndcg(range(10), set(range(30))) == pytest.approx(1)
    assert e.recall(range(100), set(range(40))) == 0.5


def test_gini():
    assert e.gini([1, 1, 1, 1]) == pytest.approx(0)
    assert e.gini([0, 0, 0, 4]) == pytest.approx(0.75)
    assert e.gini([]) == 0


def test_a_query_without_a_list_counts_as_a_miss():
    report = e.evaluate({1: [5, 6]}, {1: {5}, 2: {6}}, n_targets=4)
    assert report.mean("ndcg_10") == 0.5
    assert report.coverage_10 == 0.5
    assert report.gini_10 == pytest.approx(0.5)


def test_intervals_hold_the_mean_and_a_constant_difference_has_none():
    rng = np.random.default_rng(1)
    truth = {n: {n} for n in range(200)}
    lists = {n: [n] if rng.random() < 0.3 else [999] for n in range(200)}
    report = e.evaluate(lists, truth, 200)
    low, high = report.interval("ndcg_10")
    assert low < report.mean("ndcg_10") < high
    assert 0.05 < high - low < 0.2
    same = e.paired_difference(report, report)
    assert (same["mean"], same["low"], same["high"], same["queries"]) == (0, 0, 0, 200)


@pytest.fixture
def market():
    """Three investors before the cut of 2020; in the window 3 joins company 1 again, and 1 and 9 join
    company 2.
    """
    return Market.build(
        date(2021, 1, 1),
        companies=[{"id": n, "category": "security" if n < 3 else "network"} for n in range(1, 6)],
        investors=[{"id": n} for n in (1, 2, 3, 9)],
        deals=[
            {"id": 1, "company": 1, "date": "2018-01-01"},
            {"id": 2, "company": 3, "date": "2019-06-01"},
            {"id": 3, "company": 4, "date": "2019-07-01"},
            {"id": 4, "company": 5, "date": "2019-08-01"},
            {"id": 5, "company": 1, "date": "2020-02-01", "round": "b", "amount": 5.0},
            {"id": 6, "company": 2, "date": "2020-03-01", "round": "seed"},
            {"id": 7, "company": 2, "date": "2020-05-01", "round": "a"},
            {"id": 8, "company": 4, "date": "2020-07-01"},
        ],
        participations=[
            {"deal": d, "investor": i}
            for d, i in [(1, 3), (2, 1), (3, 1), (4, 1), (4, 2), (5, 3), (5, 2), (6, 9), (7, 1), (8, 2)]
        ],
    ).validate()


def test_the_protocol_by_hand(market):
    cut = e.task(market, date(2020, 1, 1), months=6)
    assert cut.history.deals.index.tolist() == [1, 2, 3, 4]
    assert cut.history.raises["company"].tolist() == [1, 2]
    # the first deal of the window tells the round, and an investor without a deal before is nobody's truth
    assert cut.history.raises.loc[2, "round"] == "seed"
    assert cut.history.raises.loc[1, "amount_low"] == 5.0
    assert cut.truth[TO_INVESTORS] == {1: {2}, 2: {1}}
    assert cut.truth[TO_RAISES] == {1: {2}}
    assert cut.candidates[TO_INVESTORS].tolist() == [1, 2, 3]
    assert cut.queries[TO_RAISES].tolist() == [1]
    assert cut.warm == {TO_INVESTORS: {1}, TO_RAISES: set()}


def test_baselines_rank_all_but_those_already_in(market):
    cut = e.task(market, date(2020, 1, 1), months=6)
    popular = e.popularity_ranking(cut, TO_INVESTORS)
    assert popular[2].tolist() == [1, 2, 3]
    assert popular[1].tolist() == [1, 2]
    cosine = e.cosine_ranking(cut, TO_INVESTORS)
    assert cosine[2][0] == 3
    assert e.cosine_ranking(cut, TO_RAISES)[1].tolist() == [1, 2]
    assert e.popularity_ranking(cut, TO_RAISES)[1].tolist() == [1, 2]
