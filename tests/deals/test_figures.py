"""Figures on pages, in files, and the records behind them."""

import csv
import io
import json
import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs

import openpyxl
import pytest
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation

from companies.models import Company
from deals.models import Deal, Introduction, Listing
from deals.spreadsheets import unformulated
from deals.statistics.claims import FIGURES, STUDY, Unit
from deals.statistics.describing import address_of
from deals.statistics.files import table
from deals.statistics.filters import ScopeFilter
from deals.statistics.scope import Scope
from deals.statistics.topics import TOPICS
from taxonomy.models import Source
from tests.deals.conftest import YEAR

PERIOD = {"since": "2020-01-01", "until": "2020-09-30"}


@pytest.fixture
def read(cast, market, client):
    """Ask for a page as the analyst and return its text."""
    client.force_login(cast.analyst)

    def get(address, status=200, **query):
        answer = client.get(address, PERIOD | query)
        assert answer.status_code == status
        return answer.content.decode()

    return get


def test_a_scope_comes_back_from_its_address(market):
    for scope in (
        YEAR,
        STUDY,
        Scope(
            YEAR.first,
            YEAR.last,
            "industrial-internet",
            ("services", "devices"),
            ("CN-YRD", "CN-BJ"),
            ("a", "c"),
            ("venture", "angel"),
            True,
            YEAR.last,
            "USD",
        ),
    ):
        filters = ScopeFilter(QueryDict(address_of(scope)), Deal.objects.all())
        assert filters.is_valid(), filters.form.errors
        assert filters.scope() == scope


@pytest.mark.parametrize("code", TOPICS)
def test_a_topic_shows_its_figures_and_keeps_the_filters(read, code):
    page = read(reverse("deals:topic", args=[code]), region=["CN-YRD", "CN-BJ"])
    for figure in set(TOPICS[code].figures) & set(FIGURES):
        assert f'id="{figure}"' in page
    ways = [
        unescape(href)
        for href in re.findall(r'<nav class="tabs".*?</nav>', page, re.S)
        for href in re.findall(r'href="([^"]+)"', href)
    ]
    assert len(ways) == len(TOPICS) + 2
    kept = {name: [value] for name, value in PERIOD.items()} | {"region": ["CN-BJ", "CN-YRD"]}
    assert all(parse_qs(way.partition("?")[2]) == kept for way in ways)


def test_every_figure_has_a_topic():
    assert {figure for topic in TOPICS.values() for figure in topic.figures} >= set(FIGURES)


@pytest.mark.parametrize("address", ["deals:study", "deals:topic", "deals:figure_file", "deals:figure_rows"])
def test_a_wrong_filter_is_named_and_no_figure_shown(cast, client, address):
    args = {"deals:topic": ["venture"], "deals:figure_file": ["V1", "csv"], "deals:figure_rows": ["V1"]}
    client.force_login(cast.analyst)
    answer = client.get(reverse(address, args=args.get(address)), {"since": "2020-02-01", "until": "2020-01-01"})
    assert answer.status_code == 400
    assert "invalid-feedback" in answer.content.decode()
    assert "figure-value" not in answer.content.decode()


def test_a_number_on_a_page_leads_to_as_many_records(read, client):
    page = read(reverse("deals:topic", args=["venture"]))
    links = re.findall(r'<td class="number"><a class="plain" href="([^"]+)">([\d,]+)</a>', page)
    assert len(links) > 5
    for address, number in links:
        rows = client.get(unescape(address)).content.decode()
        assert re.search(r"data-count>([\d,]+)<", rows)[1] == number
        assert rows.split("<tbody>")[1].count("<tr>") == int(number)


def test_what_a_reader_may_not_see_is_counted_and_not_shown(cast, market, client):
    Company.objects.filter(pk=market.bolt.pk).update(is_published=False)
    for user, hidden in ((cast.founder, True), (cast.analyst, False)):
        client.force_login(user)
        rows = client.get(reverse("deals:figure_rows", args=["V1"]), PERIOD | {"column": "companies"}).content.decode()
        assert re.search(r"data-count>(\d+)<", rows)[1] == "5"
        assert rows.split("<tbody>")[1].count("<tr>") == (4 if hidden else 5)
        assert ("alert-info" in rows) == hidden


def test_who_asked_whom_is_shown_to_those_who_read_the_request(cast, populated, client):
    """Bolt asked Alder; its founder looks, an analyst and an administrator."""
    asked = Introduction.objects.filter(asked_side="company").order_by("pk")
    party = asked.first().company
    party.memberships.create(user=cast.founder)

    def shown(user, column):
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        query = PERIOD | {"row": "company", "column": column}
        return client.get(reverse("deals:figure_rows", args=["P3c"]), query).content.decode()

    for column in ("asked", "askers", "reached"):
        everything = shown(cast.administrator, column)
        number = int(re.search(r"data-count>(\d+)<", everything)[1])
        assert number and everything.split("<tbody>")[1].count("<tr>") == number
        withheld = shown(cast.analyst, column)
        assert f"data-count>{number}<" in withheld and "<tbody>" not in withheld
        assert "Who asked whom stays between the two" in withheld
    own = shown(cast.founder, "askers").split("<tbody>")[1]
    assert own.count("<tr>") == 1 and party.get_absolute_url() in own


@pytest.mark.parametrize("query", [{}, {"column": "nothing"}, {"column": "events", "row": "no row"}])
def test_rows_of_a_value_that_is_not_there(read, query):
    read(reverse("deals:figure_rows", args=["V1"]), status=404, **query)


def test_a_figure_that_is_not_there(read):
    read(reverse("deals:figure_file", args=["X9", "csv"]), status=404)
    read(reverse("deals:figure_rows", args=["X9"]), status=404, column="events")


def file_of(client, code, form, **query):
    answer = client.get(reverse("deals:figure_file", args=[code, form]), PERIOD | query)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return answer.content


def test_a_file_holds_rows_definition_filters_and_date(cast, market, client):
    client.force_login(cast.analyst)
    query = {"as_of": "2020-09-30"}
    for code, claim in FIGURES.items():
        figure = claim.answer(Scope(YEAR.first, YEAR.last, as_of=YEAR.last))
        data = json.loads(file_of(client, code, "json", **query))
        assert data["code"] == code
        assert len(data["rows"]) == len(figure.rows), code
        assert data["scope"]["as_of"] == "2020-09-30"
        assert [column["name"] for column in data["columns"]] == [column.name for column in claim.columns]

        lines = list(csv.reader(io.StringIO(file_of(client, code, "csv", **query).decode("utf-8-sig"))))
        notes, table = lines[: lines.index([])], lines[lines.index([]) + 1 :]
        assert all(label.startswith("# ") for label, _value in notes)
        assert str(claim.definition) in [unformulated(value) for _label, value in notes], code
        assert len(table) == 1 + len(figure.rows), code
        assert {len(line) for line in table} == {len(table[0])}, code

        book = openpyxl.load_workbook(io.BytesIO(file_of(client, code, "xlsx", **query)))
        sheet, about = book.worksheets
        assert sheet.max_row == 1 + len(figure.rows), code
        assert str(claim.definition) in [row[1].value for row in about.iter_rows()], code
        assert [cell.value for cell in sheet[1]] == table[0], code


def test_a_file_names_its_sources_and_says_what_is_simulated(cast, market, client):
    client.force_login(cast.analyst)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Simulated market" not in file_of(client, "V1", "csv").decode()
    Source.objects.create(code="drawn", name="Drawn", attribution="Drawn for a test", licence="CC-BY", simulated=True)
    for form in ("csv", "json", "svg"):
        # In a picture each line is a text of its own.
        content = " ".join(re.sub(r"<[^>]+>", " ", file_of(client, "V4", form).decode()).split())
        assert "Simulated market" in content
        assert "Drawn for a test · CC-BY" in content


def test_a_file_is_in_one_language(cast, market, client):
    client.force_login(cast.analyst)
    told = {}
    for language in ("en", "zh-hans"):
        cast.analyst.language = client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        cast.analyst.save()
        lines = list(csv.reader(io.StringIO(file_of(client, "V11", "csv").decode("utf-8-sig"))))
        notes, table = lines[: lines.index([])], lines[lines.index([]) + 1 :]
        told[language] = notes[-1][1] + table[1][-1]
    assert "National Bureau of Statistics of China" in told["en"] and "国家统计局" not in told["en"]
    assert told["zh-hans"].count("国家统计局") == 2 and "Bureau" not in told["zh-hans"]


def test_a_sum_and_a_share_say_their_unit_in_the_head(populated):
    heads = {}
    for code, claim in FIGURES.items():
        figure = claim.answer(Scope(YEAR.first, YEAR.last, currency="USD"))
        # The head speaks for the whole column.
        for column in claim.columns:
            if column.unit == Unit.MONEY:
                sums = {sum_.currency for sum_ in map(column.get, figure.rows) if sum_ and sum_.events}
                assert len(sums) <= 1, code
        with translation.override("en"):
            heads[code] = [head.title for head in table(claim, figure).heads]
    assert heads["V2"][:2] == ["Amount (USD)", "Amount · Is a lower bound"]
    # What provinces produce is told in yuan, whatever the currency of the deals.
    assert any(title.endswith("(CNY)") for title in heads["V11"])
    assert any(title.endswith("(of 1)") for title in heads["V5"])
    # Company, round, day and amount of a record stand in columns of their own.
    assert {"Company", "Its round", "Date", "Lower bound (USD)", "Company · before the period"} <= set(heads["V14"])
    assert [code for code, titles in heads.items() if len(set(titles)) < len(titles)] == [], "two columns of one name"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_in_a_file_is_no_formula(start, cast, market, client):
    name = f"{start}cmd|' /C calc'!A0"
    Company.objects.update(short_zh=name, short_en=name)
    client.force_login(cast.analyst)
    Listing.objects.create(
        company=market.anshan, board_id="star", listed_on=date(2020, 7, 22), known_on=date(2020, 7, 22)
    )
    text = file_of(client, "L10", "csv").decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert f"'{name}" in cells
    assert name not in cells
    book = openpyxl.load_workbook(io.BytesIO(file_of(client, "L10", "xlsx")))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(str(cell.value).startswith("'") for cell in cells)
    assert unformulated("Anshan") == "Anshan"
    assert unformulated(-5) == -5


def test_a_report_is_printed_without_rows_that_count_nothing_and_says_so(cast, market, client):
    client.force_login(cast.analyst)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def table_of(topic, code):
        page = client.get(reverse("deals:topic", args=[topic]), PERIOD).content.decode()
        return page.partition(f'id="{code}"')[2].partition("</details>")[0]

    provinces = table_of("regions", "V7")
    empty = provinces.count("of-nothing")
    assert empty > 20 and f"{empty} rows that count nothing are not printed" in provinces
    # A step of policy without a listing is told all the same.
    steps = table_of("listings", "L12")
    assert steps.count("<tr") > 3 and "of-nothing" not in steps and "not printed" not in steps
