"""What holds for every question of the study. A market is made once for all of them; what fails names its question."""

from deals.statistics.claims import FIGURES, key_of
from deals.statistics.claims.words import cell
from deals.statistics.rows import Money
from tests.deals.conftest import YEAR


def test_a_value_counts_the_records_behind_it(populated):
    """Every number of every row can be opened, and as many records stand behind it as it says."""
    wrong, opened = [], 0
    for code, claim in FIGURES.items():
        figure = claim.answer(YEAR)
        assert len({key_of(row) for row in figure.rows}) == len(figure.rows), (
            f"{code}: rows are told apart by their key"
        )
        for row in figure.rows:
            for column in claim.columns:
                if column.behind:
                    found, said = column.behind(YEAR, row).count(), column.get(row) or 0
                    opened += 1
                    if found != said:
                        wrong.append((code, key_of(row), column.name, found, said))
    assert wrong == []
    assert opened > 500


def test_a_figure_is_worded(populated):
    for code, claim in FIGURES.items():
        figure = claim.answer(YEAR)
        assert claim.value(figure), code
        for row in figure.rows:
            for column in claim.columns:
                value = column.get(row)
                assert isinstance(cell(column, value), str)
                assert (column.unit == "money") == isinstance(value, Money), (code, column.name)


def test_a_market_without_records_has_every_figure(db):
    for code, claim in FIGURES.items():
        figure = claim.answer(YEAR)
        assert claim.value(figure), code
        assert claim.holds(figure) is not True, code


def test_what_a_value_rests_on_is_a_column_that_counts_records():
    for claim in FIGURES.values():
        for column in claim.columns:
            if column.rests_on:
                assert claim.column(column.rests_on).behind, (claim.code, column.name)
