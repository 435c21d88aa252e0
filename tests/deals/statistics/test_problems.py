"""P1 and P2 on hand-computed small data; see `market` for who lies where and raised what."""

from dataclasses import replace
from datetime import date

import pytest

from deals.statistics import shortboards
from deals.statistics.claims import CLAIMS
from deals.statistics.concentration import concentration, gini, herfindahl
from deals.statistics.rows import Money
from deals.statistics.shortboards import ShortBoardRow, short_boards
from taxonomy.models import Region
from tests.deals.conftest import YEAR


def test_gini_and_herfindahl_by_hand():
    assert gini([2, 2, 2, 2]) == 0
    assert gini([0, 0, 0, 8]) == 0.75
    # Half the mean difference over the mean: |differences| of 1, 3, 0 are 2 + 1 + 3, doubled, over 2·9·(4/3).
    assert gini([1, 3, 0]) == pytest.approx(0.5)
    assert herfindahl([1, 3, 0]) == pytest.approx(10 / 16)
    assert gini([0, 0]) is None and herfindahl([]) is None


def test_p1_concentration_year_by_year(market):
    rows = concentration(YEAR).rows
    # Before 2019 nothing is recorded.
    assert [row.year for row in rows] == [2019, 2020]
    before, now = rows
    # 2019: Bolt twice, in Sichuan. 2020: Jiangsu twice, Beijing and Sichuan once; two without a province.
    assert (before.events, before.first, before.four, before.east, before.herfindahl) == (2, 2, 2, 0, 1)
    assert (now.events, now.first, now.four, now.east, now.elsewhere) == (4, 2, 4, 3, 2)
    assert [name.key for name in now.leaders] == ["CN-JS", "CN-BJ", "CN-SC"]
    assert now.herfindahl == pytest.approx((4 + 1 + 1) / 16)
    # 34 provinces, of which three have 1, 1 and 2: (29 + 31 + 2·33) / (34·4).
    assert now.gini == pytest.approx((29 + 31 + 2 * 33) / (34 * 4))
    (empty,) = concentration(replace(YEAR, rounds=("d",), last=date(2019, 12, 31), first=date(2019, 1, 1))).rows
    assert empty.gini is None and empty.share(empty.first) is None


def test_p1_the_last_year_reaches_to_the_end_of_the_period(market):
    assert concentration(replace(YEAR, last=date(2020, 1, 15))).rows[-1].events == 1


def test_p1_places_within_a_province_count_there(market):
    market.chip.region = Region.objects.create(
        code="CN-JS-SZ",
        kind="area",
        country="CHN",
        parent=Region.objects.get(code="CN-JS"),
        name_zh="苏州",
        name_en="Suzhou",
    )
    market.chip.save()
    row = concentration(YEAR).rows[-1]
    assert (row.events, row.first, row.east, row.elsewhere) == (5, 3, 4, 1)
    column = CLAIMS["P1"].column("east")
    assert column.behind(YEAR, row).count() == 4


def test_p2_short_boards_lag_in_companies_and_in_events(market, monkeypatch):
    assert not any(row.is_short for row in short_boards(YEAR).rows), "three companies say nothing"
    monkeypatch.setattr(shortboards, "JUDGED_FROM", 3)
    figure = short_boards(YEAR)
    rows = {row.key: row for row in figure.rows}
    assert {row.average for row in figure.rows} == {1 / 7}
    # Security has one of three companies, two of four events and 1.15 of 1.25 billion.
    assert (rows["security"].companies, rows["security"].of_companies, rows["security"].events) == (1, 3, 2)
    assert rows["security"].money_share == pytest.approx(1.15 / 1.25)
    assert {key for key, row in rows.items() if row.is_short} == {
        "automation", "network", "platform", "software", "services",
    }  # fmt: skip
    assert figure.left_out == 2


@pytest.mark.parametrize(
    ("companies", "events", "expected"),
    [((19, 302), (20, 318), True), ((28, 302), (30, 318), True), ((29, 302), (30, 318), False), ((28, 302), (31, 318), False)],
)  # fmt: skip
def test_p2_the_limit_is_two_thirds_of_the_average(companies, events, expected):
    # A seventh of 302 is 43.1 and two thirds of that 28.8; of 318 it is 30.3.
    row = ShortBoardRow("x", "", "", events[0], events[1], companies[0], companies[1], Money(), categories=7)
    assert row.is_short is expected


def test_p2_nothing_is_short_where_nothing_is(market):
    assert not any(row.is_short for row in short_boards(replace(YEAR, regions=("CN-GD",))).rows)


def test_p2_compares_all_categories_whichever_is_chosen(market):
    figure = short_boards(replace(YEAR, categories=("devices",)))
    assert figure == short_boards(YEAR)
