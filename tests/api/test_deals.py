import pytest
from rest_framework.test import APIClient

from deals import actions
from deals.models import Deal
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Round
from tests.conftest import stands

URL = "/api/v1/deals/"


@pytest.fixture
def body(cast):
    return {
        "company": cast.company.pk,
        "round": "a",
        "announced": "2020-Q3",
        "amount": {"kind": "exact", "low": "15000000", "currency": "CNY"},
        "investors": [{"investor": cast.investor_firm.pk, "is_lead": True}],
    }


@pytest.fixture
def deal(cast):
    deal = actions.record_deal(
        cast.founder,
        company=cast.company,
        round=Round.objects.get(pk="a"),
        announced=parse_date("2020-07"),
        amount=parse_amount("1500-2000万元"),
        investors=[(cast.investor_firm, True)],
        amount_audience=Deal.Audience.PARTIES,
    )
    return stands(deal)


def test_a_deal_is_recorded_as_it_is_known(as_, body, cast):
    answer = as_("founder").post(URL, body, format="json")
    assert answer.status_code == 201, answer.json()
    row = answer.json()
    assert row["announced"] == "2020-Q3"
    assert row["announced_on"] == "2020-07-01"
    assert row["amount"] == {
        "kind": "exact", "low": "15000000.00", "high": "15000000.00", "currency": "CNY", "text": ""
    }  # fmt: skip
    assert row["participations"][0]["investor"] == {"id": cast.investor_firm.pk, "name": "远岸资本"}
    assert (row["status"], row["company_confirmed"], row["investor_confirmed"]) == ("asserted", True, False)
    assert row["established_at"] is None
    again = as_("investor").get(f"{URL}{row['id']}/").json()
    assert again == row


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"announced": "2020-02-30"}, "announced"),
        ({"announced": "2999"}, "announced"),
        ({"amount": {"kind": "exact", "low": "-5", "currency": "CNY"}}, "amount"),
        ({"amount": {"kind": "exact", "low": "5", "currency": "XXX"}}, "amount"),
        ({"amount": {"kind": "exact", "low": "1000000000000000000", "currency": "CNY"}}, "amount"),
        ({"amount": {"kind": "range", "low": "9", "high": "5", "currency": "CNY"}}, "amount"),
        ({"amount": {"kind": "exact", "low": "5"}}, "amount"),
        ({"amount": {"kind": "undisclosed", "low": "5", "currency": "CNY"}}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"round": None}, "round"),
        ({"round": "z"}, "round"),
        ({"investors": [{"investor": 0}]}, "investors"),
        ({"company": "x"}, "company"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"note": "n" * 2001}, "note"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_recorded(as_, body, change, field):
    answer = as_("founder").post(URL, body | change, format="json")
    assert answer.status_code == 400, answer.json()
    assert list(answer.json()["errors"]) == [field]
    assert not Deal.objects.exists()


def test_a_deal_like_another_is_recorded_only_on_purpose(as_, deal, body):
    answer = as_("investor").post(URL, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "near")
    assert f"#{deal.pk}" in answer.json()["detail"]
    assert as_("investor").post(URL, body | {"different": True}, format="json").status_code == 201


def test_a_malformed_body_is_an_answer_not_a_crash(as_):
    answer = as_("founder").post(URL, "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert as_("founder").post(URL, "[]", content_type="application/json").status_code == 400


def test_an_amount_among_parties_is_not_shown_to_others(as_, deal):
    url = f"{URL}{deal.pk}/"
    shown = {"kind": "range", "low": "15000000.00", "high": "20000000.00", "currency": "CNY", "text": "1500-2000万元"}
    for insider in ("founder", "company_viewer", "investor", "investor_viewer", "administrator"):
        assert as_(insider).get(url).json()["amount"] == shown, insider
    for outsider in ("other_founder", "other_investor", "analyst"):
        assert as_(outsider).get(url).json()["amount"] is None, outsider
        assert "15000000" not in as_(outsider).get(URL).content.decode()


def test_administrators_verify_and_reject(as_, deal):
    admin = as_("administrator")
    assert as_("founder").post(f"{URL}{deal.pk}/verify/", {}, format="json").status_code == 403
    assert admin.post(f"{URL}{deal.pk}/verify/", {}, format="json").json()["status"] == "verified"
    second = admin.post(f"{URL}{deal.pk}/verify/", {}, format="json")
    assert (second.status_code, second.json()["code"]) == (409, "too_late")
    assert admin.post(f"{URL}{deal.pk}/reject/", {}, format="json").status_code == 400
    rejected = admin.post(f"{URL}{deal.pk}/reject/", {"reject_reason": "wrong"}, format="json")
    assert rejected.json()["status"] == "rejected"
    assert as_("founder").get(f"{URL}{deal.pk}/").status_code == 404


def test_the_other_party_confirms(as_, deal):
    assert as_("investor").post(f"{URL}{deal.pk}/confirm/").json()["investor_confirmed"] is True
    assert as_("other_investor").post(f"{URL}{deal.pk}/confirm/").status_code == 403


def test_a_wrong_deal_is_objected_to_and_taken_back(as_, deal):
    objected = as_("investor").post(f"{URL}{deal.pk}/object/", {"objection": "It was round B."}, format="json")
    assert (objected.status_code, objected.json()["status"]) == (200, "reported")
    deal.refresh_from_db()
    assert deal.objection == "It was round B."
    assert as_("investor").post(f"{URL}{deal.pk}/withdraw/").status_code == 403
    assert as_("founder").post(f"{URL}{deal.pk}/withdraw/").status_code == 204
    assert as_("founder").get(f"{URL}{deal.pk}/").status_code == 404
    # It was taken back already.
    assert as_("administrator").post(f"{URL}{deal.pk}/withdraw/").json()["code"] == "too_late"


def test_the_filters_of_the_page_narrow_the_list(as_, deal):
    client = as_("analyst")
    assert client.get(URL, {"category": "security", "region": "CN-YRD", "since": "2020-01-01"}).json()["count"] == 1
    assert client.get(URL, {"category": "devices"}).json()["count"] == 0
    assert client.get(URL, {"since": "someday"}).json()["errors"].keys() == {"since"}


def test_the_list_costs_the_same_however_long(as_, cast, body, deal, django_assert_num_queries):
    client = as_("investor")
    with django_assert_num_queries(6):
        assert client.get(URL).json()["count"] == 1
    for month in range(1, 9):
        as_("founder").post(URL, body | {"announced": f"2019-0{month}", "different": True}, format="json")
    with django_assert_num_queries(6):
        assert client.get(URL).json()["count"] == 9


def test_a_deal_is_corrected_whole(as_, body, deal):
    one = f"{URL}{deal.pk}/"
    other = as_("founder").post(URL, body | {"announced": "2019-01-09", "different": True}, format="json").json()
    near = as_("founder").post(f"{one}correct/", body | {"announced": "2019-01-10"}, format="json")
    assert (near.status_code, near.json()["code"]) == (409, "near") and f"#{other['id']}" in near.json()["detail"]
    corrected = as_("founder").post(f"{one}correct/", body | {"announced": "2020-08"}, format="json").json()
    assert (corrected["announced"], corrected["id"]) == ("2020-08", deal.pk)
    assert as_("investor").post(f"{one}correct/", body, format="json").status_code == 403


def test_administrators_merge_and_undo_it(as_, body, deal):
    admin = as_("administrator")
    other = as_("founder").post(URL, body | {"amount": "USD 2m", "different": True}, format="json").json()
    one, two = f"{URL}{deal.pk}/", f"{URL}{other['id']}/"
    before = admin.get(one).json()
    kept = admin.post(f"{one}merge/", {"other": other["id"], "choices": {"amount": other["id"]}}, format="json").json()
    assert (kept["id"], kept["amount"]["currency"]) == (deal.pk, "USD")
    assert admin.get(two).json()["merged_into"] == deal.pk
    assert admin.post(f"{one}merge/", {"other": other["id"]}, format="json").json()["code"] == "too_late"
    assert admin.post(f"{two}unmerge/").json()["status"] == "asserted"
    assert admin.get(one).json() == before
    assert admin.post(f"{two}unmerge/").json()["code"] == "too_late"
    assert admin.post(f"{one}keep-apart/", {"other": other["id"]}, format="json").status_code == 204
    refused = admin.post(f"{one}merge/", {"other": other["id"]}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "kept_apart")


def test_a_session_alone_does_not_write(cast, body):
    """A page of another site carries the cookie; only our own pages carry the token."""
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.founder)
    answer = client.post(URL, body, format="json")
    assert answer.status_code == 403
    assert not Deal.objects.exists()
