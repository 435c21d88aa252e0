from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy.amounts import (
    AT_LEAST,
    EXACT,
    LIMIT,
    RANGE,
    UNDISCLOSED,
    AmountError,
    agrees,
    bare_number,
    exact,
    parse_amount,
)

EXACTLY = {
    "9.5亿元": (950_000_000, "CNY"),
    "1.2亿人民币": (120_000_000, "CNY"),
    "1000万人民币": (10_000_000, "CNY"),
    "3000 万元人民币": (30_000_000, "CNY"),
    "50万美元": (500_000, "USD"),
    "２５００万新台币": (25_000_000, "TWD"),
    "8000万港元": (80_000_000, "HKD"),
    "US$1.2M": (1_200_000, "USD"),
    "$3 million": (3_000_000, "USD"),
    "HK$3m": (3_000_000, "HKD"),
    "€500k": (500_000, "EUR"),
    "1,234,567.89 USD": (Decimal("1234567.89"), "USD"),
    "RMB 20 million": (20_000_000, "CNY"),
    "2.5 billion yuan": (2_500_000_000, "CNY"),
    "1亿2000万": (120_000_000, ""),
    "一千万元": (10_000_000, "CNY"),
    "一亿两千万美元": (120_000_000, "USD"),
    "十五万": (150_000, ""),
    "约3000万元": (30_000_000, "CNY"),
    "about $3 million": (3_000_000, "USD"),
    "100万左右": (1_000_000, ""),
    "1000": (1000, ""),
    "2000w": (20_000_000, ""),
    "5kw": (50_000_000, ""),
    "1.5KW": (15_000_000, ""),
    "￥2000万": (20_000_000, "CNY"),
    "15亿其他": (1_500_000_000, ""),
}
AT_LEAST_OF = {
    "亿元及以上人民币": (100_000_000, "CNY"),
    "亿元及以上美元": (100_000_000, "USD"),
    "亿元及以上其他": (100_000_000, ""),
    "超过3000万": (30_000_000, ""),
    "逾2亿元": (200_000_000, "CNY"),
    "上亿元": (100_000_000, "CNY"),
    "过亿元": (100_000_000, "CNY"),
    "千万元": (10_000_000, "CNY"),
    "2000余万元": (20_000_000, "CNY"),
    "千余万元": (10_000_000, "CNY"),
    "10多亿": (1_000_000_000, ""),
    "1亿元以上": (100_000_000, "CNY"),
    "$10M+": (10_000_000, "USD"),
    "at least 5 million euros": (5_000_000, "EUR"),
    "over $1 billion": (1_000_000_000, "USD"),
}
BETWEEN = {
    "数十万人民币": (10**5, 10**6, "CNY"),
    "数百万人民币": (10**6, 10**7, "CNY"),
    "数千万美元": (10**7, 10**8, "USD"),
    "数千万港元": (10**7, 10**8, "HKD"),
    "数百万其他": (10**6, 10**7, ""),
    "数亿元": (10**8, 10**9, "CNY"),
    "几百万": (10**6, 10**7, ""),
    "千万级": (10**7, 10**8, ""),
    "千万元级": (10**7, 10**8, "CNY"),
    "亿级人民币": (10**8, 10**9, "CNY"),
    "several million dollars": (10**6, 10**7, "USD"),
    "several hundred thousand": (10**5, 10**6, ""),
    "tens of millions of dollars": (10**7, 10**8, "USD"),
    "seven-figure": (10**6, 10**7, ""),
    "七位数": (10**6, 10**7, ""),
    "500-800万": (5_000_000, 8_000_000, ""),
    "1000万~2000万人民币": (10_000_000, 20_000_000, "CNY"),
    "$5M-$10M": (5_000_000, 10_000_000, "USD"),
    "5 to 10 million euros": (5_000_000, 10_000_000, "EUR"),
    "不超过500万": (0, 5_000_000, ""),
    "up to $5 million": (0, 5_000_000, "USD"),
    # Nearly: what rounds up to the number as it is written.
    "近亿元": (90_000_000, 100_000_000, "CNY"),
    "近1亿人民币": (90_000_000, 100_000_000, "CNY"),
    "近3亿美元": (200_000_000, 300_000_000, "USD"),
    "近1.5亿": (140_000_000, 150_000_000, ""),
    "将近1200万": (11_000_000, 12_000_000, ""),
    "nearly $100 million": (90_000_000, 100_000_000, "USD"),
}
REFUSED = {
    "-5万": "negative",
    "−3 million": "negative",
    "8000万-5000万": "backwards",
    "9" * 60: "too_large",
    "1" + "0" * 26: "too_large",
    "999999999999999999.999": "too_large",
    "数千万亿亿": "unreadable",
    "a good deal": "unreadable",
    "数": "unreadable",
    "$": "unreadable",
    "近": "unreadable",
    "以上": "unreadable",
    "20,00万": "unreadable",
    "1.2.3万": "unreadable",
}


@pytest.mark.parametrize(("text", "expected"), EXACTLY.items())
def test_exact(text, expected):
    found = parse_amount(text)
    assert (found.kind, found.low, found.high, found.currency) == (EXACT, expected[0], expected[0], expected[1])
    assert found.text == text


@pytest.mark.parametrize(("text", "expected"), AT_LEAST_OF.items())
def test_at_least(text, expected):
    found = parse_amount(text)
    assert (found.kind, found.low, found.high, found.currency) == (AT_LEAST, expected[0], None, expected[1])


@pytest.mark.parametrize(("text", "expected"), BETWEEN.items())
def test_between(text, expected):
    found = parse_amount(text)
    assert (found.kind, found.low, found.high, found.currency) == (RANGE, *expected)


@pytest.mark.parametrize(
    "text", ["", "-", "未透露", "金额未透露", "不明确", "undisclosed", "Undisclosed amount", "N/A", "tbd"]
)
def test_undisclosed(text):
    found = parse_amount(text, "CNY")
    assert (found.kind, found.low, found.high, found.currency, found.text) == (UNDISCLOSED, None, None, "", text)


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_what_is_no_amount_says_why(text, code):
    with pytest.raises(AmountError) as refused:
        parse_amount(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "beside", "currency"),
    [
        ("500万", "USD", "USD"),
        # Shared signs give way to what stands beside; a currency's own name does not.
        ("500万元", "USD", "USD"),
        ("$5m", "CAD", "CAD"),
        ("¥500万", "JPY", "JPY"),
        ("500万美元", "CNY", "USD"),
        ("数百万其他", "SEK", "SEK"),
    ],
)
def test_a_currency_beside_the_text(text, beside, currency):
    assert parse_amount(text, beside).currency == currency


money = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10) ** 9, places=2)


@given(value=money, unit=st.sampled_from([("", 1), ("万", 10**4), ("亿", 10**8), ("k", 10**3), (" million", 10**6)]))
def test_what_is_written_is_read(value, unit):
    written, factor = unit
    found = parse_amount(f"{value}{written}", "CNY")
    assert (found.kind, found.low, found.high) == (EXACT, value * factor, value * factor)


@given(value=money)
def test_thousands_may_be_parted(value):
    assert parse_amount(f"{value:,} USD") == exact(value, "USD", f"{value:,} USD")


@given(low=money, high=money)
def test_a_span_holds_its_ends(low, high):
    low, high = sorted((low, high))
    found = parse_amount(f"{low}万-{high}万", "CNY")
    assert (found.low, found.high) == (low * 10**4, high * 10**4)
    assert found.kind == (EXACT if low == high else RANGE)


@given(value=st.integers(min_value=1, max_value=10**8))
def test_nearly_ends_at_the_number_and_begins_above_half_of_it_or_at_the_digit_before(value):
    found = parse_amount(f"近{value}万")
    assert found.kind == RANGE
    assert found.high == value * 10**4
    assert 0 < found.low < found.high


@given(text=st.text(max_size=40), currency=st.sampled_from(["", "CNY"]))
def test_any_text_is_read_or_refused(text, currency):
    try:
        found = parse_amount(text, currency)
    except AmountError as refused:
        assert refused.code in {"unreadable", "negative", "too_large", "backwards"}
    else:
        assert found.low is None or 0 <= found.low < LIMIT


@given(text=st.text(alphabet="0123456789.,-~近约超数几十百千万亿元级及以上余多 $¥美其他kmb+", max_size=12))
def test_any_mixture_of_its_words_is_read_or_refused(text):
    try:
        found = parse_amount(text)
    except AmountError:
        return
    fits = {
        EXACT: found.low is not None and found.low == found.high,
        AT_LEAST: found.low is not None and found.high is None,
        RANGE: found.low is not None and found.high is not None and found.low < found.high,
        UNDISCLOSED: found.low is None and found.high is None,
    }
    assert fits[found.kind], found


@pytest.mark.parametrize(("value", "code"), [(Decimal(-1), "negative"), (LIMIT, "too_large")])
def test_an_exact_amount_has_its_limits(value, code):
    with pytest.raises(AmountError) as refused:
        exact(value, "CNY")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2000", "2000"), ("2", "2"), ("1,500", "1,500"), ("约2", "2"), ("2-5", "2-5"), ("9999.99", "9999.99"), ("2+", "2"),
        ("2000万", ""), ("2000元", ""), ("$5", ""), ("2千", ""), ("2 k", ""), ("5kw", ""), ("10000", ""), ("5000-20000", ""),
        ("0", ""), ("数百", ""), ("four-figure", ""), ("未透露", ""), ("about 2 million", ""), ("about 2", "2"), ("五", "五"),
    ],
)  # fmt: skip
def test_a_small_number_without_a_unit(text, number):
    assert bare_number(text) == number


@pytest.mark.parametrize(
    ("text", "currency", "agree"),
    [
        ("2000万", "USD", True), ("2000万元", "CNY", True), ("￥2000万", "CNY", True), ("2000万人民币", "CNY", True),
        ("2000万元", "USD", False), ("$2m", "HKD", True), ("$2m", "USD", True), ("US$2m", "HKD", False),
        ("$2m", "EUR", False), ("¥2m", "JPY", True), ("1亿美元", "CNY", False), ("2m euros", "EUR", True),
    ],
)  # fmt: skip
def test_a_currency_that_agrees_with_the_chosen_one(text, currency, agree):
    assert agrees(text, currency) == agree
