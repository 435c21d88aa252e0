"""R4: since when events are recorded, on hand-computed small data; see `market` for what is recorded there."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override

from deals.statistics.claims import FIGURES
from deals.statistics.coverage import coverage, since, years_recorded
from deals.statistics.describing import described
from deals.statistics.kept import recorded
from deals.statistics.venture import monthly
from taxonomy.models import Source
from tests.deals.conftest import YEAR, company, deal


@pytest.fixture
def years(market):
    """Make so many events of Chip in each year; the market's own are of 2019 and 2020."""

    def make(**counts):
        for year, count in counts.items():
            for _ in range(count):
                deal(market.chip, f"{year[1:]}-03-08")

    return make


def test_records_begin_with_the_first_event_of_the_first_year_that_is_not_thin(market, years):
    assert since(YEAR) == date(2019, 1, 1)
    # 2018 has fewer than a twentieth of the 60 events of 2020 (seven are the market's); 2017, behind it, does not help.
    years(y2020=53, y2019=2, y2018=2, y2017=9)
    assert since(YEAR) == date(2019, 1, 1)
    years(y2018=1)
    assert since(YEAR) == date(2017, 3, 1)
    # Neither the period nor what else narrows a scope changes it; the sector, the places and the day do.
    assert since(replace(YEAR, first=date(2020, 5, 1), rounds=("c",), categories=("security",))) == date(2017, 3, 1)
    assert since(replace(YEAR, scheme="labels")) == date(2020, 9, 1)
    assert since(replace(YEAR, as_of=date(2019, 3, 1))) == date(2017, 3, 1)
    assert since(replace(YEAR, as_of=date(1990, 1, 1))) is None


def test_of_a_place_with_few_events_the_sector_speaks(market, years):
    years(y2020=20, y2019=20, y2018=20)
    assert since(replace(YEAR, regions=("CN-BJ",))) == date(2018, 3, 1)
    # Of one with many the records may begin later than those of the sector.
    for day in range(1, 21):
        deal(market.dune, f"2019-05-{day:02}")
    assert since(replace(YEAR, regions=("CN-BJ",))) == date(2019, 5, 1)


def test_a_late_straggler_does_not_hide_the_records_before_it(years):
    years(y2010=30, y2011=40, y2026=1)
    assert since(YEAR) == date(2010, 3, 1)


def test_years_before_the_records_are_neither_zero_nor_growth(market, years):
    assert years_recorded(YEAR, 10) == range(2019, 2021)
    figure = monthly(replace(YEAR, first=date(2018, 1, 1)))
    assert figure.rows[0].key == "2019-01"
    assert [row.before for row in figure.rows[:12]] == [None] * 12
    assert (figure.rows[12].key, figure.rows[12].before, figure.rows[12].change) == ("2020-01", 1, 1.0)
    with override("en"):
        assert "do not reach back" in FIGURES["V3"].value(figure)
    # A thin year before the records keeps its events.
    years(y2017=1, y2020=100)
    assert sum(row.events for row in monthly(replace(YEAR, first=date(2016, 1, 1))).rows[:12]) == 1


def test_events_are_told_by_source(market):
    source = Source.objects.create(code="press", name="Press")
    type(market.deals[0]).objects.filter(pk__in=[row.pk for row in market.deals[:2]]).update(source=source)
    deal(company("Fern", "CN-GD"), "2018-04-01", source=source)
    figure = coverage(YEAR)
    assert [(row.key, row.events, row.since.text) for row in figure.rows] == [
        ("all", 10, "2018-04"), ("here", 7, "2019-01"), ("press", 3, "2018-04"),
    ]  # fmt: skip
    column = FIGURES["R4"].column("events")
    assert [column.behind(YEAR, row).count() for row in figure.rows] == [10, 7, 3]
    with override("en"):
        pairs = dict(described(replace(YEAR, first=date(2017, 1, 1)), recorded(YEAR)))
        assert pairs["Events recorded"].startswith("Since Apr 2018: 10 venture events · Recorded here 7, Press 3")
        assert "the period begins before them" in pairs["Events recorded"]
        assert "before them" not in dict(described(YEAR, recorded(YEAR)))["Events recorded"]
