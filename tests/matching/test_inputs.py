"""What a model was fed, and how far that moved."""

from datetime import date, timedelta

import numpy as np
import pytest

from matching import inputs
from matching import market as m
from matching.market import Market

AS_OF = date(2020, 6, 1)


@pytest.fixture
def market():
    return Market.build(
        AS_OF,
        companies=[
            {m.CATEGORY: "s/a", m.REGION: "CN-BJ"},
            {m.CATEGORY: "s/a", m.REGION: "CN-SH"},
            {m.CATEGORY: "s/b"},
            {},
        ],
        investors=[{}, {}],
        deals=[
            {m.COMPANY: 0, m.DATE: AS_OF - timedelta(days=30), m.ROUND: "a", m.AMOUNT: 3e6},
            {m.COMPANY: 2, m.DATE: AS_OF - timedelta(days=300), m.ROUND: "b"},
            # More than a year ago.
            {m.COMPANY: 1, m.DATE: AS_OF - timedelta(days=400), m.ROUND: "c", m.AMOUNT: 9e9},
        ],
        raises=[
            {m.COMPANY: 0, m.OPENED_ON: AS_OF, m.ROUND: "a", m.AMOUNT_LOW: 1e6, m.AMOUNT_HIGH: 4e6},
            {m.COMPANY: 1, m.OPENED_ON: AS_OF, m.ROUND: "b", m.AMOUNT_HIGH: 3e7},
            {m.COMPANY: 2, m.OPENED_ON: AS_OF, m.ROUND: "b", m.AMOUNT_LOW: 6e8},
            {m.COMPANY: 3, m.OPENED_ON: AS_OF},
        ],
    )


def test_the_inputs_of_a_market_counted_by_hand(market):
    found = inputs.describe(market)
    assert found["sizes"] == {"companies": 4, "investors": 2, "raises": 4, "deals_12_months": 2}
    assert found["known"] == {"category": 0.75, "region": 0.5, "round": 0.75, "amount": 0.75}
    # 2, 30 and 600 million: the middle of a range in orders of magnitude, or the end that is known.
    assert found["median_amount"] == pytest.approx(3e7)
    assert found["raises"] == {
        "category": {"s/a": 2, "s/b": 1},
        "region": {"CN-BJ": 1, "CN-SH": 1},
        "round": {"b": 2, "a": 1},
        "amount": {"1000000": 1, "20000000": 1, "500000000": 1},
    }
    assert found["deals"]["round"] == {"a": 1, "b": 1}
    assert found["deals"]["amount"] == {"1000000": 1}


def test_an_empty_market_has_sizes_and_no_shares():
    found = inputs.describe(Market(AS_OF))
    assert found["sizes"]["raises"] == 0
    assert set(found["known"].values()) == {None}
    assert found["median_amount"] is None
    assert inputs.drift(found, found)["raises"]["round"] is None


def test_the_index_by_hand():
    """Half a case more each: 60.5 and 40.5 of 101 against 40.5 and 60.5."""
    found = inputs.stability_index({"a": 60, "b": 40}, {"a": 40, "b": 60})
    assert found["index"] == pytest.approx(2 * (20 / 101) * np.log(60.5 / 40.5))
    assert found["reading"] == "moved"
    assert inputs.stability_index({"a": 60, "b": 40}, {"a": 60, "b": 40})["index"] == 0
    assert inputs.stability_index({"a": 900, "b": 100}, {"a": 100, "b": 900})["reading"] == "drifted"
    assert inputs.stability_index({}, {"a": 1}) is None


def test_what_chance_does_with_few_records_counts_as_steady():
    few = inputs.stability_index({"a": 6, "b": 4}, {"a": 4, "b": 6})
    assert few["index"] > inputs.MOVED
    assert few["reading"] == "steady"


def test_chance_is_what_one_draw_of_twenty_passes():
    rng = np.random.default_rng(0)
    share = [0.4, 0.3, 0.2, 0.1]
    passed = 0
    for _ in range(400):
        before, now = (dict(zip("abcd", map(int, rng.multinomial(300, share)), strict=True)) for _ in range(2))
        found = inputs.stability_index(before, now)
        passed += found["index"] > found["chance"]
    assert 0.02 < passed / 400 < 0.09


def test_a_value_that_only_one_run_keeps_by_name_counts_with_the_rest():
    before = {"a": 50, "b": 30, inputs.REST: 20}
    now = {"a": 50, "c": 30, inputs.REST: 20}
    # b and c may each be in the other's rest.
    assert inputs.stability_index(before, now)["index"] == 0
    # Where nothing was cut, a value that is missing was not there.
    assert inputs.stability_index({"a": 50, "b": 50}, {"a": 50, "c": 50})["reading"] == "drifted"
