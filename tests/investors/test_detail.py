import pytest
from django.urls import reverse

from deals.models import Introduction
from investors.models import Investor, Thesis

EMAIL = "ivy@farshore.example"


@pytest.fixture
def page(client, cast):
    def get(user):
        client.cookies["language"] = "en"
        client.force_login(user)
        return client.get(cast.investor_firm.get_absolute_url())

    return get


def test_anonymous_people_log_in_first(client, cast):
    assert client.get(cast.investor_firm.get_absolute_url()).url.startswith(reverse("account_login"))


def test_who_may_edit_sees_how(page, cast):
    edit = reverse("investors:edit", args=[cast.investor_firm.pk])
    assert edit in page(cast.investor).text and edit in page(cast.administrator).text
    for user in (cast.investor_viewer, cast.other_investor, cast.founder, cast.analyst):
        assert edit not in page(user).text


def test_an_unpublished_institution_is_its_own(page, cast):
    Investor.objects.filter(pk=cast.investor_firm.pk).update(is_published=False)
    assert page(cast.founder).status_code == page(cast.other_investor).status_code == 404
    for user in (cast.investor, cast.investor_viewer, cast.analyst, cast.administrator):
        assert page(user).status_code == 200


def test_a_thesis_says_what_is_sought(page, cast):
    text = page(cast.founder).text
    assert "Security" in text and "Series A" in text and "CNY 5–30 million" in text


def test_a_single_thesis_without_a_title_stands_below_the_heading_alone(page, cast):
    Thesis.objects.update(title="")
    assert "<h3>Thesis</h3>" not in page(cast.investor).text
    # Two without a title are told apart by what they look for.
    cast.investor_firm.theses.create()
    shown = page(cast.investor).text
    assert shown.count("<h3>Thesis</h3>") == 1 and "<h3>Security</h3>" in shown


def test_a_resting_thesis_is_its_own(page, cast):
    Thesis.objects.update(is_active=False)
    assert "工业安全早期" not in page(cast.founder).text
    assert "工业安全早期" in page(cast.investor_viewer).text
    assert "工业安全早期" in page(cast.administrator).text


def test_contacts_open_after_an_accepted_introduction(page, cast):
    for user in (cast.investor, cast.investor_viewer, cast.administrator):
        assert EMAIL in page(user).text
    for user in (cast.founder, cast.other_founder, cast.other_investor, cast.analyst):
        assert EMAIL not in page(user).text
    asked = Introduction.objects.create(
        company=cast.company,
        investor=cast.investor_firm,
        asked_side="company",
        message="Hello",
        expires_on="2030-01-01",
    )
    assert EMAIL not in page(cast.founder).text
    asked.answered(Introduction.Status.ACCEPTED)
    assert EMAIL in page(cast.founder).text
    assert EMAIL not in page(cast.other_founder).text


def test_the_year_of_founding_reads_as_a_year(client, cast):
    Investor.objects.filter(pk=cast.investor_firm.pk).update(founded_year=2007)
    client.force_login(cast.founder)
    for language, shown in (("zh-hans", "<dd>2007年</dd>"), ("en", "<dd>2007</dd>")):
        client.cookies["language"] = language
        assert shown in client.get(cast.investor_firm.get_absolute_url()).text
