"""Each kind of chart, on made-up figures."""

import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from xml.etree import ElementTree

import pytest
import qrcode
from django.utils import translation
from qrcode.image.svg import SvgPathImage

from deals import charts
from deals.charts import kinds, shapes
from deals.charts.drawing import DESK, IN_FILE, PHONE
from deals.models import Deal
from deals.statistics.claims import Claim, Column, Unit
from deals.statistics.rows import Figure, Money
from taxonomy.models import Region
from tests.deals.conftest import YEAR

LINK = "{http://www.w3.org/2000/svg}a"


@dataclass(frozen=True)
class Row:
    key: str
    name: str
    part: str
    number: int
    share: float | None
    day: date


ROWS = (
    Row("CN-JS", "江苏 <b>&", "one", 4, 0.4, date(2020, 1, 5)),
    Row("CN-SC", "四川", "two", 6, 0.6, date(2020, 7, 22)),
    Row("CN-BJ", "北京", "two", 0, None, date(2020, 9, 1)),
)
CLAIM = Claim(
    code="X1",
    question="Made up",
    definition="Made up for a test.",
    answer=lambda scope: Figure("X1", scope, ROWS),
    columns=(
        Column("name", "Name", lambda row: row.name, Unit.TEXT),
        Column("part", "Part", lambda row: row.part, Unit.TEXT),
        Column("number", "Number", lambda row: row.number, behind=lambda scope, row: Deal.objects.none()),
        Column("share", "Share", lambda row: row.share, Unit.SHARE),
        Column("day", "Day", lambda row: row.day, Unit.DAY),
    ),
    value=lambda figure: "10",
    paper="",
    holds=lambda figure: None,
)
# What is drawn, and how many of its marks lead somewhere: a row of nothing has no length and leads nowhere.
KINDS = {
    "bars": (kinds.Bars("name", ("number",)), 2),
    "groups": (kinds.Bars("name", ("number", "share")), 2),
    "columns": (kinds.Columns("name", ("number", "share")), 2),
    "stacked": (kinds.Stacked("part", ("number",), series="name"), 2),
    "lines": (kinds.Lines("name", ("number", "share")), 2),
    "points": (shapes.Points("name", ("share", "number")), 2),
    "heat": (shapes.Heat("name", ("number",), across="part"), 2),
    "gaps": (shapes.Heat("name", ("number",), across="part", also="part", order="number", whole="number"), 2),
    "provinces": (shapes.Provinces("name", ("number",)), 2),
    "band": (kinds.Band("name", ("number", "share", "number")), 2),
    "network": (shapes.Network("name", ("number",), other="part"), 2),
    "days": (shapes.TimeLine("name", ("day", "number")), 2),
}


def link(column, row):
    return f"/rows/?row={row.key}&column={column.name}" if column.behind and column.get(row) else None


@pytest.fixture
def drawn(monkeypatch):
    def draw(kind, rows=ROWS):
        monkeypatch.setitem(charts.CHARTS, "X1", kind)
        return charts.on_page(CLAIM, Figure("X1", YEAR, rows), link)

    return draw


@pytest.mark.parametrize("name", KINDS)
def test_marks_say_their_value_and_lead_to_the_records(drawn, name):
    """On a desk as on a telephone."""
    kind, links = KINDS[name]
    desk, phone = ElementTree.fromstring(f"<both>{drawn(kind)}</both>")
    for root in (desk, phone):
        addresses = [element.get("href") for element in root.iter(LINK)]
        assert len(addresses) == links
        assert set(addresses) <= {"/rows/?row=CN-JS&column=number", "/rows/?row=CN-SC&column=number"}
        tips = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
        assert any("江苏 <b>&" in tip for tip in tips)
        assert root.get("aria-label") == "Made up"
        assert root.get("role") == ("group" if links else "img")
    assert (desk.get("class").split()[0], phone.get("class")) == ("desk", "phone")
    assert 330 <= float(phone.get("viewBox").split()[2]) <= 345


def test_names_that_would_lie_on_each_other_are_not_written():
    names = [("first", 100, 100, 60), ("on it", 130, 110, 60), ("beside it", 170, 100, 60), ("below it", 100, 120, 60)]
    assert shapes.apart(names) == {"first", "beside it", "below it"}


def test_a_library_that_draws_too_changes_nothing(drawn):
    """The code of a second step, drawn in the same process, has prefixes that no page knows."""
    qrcode.make("a second step", image_factory=SvgPathImage)
    svg = drawn(KINDS["bars"][0])
    assert svg.startswith("<svg ") and svg.count("<svg ") == 2
    assert "svg:" not in svg


@pytest.mark.parametrize("name", KINDS)
def test_a_chart_fits_the_security_policy_and_the_style_sheet(drawn, name):
    svg = drawn(KINDS[name][0])
    for forbidden in ("style=", "<script", "<style", "onload", "target=", "xlink"):
        assert forbidden not in svg
    assert "var(--" in svg
    assert not any(colour in svg for colour in IN_FILE)


@pytest.mark.parametrize("name", KINDS)
def test_a_chart_is_valid(name):
    for paper in (DESK, PHONE):
        KINDS[name][0].chart(CLAIM, CLAIM.answer(YEAR), link, paper).to_dict(validate=True)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_chart_in_a_file_stands_alone(drawn, name, form):
    drawn(KINDS[name][0])
    content = charts.in_file(CLAIM, CLAIM.answer(YEAR), form, ["Definition: made up for a test", "Since 2020"])
    if form == "png":
        assert content.startswith(b"\x89PNG")
        return
    text = content.decode()
    for said in ("X1 · Made up", "Definition: made up for a test", "Since 2020"):
        assert said in text
    assert "var(--" not in text
    assert "/rows/" not in text
    assert not any(colour in text for colour in IN_FILE)


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_drawn_of_nothing(drawn, name):
    assert drawn(KINDS[name][0], rows=()) == ""


def test_one_record_is_not_shown_as_much():
    assert [shapes._level(value, 1) for value in (0, 1)] == [0, 1]
    assert [shapes._level(value, 10) for value in (0, 1, 2, 3, 10)] == [0, 1, 1, 2, 5]


@pytest.mark.django_db
def test_each_province_has_a_tile_of_its_own():
    assert set(shapes.PLACES) == set(Region.objects.provinces().values_list("code", flat=True))
    assert len(set(shapes.PLACES.values())) == len(shapes.PLACES) == 34


def test_a_sum_stands_at_its_bar_as_a_number_below_the_unit():
    """On a telephone: a sum of which something is not known as what it is at least."""
    sums = (Money(Decimal(1_320_000_000), events=3, undisclosed=1), Money(Decimal(970_000_000), events=1))
    rows = tuple(replace(row, share=sum_) for row, sum_ in zip(ROWS, sums, strict=False))
    columns = (CLAIM.columns[0], Column("sum", "Sum", lambda row: row.share, Unit.MONEY))
    figure = Figure("X1", YEAR, rows)
    with translation.override("en"):
        chart = kinds.Bars("name", ("sum",)).chart(replace(CLAIM, columns=columns), figure, link, PHONE)
    said = json.dumps(chart.to_dict(validate=False), ensure_ascii=False)
    assert '"≥ 1.32"' in said and '"0.97"' in said and "Sum · CNY billion" in said


def test_bars_leave_out_what_has_no_length(drawn):
    assert "北京" not in drawn(KINDS["bars"][0])
    assert "北京" in drawn(KINDS["columns"][0])


def test_a_figure_without_a_kind_has_no_chart():
    assert charts.on_page(replace(CLAIM, code="X2"), CLAIM.answer(YEAR), link) == ""
    # In a file its table stands in for it.
    text = charts.in_file(replace(CLAIM, code="X2"), CLAIM.answer(YEAR), "svg", []).decode()
    for said in ("Number", "四川", "60.0%", "2020"):
        assert said in text
    assert charts.in_file(CLAIM, Figure("X1", YEAR, ()), "svg", []) is None


def test_years_without_a_mark_are_on_the_time_line():
    rows = [
        Row(key=str(year), name="STAR", part=str(year), number=2, share=None, day=date(2020, 1, 1))
        for year in (2011, 2014)
    ]
    columns = (Column("year", "Year", lambda row: int(row.part), Unit.YEAR), *CLAIM.columns)
    claim = replace(CLAIM, columns=columns)
    figure = Figure("X1", YEAR, tuple(rows))
    svg = charts.draw(partial(kinds.Stacked("year", ("number",), series="name").chart, claim, figure, link), "Listings")
    for year in ("2011", "2012", "2013", "2014"):
        assert f">{year}</" in svg
