"""What holds for every question of the study."""

import pytest

from deals.statistics.claims import FIGURES, key_of
from deals.statistics.claims.words import cell
from deals.statistics.rows import Money
from tests.deals.conftest import YEAR


@pytest.mark.parametrize("code", FIGURES)
def test_a_value_counts_the_records_behind_it(populated, code):
    """Every number of every row can be opened, and as many records stand behind it as it says."""
    claim = FIGURES[code]
    figure = claim.answer(YEAR)
    assert len({key_of(row) for row in figure.rows}) == len(figure.rows), "rows are told apart by their key"
    for row in figure.rows:
        for column in claim.columns:
            if column.behind:
                assert column.behind(YEAR, row).count() == (column.get(row) or 0), (code, key_of(row), column.name)


@pytest.mark.parametrize("code", FIGURES)
def test_a_figure_is_worded(populated, code):
    claim = FIGURES[code]
    figure = claim.answer(YEAR)
    assert claim.value(figure)
    for row in figure.rows:
        for column in claim.columns:
            value = column.get(row)
            assert isinstance(cell(column, value), str)
            assert (column.unit == "money") == isinstance(value, Money)


@pytest.mark.parametrize("code", FIGURES)
def test_a_market_without_records_has_every_figure(db, code):
    claim = FIGURES[code]
    figure = claim.answer(YEAR)
    assert claim.value(figure)
    assert claim.holds(figure) is not True


def test_what_a_value_rests_on_is_a_column_that_counts_records():
    for claim in FIGURES.values():
        for column in claim.columns:
            if column.rests_on:
                assert claim.column(column.rests_on).behind, (claim.code, column.name)
