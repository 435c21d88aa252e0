from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from companies import actions
from companies.models import Raise


@pytest.fixture
def new(cast):
    return reverse("companies:raise_create", args=[cast.company.pk])


@pytest.fixture
def edit(cast):
    return reverse("companies:raise_edit", args=[cast.raise_.pk])


@pytest.fixture
def end(cast):
    return reverse("companies:raise_end", args=[cast.raise_.pk])


TYPED = {"round": "b", "amount_low": "2000万", "amount_high": "0.5 亿", "currency": "CNY", "amount_audience": "members"}
OUTSIDERS = ["company_viewer", "other_founder", "investor", "analyst"]


@pytest.fixture
def ended(cast):
    cast.raise_.end("closed")


def test_from_raise_to_investors(client, cast, new, ended):
    client.force_login(cast.founder)
    response = client.post(new, TYPED)
    asked = cast.company.raises.open().get()
    assert (asked.round_id, asked.amount_low, asked.amount_high) == ("b", Decimal(20_000_000), Decimal(50_000_000))
    assert response.url in (
        f"/matching/companies/{cast.company.pk}/",
        cast.company.get_absolute_url(),
    )


def test_nobody_raises_a_round_that_nobody_has_stated(client, cast, new, ended):
    client.force_login(cast.founder)
    response = client.post(new, TYPED | {"round": "unknown"})
    assert "round" in response.context["form"].errors and not cast.company.raises.open().exists()
    assert 'value="angel"' in response.text and 'value="unknown"' not in response.text


@pytest.mark.parametrize("name", OUTSIDERS)
def test_nobody_else(client, cast, new, edit, end, name):
    client.force_login(cast.people.__dict__[name])
    assert client.post(new, TYPED).status_code == client.post(edit, TYPED).status_code == 404
    assert client.post(end, {"status": "closed"}).status_code == 404
    cast.raise_.refresh_from_db()
    assert (cast.raise_.round_id, cast.raise_.status) == ("a", "open")


def test_anonymous_people_log_in_first(client, cast, new, edit, end):
    for url in (new, edit, end):
        assert client.post(url, TYPED).url.startswith(reverse("account_login"))


def test_one_open_raise_leads_to_its_form(client, cast, new, edit):
    client.force_login(cast.founder)
    assert client.post(new, TYPED).url == edit


def test_two_colleagues_at_the_same_second(client, cast, new, ended, monkeypatch):
    def taken(asked):
        raise IntegrityError

    monkeypatch.setattr("companies.actions.open_raise", taken)
    client.force_login(cast.founder)
    response = client.post(new, TYPED | {"use_of_funds": "Kept"})
    assert response.status_code == 200
    assert "Kept" in response.text
    assert response.context["form"].non_field_errors()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"round": ""}, "round"),
        ({"round": "zz"}, "round"),
        ({"amount_low": "many"}, "amount_low"),
        ({"amount_low": "-5"}, "amount_low"),
        ({"amount_low": "1-2亿"}, "amount_low"),
        ({"amount_low": "1亿美元"}, "amount_low"),
        ({"amount_low": "2000"}, "amount_low"),
        ({"amount_high": "5000", "currency": "USD"}, "amount_high"),
        ({"amount_low": "9" * 30}, "amount_low"),
        ({"amount_low": "1亿", "amount_high": "10万"}, "amount_high"),
        ({"currency": "XXX"}, "currency"),
        ({"closes_on": "2001-01-01"}, "closes_on"),
        ({"closes_on": "2027-02-30"}, "closes_on"),
        ({"amount_audience": "world"}, "amount_audience"),
    ],
)
def test_an_error_keeps_what_was_typed(client, cast, edit, wrong, field):
    client.force_login(cast.founder)
    response = client.post(edit, TYPED | {"use_of_funds": "Kept"} | wrong)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert "Kept" in response.text
    cast.raise_.refresh_from_db()
    assert cast.raise_.round_id == "a"


def test_editing(client, cast, edit):
    client.force_login(cast.founder)
    closes = timezone.localdate() + timedelta(days=60)
    assert client.post(edit, TYPED | {"closes_on": closes.isoformat(), "amount_high": ""}).status_code == 302
    cast.raise_.refresh_from_db()
    assert (cast.raise_.round_id, cast.raise_.amount_high, cast.raise_.closes_on) == ("b", None, closes)


def test_the_form_shows_the_amounts_as_they_are_typed(client, cast, edit):
    client.force_login(cast.founder)
    client.cookies["language"] = "zh-hans"
    assert 'value="1,000万"' in client.get(edit).text


@pytest.mark.parametrize(
    ("written", "currency", "value"),
    [
        ("2000万元", "CNY", 20_000_000),
        ("￥2000万", "CNY", 20_000_000),
        ("2000万人民币", "CNY", 20_000_000),
        ("2000w", "CNY", 20_000_000),
        ("5kw", "USD", 50_000_000),
        ("$5m", "USD", 5_000_000),
        ("$5m", "HKD", 5_000_000),
        ("SEK 5000", "SEK", 5000),
        ("2000元", "CNY", 2000),
    ],
)
def test_amounts_as_people_write_them(client, cast, edit, written, currency, value):
    client.force_login(cast.founder)
    assert (
        client.post(edit, TYPED | {"amount_low": written, "amount_high": "", "currency": currency}).status_code == 302
    )
    cast.raise_.refresh_from_db()
    assert (cast.raise_.amount_low, cast.raise_.currency_id) == (value, currency)
    # What the form then shows may be saved again.
    shown = client.get(edit).context["form"]["amount_low"].value()
    assert client.post(edit, TYPED | {"amount_low": shown, "amount_high": "", "currency": currency}).status_code == 302
    cast.raise_.refresh_from_db()
    assert cast.raise_.amount_low == value


def test_a_number_without_a_unit_is_asked_about(client, cast, edit):
    client.force_login(cast.founder)
    client.cookies["language"] = "zh-hans"
    page = client.post(edit, TYPED | {"amount_low": "2000"}).text
    assert "“2000”没有单位" in page and "2000万" in page and "2000元" in page
    assert 'value="2000"' in page
    client.cookies["language"] = "en"
    page = client.post(edit, TYPED | {"amount_low": "2000", "currency": "USD"}).text
    assert "“2000” has no unit" in page and "USD 2000" in page


def test_another_currency_than_the_chosen_one_is_named(client, cast, edit):
    client.force_login(cast.founder)
    client.cookies["language"] = "en"
    page = client.post(edit, TYPED | {"amount_low": "2000万元", "currency": "USD"}).text
    assert "This amount is in Chinese yuan, and the currency chosen is US dollar." in page


def test_the_amount_is_said_as_it_was_understood(client, cast, edit):
    client.force_login(cast.founder)
    client.cookies["language"] = "zh-hans"
    assert "融资金额：2,000–5,000万元。" in client.post(edit, TYPED, follow=True).text


@pytest.mark.parametrize("status", ["closed", "withdrawn"])
def test_ending(client, cast, end, edit, status):
    client.force_login(cast.founder)
    client.post(end, {"status": status})
    cast.raise_.refresh_from_db()
    assert (cast.raise_.status, cast.raise_.ended_on) == (status, timezone.localdate())
    assert client.get(edit).status_code == 404


def test_it_ends_once(client, cast, end):
    client.force_login(cast.founder)
    client.post(end, {"status": "closed"})
    client.post(end, {"status": "withdrawn"})
    cast.raise_.refresh_from_db()
    assert cast.raise_.status == "closed"


def test_a_raise_that_ended_meanwhile_is_not_opened_again(cast):
    read_before = Raise.objects.get(pk=cast.raise_.pk)
    cast.raise_.end("closed")
    read_before.use_of_funds = "More machines"
    assert actions.update_raise(read_before, ["use_of_funds"]) is False
    cast.raise_.refresh_from_db()
    assert (cast.raise_.status, cast.raise_.use_of_funds) == ("closed", "")


@pytest.mark.parametrize("status", ["", "open", "x"])
def test_an_unknown_end_changes_nothing(client, cast, end, status):
    client.force_login(cast.founder)
    client.post(end, {"status": status})
    assert Raise.objects.get(pk=cast.raise_.pk).status == "open"


def test_ending_takes_a_post(client, cast, end):
    client.force_login(cast.founder)
    assert client.get(end).status_code == 405
