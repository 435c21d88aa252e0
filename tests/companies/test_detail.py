import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from companies.models import Company, Raise
from deals.models import Introduction

EMAIL, AMOUNT = "fang@panshi.example", "CNY 10–20 million"


@pytest.fixture
def page(client, cast):
    def get(user):
        client.cookies["language"] = "en"
        client.force_login(user)
        return client.get(cast.company.get_absolute_url())

    return get


@pytest.fixture
def introduced(cast):
    return Introduction.objects.create(
        company=cast.company, investor=cast.investor_firm, asked_side="investor", message="Hello",
        status="accepted", expires_on="2030-01-01", answered_at="2026-01-01T00:00Z",
    )  # fmt: skip


def test_anonymous_people_log_in_first(client, cast):
    assert client.get(cast.company.get_absolute_url()).url.startswith(reverse("account_login"))


def test_who_may_edit_sees_how(page, cast):
    edit = reverse("companies:edit", args=[cast.company.pk])
    assert edit in page(cast.founder).text and edit in page(cast.administrator).text
    for user in (cast.company_viewer, cast.other_founder, cast.investor, cast.analyst):
        assert edit not in page(user).text


def test_an_unpublished_company_is_its_own(page, cast):
    Company.objects.filter(pk=cast.company.pk).update(is_published=False)
    assert page(cast.investor).status_code == page(cast.other_founder).status_code == 404
    for user in (cast.founder, cast.company_viewer, cast.analyst, cast.administrator):
        assert page(user).status_code == 200


def test_contacts_open_to_members_and_administrators(page, cast):
    for user in (cast.founder, cast.company_viewer, cast.administrator):
        assert EMAIL in page(user).text
    for user in (cast.investor, cast.other_founder, cast.analyst):
        assert EMAIL not in page(user).text


def test_contacts_open_to_who_was_introduced(page, cast, introduced):
    assert EMAIL in page(cast.investor).text
    assert EMAIL in page(cast.investor_viewer).text, "colleagues of the institution"
    assert EMAIL not in page(cast.other_investor).text


@pytest.mark.parametrize("status", ["asked", "declined", "withdrawn", "expired"])
def test_no_other_state_opens_them(page, cast, introduced, status):
    introduced.status, introduced.decline_reason = status, "other"
    introduced.answered_at = None if status == "asked" else introduced.answered_at
    introduced.save()
    assert EMAIL not in page(cast.investor).text


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [
        (
            "members",
            {"founder", "company_viewer", "administrator", "investor", "other_investor", "other_founder", "analyst"},
        ),
        ("investors", {"founder", "company_viewer", "administrator", "investor", "other_investor"}),
        ("introduced", {"founder", "company_viewer", "administrator", "investor"}),
    ],
)
def test_the_amount_is_open_to_whom_the_company_says(page, cast, introduced, audience, seen_by):
    Raise.objects.update(amount_audience=audience)
    for name in (
        "founder",
        "company_viewer",
        "administrator",
        "investor",
        "other_investor",
        "other_founder",
        "analyst",
    ):
        assert (AMOUNT in page(cast.people.__dict__[name]).text) == (name in seen_by), name


def test_a_member_of_an_institution_counts_as_investor_whatever_the_role(page, cast):
    cast.investor.role = "analyst"
    cast.investor.save()
    assert AMOUNT in page(cast.investor).text


def test_members_are_named_to_members_only(page, cast):
    assert "Fei" in page(cast.founder).text
    assert "Fei" not in page(cast.investor).text


def test_what_people_write_is_text(page, cast):
    Company.objects.filter(pk=cast.company.pk).update(description_en="<script>alert(1)</script>", keywords=["<b>x"])
    text = page(cast.investor).text
    assert "<script>alert" not in text and "<b>x" not in text


def test_the_logo_goes_only_where_the_profile_goes(client, cast):
    url = reverse("companies:logo", args=[cast.company.pk])
    client.force_login(cast.investor)
    assert client.get(url).status_code == 404
    cast.company.logo.save("logo.png", ContentFile(b"png"))
    response = client.get(url)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    Company.objects.filter(pk=cast.company.pk).update(is_published=False)
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302


def test_a_lost_logo_is_not_found(client, cast):
    Company.objects.filter(pk=cast.company.pk).update(logo="logos/gone.png")
    client.force_login(cast.founder)
    assert client.get(reverse("companies:logo", args=[cast.company.pk])).status_code == 404


def test_a_keyword_that_is_the_category_is_shown_once(page, cast):
    cast.company.keywords = ["security", "工控"]
    cast.company.save()
    text = page(cast.analyst).text
    assert text.count(">Security</a>") == 1 and ">security</a>" not in text and ">工控</a>" in text
