import numpy as np
import pytest

from matching import activity


def steady(investors: int):
    """Investor n enters n % 4 companies each half year, evenly, since three to eight years."""
    age, column = [], []
    for n in range(investors):
        each, years = n % 4, 3 + n * 7 % 11 / 2
        days = (np.arange(int(years * 2 * each)) + 0.5) / (2 * each) if each else np.array([years - 0.1])
        age.append(days)
        column.append(np.full(len(days), n))
    return np.concatenate(age), np.concatenate(column)


def test_a_steady_pace_is_forecast_to_go_on():
    age, column = steady(400)
    expected = activity.forecast(age, column, np.ones(len(age)), 400)
    for each in (1, 2, 3):
        assert expected[np.arange(400) % 4 == each] == pytest.approx(each, abs=0.35)
    assert expected[np.arange(400) % 4 == 0].max() < 0.3


def test_who_stopped_years_ago_is_expected_to_enter_little():
    """Of those who entered three companies each half year every other one stopped, each at a time of its own."""
    age, column = steady(400)
    stopped = column % 8 == 3
    age = np.where(stopped, age + 0.5 + column / 100, age)
    expected = activity.forecast(age, column, np.ones(len(age)), 400)
    assert expected[203::8].max() < 0.6
    assert expected[7::8].min() > 2


def test_few_examples_leave_the_decayed_pace():
    age, column, entry = np.array([0.0, 1.0, 1.0]), np.array([0, 0, 1]), np.array([1.0, 1.0, 0.0])
    assert activity.forecast(age, column, entry, 3) == pytest.approx([0.4 * 1.5, 0, 0])


def test_levels_by_hand():
    """Investor 0 entered two companies in the last year and one before, and followed on once; 1 did nothing."""
    age, column, entry = np.array([0.25, 0.75, 0.5, 1.5]), np.zeros(4, int), np.array([1.0, 1.0, 0.0, 1.0])
    found = activity.levels(age, column, entry, 2)
    assert found["entries_12m"] == pytest.approx([np.log(3), 0])
    assert found["same_season"] == pytest.approx([np.log(2), 0])
    assert found["companies"] == pytest.approx([np.log(4), 0])
    assert found["tenure"] == pytest.approx([np.log1p(1.5), 0])
    assert found["idle"][0] == pytest.approx(np.log1p(0.25))
    assert found["follow_on_share"] == pytest.approx([1 / 6, 0])
    assert found["pace"] == pytest.approx([np.log(2.5 / 1.5), 0])
