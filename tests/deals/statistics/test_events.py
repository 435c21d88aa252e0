"""V1 to V6 and V12 to V15 by hand, on the market of tests/deals/conftest.py; the period is January to September 2020."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from companies.models import Company
from deals.models import Deal
from deals.statistics.claims import CLAIMS
from deals.statistics.companies import DealRow, cumulative, several_rounds
from deals.statistics.largest import RecordRow
from deals.statistics.rows import Money, MonthRow
from deals.statistics.scope import Scope
from deals.statistics.venture import monthly
from taxonomy.dates import PartialDate
from tests.deals.conftest import YEAR, deal
from tests.deals.statistics.conftest import answer, category, holds, rates

MILLION = 10**6


@pytest.fixture
def seven_yuan():
    """A dollar is seven yuan on every day."""
    rates("USD", since_2000_01_01="7")


def test_v1_events_and_companies(market):
    assert (answer("V1").row.events, answer("V1").row.companies) == (6, 5)


def test_v2_the_sum_is_a_bound(market, seven_yuan):
    total = answer("V2").row
    assert (total.low, total.undisclosed, total.open) == (1_270_500_000, 1, 2)


def test_v3_months_beside_the_year_before(market):
    figure = answer("V3")
    assert [(row.key, row.events, row.before) for row in figure.rows if row.events or row.before] == [
        ("2020-01", 2, 1), ("2020-07", 2, 0), ("2020-09", 1, 0),
    ]  # fmt: skip
    assert figure.left_out == 1


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        # Of 10 in each month a year before.
        ((6, 4, 6, 6, 7, 8, 8, 9, 9), True),
        # A fall of exactly 30% is not over it.
        ((7, 7, 7, 7, 7, 8, 8, 9, 9), False),
        # July is as deep as the spring, September as high as the year before.
        ((6, 4, 6, 6, 7, 8, 5, 9, 9), False),
        ((6, 4, 6, 6, 7, 8, 8, 9, 10), False),
        ((6, 4, 6, 6, 7, 8, 8, 9), False),
    ],
)
def test_v3_a_fall_and_a_recovery_below_the_year_before(months, expected):
    assert holds("V3", *(MonthRow(2020, month, n, 10) for month, n in enumerate(months, start=1))) is expected


def test_v4_rounds_up_to_a_plus(market):
    figure = answer("V4")
    assert [(row.key, row.events) for row in figure.rows] == [
        ("seed", 1), ("a", 1), ("a_plus", 1), ("c", 1), ("strategic", 1), ("unknown", 1),
    ]  # fmt: skip
    assert "3" in CLAIMS["V4"].value(figure) and "50.0%" in CLAIMS["V4"].value(figure)


def test_v5_events_and_companies_by_category(market):
    figure = answer("V5")
    assert [(row.key, row.events, row.companies) for row in figure.rows[:2]] == [("devices", 2, 2), ("security", 2, 1)]
    assert figure.left_out == 2


@pytest.mark.parametrize(
    ("by_events", "by_companies", "expected"),
    [
        ((9, 5, 2, 2, 1), (9, 5, 2, 2, 1), True),
        ((9, 5, 2, 2, 6), (9, 5, 2, 2, 1), False),
        ((9, 5, 2, 2, 1), (4, 5, 2, 2, 1), False),
    ],
)
def test_v5_services_lead_and_three_are_few_by_events_and_companies(by_events, by_companies, expected):
    keys = ("services", "devices", "security", "software", "network")
    assert holds("V5", *map(category, keys, by_events, by_companies)) is expected


def test_v6_companies_by_category_most_first(market):
    deal(market.anshan, "2020-05-05")
    figure = answer("V6")
    assert [(row.key, row.companies, row.of_companies) for row in figure.rows[:2]] == [
        ("devices", 2, 3), ("security", 1, 3),
    ]  # fmt: skip
    assert [row.key for row in answer("V5").rows[:2]] == ["security", "devices"]


@pytest.mark.parametrize(
    ("software", "network", "security", "expected"),
    [(19, 14, 25, True), (18, 14, 25, False), (19, 19, 25, False), (19, 14, 18, False)],
)
def test_v6_software_is_19_of_302_and_only_networks_are_lower(software, network, security, expected):
    rows = category("software", software), category("network", network), category("security", security)
    assert holds("V6", *rows) is expected


def test_v12_the_rounds_of_companies_with_several(market):
    figure = answer("V12")
    assert [
        (row.name_en, row.round, row.category, row.announced.text, row.amount.low, row.rounds, row.companies)
        for row in figure.rows
    ] == [
        ("Anshan", "a", "security", "2020-01-10", 950 * MILLION, 2, 1),
        ("Anshan", "a_plus", "security", "2020-07-28", 200 * MILLION, 2, 1),
    ]
    deal(market.dune, "2020-06-06")
    deal(market.dune, "2020-06-07")
    first = several_rounds(YEAR, limit=1)
    assert ([row.name_en for row in first.rows], first.left_out) == (["Dune"] * 3, 2)
    assert first.rows[0].companies == 2


def test_v13_all_rounds_of_those_that_raised_in_the_period(market, seven_yuan):
    figure = answer("V13")
    assert [
        (row.name_en, row.events, row.of_period, row.money.low, row.money.undisclosed, row.money.open)
        for row in figure.rows
    ] == [
        ("Anshan", 2, 2, 1_150 * MILLION, 0, 0),
        ("Bolt", 3, 1, 300 * MILLION, 0, 1),
        ("Elm", 1, 1, 10_500_000, 0, 0),
        ("Dune", 1, 1, 10 * MILLION, 0, 1),
        ("Chip", 1, 1, 0, 1, 0),
    ]
    first = cumulative(YEAR, limit=2)
    assert ([row.name_en for row in first.rows], first.left_out) == (["Anshan", "Bolt"], 3)


def test_v13_the_largest_are_chosen_at_the_rate_of_each_day(market):
    rates("USD", since_2019_01_01="1000", since_2020_09_30="600", since_2020_10_01="1")
    # 900 million: below Anshan's, above Bolt's.
    (first, second) = cumulative(YEAR, limit=2).rows
    assert ([first.name_en, second.name_en], second.money.low) == (["Anshan", "Elm"], 900 * MILLION)
    assert [row.name_en for row in cumulative(YEAR, limit=1).rows] == ["Anshan"]
    # In dollars Anshan's earlier rounds are worth less than Elm's.
    (row,) = cumulative(replace(YEAR, currency="USD"), limit=1).rows
    assert (row.name_en, row.money.low) == ("Elm", 1_500_000)
    assert answer("V13", replace(YEAR, currency="USD")).rows[1].money.low == 1_150_000


def test_v2_each_amount_is_converted_at_both_rates_of_its_day(market):
    rates("USD", since_2019_01_01="5", since_2020_05_01="4")
    rates("EUR", since_2020_03_01="8", since_2020_06_01="9")
    for day in ("2020-02-02", "2020-04-04", "2020-05-05", "2020-06-06"):
        deal(market.dune, day, "100万欧元", "b")
    total = answer("V2", replace(YEAR, rounds=("b",), currency="USD")).row
    # 8/5 twice, the first rate of the euro before it begins; then 8/4 and 9/4.
    assert (total.low, total.events) == (7_450_000, 4)


def record(row):
    return row and (row.name_en, row.round, row.money.low)


def test_v14_records_now_and_when_the_period_began(market, seven_yuan):
    figure = answer("V14")
    rows = {row.key: row for row in figure.rows}
    assert {key: (record(row.deal), record(row.before)) for key, row in rows.items()} == {
        # Of two equal rounds of 2019 the earlier one held the record.
        "all": (("Anshan", "a", 950 * MILLION), ("Bolt", "a", 100 * MILLION)),
        "seed": (None, None),
        "a": (("Anshan", "a", 950 * MILLION), ("Bolt", "a", 100 * MILLION)),
        "a_plus": (("Anshan", "a_plus", 200 * MILLION), None),
        "b": (("Bolt", "b", 100 * MILLION), ("Bolt", "b", 100 * MILLION)),
        "c": (("Bolt", "c", 100 * MILLION), None),
        "strategic": (("Dune", "strategic", 10 * MILLION), None),
        "unknown": (("Elm", "unknown", 10_500_000), None),
    }
    assert (rows["all"].events, rows["all"].undisclosed, rows["seed"].undisclosed) == (8, 1, 1)
    assert rows["a"].is_broken and not rows["b"].is_broken and not rows["seed"].is_broken


def test_v14_among_equals_the_earlier_one_holds_the_record(market):
    deal(market.chip, "2020-02-02", "1亿元", "c")
    rows = {row.key: row for row in answer("V14").rows}
    assert record(rows["c"].deal) == ("Bolt", "c", 100 * MILLION)
    # An equal one in the period does not take the record of before.
    deal(market.chip, "2020-02-03", "1亿元", "b")
    rows = {row.key: row for row in answer("V14").rows}
    assert (record(rows["b"].deal)[0], record(rows["b"].before)[0]) == ("Bolt", "Bolt")


def holder(name, round, low, day=date(2019, 1, 1)):
    return DealRow("", name, "", round=round, announced=PartialDate(day, "day"), money=Money(low=Decimal(low)))


@pytest.mark.parametrize(
    ("of_all", "of_a", "expected"),
    [
        (("树根互联", "b", 500 * MILLION), ("卡奥斯物联", "a", 950 * MILLION), True),
        (("别家", "b", 500 * MILLION), ("卡奥斯物联", "a", 950 * MILLION), False),
        (("树根互联", "b", 501 * MILLION), ("卡奥斯物联", "a", 950 * MILLION), False),
        (("树根互联", "c", 500 * MILLION), ("卡奥斯物联", "a", 950 * MILLION), False),
        (("树根互联", "b", 500 * MILLION), ("别家", "a", 950 * MILLION), False),
        (("树根互联", "b", 500 * MILLION), ("卡奥斯物联", "a", 951 * MILLION), False),
    ],
)
def test_v14_the_records_of_the_study(of_all, of_a, expected):
    rows = RecordRow("all", "", "", before=holder(*of_all)), RecordRow("a", "", "", deal=holder(*of_a))
    assert holds("V14", *rows) is expected


def test_v14_a_larger_foreign_round_and_one_kept_to_its_parties(market, seven_yuan):
    large = deal(market.chip, "2020-03-03", "USD 150m", "a")
    assert record(answer("V14").rows[0].deal) == ("Chip", "a", 1_050 * MILLION)
    assert record(answer("V14", replace(YEAR, as_of=date(2020, 3, 2))).rows[0].deal) == ("Anshan", "a", 950 * MILLION)
    Deal.objects.filter(pk=large.pk).update(amount_audience="parties")
    assert record(answer("V14").rows[0].deal) == ("Anshan", "a", 950 * MILLION)


def test_v15_companies_incubated_by_another(market):
    (row,) = answer("V15").rows
    assert (row.parent_en, row.name_en, row.events, row.money.low) == ("Anshan", "Bolt", 3, 300 * MILLION)
    # The place is asked of the company, not of its parent; rounds narrow what it raised.
    assert answer("V15", replace(YEAR, regions=("CN-JS",))).rows == ()
    assert answer("V15", replace(YEAR, categories=("devices",), rounds=("c",))).row.events == 1
    assert answer("V15", replace(YEAR, scheme="labels")).rows == ()


@pytest.mark.parametrize(
    ("code", "hidden", "events"), [("V12", "anshan", 2), ("V13", "anshan", 2), ("V15", "anshan", 1), ("V15", "bolt", 1)]
)
def test_a_company_that_is_not_published_is_not_named(market, code, hidden, events):
    company = getattr(market, hidden)
    Company.objects.filter(pk=company.pk).update(is_published=False)
    figure = answer(code)
    names = {row.name_en for row in figure.rows} | {getattr(row, "parent_en", "") for row in figure.rows}
    assert company.short_en not in names
    assert figure.left_out == events


def test_a_company_that_is_not_published_holds_no_record(market):
    Company.objects.filter(pk=market.anshan.pk).update(is_published=False)
    figure = answer("V14")
    assert record(figure.rows[0].deal) == ("Bolt", "a", 100 * MILLION)
    assert (figure.left_out, figure.rows[0].events) == (2, 8)


def test_another_market_is_not_the_one_of_the_study(market):
    found = {code for code in CLAIMS if code[0] in "LV" and CLAIMS[code].holds(answer(code)) is not False}
    # The milestones are there, and activity goes with the product here too.
    assert found == {"L12", "V11"}


@pytest.mark.parametrize(
    "narrowing",
    [
        {"regions": ("CN-JS",)},
        {"categories": ("devices-robots",)},
        {"rounds": ("a", "c")},
        {"as_of": date(2020, 3, 1)},
        {"verified_only": True},
    ],
)
def test_every_event_of_a_narrower_scope_is_in_a_row_or_left_out(market, narrowing):
    scope = replace(YEAR, **narrowing)
    for code in ("V1", "V3", "V4", "V5", "V6", "V7", "V9", "V10", "V11"):
        figure = answer(code, scope)
        rows = [row for row in figure.rows if getattr(row, "role", "") != "together"]
        # What compares places or categories is not narrowed by them, and says so in its scope.
        assert sum(row.events for row in rows) + figure.left_out == figure.scope.deals().count(), code
        assert figure.scope in (scope, scope.everywhere(), scope.of_all_categories())


@pytest.mark.parametrize(
    ("code", "queries"), [("V9", 8), ("V10", 7), ("V11", 8), ("V12", 8), ("V13", 6), ("V14", 4), ("V15", 4)]
)
def test_the_database_counts(market, django_assert_max_num_queries, code, queries):
    with django_assert_max_num_queries(queries):
        answer(code)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2020-01-01", "2020-09-30", []),
        ("2020-01-10", "2020-09-30", ["Jan 2020 counts from 10 Jan 2020 on."]),
        ("2020-01-01", "2020-07-28", ["Jul 2020 counts up to 28 Jul 2020."]),
    ],
)
def test_v3_says_of_which_months_it_holds_a_part(market, first, last, said):
    figure = monthly(Scope(date.fromisoformat(first), date.fromisoformat(last)))
    with translation.override("en"):
        assert [" ".join(note.split()) for note in CLAIMS["V3"].notes(figure)] == said
