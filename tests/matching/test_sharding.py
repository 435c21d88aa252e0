"""Shards hold everybody once, those that are alike together, for a few seconds of work."""

import pandas as pd
import pytest

from matching import sharding
from matching.market import Market


def market_of(raises, deals) -> Market:
    """``raises``: (region, round, category) of each; ``deals``: (investor, region) of each."""
    companies = [
        {"id": n, "country": "CHN", "region": region, "category": category}
        for n, (region, _, category) in enumerate(raises)
    ]
    companies += [{"id": 100 + n, "country": "CHN", "region": region} for n, (_, region) in enumerate(deals)]
    return Market.build(
        pd.Timestamp("2020-01-01").date(),
        companies=companies,
        investors=[{"id": i} for i in sorted({i for i, _ in deals} | {50})],
        deals=[{"company": 100 + n, "date": "2019-01-01", "round": "a"} for n in range(len(deals))],
        participations=[{"deal": n, "investor": i} for n, (i, _) in enumerate(deals)],
        raises=[{"id": 200 + n, "company": n, "round": round_} for n, (_, round_, _) in enumerate(raises)],
        theses=[{"investor": 50}],
    )


def test_raises_of_one_place_then_round_then_category_are_neighbours():
    market = market_of(
        [("b", "a", "x"), ("a", "b", "x"), ("b", "a", "w"), ("a", "a", "y"), ("b", "a", "w")], [(1, "a")]
    )
    assert sharding.raises_in_order(market).tolist() == [203, 201, 202, 204, 200]


def test_investors_go_by_where_they_are_mostly_and_nobody_is_left_out():
    market = market_of([], [(1, "b"), (1, "b"), (1, "a"), (2, "a"), (3, "b"), (4, "a"), (4, "b")])
    # of 4 it is the first by the alphabet; 50 has a thesis and no deal
    assert sharding.investors_in_order(market).tolist() == [50, 2, 4, 1, 3]
    assert sharding.investors_in_order(market_of([], [])).tolist() == [50]


@pytest.mark.parametrize("raises, investors", [(0, 0), (1, 1), (1000, 1000), (100_000, 10_000), (1_000_000, 100_000)])
def test_shards_are_some_for_every_worker_and_a_few_seconds_each(raises, investors):
    for size, count, cost in zip(
        sharding.sizes(raises, investors),
        (raises, investors),
        (1.2e-3 + 11e-9 * investors, 6.5e-3 + 15e-9 * raises),
        strict=True,
    ):
        assert size >= 1
        assert size * cost < 6
        if count >= 10_000:
            assert count / size > 8


def test_sizes_of_a_small_and_a_large_market():
    assert sharding.sizes(1000, 1000) == (256, 128)
    assert sharding.sizes(100_000, 10_000) == (3072, 512)
