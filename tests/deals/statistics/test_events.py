"""V1 to V15 by hand, on the market of tests/deals/conftest.py; the period is January to September 2020."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from companies.models import Company
from deals.models import Deal
from deals.statistics.claims import CLAIMS
from deals.statistics.companies import cumulative, several_rounds
from deals.statistics.economy import Correlation, EconomyRow, correlation_of, ranks
from deals.statistics.regions import ClusterRow, by_cluster
from deals.statistics.rows import Figure, Money, MonthRow, ShareRow
from taxonomy.models import ExchangeRate, GrossProduct, Region
from tests.deals.conftest import YEAR, deal

MILLION = 10**6


def answer(code, scope=YEAR):
    return CLAIMS[code].answer(scope)


def holds(code, *rows):
    return CLAIMS[code].holds(Figure(code, YEAR, tuple(rows)))


@pytest.fixture
def seven_yuan():
    """A dollar is seven yuan on every day."""
    ExchangeRate.objects.filter(currency="USD").delete()
    ExchangeRate.objects.create(currency_id="USD", date=date(2000, 1, 1), cny=Decimal("7"))


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


def category(key, events, companies=None):
    of = companies if companies is not None else events
    return ShareRow(key, "", "", events=events, companies=of, of_companies=302)


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


def test_v7_provinces_with_most_first(market):
    figure = answer("V7")
    assert [(row.key, row.events, row.of_events) for row in figure.rows[:3]] == [
        ("CN-JS", 2, 4), ("CN-BJ", 1, 4), ("CN-SC", 1, 4),
    ]  # fmt: skip
    assert figure.left_out == 2


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
    ExchangeRate.objects.filter(currency="USD").delete()
    for day, rate in ((date(2019, 1, 1), "700"), (date(2020, 9, 30), "600"), (date(2020, 10, 1), "1")):
        ExchangeRate.objects.create(currency_id="USD", date=day, cny=Decimal(rate))
    # 900 million: below Anshan's, above Bolt's.
    assert [row.name_en for row in cumulative(YEAR, limit=2).rows] == ["Anshan", "Elm"]
    # In dollars Bolt's old rounds and Anshan's are worth little, Elm's are what they are.
    dollars = cumulative(replace(YEAR, currency="USD"), limit=2).rows
    assert [(row.name_en, row.money.low) for row in dollars] == [("Anshan", Decimal("1642857.14")), ("Elm", 1_500_000)]


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
    assert answer("V15", replace(YEAR, region="CN-JS")).rows == ()
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


@pytest.mark.parametrize("code", [code for code in CLAIMS if code[0] in "LV" and code not in ("L12", "V11")])
def test_another_market_is_not_the_one_of_the_study(market, code):
    """L12 and V11 alone are true of this one too."""
    assert CLAIMS[code].holds(answer(code)) is False


@pytest.mark.parametrize(
    "narrowing",
    [
        {"region": "CN-JS"},
        {"categories": ("devices-robots",)},
        {"rounds": ("a", "c")},
        {"as_of": date(2020, 3, 1)},
        {"verified_only": True},
    ],
)
@pytest.mark.parametrize("code", ["V1", "V3", "V4", "V5", "V6", "V7", "V9", "V10", "V11"])
def test_every_event_of_a_narrower_scope_is_in_a_row_or_left_out(market, code, narrowing):
    scope = replace(YEAR, **narrowing)
    figure = answer(code, scope)
    rows = [row for row in figure.rows if getattr(row, "role", "") != "together"]
    assert sum(row.events for row in rows) + figure.left_out == scope.deals().count()


@pytest.mark.parametrize(
    ("code", "queries"), [("V9", 8), ("V10", 7), ("V11", 8), ("V12", 8), ("V13", 6), ("V14", 4), ("V15", 4)]
)
def test_the_database_counts(market, django_assert_max_num_queries, code, queries):
    with django_assert_max_num_queries(queries):
        answer(code)
