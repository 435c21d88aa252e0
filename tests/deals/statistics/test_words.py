"""How values of figures are read and written."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from deals.statistics.claims import words
from deals.statistics.claims.base import Column, Unit
from deals.statistics.rows import Money, PartRow
from taxonomy.dates import PartialDate


@pytest.mark.parametrize(
    ("money", "english", "chinese"),
    [
        (Money(), "–", "–"),
        (Money(Decimal(5 * 10**9), events=2), "CNY 5 billion", "50亿元"),
        (Money(Decimal(5 * 10**9), events=2, open=1), "at least CNY 5 billion", "50亿元以上"),
        (
            Money(Decimal(5 * 10**9), events=3, undisclosed=1),
            "at least CNY 5 billion · 1 of 3 undisclosed",
            "50亿元以上 · 3起中1起未披露",
        ),
        (Money(events=2, undisclosed=2), "undisclosed", "未披露"),
    ],
)
def test_a_sum_says_what_it_leaves_out(money, english, chinese):
    with override("en"):
        assert words.money(money) == english
    with override("zh-hans"):
        assert words.money(money) == chinese


def test_lists_parts_and_growth():
    rows = [
        PartRow("a", "北京", "Beijing", 7, 9),
        PartRow("b", "西藏", "Tibet", 0, 9),
        PartRow("c", "海南", "Hainan", 2, 9),
    ]
    with override("en"):
        assert words.leaders(rows, lambda row: row.numerator) == "Beijing 7, Hainan 2"
        assert words.leaders(rows, lambda row: row.numerator, 1) == "Beijing 7"
        assert words.leaders(rows[1:2], lambda row: row.numerator) == "–"
        assert words.part(37, 48) == "37 of 48 (77.1%)"
        assert words.part(0, 0) == "–"
    with override("zh-hans"):
        assert words.leaders(rows, lambda row: row.numerator) == "北京 7、海南 2"
    assert [words.change(value) for value in (0.12, -0.352, None)] == ["+12.0%", "−35.2%", "–"]


def test_a_date_is_shown_and_written_as_exactly_as_it_is_known():
    column = Column("day", "", lambda row: row, Unit.DAY)
    month, day = PartialDate(date(2018, 11, 1), "month"), PartialDate(date(2020, 7, 22), "day")
    with override("zh-hans"):
        assert [words.cell(column, value) for value in (month, day, day.first, None)] == [
            "2018年11月", "2020年7月22日", "2020年7月22日", "–",
        ]  # fmt: skip
    assert [words.plain(column, value) for value in (month, day, day.first)] == ["2018-11", day.first, day.first]
