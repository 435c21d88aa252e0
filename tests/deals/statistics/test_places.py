"""V7 to V11 by hand, on the market of tests/deals/conftest.py; the period is January to September 2020."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from companies.models import Company
from deals.statistics.claims import CLAIMS
from deals.statistics.economy import Correlation, EconomyRow, correlation_of, ranks
from deals.statistics.regions import ClusterRow, by_cluster
from deals.statistics.rows import Money
from taxonomy.models import GrossProduct, Region
from tests.deals.conftest import YEAR
from tests.deals.statistics.conftest import answer, category, holds

MILLION = 10**6


def test_v7_provinces_with_most_first(market):
    figure = answer("V7")
    assert [(row.key, row.events, row.of_events) for row in figure.rows[:3]] == [
        ("CN-JS", 2, 4), ("CN-BJ", 1, 4), ("CN-SC", 1, 4),
    ]  # fmt: skip
    assert figure.left_out == 2


def test_v7_a_place_inside_a_province_counts_there_with_its_records(market):
    jiangsu = Region.objects.get(code="CN-JS")
    suzhou = Region.objects.create(code="CN-JS-SZ", kind="area", parent=jiangsu, name_zh="苏州", name_en="Suzhou")
    Company.objects.filter(pk=market.chip.pk).update(region=suzhou)
    row = answer("V7").rows[0]
    columns = CLAIMS["V7"].column("events"), CLAIMS["V7"].column("companies")
    assert (row.key, row.events, row.companies) == ("CN-JS", 3, 2)
    assert [column.behind(YEAR, row).count() for column in columns] == [3, 2]
    east = next(row for row in answer("V8").rows if row.key == "CN-EAST")
    assert CLAIMS["V8"].column("either").behind(YEAR, east).count() == east.either == 3


def test_v8_the_east_among_listed_and_funded(market):
    figure = answer("V8")
    east = next(row for row in figure.rows if row.key == "CN-EAST")
    # Anshan and Bolt are listed and funded, Dune is funded only; Chip and Elm lie in no region.
    assert (east.listed, east.of_listed) == (1, 2)
    assert (east.funded, east.of_funded) == (2, 3)
    assert (east.either, east.of_either) == (2, 3)
    assert figure.left_out == 2


def test_v9_the_delta_beside_beijing_and_guangdong(market):
    figure = answer("V9")
    assert [(row.key, row.role, row.events, row.companies) for row in figure.rows] == [
        ("CN-SH", "member", 0, 0), ("CN-JS", "member", 2, 1), ("CN-ZJ", "member", 0, 0), ("CN-AH", "member", 0, 0),
        ("CN-YRD", "together", 2, 1), ("CN-BJ", "beside", 1, 1), ("CN-GD", "beside", 0, 0),
    ]  # fmt: skip
    assert {row.of_events for row in figure.rows} == {4}
    assert figure.rows[4].money.low == 1_150 * MILLION
    assert figure.left_out == 3
    other = by_cluster(YEAR, "CN-CCQ", beside=("CN-SC", "CN-JS"))
    assert [(row.key, row.events) for row in other.rows if row.events] == [
        ("CN-SC", 1), ("CN-CCQ", 1), ("CN-SC", 1), ("CN-JS", 2),
    ]  # fmt: skip
    # Sichuan stands on both sides and is counted once.
    assert other.left_out == 3


@pytest.mark.parametrize(
    ("members", "beside", "expected"),
    [((30, 16), (31, 40), True), ((30, 16), (30, 40), False), ((33, 16), (35, 40), False)],
)
def test_v9_each_below_and_even_among_themselves(members, beside, expected):
    rows = [ClusterRow("", "", "", events=n, companies=n, role="member") for n in members]
    rows += [ClusterRow("", "", "", events=n, companies=n, role="beside") for n in beside]
    assert holds("V9", *rows) is expected


def test_v10_western_provinces(market):
    figure = answer("V10")
    assert [(row.key, row.events, row.of_events) for row in figure.rows if row.events] == [("CN-SC", 1, 4)]
    assert len(figure.rows) == 12
    assert figure.left_out == 5


@pytest.mark.parametrize(("others", "expected"), [((3, 3), True), ((4, 3), False)])
def test_v10_all_others_together_are_below_sichuan_and_chongqing(others, expected):
    rows = [category("CN-SC", 9), category("CN-CQ", 7), category("CN-SN", others[0]), category("CN-GX", others[1])]
    assert holds("V10", *rows) is expected


def test_v11_events_beside_the_gross_product(market):
    hong_kong = Region.objects.get(code="CN-HK")
    Company.objects.filter(pk=market.chip.pk).update(region=hong_kong)
    figure = answer("V11")
    assert [row.key for row in figure.rows[:2]] == ["CN-GD", "CN-JS"]
    jiangsu = figure.rows[1]
    assert (jiangsu.events, jiangsu.of_events, jiangsu.companies, jiangsu.year) == (2, 5, 1, 2019)
    assert jiangsu.product.low == 9_963_150_000_000
    assert len(figure.rows) == 31
    # Elm abroad, Chip in Hong Kong.
    assert figure.left_out == 2


def test_v11_the_product_of_the_last_whole_year_that_was_known(market):
    beijing = GrossProduct.objects.get(province__code="CN-BJ")
    GrossProduct.objects.create(province=beijing.province, year=2020, value=1, source=beijing.source)
    later = replace(YEAR, last=date(2020, 12, 31))
    assert [(row.key, row.year) for row in answer("V11", later).rows] == [("CN-BJ", 2020)]
    assert {row.year for row in answer("V11", replace(later, as_of=date(2020, 11, 1))).rows} == {2019}


def economy(*pairs):
    return [EconomyRow("", "", "", events=events, product=Money(low=Decimal(low))) for events, low in pairs]


def test_v11_both_correlations():
    assert ranks([5, 1, 5, 9]) == [2.5, 1, 2.5, 4]
    found = correlation_of(economy((1, 1), (2, 4), (3, 9)))
    # Deviations −1, 0, 1 and a sum of squares of 98 − 196/3: 8 / √(2 · 98/3).
    assert found.pearson == pytest.approx(8 / (2 * 98 / 3) ** 0.5)
    assert (found.n, found.spearman) == (3, pytest.approx(1))
    assert correlation_of(economy((0, 1), (0, 4), (0, 9))) == Correlation(3, None, None)
    assert correlation_of(economy((0, 1), (1, 4))).pearson is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(((1, 1), (2, 4), (3, 9)), True), (((3, 1), (2, 4), (1, 9)), False), (((0, 1), (0, 4), (0, 9)), None)],
)
def test_v11_a_positive_correlation(rows, expected):
    assert holds("V11", *economy(*rows)) is expected
