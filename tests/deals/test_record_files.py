"""Records as files: behind a number of a figure, and as a list."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from companies.models import Company
from deals import records
from deals.models import Deal, Listing
from deals.statistics.claims import FIGURES
from taxonomy import display
from tests.deals.conftest import YEAR

PERIOD = {"since": "2020-01-01", "until": "2020-09-30"}
# A number of a figure for each kind of record: column and row.
NUMBERS = {
    "V1": ("events", ""), "L1": ("companies", ""), "L4": ("numerator", "2020/star"), "I1": ("active", ""),
    "P3": ("raises", "devices"), "P3c": ("asked", "company"),
}  # fmt: skip


@pytest.fixture
def download(cast, populated, client):
    """Return the notes and the table of a file, both as lists of lines."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def get(user, address, form, **query):
        client.force_login(user)
        answer = client.get(address, query)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        content = answer.getvalue()
        if form == "csv":
            lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            return dict(line for line in lines[: lines.index([])]), lines[lines.index([]) + 1 :]
        sheet, about = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        table = [[cell.value for cell in row] for row in sheet.iter_rows()]
        return {f"# {row[0].value}": row[1].value for row in about.iter_rows()}, table

    return get


def behind(code, form):
    return reverse("deals:figure_rows_file", args=[code, form])


@pytest.mark.parametrize("form", records.FORMS)
def test_the_records_of_a_number_leave_with_what_they_are(cast, populated, download, form):
    Listing.objects.create(company=populated.dune, board_id="star", listed_on=YEAR.last, known_on=YEAR.last)
    kinds = set()
    for code, (name, key) in NUMBERS.items():
        claim = FIGURES[code]
        row = next(row for row in claim.answer(YEAR).rows if getattr(row, "key", "") == key)
        number = claim.column(name).get(row)
        assert number, code
        notes, table = download(cast.administrator, behind(code, form), form, **PERIOD, column=name, row=key)
        kinds.add(tuple(table[0]))
        assert len(table) == 1 + number, code
        assert notes["# Figure"].startswith(f"{code} · ")
        assert notes["# Value"].endswith(f"{claim.column(name).title}: {number}")
        assert notes["# Definition"] == str(claim.definition)
        assert notes["# Period"] == "1 Jan 2020 – 30 Sep 2020"
        assert notes["# As known on"] == display.partial_date(timezone.localdate())
        assert notes["# Records"] == str(number)
        assert "# Computed on" in notes
    assert len(kinds) == len(records.FIELDS)


def test_a_deal_is_told_as_exactly_as_it_is_known(cast, populated, download):
    populated.deals[5].participations.create(investor=populated.cedar)
    for form, day, low in (("csv", "2020-09-30", "1500000"), ("xlsx", "2020-09-30", "1500000")):
        _notes, (heads, *rows) = download(cast.analyst, behind("V1", form), form, **PERIOD, column="events")
        deals = {row[heads.index("Company")]: dict(zip(heads, row, strict=True)) for row in rows}
        elm = deals["Elm"]
        assert str(elm["Date"]).startswith(day)
        assert (elm["Currency"], elm["Investors"]) == ("USD", "Cedar")
        assert str(elm["Amount, from"]).startswith(low)
        assert deals["Dune"]["Date"] == "2020-Q2"
        assert deals["Chip"]["Amount is"] == "Undisclosed"
        assert deals["Bolt"]["Amount is"] == "At least"


@pytest.mark.parametrize("form", records.FORMS)
def test_a_file_shows_no_more_than_the_page(cast, populated, download, form):
    Deal.objects.filter(pk=populated.deals[0].pk).update(amount_audience="parties")
    Company.objects.filter(pk=populated.bolt.pk).update(is_published=False)
    shown = {}
    for user in (cast.founder, cast.administrator):
        notes, (_heads, *rows) = download(user, behind("V1", form), form, **PERIOD, column="events")
        shown[user] = str(rows)
        assert (len(rows), notes.get("# Counted and not shown to you")) == (
            (5, "1") if user is cast.founder else (6, None)
        )
        listed = download(user, reverse("deals:list_file", args=[form]), form, kind="venture", round="a")[1]
        assert ("950000000" in str(listed)) == (user is cast.administrator)
    assert "950000000" in shown[cast.administrator] and "Bolt" in shown[cast.administrator]
    assert "950000000" not in shown[cast.founder] and "Bolt" not in shown[cast.founder]
    assert "kept to the parties" in shown[cast.founder]


def test_the_list_of_deals_leaves_under_its_filters(cast, populated, download, client):
    address = reverse("deals:list_file", args=["csv"])
    notes, table = download(
        cast.analyst, address, "csv", region=["CN-YRD", "CN-BJ"], kind="venture", since="2020-01-01"
    )
    assert len(table) == 1 + 3
    assert notes["# List"] == "Deals"
    assert (notes["# Kind"], notes["# Place"]) == ("Venture round", "Beijing, Yangtze River Delta")
    page = client.get(reverse("deals:list"), {"region": "CN-YRD", "page": "1"}).text
    assert f'href="{address}?region=CN-YRD"' in page
    wrong = client.get(address, {"round": ["a", "nowhere"]})
    assert wrong.status_code == 400
    assert "nowhere" in wrong.text


def test_the_list_of_listings_leaves_under_its_filters(cast, populated, download, client):
    address = reverse("deals:listings_file", args=["xlsx"])
    for year in (2019, 2020):
        listed = date(year, 6, 1)
        Listing.objects.create(
            company=populated.dune, board_id="star" if year == 2020 else "chinext", listed_on=listed, known_on=listed
        )
    notes, (_heads, *rows) = download(cast.analyst, address, "xlsx", since="2020")
    chosen = Listing.objects.filter(listed_on__year__gte=2020)
    assert len(rows) == 1
    assert [row[0] for row in rows] == [listing.pk for listing in chosen]
    assert (notes["# List"], notes["# From year"], notes["# Records"]) == ("Listings", "2020", str(len(rows)))
    assert f'href="{address}?since=2020"' in client.get(reverse("deals:listings"), {"since": "2020"}).text
    assert client.get(address, {"board": "nowhere"}).status_code == 400


def test_names_in_a_list_are_no_formulas(cast, populated, download):
    Company.objects.update(short_zh="=1+1", short_en="=1+1")
    for form in records.FORMS:
        names = {row[3] for row in download(cast.analyst, reverse("deals:list_file", args=[form]), form)[1][1:]}
        assert names == {"'=1+1"}


def test_a_long_list_is_sent_in_parts_and_a_book_is_bounded(cast, populated, download, client, monkeypatch):
    monkeypatch.setattr(records, "XLSX_ROWS", 2)
    monkeypatch.setattr(records, "SENT", 3)
    notes, table = download(cast.analyst, reverse("deals:list_file", args=["xlsx"]), "xlsx", kind="venture")
    assert len(table) == 1 + 2
    assert (notes["# Records"], "first 2 of them" in notes["# Left out"]) == ("9", True)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    cast.analyst.language = "zh-hans"
    cast.analyst.save()
    answer = client.get(reverse("deals:list_file", args=["csv"]), {"kind": "venture"})
    parts = list(answer.streaming_content)
    assert len(parts) > 3
    assert "投资机构" in b"".join(parts).decode()
    # Whoever is served next in this thread has a language of its own.
    with translation.override("en"):
        assert next(records._in_language(iter([b"x"]), "zh-hans")) == b"x"
        assert translation.get_language() == "en"
