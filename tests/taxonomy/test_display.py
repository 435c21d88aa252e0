from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from taxonomy import amounts, display
from taxonomy.templatetags.facts import linked


@pytest.mark.parametrize(
    ("value", "currency", "zh", "en"),
    [
        (0, "CNY", "0元", "CNY 0"),
        (9_999, "CNY", "9,999元", "CNY 9,999"),
        (10_000, "CNY", "1万元", "CNY 10,000"),
        (15_000_000, "USD", "1,500万美元", "USD 15 million"),
        (950_000_000, "CNY", "9.5亿元", "CNY 950 million"),
        (2_000_000_000, "HKD", "20亿港元", "HKD 2 billion"),
        (Decimal("1234567.89"), "EUR", "123.46万欧元", "EUR 1.23 million"),
        (5, "XTS", "XTS 5", "XTS 5"),
        (None, "CNY", "", ""),
    ],
)
def test_money(value, currency, zh, en):
    with override("zh-hans"):
        assert display.money(value, currency) == zh
    with override("en"):
        assert display.money(value, currency) == en


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        (10**7, 2 * 10**7, "1,000–2,000万元", "CNY 10–20 million"),
        (5 * 10**7, 2 * 10**8, "5,000万–2亿元", "CNY 50–200 million"),
        (0, 10**7, "0–1,000万元", "CNY 0–10 million"),
        (10**7, 10**7, "1,000万元", "CNY 10 million"),
        (None, None, "", ""),
    ],
)
def test_ranges(low, high, zh, en):
    with override("zh-hans"):
        assert display.money_range(low, high) == zh
    with override("en"):
        assert display.money_range(low, high) == en


def test_open_ends_and_what_is_not_known():
    with override("en"):
        assert display.money_range(10**6, None, "USD") == "at least USD 1 million"
        assert display.money_range(None, 10**6, "USD") == "up to USD 1 million"
        assert display.amount(amounts.Amount("undisclosed")) == "undisclosed"
        assert display.amount(amounts.parse_amount("1亿美元以上")) == "at least USD 100 million"
        assert display.amount(amounts.parse_amount("数百万人民币")) == "CNY 1–10 million"


@pytest.mark.parametrize(
    ("precision", "zh", "en"),
    [
        ("day", "2020年7月22日", "22 Jul 2020"),
        ("month", "2020年7月", "Jul 2020"),
        ("quarter", "2020年第三季度", "Q3 2020"),
        ("year", "2020年", "2020"),
    ],
)
def test_dates(precision, zh, en):
    with override("zh-hans"):
        assert display.partial_date(date(2020, 7, 22), precision) == zh
    with override("en"):
        assert display.partial_date(date(2020, 7, 22), precision) == en


def test_counts():
    assert display.count(20060) == "20,060"
    assert display.count(None) == ""


def test_addresses_in_what_somebody_wrote_are_links_and_nothing_else_is():
    text = '会前请看：https://example.com/a?b=1&c=2。<b>"x"</b> javascript:alert(1) (http://two.example/x).'
    assert linked(text) == (
        '会前请看：<a href="https://example.com/a?b=1&amp;c=2" rel="noopener nofollow ugc" target="_blank">'
        "https://example.com/a?b=1&amp;c=2</a>。&lt;b&gt;&quot;x&quot;&lt;/b&gt; javascript:alert(1) ("
        '<a href="http://two.example/x" rel="noopener nofollow ugc" target="_blank">http://two.example/x</a>).'
    )
