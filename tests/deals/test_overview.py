"""The statistics page: who reads it, what it shows, how it fits the security policy."""

import re
from datetime import date, timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from deals import statistics
from deals.models import Listing, Participation
from deals.sheets import OVERVIEW, sheet_of
from deals.statistics.overview import DRAWN, Overview
from deals.statistics.scope import Scope
from deals.statistics.state import state
from deals.statistics.venture import spans
from tests.conftest import stands
from tests.deals.conftest import YEAR, deal

# What stands on these pages is counted on every database in `tests/deals/statistics`.
pytestmark = pytest.mark.one_database

SVG = "{http://www.w3.org/2000/svg}"
TITLE = f"{SVG}title"
PERIOD = "since=2020-01-01&until=2020-09-30"


@pytest.fixture
def path():
    return reverse("deals:statistics")


def test_every_logged_in_person_reads_it(cast, client, path):
    assert client.get(path).status_code == 302
    for user in vars(cast.people).values():
        client.force_login(user)
        assert client.get(path).status_code == 200


def test_figures_tables_and_charts(cast, market, client, path, settings):
    client.force_login(cast.analyst)
    for language in ("en", "zh-hans"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        shown = client.get(f"{path}?{PERIOD}").content.decode()
        for title in ("2020-07", "Anshan", "devices", "CN-JS", "1 of 6" if language == "en" else "6"):
            assert title in shown
        assert shown.count("<svg") >= 4


@pytest.mark.parametrize(
    "query",
    [
        "since=2020-02-01&until=2020-01-01", "since=soon", "region=CN-BJ&region=nowhere", "round=zz", "round=a&round=%00",
        "category=devices&category=cars", "investor_type=angel&investor_type=x", "since=0001-01-01", "as_of=x",
    ],
)  # fmt: skip
def test_a_wrong_filter_is_named_and_nothing_is_shown(cast, client, path, query):
    client.force_login(cast.analyst)
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert "invalid-feedback" in answer.content.decode()
    assert "stat-value" not in answer.content.decode()


def test_filters_narrow_the_page(cast, market, client, path):
    client.force_login(cast.analyst)

    def events(query):
        shown = client.get(f"{path}?{PERIOD}&{query}").content.decode()
        return int(re.search(r'class="stat-value">(\d+)<', shown)[1])

    assert events("") == 6
    assert events("region=CN-YRD") == 2
    assert events("category=devices") == 2
    assert events("scheme=labels") == 1
    assert events("verified=true") == 0
    assert events("as_of=2020-01-15") == 1
    # Several of one kind keep what one of them keeps; what is left empty keeps everything.
    assert events("region=CN-YRD&region=CN-BJ") == 3
    assert events("category=devices&category=security") == 4
    assert events("round=a&round=c&region=") == 2


def test_a_market_without_a_deal(cast, client, path):
    client.force_login(cast.analyst)
    assert client.get(path).status_code == 200


def test_a_new_deal_shows_at_once(cast, client, record, path):
    client.force_login(cast.founder)
    shown = f"{path}?{PERIOD}"
    assert re.search(r'class="stat-value">(\d+)<', client.get(shown).text)[1] == "0"
    stands(record())
    assert re.search(r'class="stat-value">(\d+)<', client.get(shown).text)[1] == "1"


def test_the_state_changes_with_the_records(cast, record):
    seen = {state()}
    deal = stands(record())
    seen.add(state())
    deal.status = "verified"
    deal.verified_at = deal.recorded_at
    deal.save()
    seen.add(state())
    cast.company.city = "苏州"
    cast.company.save()
    seen.add(state())
    assert len(seen) == 4


def test_figures_and_charts_come_from_the_cache(market, django_assert_num_queries):
    sheet_of(OVERVIEW, YEAR, True).prepare()
    at = state()
    with django_assert_num_queries(0):
        sheet = sheet_of(OVERVIEW, YEAR, True, at)
        assert Overview(YEAR, sheet.figure).events_before.row.events == 1
        assert all(sheet.chart(code) for code in {*DRAWN} - {"I2", "L4"})


def test_what_the_overview_draws_is_what_the_topics_draw(cast, market, client, path, django_assert_max_num_queries):
    client.force_login(cast.analyst)
    client.get(f"{path}?{PERIOD}")
    kept = sheet_of("venture", YEAR, True)
    with django_assert_max_num_queries(1):
        assert kept.chart("V3") and kept.figure("V12").rows


def titles(first):
    with translation.override("en"):
        chart = sheet_of(OVERVIEW, Scope(first, YEAR.last), True).chart("V3")
    desk, _phone = ElementTree.fromstring(f"<both>{chart}</both>")
    return [element.text for element in desk.iter(TITLE)], len(list(desk.iter(f"{SVG}a")))


def test_a_month_leads_to_its_events(market):
    said, links = titles(YEAR.first)
    assert sum(title.startswith("Jan 2020") and title.endswith((": 2", ": 1")) for title in said) == 2
    # Nine months and the nine before; January, July and September have events, January also the year before.
    assert (len(said), links) == (18, 4)


def test_a_long_period_is_drawn_by_quarter_or_year(market):
    # A round each year, so that the records reach back to the first of them.
    for year in range(2000, 2019):
        deal(market.dune, f"{year}-05-05")
    quarters, links = titles(date(2016, 1, 1))
    assert (len(quarters), links) == (2 * 19, 0)
    assert any(title.startswith("Q1 2020") and title.endswith(": 2") for title in quarters)
    years, links = titles(date(2000, 1, 1))
    # Of the years before 2000 and 2001 not all is recorded: the records begin in May 2000.
    assert (len(years), links) == (2 * 21 - 2, 0)
    # The five events of 2020 with a month; those of 2019 stand beside them.
    assert sum(title.startswith("2020 ·") and title.endswith((": 5", ": 1")) for title in years) == 2


def test_no_event_is_lost_between_months_and_years(market):
    rows = statistics.monthly(Scope(date(2009, 5, 3), YEAR.last)).rows
    for part in (rows[-26:], rows[-27:], rows[-84:], rows):
        together = spans(part)
        assert sum(row.events for row in together) == sum(row.events for row in part) == 7


def test_the_tile_says_how_many_are_verified(cast, market, client, path):
    for row in market.deals[:2]:
        row.status, row.verified_at = "verified", "2021-01-01T00:00Z"
        row.save()
    client.force_login(cast.analyst)
    client.cookies["language"] = "en"
    assert "of which 2 verified" in client.get(f"{path}?{PERIOD}").text
    # Where only those are counted, it need not be said.
    assert "of which" not in client.get(f"{path}?{PERIOD}&verified=true").text


def test_of_a_period_to_come_nothing_is_known(cast, market, client, path):
    client.force_login(cast.analyst)
    client.cookies["language"] = "en"
    shown = client.get(f"{path}?since=2099-01-01&until=2099-12-31").text
    assert "This period has not begun" in shown
    assert "stat-value" not in shown


@pytest.mark.parametrize("back", [0, 364, 365, 366])
def test_the_landing_page_counts_the_same_events(cast, client, path, back):
    today = timezone.localdate()
    deal(cast.company, (today - timedelta(back)).isoformat())
    deal(cast.company, today.isoformat(), kind="acquisition")
    landing = re.findall(r'class="figure-value">(\d+)<', client.get(reverse("landing")).text)[3]
    client.force_login(cast.analyst)
    assert re.search(r'class="stat-value">(\d+)<', client.get(path).text)[1] == landing


@pytest.mark.parametrize(
    "query", ["", "&as_of=2020-04-15", "&verified=true", "&category=devices", "&category=security&region=CN-JS"]
)
def test_every_number_leads_to_as_many_records(cast, market, client, path, query):
    # Counted elsewhere: a company whose second category is one of those that are shown, deals that stand no longer.
    assert market.anshan.category_links.count() == 2
    Listing.objects.create(company=market.bolt, board_id="star", listed_on=date(2020, 3, 3))
    market.deals[3].status, market.deals[3].verified_at = "verified", "2021-01-01T00:00Z"
    market.deals[3].save()
    Participation.objects.create(deal=market.deals[0], investor=cast.investor_firm, is_lead=True)
    client.force_login(cast.administrator)
    shown = client.get(f"{path}?{PERIOD}{query}").text
    tiles = re.findall(r'<a class="stat" href="([^"]+)">.*?<span class="stat-value">([^<]+)<', shown, re.S)
    numbers = re.findall(r'<a class="plain" href="([^"]*/rows/[^"]+)">([\d,]+)</a>', shown)
    assert tiles and numbers
    # A tile of a share or a sum says elsewhere what it counts.
    for address, number in [*numbers, *((at, said) for at, said in tiles if said.isdecimal())]:
        rows = client.get(unescape(address)).text
        assert re.search(r"data-count>([\d,]+)<", rows)[1] == number
        assert rows.split("<tbody>")[1].count("<tr>") == int(number), address
    assert all("/rows/?" in address for address, _ in tiles)
    assert reverse("deals:list") + "?" not in shown
