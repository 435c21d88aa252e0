"""Figures by hand-computed small data.

The market: Anshan (security, Jiangsu), Bolt (devices/robots, Sichuan), Chip (devices, no province), Dune (no category,
Beijing), Elm (category of another scheme only).
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from companies.models import CompanyCategory
from deals import corrections, review, statistics
from deals.models import Deal, Listing, Participation
from deals.statistics import Scope
from deals.statistics.companies import several_rounds
from deals.statistics.investors import by_type
from deals.statistics.scope import twelve_months
from deals.statistics.shared import together
from deals.statistics.state import state
from deals.statistics.venture import early_events, months
from investors.models import Investor
from taxonomy.models import ExchangeRate, Region
from tests.deals.conftest import YEAR, deal


def test_events_and_companies(market):
    assert statistics.events(YEAR).row == statistics.rows.EventCount(events=6, companies=5)


def test_the_total_is_a_bound_and_says_what_it_leaves_out(market):
    ExchangeRate.objects.filter(currency="USD").delete()
    ExchangeRate.objects.create(currency_id="USD", date=date(2020, 1, 1), cny=Decimal("7"))
    ExchangeRate.objects.create(currency_id="USD", date=date(2020, 10, 1), cny=Decimal("6"))
    total = statistics.total_amount(YEAR).row
    # 950 m + 200 m + (100 m or more) + (10 to 100 m) + 1.5 m USD at 7.
    assert total.low == 1_270_500_000
    assert (total.events, total.undisclosed, total.open, total.unconverted) == (6, 1, 2, 0)
    assert total.is_bound
    ExchangeRate.objects.filter(currency="USD").delete()
    total = statistics.total_amount(YEAR).row
    assert (total.low, total.unconverted) == (1_260_000_000, 1)


def test_an_amount_kept_to_the_parties_is_not_given_away_by_a_sum(market):
    market.deals[0].amount_audience = "parties"
    market.deals[0].save()
    total = statistics.total_amount(Scope(date(2020, 1, 1), date(2020, 1, 31))).row
    assert (total.low, total.undisclosed, total.events) == (100_000_000, 1, 2)


def test_months_beside_the_year_before(market):
    figure = statistics.monthly(YEAR)
    assert [(row.key, row.events, row.before) for row in figure.rows if row.events or row.before] == [
        ("2020-01", 2, 1),
        ("2020-07", 2, 0),
        ("2020-09", 1, 0),
    ]
    assert [row.key for row in figure.rows] == [f"2020-{month:02d}" for month in range(1, 10)]
    assert figure.rows[0].change == 1.0
    assert figure.rows[1].change is None
    # The event of which only the quarter is known belongs to no month.
    assert figure.left_out == 1


def test_a_part_of_a_month_is_compared_with_the_same_days(market):
    figure = statistics.monthly(Scope(date(2020, 1, 6), date(2020, 1, 31)))
    assert [(row.events, row.before) for row in figure.rows] == [(2, 0)]
    assert months(date(2019, 11, 5), date(2020, 2, 1)) == [(2019, 11), (2019, 12), (2020, 1), (2020, 2)]


def test_the_end_of_february_has_a_year_before():
    assert Scope(date(2020, 2, 29), date(2020, 2, 29)).year_before() == Scope(date(2019, 2, 28), date(2019, 2, 28))
    assert Scope(date(2021, 2, 1), date(2021, 2, 28)).year_before().last == date(2020, 2, 29)


def test_rounds_in_their_order(market):
    figure = statistics.by_round(YEAR)
    assert [(row.key, row.events, row.of_events) for row in figure.rows] == [
        ("seed", 1, 6),
        ("a", 1, 6),
        ("a_plus", 1, 6),
        ("c", 1, 6),
        ("strategic", 1, 6),
        ("unknown", 1, 6),
    ]
    assert early_events(figure) == (3, 6)
    assert figure.rows[1].money.low == 950_000_000


def test_categories_by_the_primary_one(market):
    figure = statistics.by_category(YEAR)
    counted = [(row.key, row.events, row.companies) for row in figure.rows if row.events]
    assert counted == [("devices", 2, 2), ("security", 2, 1)]
    assert {row.of_events for row in figure.rows} == {4}
    assert {row.of_companies for row in figure.rows} == {3}
    assert len(figure.rows) == 7
    # Dune has no category, Elm one of another scheme.
    assert figure.left_out == 2
    assert figure.rows[0].company_share == pytest.approx(2 / 3)
    assert figure.rows[1].money.low == 1_150_000_000


def test_a_market_with_labels_of_its_own_is_cut_by_them(market):
    CompanyCategory.objects.exclude(category__scheme__code="labels").delete()
    figure = statistics.by_category(YEAR)
    assert [(row.key, row.events) for row in figure.rows] == [("energy-label", 1)]
    assert figure.left_out == 5


def test_a_company_counts_in_its_first_category_where_none_is_primary(market):
    CompanyCategory.objects.filter(company=market.anshan).update(is_primary=False)
    by_key = {row.key: row.events for row in statistics.by_category(YEAR).rows}
    assert (by_key["security"], by_key["devices"]) == (2, 2)


def test_one_category_is_cut_by_its_children(market):
    figure = statistics.by_category(Scope(YEAR.first, YEAR.last, categories=("devices",)))
    by_key = {row.key: row for row in figure.rows}
    # Anshan makes devices too, and counts where its primary category is.
    assert (by_key["devices-robots"].events, by_key["devices"].events) == (1, 1)
    assert figure.left_out == 0
    whole = {row.key: row.events for row in statistics.by_category(YEAR).rows}
    assert whole["devices"] == 2 == statistics.events(figure.scope).row.events


def test_several_categories_stand_side_by_side(market):
    scope = Scope(YEAR.first, YEAR.last, categories=("security", "devices"))
    assert scope == replace(scope, categories=("devices", "security", "devices"))
    figure = statistics.by_category(scope)
    assert {row.key: (row.events, row.of_events) for row in figure.rows} == {"security": (2, 4), "devices": (2, 4)}
    # What lies below one that is named too counts there, and not twice.
    nested = statistics.by_category(replace(scope, categories=("devices", "devices-robots")))
    assert {row.key: row.events for row in nested.rows} == {"devices": 1, "devices-robots": 1}


def test_a_company_without_a_primary_category_counts_in_its_first_one(market):
    CompanyCategory.objects.filter(company=market.anshan).update(is_primary=False)
    counted = [
        statistics.events(Scope(YEAR.first, YEAR.last, categories=(code,))).row.events
        for code in ("security", "devices")
    ]
    assert counted == [2, 2]


def test_a_date_that_is_not_exact_counts_where_all_of_it_lies(market):
    year = deal(market.dune, "2019-01-01", announced_precision="year")
    month = deal(market.dune, "2020-03-01", announced_precision="month")

    def counted(first, last):
        return set(Scope(date.fromisoformat(first), date.fromisoformat(last)).deals().values_list("pk", flat=True))

    assert year.pk in counted("2019-01-01", "2019-12-31")
    assert year.pk not in counted("2019-01-01", "2019-12-30")
    assert month.pk in counted("2020-01-01", "2020-03-31")
    assert month.pk not in counted("2020-01-01", "2020-03-30")
    quarter = market.deals[4].pk
    assert quarter in counted("2020-04-01", "2020-06-30")
    assert quarter not in counted("2020-04-01", "2020-06-29")


def test_the_year_before_reaches_as_far_as_this_one_is_known(market):
    scope = Scope(date(2020, 1, 1), date(2020, 12, 31), as_of=date(2020, 1, 31))
    assert scope.year_before() == replace(scope, first=date(2019, 1, 1), last=date(2019, 1, 31))
    assert [row.key for row in statistics.monthly(scope).rows] == ["2020-01"]
    today = timezone.localdate()
    assert Scope(date(2020, 1, 1), date(today.year + 1, 12, 31)).known_until == today


def test_places_are_compared_whichever_is_chosen(market):
    jiangsu = Scope(YEAR.first, YEAR.last, regions=("CN-JS",))
    assert statistics.by_macro_region(jiangsu) == statistics.by_macro_region(YEAR)
    # A place beside it is not in the table with a zero that says nothing.
    assert [row.key for row in statistics.by_province(jiangsu).rows] == ["CN-JS"]
    delta = statistics.by_province(Scope(YEAR.first, YEAR.last, regions=("CN-YRD",)))
    assert {row.key for row in delta.rows} == {"CN-JS", "CN-SH", "CN-ZJ", "CN-AH"}


def test_provinces(market):
    figure = statistics.by_province(YEAR)
    assert [(row.key, row.events, row.companies) for row in figure.rows[:3]] == [
        ("CN-JS", 2, 1),
        ("CN-BJ", 1, 1),
        ("CN-SC", 1, 1),
    ]
    assert len(figure.rows) == 34
    assert figure.left_out == 2
    assert figure.rows[0].of_events == 4


def test_a_place_inside_a_province_counts_there(market):
    market.chip.region = Region.objects.create(
        code="CN-JS-SZ",
        kind="area",
        country="CHN",
        parent=Region.objects.get(code="CN-JS"),
        name_zh="苏州",
        name_en="Suzhou",
    )
    market.chip.save()
    first = statistics.by_province(YEAR).rows[0]
    assert (first.key, first.events, first.companies) == ("CN-JS", 3, 2)


def test_the_east_among_listed_and_funded(market):
    Listing.objects.create(company=market.bolt, board_id="star", listed_on=date(2019, 8, 1), known_on=date(2019, 8, 1))
    Listing.objects.create(company=market.chip, board_id="star", listed_on=date(2020, 8, 1), known_on=date(2020, 8, 1))
    figure = statistics.by_macro_region(YEAR)
    rows = {row.key: row for row in figure.rows}
    east, west = rows["CN-EAST"], rows["CN-WEST"]
    assert (east.funded, east.of_funded) == (2, 3)
    assert (east.listed, east.of_listed, west.listed) == (0, 1, 1)
    assert (east.either, east.of_either, west.either) == (2, 3, 1)
    assert figure.left_out == 2


def test_listings_per_year_and_board(market):
    for of, board, day in [
        (market.anshan, "star", "2019-08-01"),
        (market.bolt, "star", "2020-08-01"),
        (market.chip, "chinext", "2020-08-02"),
        (market.bolt, "hkex", "2018-01-01"),
        (market.dune, "star", "2020-10-01"),
    ]:
        Listing.objects.create(
            company=of, board_id=board, listed_on=date.fromisoformat(day), known_on=date.fromisoformat(day)
        )
    figure = statistics.listings_per_year(YEAR)
    assert [(row.year, row.key, row.numerator, row.denominator) for row in figure.rows] == [
        (2018, "hkex", 1, 1),
        (2019, "star", 1, 1),
        (2020, "star", 1, 2),
        (2020, "chinext", 1, 2),
    ]
    boards = statistics.listed_by_board(YEAR)
    assert [(row.key, row.numerator, row.denominator) for row in boards.rows] == [
        ("star", 2, 3),
        ("chinext", 1, 3),
        ("hkex", 1, 3),
    ]


def test_capital_by_instrument(market):
    rows = {row.kind: row for row in statistics.capital_raised(YEAR).rows}
    assert (rows["follow_on"].companies, rows["follow_on"].money.low) == (1, 5_000_000_000)
    assert (rows["ipo"].companies, rows["ipo"].money.low) == (0, 0)


def test_investors_active_and_new(market):
    old = Investor.objects.create(name_en="Old", type="venture")
    new = Investor.objects.create(name_en="New", type="government")
    gone = Investor.objects.create(name_en="Gone", type="venture")
    for firm, position, led in [
        (old, 0, True), (old, 1, None), (old, 7, None), (new, 2, None), (gone, 6, None), (new, 9, True)
    ]:  # fmt: skip
        Participation.objects.create(deal=market.deals[position], investor=firm, is_lead=led)
    assert [(row.key, row.active, row.new, row.of_active) for row in by_type(YEAR).rows] == [
        ("venture", 1, 0, 2),
        ("government", 1, 1, 2),
    ]
    assert [(row.name_en, row.deals, row.led, row.companies) for row in statistics.league(YEAR).rows] == [
        ("Old", 2, 1, 1),
        ("New", 1, 0, 1),
    ]


def test_companies_with_several_rounds(market):
    rows = several_rounds(YEAR).rows
    assert [(row.name_en, row.key) for row in rows] == [("Anshan", str(deal.pk)) for deal in market.deals[:2]]


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        ({"scheme": "industrial-internet"}, 4),
        ({"scheme": "labels"}, 1),
        ({"categories": ("devices",)}, 2),
        ({"categories": ("devices-robots", "security")}, 3),
        ({"categories": ("nowhere",)}, 0),
        ({"regions": ("CN-JS",)}, 2),
        ({"regions": ("CN-YRD",)}, 2),
        ({"regions": ("CN-WEST",)}, 1),
        ({"regions": ("nowhere",)}, 0),
        ({"regions": ("CN-JS", "CN-WEST", "nowhere")}, 3),
        ({"rounds": ("a", "a_plus")}, 2),
        ({"investor_types": ("government", "angel")}, 1),
        ({"verified_only": True}, 1),
        ({"as_of": date(2020, 7, 1)}, 4),
        ({"verified_only": True, "as_of": date(2020, 9, 30)}, 0),
    ],
)
def test_what_narrows_a_scope(market, narrowing, expected):
    Participation.objects.create(
        deal=market.deals[2], investor=Investor.objects.create(name_en="State", type="government")
    )
    Deal.objects.filter(pk=market.deals[1].pk).update(status="verified", verified_at=timezone.now())
    assert statistics.events(Scope(YEAR.first, YEAR.last, **narrowing)).row.events == expected


def test_a_deal_entered_today_changes_todays_figure_and_not_yesterdays(market):
    yesterday = timezone.localdate() - timedelta(1)
    late = deal(market.dune, "2020-03-03", "1亿元")
    Deal.objects.filter(pk=late.pk).update(known_on=timezone.localdate())
    assert statistics.events(YEAR).row.events == 7
    assert statistics.events(Scope(YEAR.first, YEAR.last, as_of=yesterday)).row.events == 6


def test_a_deal_rejected_today_counts_in_yesterdays_figure_and_not_in_todays(cast, market):
    yesterday = timezone.localdate() - timedelta(1)
    review.reject(cast.administrator, market.deals[0], "wrong")
    assert statistics.events(YEAR).row.events == 5
    assert statistics.events(Scope(YEAR.first, YEAR.last, as_of=timezone.localdate())).row.events == 5
    assert statistics.events(Scope(YEAR.first, YEAR.last, as_of=yesterday)).row.events == 6


def test_a_deal_taken_back_is_left_out_from_then_on(cast, market):
    Deal.objects.filter(pk=market.deals[0].pk).update(recorded_by=cast.founder)
    corrections.withdraw(cast.founder, Deal.objects.get(pk=market.deals[0].pk))
    assert Deal.objects.get(pk=market.deals[0].pk).left_at is not None
    assert statistics.events(YEAR).row.events == 5


def test_a_period_must_not_end_before_it_begins():
    with pytest.raises(ValueError, match="before it begins"):
        Scope(date(2020, 2, 1), date(2020, 1, 1))


def test_figures_of_an_empty_market(db):
    for question in (
        statistics.monthly,
        statistics.by_category,
        statistics.by_round,
        statistics.by_province,
        statistics.by_macro_region,
        statistics.listings_per_year,
        by_type,
        statistics.league,
        several_rounds,
        statistics.capital_raised,
    ):
        assert question(YEAR).left_out == 0
    assert statistics.total_amount(YEAR).row.low == 0


@pytest.mark.parametrize(
    ("question", "queries"),
    [
        (statistics.events, 1),
        (statistics.total_amount, 2),
        (statistics.monthly, 4),
        (statistics.by_round, 5),
        (statistics.by_category, 7),
        (statistics.by_province, 5),
        (statistics.by_macro_region, 8),
        (statistics.listings_per_year, 2),
        (by_type, 5),
        (statistics.league, 4),
        (several_rounds, 8),
    ],
)
def test_the_database_adds_up(market, django_assert_max_num_queries, question, queries):
    with together():
        # Asked once for all figures of a page.
        state()
        with django_assert_max_num_queries(queries):
            question(YEAR)


@pytest.mark.parametrize(
    "last, first",
    [("2026-12-01", "2025-12-02"), ("2026-12-31", "2026-01-01"), ("2028-02-29", "2027-03-01"), ("2025-02-28", "2024-02-29")],
)  # fmt: skip
def test_twelve_months_are_twelve_to_the_day(last, first):
    assert twelve_months(date.fromisoformat(last)) == (date.fromisoformat(first), date.fromisoformat(last))
