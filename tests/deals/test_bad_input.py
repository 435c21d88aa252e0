"""What issue 4 calls bad input: by form and by API the message names the field and the cure, and nothing is stored."""

import html
from datetime import date

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from deals import listings
from deals.models import Deal, Listing, Participation
from taxonomy.dates import parse_date
from taxonomy.models import Board

TWICE = {"part-1-investor": "远岸资本"}
# What is typed wrongly: in the form, in the body of the API, the field that is named in either, a part of the message.
DEALS = {
    "an amount that cannot be read": (
        {"amount": "a lot"}, {"amount": "a lot"}, "amount", "amount", "Write it like 9.5亿元"
    ),
    "an amount without its unit": (
        {"amount": "2000"}, {"amount": "2000"}, "amount", "amount", ("has no unit", "Name the currency")
    ),
    "an amount below zero": (
        {"amount": "-5万元"}, {"amount": "-5万元"}, "amount", "amount", "cannot be negative"
    ),
    "a range that ends below its beginning": (
        {"amount": "5-2亿元"}, {"amount": "5-2亿元"}, "amount", "amount", "ends below its beginning"
    ),
    "a date that is none": (
        {"announced": "soon"}, {"announced": "soon"}, "announced", "announced", ("Write it like", "Give a day")
    ),
    "a date in the future": (
        {"announced": "2099"}, {"announced": "2099"}, "announced", "announced", "record a deal once it is closed"
    ),
    "a deal before the company was founded": (
        {"announced": "2015-12"}, {"announced": "2015-12"}, "announced", "announced",
        "before the company was founded (2016). Correct the date",
    ),
    "an investor in its own round twice": (
        TWICE, {"investors": "twice"}, "part-1-investor", "investors", ("empty one of the two lines", "name each once")
    ),
    "a venture round without a round": (
        {"round": ""}, {"round": None}, "round", "round", "“Unknown round” if none is known"
    ),
    "an offering with a round": (
        {"kind": "ipo"}, {"kind": "ipo"}, "round", "round", "leave the round empty"
    ),
    "a placement of a company that is not listed": (
        {"kind": "follow_on", "round": ""}, {"kind": "follow_on", "round": None}, "kind", "kind",
        "Panshi Security is not listed here by that date. Record its listing first",
    ),
}  # fmt: skip
LISTINGS = {
    "a second listing on one board": ({"board": "star"}, "board", "is listed on STAR Market already (listing #"),
    "before the company was founded": ({"listed": "2015"}, "listed", "before the company was founded (2016)"),
    "before the board opened": (
        {"board": "beijing", "listed": "2021-11-14"}, "listed", "Beijing Stock Exchange has traded since 15 Nov 2021"
    ),
    "in the future": ({"listed": "2099-01"}, "listed", "once trading has begun"),
    "a date that is none": ({"listed": "2021-02-30"}, "listed", ("Write it like", "Give a day")),
    "filed after it was listed": ({"filed_on": "2022-01-04"}, "filed_on", "Correct one of the two dates"),
    "cleared before it was filed": (
        {"filed_on": "2021-05-01", "cleared_on": "2021-04-01"}, "cleared_on", "Correct one of the dates"
    ),
    "a market value that is a range": (
        {"market_value": "数百亿元", "market_value_on": "2022-01-01"}, "market_value", "as one number"
    ),
    "a market value without its day": ({"market_value": "120亿元"}, "market_value_on", "of which day"),
    "raised cannot be read": ({"raised": "plenty"}, "raised", "Write it like 9.5亿元"),
    "an unknown board": ({"board": "moon"}, "board", ("Select a valid choice", "does not exist")),
    "an address that is none": ({"source_url": "javascript:alert(1)"}, "source_url", "Enter a valid URL"),
}  # fmt: skip


@pytest.fixture
def as_founder(cast, client):
    """The founder of a company that was founded in 2016, reading English; both clients."""
    cast.company.founded_on, cast.company.founded_precision = date(2016, 1, 1), "year"
    cast.company.save()
    cast.founder.language = "en"
    cast.founder.save()
    client.force_login(cast.founder)
    client.cookies["language"] = "en"
    api = APIClient(headers={"accept-language": "en"})
    api.force_login(cast.founder)
    return client, api


def says(text: str, words) -> bool:
    return any(part in text for part in ((words,) if isinstance(words, str) else words))


def complaints(response, field: str) -> str:
    """What a form says beside a field."""
    form = response.context["form"]
    forms = {form.add_prefix(name): form.errors.get(name, []) for name in form.fields}
    for part in response.context.get("parts") or []:
        forms |= {part.add_prefix(name): part.errors.get(name, []) for name in part.fields}
    return " ".join(forms[field])


@pytest.mark.parametrize("case", DEALS)
def test_a_deal(cast, as_founder, case):
    typed, sent, form_field, api_field, words = DEALS[case]
    form = {
        "company": "磐石工控安全", "kind": "venture", "round": "a", "announced": "2020-07", "amount": "1亿元",
        "currency": "CNY", "amount_audience": "everyone", "note": "Typed with care", "part-TOTAL_FORMS": "2",
        "part-INITIAL_FORMS": "0", "part-0-investor": "远岸资本", "part-1-investor": "",
    } | typed  # fmt: skip
    part = {"investor": cast.investor_firm.pk}
    body = {"company": cast.company.pk, "round": "a", "announced": "2020-07", "amount": "1亿元", "investors": [part]}
    body |= sent if "investors" not in sent else {"investors": [part, part]}
    pages, api = as_founder
    answer = pages.post(reverse("deals:record"), form)
    assert answer.status_code == 400 and says(complaints(answer, form_field), words), complaints(answer, form_field)
    kept = answer.context["form"]
    assert all(kept[name].value() == value for name, value in form.items() if name in kept.fields)
    assert "Typed with care" in answer.content.decode()
    refused = api.post("/api/v1/deals/", body, format="json")
    assert refused.status_code == 400 and list(refused.json()["errors"]) == [api_field], refused.json()
    assert says(str(refused.json()["errors"]), words), refused.json()
    assert not Deal.objects.exists() and not Participation.objects.exists()


@pytest.mark.parametrize("case", LISTINGS)
def test_a_listing(cast, as_founder, case):
    changes, field, words = LISTINGS[case]
    star = Board.objects.get(pk="star")
    known = listings.record(cast.founder, company=cast.company, board=star, listed=parse_date("2020"))
    given = {"board": "sse_main", "listed": "2021-07-01"} | changes
    form = given | {"company": "磐石工控安全", "currency": "CNY", "note": "Typed with care"}
    pages, api = as_founder
    answer = pages.post(reverse("deals:listing_record"), form)
    assert answer.status_code == 400 and says(complaints(answer, field), words), answer.context["form"].errors
    kept = answer.context["form"]
    assert all(kept[name].value() == value for name, value in form.items())
    refused = api.post("/api/v1/listings/", given | {"company": cast.company.pk}, format="json")
    assert refused.status_code == 400 and list(refused.json()["errors"]) == [field], refused.json()
    assert says(str(refused.json()["errors"]), words), refused.json()
    assert list(Listing.objects.all()) == [known] and not Deal.objects.exists()


def results(pages, address, query) -> str:
    """What htmx puts in the place of the rows, which is all that a narrow window shows of a list at first."""
    headers = {"HX-Request": "true", "HX-Target": "results"}
    return html.unescape(pages.get(address, query, headers=headers).content.decode())


@pytest.mark.parametrize("rows", ["deals", "listings"])
@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"since": "2021-01-01", "until": "2020-12-31"}, "until", "ends before it begins: choose a later end"),
        ({"status": "sure"}, "status", "Select a valid choice. sure is not one of the available choices"),
        ({"category": "bakery"}, "category", "Select a valid choice"),
        ({"region": "moon"}, "region", "Select a valid choice"),
    ],
)
def test_a_filter(as_founder, rows, query, field, words):
    pages, api = as_founder
    if rows == "listings":
        query = {name: value[:4] if name in ("since", "until") else value for name, value in query.items()}
    shown = pages.get(f"/{rows}/", query)
    assert words in " ".join(shown.context["filters"].form.errors[field])
    assert words in results(pages, f"/{rows}/", query)
    assert not shown.context["page"].object_list
    refused = api.get(f"/api/v1/{rows}/", query)
    assert refused.status_code == 400 and list(refused.json()["errors"]) == [field]
    assert words in refused.json()["errors"][field][0]


@pytest.mark.parametrize("rows", ["companies", "investors"])
def test_a_filter_of_the_other_lists(as_founder, rows):
    assert "Select a valid choice" in results(as_founder[0], f"/{rows}/", {"category": "bakery"})


def test_a_period_of_the_statistics_that_ends_before_it_begins(as_founder):
    pages, _api = as_founder
    shown = pages.get(reverse("deals:statistics"), {"since": "2021-01-01", "until": "2020-12-31"})
    assert "choose a later end or an earlier beginning" in shown.content.decode()


@pytest.mark.parametrize(
    ("written", "kind", "low", "high", "currency"),
    [
        ("9.5亿元", "exact", 950_000_000, 950_000_000, "CNY"),
        ("亿元及以上", "at_least", 100_000_000, None, "CNY"),
        ("数千万人民币", "range", 10_000_000, 100_000_000, "CNY"),
        ("1500万美元", "exact", 15_000_000, 15_000_000, "USD"),
        ("1000-2000万港元", "range", 10_000_000, 20_000_000, "HKD"),
        ("USD 1.5m", "exact", 1_500_000, 1_500_000, "USD"),
        ("EUR 2 billion", "exact", 2_000_000_000, 2_000_000_000, "EUR"),
        ("undisclosed", "undisclosed", None, None, None),
        ("未披露", "undisclosed", None, None, None),
    ],
)
def test_amounts_as_they_are_written(cast, as_founder, written, kind, low, high, currency):
    form = {
        "company": "磐石工控安全", "kind": "venture", "round": "a", "announced": "2020-Q3", "amount": written,
        "currency": "CNY", "amount_audience": "everyone", "part-TOTAL_FORMS": "0", "part-INITIAL_FORMS": "0",
    }  # fmt: skip
    body = {"company": cast.company.pk, "round": "b", "announced": "2020", "amount": written, "different": True}
    pages, api = as_founder
    assert pages.post(reverse("deals:record"), form).status_code == 302
    assert api.post("/api/v1/deals/", body, format="json").status_code == 201
    for deal in Deal.objects.all():
        found = (deal.amount_kind, deal.amount_low, deal.amount_high, deal.currency_id, deal.amount_text)
        assert found == (kind, low, high, currency, written)
    assert {deal.announced_precision for deal in Deal.objects.all()} == {"quarter", "year"}
