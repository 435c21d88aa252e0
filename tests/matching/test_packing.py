"""Lists come back from their packed form to the last digit."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.packing import Items

ONE = {"id": 7, "score": 0.75, "factors": {"base": -2.5, "category": 3.25}}
TWO = {"id": 3, "score": -0.1, "factors": {"base": -2.5, "place": 2.400001, "round": -1e-6}}


def returned(items: Items) -> Items:
    return Items.from_bytes(items.to_bytes())


def test_what_is_packed_reads_as_it_was():
    assert list(returned(Items.of_dicts([ONE, TWO]))) == [ONE, TWO]


@given(
    st.dictionaries(
        st.integers(1, 2**40),
        st.dictionaries(st.sampled_from(["base", "place", "text"]), st.integers(-(10**11), 10**11), min_size=1),
        max_size=30,
    )
)
def test_any_decimals_come_back_to_the_last_digit(rows):
    items = [
        {
            "id": pk,
            "score": float(f"{sum(units.values())}e-6"),
            "factors": {name: float(f"{value}e-6") for name, value in units.items() if value},
        }
        for pk, units in rows.items()
    ]
    expected = sorted(items, key=lambda item: (-sum(rows[item["id"]].values()), item["id"]))
    assert list(returned(Items.of_dicts(items))) == expected


def test_the_best_come_first_and_of_equals_the_smaller_id():
    items = [{"id": pk, "score": score, "factors": {"base": score}} for pk, score in ((5, 1.0), (2, 1.0), (9, 1.5))]
    assert [item["id"] for item in returned(Items.of_dicts(items))] == [9, 2, 5]


def test_contributions_are_kept_in_whole_units():
    items = Items.of_contributions([4], np.array([[0.1 + 0.2, -0.3000004]]), ("base", "place"))
    assert list(items) == [{"id": 4, "score": 0.0, "factors": {"base": 0.3, "place": -0.3}}]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="no number"):
        Items.of_contributions([1], np.array([[0.5, value]]), ("base", "place"))


def test_an_empty_list_is_no_bytes():
    assert Items.of_dicts([]).to_bytes() == b""
    assert list(Items.from_bytes(b"")) == []


def test_a_score_that_is_not_the_sum_is_refused():
    with pytest.raises(ValueError, match="not the sum"):
        Items.of_dicts([ONE | {"score": 0.76}])


def test_what_another_version_wrote_is_refused():
    packed = Items.of_dicts([ONE]).to_bytes()
    with pytest.raises(ValueError, match="version 2"):
        Items.from_bytes(bytes([2]) + packed[1:])


def test_one_item_takes_its_new_place():
    items = returned(Items.of_dicts([ONE, TWO]))
    lifted = Items.of_dicts([{"id": 3, "score": 2.0, "factors": {"activity": 2.0}}])
    assert [item["id"] for item in items.with_item(3, lifted, 2)] == [3, 7]
    assert items.with_item(3, lifted, 2)[0] == {"id": 3, "score": 2.0, "factors": {"activity": 2.0}}
    assert items.with_item(3, lifted, 2)[1] == ONE
    assert list(items.with_item(3, None, 2)) == [ONE]
    newcomer = Items.of_dicts([{"id": 8, "score": 0.0, "factors": {}}])
    assert [item["id"] for item in items.with_item(8, newcomer, 3)] == [7, 8, 3]
    assert [item["id"] for item in items.with_item(8, newcomer, 2)] == [7, 8]


def test_a_fifth_of_what_text_takes():
    rng = np.random.default_rng(0)
    names = ("category", "round", "ticket", "place", "text", "portfolio", "activity", "base")
    items = Items.of_contributions(rng.permutation(10_000)[:50], rng.normal(0, 1, (50, 8)).round(6), names)
    assert len(items.to_bytes()) < len(json.dumps(list(items))) / 5
