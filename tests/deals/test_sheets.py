"""Pages that answer before all is counted, and figures that are ready before somebody asks again."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from companies.models import Company, Raise
from deals import refreshing, tasks
from deals.models import Deal, Introduction, Listing
from deals.reports import HEADLINES
from deals.sheets import OVERVIEW, PAGES, STUDY_PAGE, Sheet, sheet_of
from deals.statistics import asked, kept
from deals.statistics.asked import Asked, latest, remember
from deals.statistics.claims import CLAIMS, FIGURES
from deals.statistics.scope import Scope
from deals.statistics.state import RECORDS, state
from deals.statistics.topics import TOPICS
from deals.views.statistics import SECTIONS
from investors.models import Investor, Thesis
from taxonomy.models import (
    Board,
    Category,
    ExchangeRate,
    GrossProduct,
    Milestone,
    Region,
    Round,
    Source,
)
from tests.deals.conftest import YEAR, deal

# What stands on these pages is counted on every database in `tests/deals/statistics`.
pytestmark = pytest.mark.one_database

PERIOD = {"since": "2020-01-01", "until": "2020-09-30"}


@pytest.fixture
def in_no_time(settings, monkeypatch):
    """A page has time for one figure, and none for charts."""
    settings.STATISTICS_PAGE_SECONDS = 0
    monkeypatch.setattr("deals.charts.CHARTS", {})


def followed(client, page: str) -> list[str]:
    """Return a page and what it asks for after it, one after the other."""
    found = [page]
    while further := re.search(r'hx-get="([^"]+)" hx-trigger="load"', found[-1]):
        found.append(client.get(unescape(further[1])).text)
        assert len(found) < 50, "the page asks for the same again and again"
    return found


@pytest.mark.parametrize("page", [*TOPICS, STUDY_PAGE])
def test_what_is_left_comes_after_the_page(cast, market, client, in_no_time, page):
    client.force_login(cast.analyst)
    address = reverse("deals:study") if page == STUDY_PAGE else reverse("deals:topic", args=[page])
    parts = followed(client, client.get(address, PERIOD | {"region": "CN-YRD"}).text)
    codes = [re.findall(r'<section class="panel figure-panel" id="(\w+)"', part) for part in parts]
    # One at a time, each once, in their order, and only the first is a whole page.
    assert [code for (code,) in codes] == list(PAGES[page])
    assert ["<html" in part for part in parts] == [True] + [False] * (len(parts) - 1)


def test_the_overview_is_the_same_in_parts(cast, populated, client, settings):
    def headings(text):
        return re.findall(r"<h2>(.*?)</h2>", text)

    client.force_login(cast.analyst)
    address = reverse("deals:statistics")
    whole = client.get(address, PERIOD | {"region": "CN-YRD"}).text
    settings.STATISTICS_PAGE_SECONDS = 0
    parts = followed(client, client.get(address, PERIOD | {"region": "CN-YRD"}).text)
    assert len(parts) == len(SECTIONS)
    assert [heading for part in parts for heading in headings(part)] == headings(whole)
    assert ["<html" in part for part in parts] == [True] + [False] * (len(parts) - 1)


def test_the_contents_of_the_study_fill_as_its_figures_come(cast, market, client, in_no_time):
    Source.objects.create(code="made-up", name="Made up", simulated=True)
    client.force_login(cast.analyst)
    first, *further = followed(client, client.get(reverse("deals:study")).text)
    assert first.count('class="report-value"') == len(FIGURES)
    assert first.count(">…</span>") == len(FIGURES) - 1
    filled = [re.findall(r'id="value-(\w+)" hx-swap-oob', part) for part in further]
    assert filled == [[code] for code in list(FIGURES)[1:]]
    # The summary comes last, with its figures and what agrees.
    said = [re.search(r'id="summary"[^>]*>(.*?)</section>', part, re.S)[1] for part in (first, *further)]
    assert ["summary-figures" in text for text in said] == [False] * len(further) + [True]
    assert said[-1].count("<dt>") == len(HEADLINES) and f"{len(CLAIMS)}项" in said[-1]


def test_a_report_is_printed_without_rows_of_nothing(cast, market, client):
    client.force_login(cast.analyst)
    text = client.get(reverse("deals:topic", args=["regions"]), PERIOD).text
    rows = re.findall(
        r"<tr( class=\"of-nothing\")?>(.*?)</tr>", text[text.index('id="V7"') : text.index('id="V8"')], re.S
    )
    told = {re.sub(r"<.*?>", " ", row).split()[0]: bool(nothing) for nothing, row in rows if "<td" in row}
    assert told["江苏"] is False and told["西藏"] is True


def test_a_reader_finds_the_figures_of_a_verified_deal_counted(cast, market, client, monkeypatch):
    with translation.override("en"):
        address = reverse("deals:topic", args=["venture"])
    client.force_login(cast.analyst)
    client.cookies["language"] = "en"
    client.get(address, PERIOD | {"verified": "true"})
    assert tasks.refresh_statistics() == 1
    market.deals[0].status, market.deals[0].verified_at = "verified", timezone.now()
    market.deals[0].save()
    assert tasks.refresh_statistics() == 1

    def fail(*args):
        raise AssertionError("counted or drawn although it was asked for before")

    for claim in FIGURES.values():
        monkeypatch.setitem(kept.FIGURES, claim.code, type("Claim", (), {"answer": staticmethod(fail)}))
    monkeypatch.setattr("deals.charts.on_page", fail)
    sheet = sheet_of("venture", Scope(YEAR.first, YEAR.last, verified_only=True), True)
    assert sheet.figure("V1").row.events == 1
    with translation.override("en"):
        assert "Jan 2020" in sheet_of("venture", sheet.scope, True).chart("V3")


def test_nothing_is_counted_while_nothing_changes(cast, market, client, monkeypatch):
    remember(Asked(OVERVIEW, YEAR, "en", True))
    assert refreshing.refresh() == 1
    prepared = []
    monkeypatch.setattr(Sheet, "prepare", lambda self: prepared.append(self))
    assert refreshing.refresh() == 0
    deal(market.dune, "2020-03-03")
    cache.add(refreshing.REFRESHING, True)
    # Another worker is at it.
    assert refreshing.refresh() == 0
    cache.delete(refreshing.REFRESHING)
    assert not prepared
    assert refreshing.refresh() == len(prepared) == 1


def test_a_worker_that_fails_does_not_keep_the_others_out(market, monkeypatch):
    remember(Asked(OVERVIEW, YEAR, "en", True))

    def fail(self):
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(Sheet, "prepare", fail)
        with pytest.raises(OSError):
            refreshing.refresh()
    assert refreshing.refresh() == 1


def test_the_latest_of_each_page_are_remembered(db, monkeypatch):
    now = 1_000_000.0
    monkeypatch.setattr(asked, "time", lambda: now)
    scopes = [Scope(YEAR.first.replace(year=1990 + number), YEAR.last) for number in range(asked.LATEST + 5)]
    for scope in scopes:
        remember(Asked("venture", scope, "en", True))
    assert [one.scope for one in latest("venture")] == scopes[: -asked.LATEST - 1 : -1]
    assert latest("regions") == []
    now += asked.FRESH_SECONDS
    remember(Asked("venture", scopes[10], "en", True))
    assert latest("venture")[0].scope == scopes[10]
    assert len(latest("venture")) == asked.LATEST
    now += asked.ASKED_SECONDS - asked.FRESH_SECONDS
    assert [one.scope for one in latest("venture")] == [scopes[10]]


def saved(row, **fields):
    """Save a row as its form in the administration does."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


CHANGES = {
    Deal: lambda m: Deal.objects.filter(pk=m.deals[3].pk).update(note="corrected", updated_at=timezone.now()),
    Listing: lambda m: Listing.objects.create(company=m.dune, board_id="star", listed_on=YEAR.last),
    Company: lambda m: m.dune.save(),
    Investor: lambda m: m.alder.save(),
    Raise: lambda m: m.raises[0].end("closed"),
    Thesis: lambda m: m.theses[0].save(),
    Introduction: lambda m: Introduction.objects.filter(pk=m.meetings[9].pk).update(
        status="declined", decline_reason="timing", answered_at=timezone.now()
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=[model.__name__ for model in CHANGES])
def test_the_state_changes_with_each_kind_of_record(populated, change):
    before = state()
    assert state() == before
    change(populated)
    assert state() != before


# What records are described with, and what stands beside them.
EDITS = {
    Milestone: lambda m: saved(Milestone.objects.first(), on=date(2018, 1, 1)),
    Board: lambda m: saved(Board.objects.get(pk="star"), name_en="Renamed"),
    GrossProduct: lambda m: GrossProduct.objects.first().delete(),
    ExchangeRate: lambda m: ExchangeRate.objects.create(currency_id="USD", date="1988-01-01", cny=4),
    Region: lambda m: Region.objects.get(code="CN-YRD").members.add(Region.objects.get(code="CN-JX")),
    Round: lambda m: saved(Round.objects.get(pk="a"), order=41),
    Category: lambda m: saved(Category.objects.get(code="devices"), name_en="Renamed"),
    Source: lambda m: Source.objects.create(code="fresh", name="Fresh"),
}


@pytest.mark.parametrize("change", EDITS.values(), ids=[model.__name__ for model in EDITS])
def test_the_state_changes_with_what_records_are_described_with(populated, change):
    before = state()
    change(populated)
    assert state() != before


@pytest.mark.parametrize("name", ["deals", "raises", "theses", "meetings"])
def test_the_state_changes_when_a_record_goes(populated, name, monkeypatch):
    # Not among those that are looked at for their stamps.
    monkeypatch.setattr("deals.statistics.state.LATEST", 1)
    before = state()
    getattr(populated, name)[1].delete()
    assert state() != before


def test_a_change_that_is_committed_after_a_later_one_is_seen(populated):
    populated.dune.save()
    before = state()
    earlier = timezone.now() - timedelta(minutes=5)
    Deal.objects.filter(pk=populated.deals[3].pk).update(note="slow", updated_at=earlier)
    assert state() != before


def test_each_model_has_a_change_of_its_own():
    assert set(CHANGES) == set(RECORDS)
