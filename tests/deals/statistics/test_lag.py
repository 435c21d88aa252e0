"""How much recent months still grow: a market in which half of a month's events become known forty days after its end."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.models import F

from deals.models import Deal
from deals.statistics.lag import month_end, reporting_lag
from deals.statistics.scope import Scope
from deals.statistics.venture import months
from tests.deals.conftest import company

SCOPE = Scope(date(2020, 1, 1), date(2020, 12, 31), as_of=date(2021, 1, 20))


@pytest.fixture
def late(db):
    """In each month two events known on their day and two more forty days after its end; in March 2020 three and two."""
    made = company("Anshan", "CN-JS", "security")
    deals = []
    for year, month in months(date(2016, 1, 1), date(2020, 12, 31)):
        end = month_end(year, month)
        early = 3 if (year, month) == (2020, 3) else 2
        for known in [end.replace(day=10)] * early + [end + timedelta(40)] * 2:
            deals.append(Deal(company=made, round_id="a", announced_on=end.replace(day=10), known_on=known))
    Deal.objects.bulk_create(deals)


def test_a_recent_month_is_half_known(late):
    rows = {row.key: row for row in reporting_lag(SCOPE).rows}
    assert list(rows) == [f"2020-{month:02d}" for month in range(1, 13)]
    december = rows["2020-12"]
    assert (december.known, december.complete, december.expected) == (2, 0.5, 4)
    assert (december.low, december.high) == (4, 4)
    march = rows["2020-03"]
    assert (march.known, march.complete, march.expected) == (5, 1, 5)
    # Forty days after the end of November had not passed on 9 January, and have on the 20th.
    assert rows["2020-11"].complete == 1
    earlier = {row.key: row for row in reporting_lag(replace(SCOPE, as_of=date(2021, 1, 8))).rows}
    assert earlier["2020-11"].complete == 0.5


def test_a_month_that_has_not_ended_is_left_out(late):
    figure = reporting_lag(replace(SCOPE, as_of=date(2020, 12, 15)))
    assert [row.key for row in figure.rows][-1] == "2020-11"


def test_months_that_differ_make_a_band(late):
    made = company("Bolt", "CN-SC", "devices")
    Deal.objects.bulk_create(
        Deal(company=made, round_id="a", announced_on=date(2017, month, 5), known_on=date(2017, month, 5))
        for month in range(1, 13)
        for _copy in range(6)
    )
    december = reporting_lag(SCOPE).rows[-1]
    assert december.low < december.expected < december.high
    # In the 24 plain months half were known by then, in those of 2017 eight of ten.
    assert december.high == 4
    assert december.complete == pytest.approx((24 * 2 + 12 * 8) / (24 * 4 + 12 * 10))


def test_records_without_delays_teach_nothing(late):
    """As those of a source that says only when events were: it is not never late, it does not tell."""
    Deal.objects.update(known_on=F("announced_on"))
    rows = reporting_lag(SCOPE).rows
    assert [(row.known, row.complete, row.expected) for row in rows[-1:]] == [(4, None, None)]


def test_too_little_is_known_of_the_past(db):
    made = company("Anshan", "CN-JS", "security")
    Deal.objects.create(company=made, round_id="a", announced_on=date(2020, 11, 3), known_on=date(2020, 11, 3))
    row = reporting_lag(SCOPE).rows[-2]
    assert (row.key, row.known, row.expected, row.complete) == ("2020-11", 1, None, None)
