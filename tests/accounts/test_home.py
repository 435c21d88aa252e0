import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from companies.models import Raise
from deals.actions import ask_introduction
from deals.models import Deal

URL = reverse("home")


@pytest.fixture
def page(client, cast):
    def get(user):
        client.force_login(user)
        client.cookies["language"] = "en"
        return client.get(URL).text

    return get


def test_anonymous_people_log_in_first(client, db):
    assert client.get(URL).url.startswith(reverse("account_login"))


def test_a_start_up_without_a_company_adds_one(page, cast):
    cast.company.memberships.all().delete()
    assert reverse("companies:create") in page(cast.founder)


def test_a_company_without_a_raise_opens_one(page, cast):
    cast.raise_.end("closed")
    text = page(cast.founder)
    assert reverse("companies:raise_create", args=[cast.company.pk]) in text
    assert reverse("companies:create") not in text


@pytest.mark.parametrize("side", ["founder", "investor"])
def test_the_steps_move_on_after_the_first_request(page, cast, side):
    def steps():
        return re.findall(r'class="step step-(\w+)"', page(getattr(cast, side)))

    # Whom the other side has asked has asked nobody.
    other = cast.other_founder if side == "investor" else cast.other_investor
    pair = (cast.other_company, cast.investor_firm) if side == "investor" else (cast.company, cast.other_investor_firm)
    if side == "investor":
        Raise.objects.create(company=cast.other_company, round_id="a")
    ask_introduction(other, *pair, "Shall we meet?")
    assert steps() == ["done", "done", "now", "next"]
    ask_introduction(getattr(cast, side), cast.company, cast.investor_firm, "Shall we meet?")
    assert steps() == ["done", "done", "done", "now"]


def test_an_investor_without_an_institution_adds_one(page, cast):
    cast.investor_firm.memberships.all().delete()
    assert reverse("investors:create") in page(cast.investor)


def test_an_institution_without_a_thesis_writes_one(page, cast):
    cast.thesis.delete()
    assert reverse("investors:thesis_create", args=[cast.investor_firm.pk]) in page(cast.investor)


def test_a_viewer_is_told_what_a_viewer_can_do(page, cast):
    for user, party in ((cast.company_viewer, cast.company), (cast.investor_viewer, cast.investor_firm)):
        text = page(user)
        namespace = party._meta.app_label
        assert reverse(f"{namespace}:team", args=[party.pk]) in text and "You read along" in text
        for promise in ("ask for an introduction", "save, pass, ask", "Answer those who ask you"):
            assert promise not in text
    cast.raise_.end("closed")
    cast.thesis.delete()
    text = page(cast.company_viewer)
    assert reverse("companies:raise_create", args=[cast.company.pk]) not in text and "No raise is open" in text
    assert reverse("investors:thesis_create", args=[cast.investor_firm.pk]) not in page(cast.investor_viewer)
    assert "You read along" not in page(cast.founder)


def test_an_administrator_sees_the_queues(page, cast):
    text = page(cast.administrator)
    assert "organisations that ask to be verified" in text
    assert "organisations that ask to be verified" not in page(cast.analyst)


def test_an_analyst_sees_the_market(page, cast):
    assert "The market today" in page(cast.analyst)
    assert "The market today" not in page(cast.founder)


def test_an_analyst_is_told_what_the_figures_rest_on(page, cast):
    last_month = timezone.localdate().replace(day=1) - timedelta(days=1)
    early = last_month - timedelta(days=400)
    deals = [
        Deal(company=cast.company, round_id="a", announced_on=day, known_on=day + timedelta(days=late))
        for day, late in [(last_month, 0), (early, 0), (early.replace(day=1), 500)]
    ]
    for deal in deals:
        deal.save()
    checked = Deal.objects.create(
        company=cast.other_company, round_id="b", announced_on=early, status="verified", verified_at=timezone.now()
    )
    text = page(cast.analyst)
    assert f"{last_month:%b %Y}: 1 venture event known" in text
    assert "3 deals count and are not verified" in text and "?status=reported" in text
    new = text.partition("New and verified")[2].partition("</section>")[0]
    assert checked.get_absolute_url() in new and "Series A" not in new
    assert "New and verified" not in page(cast.founder)


def test_a_person_of_no_kind_is_not_lost(page, cast):
    user = User.objects.create_user("new@example.com", "x", role=User.Role.STARTUP)
    assert reverse("companies:create") in page(user)


def test_the_administrator_s_queue_counts_what_its_page_lists(page, client, cast):
    # Only the second can be answered by nobody else.
    ask_introduction(cast.founder, cast.company, cast.investor_firm, "Shall we meet?")
    cast.other_investor_firm.memberships.all().delete()
    ask_introduction(cast.founder, cast.company, cast.other_investor_firm, "Shall we meet?")
    text = page(cast.administrator)
    counted = re.search(
        r'href="([^"]+)"><span class="stat-value">(\d+)</span><span class="stat-label">introductions', text
    )
    assert counted[2] == "1"
    assert len(client.get(counted[1]).context["page"].object_list) == 1
