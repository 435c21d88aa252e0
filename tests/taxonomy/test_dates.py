from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy.dates import DAY, MONTH, QUARTER, YEAR, PartialDate, last_day, parse_date


@pytest.mark.parametrize(
    ("text", "first", "precision", "last"),
    [
        ("2020-07-22", date(2020, 7, 22), DAY, date(2020, 7, 22)),
        ("2020/7/2", date(2020, 7, 2), DAY, date(2020, 7, 2)),
        ("2020年7月22日", date(2020, 7, 22), DAY, date(2020, 7, 22)),
        ("2020.07", date(2020, 7, 1), MONTH, date(2020, 7, 31)),
        ("2020年2月", date(2020, 2, 1), MONTH, date(2020, 2, 29)),
        ("2020-Q3", date(2020, 7, 1), QUARTER, date(2020, 9, 30)),
        ("2020q4", date(2020, 10, 1), QUARTER, date(2020, 12, 31)),
        ("2020年第1季度", date(2020, 1, 1), QUARTER, date(2020, 3, 31)),
        ("2020", date(2020, 1, 1), YEAR, date(2020, 12, 31)),
        (" 2020年 ", date(2020, 1, 1), YEAR, date(2020, 12, 31)),
    ],
)
def test_a_date_as_exactly_as_it_is_known(text, first, precision, last):
    found = parse_date(text)
    assert found == PartialDate(first, precision)
    assert found.last == last


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2013-02-30",
        "2013-13",
        "2013-00-10",
        "2013-Q5",
        "13-02-03",
        "0215-05-04",
        "2913",
        "soon",
        "2013-02-03 10:00",
    ],
)
def test_what_is_no_date(text):
    with pytest.raises(ValueError):
        parse_date(text)


@given(st.dates(date(1800, 1, 1), date(2100, 12, 31)), st.sampled_from([DAY, MONTH, QUARTER, YEAR]))
def test_the_last_day_lies_in_the_period_and_the_next_one_does_not(day, precision):
    first = {
        DAY: day,
        MONTH: day.replace(day=1),
        QUARTER: date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        YEAR: date(day.year, 1, 1),
    }[precision]
    last = last_day(first, precision)
    assert first <= day <= last
    after = date.fromordinal(last.toordinal() + 1)
    assert last_day({DAY: after}.get(precision, after.replace(day=1)), precision) > last
    assert after.day == 1 or precision == DAY
