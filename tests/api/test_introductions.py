import pytest

from accounts.models import MemberRole
from deals import actions
from deals.models import Introduction

URL = "/api/v1/introductions/"


@pytest.fixture
def asked(cast):
    return actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Shall we meet?")


def test_the_loop_of_asking_and_accepting(as_, cast):
    founder, investor = as_("founder"), as_("investor")
    made = founder.post(
        URL, {"company": cast.company.pk, "investor": cast.investor_firm.pk, "message": "Shall we meet?"}, format="json"
    )
    assert made.status_code == 201, made.json()
    row = made.json()
    assert (row["status"], row["asked_side"], row["raise_asked"]) == ("asked", "company", cast.raise_.pk)
    assert row["contacts"] is None

    answer = investor.post(f"{URL}{row['id']}/accept/", {"note": "Gladly."}, format="json")
    assert answer.status_code == 200, answer.json()
    contacts = founder.get(f"{URL}{row['id']}/").json()["contacts"]
    assert contacts["investor"]["email"] == "ivy@farshore.example"
    assert contacts["company"]["email"] == "fang@panshi.example"


def test_a_decline_needs_its_reason(as_, asked):
    url = f"{URL}{asked.pk}/decline/"
    answer = as_("investor").post(url, {"note": "no"}, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["decline_reason"]
    assert as_("investor").post(url, {"decline_reason": "ticket"}, format="json").json()["decline_reason"] == "ticket"


def test_who_comes_second_is_told_so(as_, asked):
    actions.withdraw(asked.asked_by, asked)
    answer = as_("investor").post(f"{URL}{asked.pk}/accept/", {}, format="json")
    assert answer.status_code == 409
    assert answer.json()["code"] == "too_late"
    assert answer.json()["detail"]
    asked.refresh_from_db()
    assert asked.status == Introduction.Status.WITHDRAWN


def test_a_refused_action_says_why_in_the_readers_language(as_, cast, asked):
    body = {"company": cast.company.pk, "investor": cast.investor_firm.pk, "message": "Again"}
    cast.founder.language = "en"
    cast.founder.save()
    answer = as_("founder").post(URL, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"__all__": ["A request between these two is waiting for an answer already."]}


def test_only_the_side_that_was_asked_answers(as_, asked):
    assert as_("founder").post(f"{URL}{asked.pk}/accept/", {}, format="json").status_code == 403
    assert as_("investor_viewer").post(f"{URL}{asked.pk}/accept/", {}, format="json").status_code == 403
    assert as_("other_investor").post(f"{URL}{asked.pk}/accept/", {}, format="json").status_code == 404


def test_a_company_that_one_cannot_see_does_not_exist(as_, cast):
    cast.other_company.is_published = False
    cast.other_company.save()
    body = {"company": cast.other_company.pk, "investor": cast.investor_firm.pk, "message": "Hello"}
    answer = as_("investor").post(URL, body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["company"]


def test_the_list_is_that_of_ones_own_and_costs_the_same_however_long(
    as_, cast, asked, django_assert_num_queries, django_assert_max_num_queries
):
    client = as_("founder")
    with django_assert_max_num_queries(5) as first:
        assert client.get(URL).json()["count"] == 1
        cost = len(first)
    # A second investor of the same person's company, so that the list grows.
    cast.company.memberships.create(user=cast.other_founder, role=MemberRole.EDITOR)
    actions.ask_introduction(cast.other_founder, cast.company, cast.other_investor_firm, "And you?")
    with django_assert_num_queries(cost):
        assert client.get(URL).json()["count"] == 2
    assert as_("investor").get(URL, {"status": "asked"}).json()["count"] == 1
    assert as_("investor").get(URL, {"status": "expired"}).json()["count"] == 0
