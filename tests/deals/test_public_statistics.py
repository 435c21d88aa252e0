"""The part of the statistics that an administrator opens to readers without an account."""

import re
from datetime import date
from html import unescape

import pytest
from auditlog.models import LogEntry
from django.conf import settings
from django.urls import reverse

from deals.models import Listing, Participation, PublicStatistics
from deals.statistics.topics import TOPICS
from investors.models import Investor

# What stands on these pages is counted on every database in `tests/deals/statistics`.
pytestmark = pytest.mark.one_database

PERIOD = {"since": "2020-01-01", "until": "2020-09-30"}


@pytest.fixture
def opened(cast, client):
    client.force_login(cast.administrator)
    client.post(reverse("deals:public_statistics"), {"on": "true"})
    client.logout()


def status(client, name, *args, **query):
    return client.get(reverse(name, args=args), PERIOD | query).status_code


def test_everybody_reads_the_public_part_and_nothing_else(market, opened, client):
    assert status(client, "deals:statistics") == 200
    for code, topic in TOPICS.items():
        assert status(client, "deals:topic", code) == (200 if topic.public else 302)
    assert status(client, "deals:figure_file", "V1", "csv") == 200
    assert status(client, "deals:figure_rows", "V1", column="events") == 302
    assert status(client, "deals:study") == 302
    assert status(client, "deals:list") == 302


def test_an_opened_page_leads_to_no_record(market, opened, cast, client):
    address = reverse("deals:topic", args=["venture"])
    assert "/rows/" not in client.get(address, PERIOD).content.decode()
    client.force_login(cast.analyst)
    assert "/rows/" in client.get(address, PERIOD).content.decode()
    client.logout()
    # Not even by way of what the cache holds of the analyst's page.
    assert "/rows/" not in client.get(address, PERIOD).content.decode()


def test_no_link_of_an_opened_page_ends_at_the_log_in(market, opened, client):
    Participation.objects.create(deal=market.deals[0], investor=Investor.objects.create(name_en="First Fund"))
    Listing.objects.create(company=market.bolt, board_id="star", listed_on=date(2020, 3, 3))
    for page in ["deals:statistics", *(("deals:topic", code) for code, topic in TOPICS.items() if topic.public)]:
        name, *args = [page] if isinstance(page, str) else page
        address = reverse(name, args=args)
        shown = client.get(address, PERIOD).text.partition("<main")[2].partition("</main>")[0]
        ways = {unescape(way) for way in re.findall(r'<a [^>]*href="([^"#]+)', shown)}
        assert ways
        for way in ways:
            assert client.get(address + way if way.startswith("?") else way).status_code == 200, way


def test_single_deals_and_their_amounts_are_for_those_who_are_logged_in(market, opened, cast, client):
    pages = [reverse("deals:statistics"), reverse("deals:topic", args=["venture"])]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert not any("Anshan" in client.get(page, PERIOD).content.decode() for page in pages)
    assert status(client, "deals:figure_file", "V12", "csv") == 302
    assert status(client, "deals:figure_file", "L10", "json") == 302
    client.force_login(cast.analyst)
    assert all("Anshan" in client.get(page, PERIOD).content.decode() for page in pages)


def test_it_is_closed_again(cast, opened, client):
    client.force_login(cast.administrator)
    client.post(reverse("deals:public_statistics"), {"on": "false"})
    client.logout()
    assert status(client, "deals:statistics") == 302
    assert not PublicStatistics.are_on()


def test_the_record_says_who_opened_and_who_closed(cast, opened):
    row = PublicStatistics.objects.get()
    assert row.switched_by == cast.administrator
    PublicStatistics.switch(True, cast.founder)
    assert PublicStatistics.objects.get().switched_by == cast.administrator
    PublicStatistics.switch(False, cast.administrator)
    actions = [entry.get_action_display() for entry in LogEntry.objects.get_for_model(PublicStatistics)]
    assert sorted(actions) == ["create", "delete"]


def test_the_way_there_is_shown_once_it_is_open(cast, client):
    way = f'href="{reverse("deals:statistics")}"'
    assert way not in client.get(reverse("landing")).content.decode()
    PublicStatistics.switch(True, cast.administrator)
    assert way in client.get(reverse("landing")).content.decode()
