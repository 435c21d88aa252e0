"""How many events of a figure may be recorded twice."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from deals import duplicates, merging, review
from deals.models import Deal
from deals.statistics import doubts
from deals.statistics.claims import FIGURES
from tests.deals.conftest import YEAR, deal


@pytest.fixture
def twins(market):
    """Chip's round of July told twice more, and Bolt's of December once more, just within the year."""
    market.twins = [
        deal(market.chip, "2020-07-02", round="seed"),
        deal(market.chip, "2020-07-03", round="seed"),
        deal(market.bolt, "2020-01-02", "1亿元", "b"),
    ]
    return market


def doubtful(code="V1", scope=YEAR):
    return doubts.of_figure(FIGURES[code], FIGURES[code].answer(scope))


def test_a_figure_says_how_many_of_its_events_may_be_one(cast, twins):
    assert doubtful() == 0, "nothing is compared for a page"
    duplicates.refresh()
    # Of Bolt's pair one lies before the period.
    assert doubtful() == 3
    assert doubtful(scope=replace(YEAR, first=date(2019, 12, 1))) == 5
    assert doubtful(scope=replace(YEAR, regions=("CN-BJ",))) == 0
    assert doubtful("L1") == 0
    merging.keep_apart(cast.administrator, twins.twins[0], twins.twins[1])
    review.reject(cast.administrator, Deal.objects.get(pk=twins.twins[1].pk), "duplicate")
    assert doubtful() == 2
    review.reject(cast.administrator, Deal.objects.get(pk=twins.twins[0].pk), "duplicate")
    assert doubtful() == 0


def test_pages_and_files_say_it_and_administrators_are_led_to_the_queue(cast, twins, client):
    duplicates.refresh()
    period = {"since": "2020-01-01", "until": "2020-09-30"}
    pages = [
        reverse("deals:statistics"),
        reverse("deals:topic", args=["venture"]),
        reverse("deals:figure_rows", args=["V1"]),
    ]
    for user, leads in ((cast.analyst, False), (cast.administrator, True)):
        client.force_login(user)
        client.cookies["language"] = "en"
        for page in pages:
            shown = client.get(page, period | {"column": "events"}).text
            assert "3 of the events counted here are suspected to be the same as another" in shown, page
            assert (f'href="{reverse("deals:duplicates")}">Possible' in shown) == leads, page
    data = client.get(reverse("deals:figure_file", args=["V1", "json"]), period).json()
    assert data["about"]["Possible duplicates"] == "3 events, not judged yet"


def test_the_figures_that_count_events_are_there():
    assert set(FIGURES) >= doubts.COUNTING
