"""L1 to L12 by hand. The listings stand in `market` of conftest.py; the period is January to September 2020."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from companies.models import Company
from deals.models import Deal, Listing
from deals.statistics.claims import CLAIMS
from deals.statistics.listings import board_share
from deals.statistics.offerings import pace
from deals.statistics.rows import BoardYearRow, Figure
from deals.statistics.scope import Scope
from taxonomy.models import ExchangeRate, Milestone
from tests.deals.conftest import YEAR
from tests.deals.statistics.conftest import answer

YEARS = Scope(date(2019, 7, 1), date(2020, 9, 30))


def parts(code, scope=YEAR):
    """Key, numerator and denominator of the rows that are not empty."""
    return [(row.key, row.numerator, row.denominator) for row in answer(code, scope).rows if row.numerator]


def test_l1_counts_a_company_on_two_boards_once(market):
    assert (answer("L1").row.companies, answer("L1").row.listings) == (4, 6)


def test_l2_part_of_a_year_beside_the_same_part_of_the_year_before(market):
    (row,) = answer("L2").rows
    assert (row.year, row.listings, row.before, row.year_before) == (2020, 3, 1, 2)
    assert row.change == 2.0 and not row.is_whole
    assert [(row.first, row.last, row.listings) for row in answer("L2", YEARS).rows] == [
        (date(2019, 7, 1), date(2019, 12, 31), 2),
        (date(2020, 1, 1), date(2020, 9, 30), 3),
    ]


def test_l3_boards_and_both_growth_boards_together(market):
    assert parts("L3") == [
        ("star", 2, 4), ("chinext", 1, 4), ("sse_main", 1, 4), ("hkex", 1, 4), ("nasdaq", 1, 4), ("star+chinext", 3, 4),
    ]  # fmt: skip
    # Bolt is on both: together it counts once.
    Listing.objects.filter(pk=market.listings[2].pk).update(board="chinext")
    assert parts("L3")[-1] == ("star+chinext", 3, 4)


def test_l4_years_and_boards(market):
    assert parts("L4") == [
        ("2018/hkex", 1, 1), ("2019/star", 1, 2), ("2019/sse_main", 1, 2), ("2020/star", 1, 3), ("2020/chinext", 1, 3),
        ("2020/nasdaq", 1, 3),
    ]  # fmt: skip
    later = replace(YEAR, first=date(2028, 1, 1), last=date(2028, 12, 31))
    assert parts("L4", later)[0][0] == "2019/star"
    assert answer("L4", later).left_out == 1


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        ({"2018/sme": 1, "2019/star": 2, "2020/star": 1, "2020/sme": 1}, True),
        ({"2018/sme": 2, "2019/star": 2, "2020/star": 1, "2020/sme": 1}, False),
        ({"2018/sme": 1, "2019/sme": 2, "2020/star": 1, "2020/sme": 1}, False),
        ({"2019/star": 2}, False),
    ],
)
def test_l4_a_surge_is_more_than_in_any_year_before_and_mostly_on_star(counts, holds):
    years = Counter()
    for key, number in counts.items():
        years[key[:4]] += number
    rows = tuple(
        BoardYearRow(key, "", "", numerator=number, denominator=years[key[:4]], year=int(key[:4]))
        for key, number in counts.items()
    )
    assert CLAIMS["L4"].holds(Figure("L4", YEAR, rows)) is holds


def test_l5_instruments_and_companies_once_in_all(market):
    rows = {row.key: row for row in answer("L5").rows}
    counted = {key: (row.companies, row.money.events, row.money.low) for key, row in rows.items()}
    assert counted == {
        "ipo": (1, 1, 500_000_000),
        "follow_on": (1, 1, 5_000_000_000),
        "rights_issue": (1, 1, 0),
        "all": (2, 3, 5_500_000_000),
    }
    assert (rows["all"].money.undisclosed, rows["all"].money.open) == (1, 1)
    # Shares on a board have no round, so that none narrows them.
    assert answer("L5", replace(YEAR, rounds=("a",))).rows == answer("L5").rows


def test_l6_since_when_is_said_with_the_share(market):
    row = answer("L6").row
    assert (row.numerator, row.denominator, row.share) == (2, 5, 0.4)
    from_the_day = board_share(YEAR, "star", since=date(2019, 8, 1), of_since=date(2019, 11, 11)).row
    assert (from_the_day.numerator, from_the_day.denominator) == (2, 4)
    late = board_share(YEAR, "star", since=date(2019, 8, 2), of_since=date(2020, 1, 1)).row
    assert (late.numerator, late.denominator, late.since) == (1, 3, date(2019, 8, 2))


def test_l7_sums_are_of_the_listings_and_say_what_is_missing(market):
    row = answer("L7").row
    assert (row.listings, row.companies) == (2, 2)
    assert (row.raised.low, row.raised.events, row.raised.undisclosed, row.raised.open) == (1_500_000_000, 2, 0, 1)
    # Bolt's value is of the day after the period.
    assert (row.value.low, row.value.events, row.value.undisclosed) == (10_000_000_000, 2, 1)
    later = replace(YEAR, last=date(2020, 10, 1))
    row = answer("L7", later).row
    assert (row.value.low, row.value.events, row.value.undisclosed) == (12_000_000_000, 3, 1)
    # Dune's offering is not recorded.
    assert (row.raised.events, row.raised.undisclosed) == (3, 1)
    # Of a period that reaches further than what was known, the value of that day.
    assert answer("L7", replace(later, as_of=date(2020, 9, 30))).row.value.undisclosed == 1


def test_l7_in_another_currency_and_of_verified_offerings(market):
    ExchangeRate.objects.filter(currency="USD").delete()
    ExchangeRate.objects.create(currency_id="USD", date=date(2019, 1, 1), cny=Decimal("5"))
    ExchangeRate.objects.create(currency_id="USD", date=date(2020, 9, 1), cny=Decimal("4"))
    row = answer("L7", replace(YEAR, currency="USD")).row
    assert (row.raised.low, row.value.low) == (300_000_000, 2_500_000_000)
    row = answer("L7", replace(YEAR, verified_only=True)).row
    assert (row.raised.low, row.raised.undisclosed) == (0, 2)
    # A round and a type of investor do not narrow listings, nor what they raised.
    narrower = replace(YEAR, rounds=("a",), investor_types=("government",))
    assert answer("L7", narrower).rows == answer("L7").rows
    assert answer("L10", narrower).rows == answer("L10").rows
    ExchangeRate.objects.filter(currency="USD").delete()
    row = answer("L7", replace(YEAR, currency="USD")).row
    assert (row.raised.unconverted, row.value.unconverted) == (2, 1)


def test_l8_primary_categories_of_listed_companies(market):
    assert parts("L8") == [("devices", 2, 3), ("security", 1, 3)]
    # Elm has no category of the scheme.
    assert answer("L8").left_out == 1
    assert parts("L8", replace(YEAR, categories=("devices",))) == [("devices-robots", 1, 2), ("devices", 1, 2)]


def test_l9_provinces_of_listed_companies(market):
    assert parts("L9") == [("CN-JS", 1, 2), ("CN-SC", 1, 2)]
    # Chip has no place, Elm is abroad.
    assert answer("L9").left_out == 2


def test_l10_listings_of_the_period_with_their_offerings(market):
    rows = answer("L10").rows
    assert [(row.name_en, row.board, row.listed.text, row.money.low) for row in rows] == [
        ("Elm", "nasdaq", "2020-03-02", 0),
        ("Chip", "chinext", "2020-08-02", 0),
        ("Bolt", "star", "2020-08-03", 500_000_000),
    ]
    assert [row.amount.kind for row in rows] == ["undisclosed", "undisclosed", "at_least"]
    Deal.objects.filter(pk=rows[-1].offering).update(amount_audience="parties")
    assert answer("L10").rows[-1].amount.kind == "undisclosed"
    assert answer("L10").rows[-1].money.low == 0


def test_l11_from_filing_to_clearance_and_listing(market):
    # Of Bolt's listing in Hong Kong only the year is known.
    figure = answer("L11")
    assert [(row.name_en, row.days_to_clear, row.days_to_list) for row in figure.rows] == [
        ("Anshan", 89, 120),
        ("Bolt", None, 155),
    ]
    assert {(row.filed, row.listings) for row in figure.rows} == {(2, 6)}
    assert figure.left_out == 4
    assert [row.name_en for row in pace(YEAR, limit=1).rows] == ["Anshan"]


@pytest.mark.parametrize("code", ["L10", "L11"])
def test_a_company_that_is_not_published_is_not_named(market, code):
    before = answer(code)
    Company.objects.filter(pk=market.bolt.pk).update(is_published=False)
    after = answer(code)
    assert "Bolt" in [row.name_en for row in before.rows] and "Bolt" not in [row.name_en for row in after.rows]
    assert after.left_out == before.left_out + 1


def test_l12_listings_between_milestones(market):
    Milestone.objects.create(code="dry", name_zh="试", name_en="Trial", on=date(2020, 8, 3))
    figure = answer("L12")
    assert [(row.key, row.when.text, row.numerator, row.denominator) for row in figure.rows] == [
        ("star-announced", "2018-11", 0, 0),
        ("star-rules", "2019-01", 0, 0),
        ("star-system", "2019-04", 0, 0),
        ("star-opened", "2019-06-13", 0, 0),
        ("star-trading", "2019-07-22", 1, 4),
        # About no board: it counts those on any.
        ("dry", "2020-08-03", 1, 1),
    ]
    assert figure.left_out == 1
    assert len(answer("L12", replace(YEAR, as_of=date(2019, 6, 13))).rows) == 4


@pytest.mark.parametrize(
    ("narrowing", "companies", "listings"),
    [
        ({"regions": ("CN-YRD",)}, 1, 2),
        ({"categories": ("devices-robots",)}, 1, 2),
        ({"scheme": "labels"}, 1, 1),
        ({"as_of": date(2019, 12, 31)}, 2, 3),
        # These speak of rounds.
        ({"rounds": ("a",), "investor_types": ("government",), "verified_only": True}, 4, 6),
    ],
)
def test_what_narrows_listings(market, narrowing, companies, listings):
    scope = replace(YEAR, **narrowing)
    assert (answer("L1", scope).row.companies, answer("L1", scope).row.listings) == (companies, listings)
    assert len(answer("L10", scope).rows) == answer("L2", scope).row.listings
    for code in ("L8", "L9"):
        figure = answer(code, scope)
        assert sum(row.numerator for row in figure.rows) + figure.left_out == companies


@pytest.mark.parametrize(
    ("code", "queries"),
    [
        ("L1", 1), ("L2", 1), ("L3", 5), ("L4", 2), ("L5", 4), ("L6", 2), ("L7", 5), ("L8", 5), ("L9", 3), ("L10", 4),
        ("L11", 2), ("L12", 2),
    ],
)  # fmt: skip
def test_the_database_counts(market, django_assert_max_num_queries, code, queries):
    with django_assert_max_num_queries(queries):
        answer(code)
