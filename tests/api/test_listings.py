import pytest

from deals import actions
from deals.models import Deal, Listing
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from tests.conftest import stands

URL = "/api/v1/listings/"


@pytest.fixture
def body(cast):
    return {
        "company": cast.company.pk,
        "board": "star",
        "listed": "2020-Q3",
        "filed_on": "2019-12-01",
        "raised": "9.5亿元",
        "market_value": {"kind": "exact", "low": "12000000000", "currency": "CNY"},
        "market_value_on": "2020-09-30",
    }


@pytest.fixture
def made(as_, body):
    """It counts, and so does its offering."""
    asserted = as_("founder").post(URL, body, format="json").json()
    listing = Listing.objects.get(pk=asserted["id"])
    assert asserted["status"] == "asserted"
    stands(listing)
    if listing.offering:
        stands(listing.offering)
    return as_("founder").get(f"{URL}{listing.pk}/").json()


def test_a_listing_is_recorded_with_its_offering(as_, made, cast):
    assert (made["board"], made["board_name"], made["status"]) == ("star", "科创板", "reported")
    assert (made["listed"], made["listed_on"], made["market_value"]) == ("2020-Q3", "2020-07-01", "12000000000.00")
    assert made["raised"] == {
        "kind": "exact", "low": "950000000.00", "high": "950000000.00", "currency": "CNY", "text": "9.5亿元"
    }  # fmt: skip
    assert made["company"] == {"id": cast.company.pk, "name": "磐石工控安全"}
    assert Deal.objects.get().pk == made["offering"]
    assert as_("analyst").get(f"{URL}{made['id']}/").json() == made


def test_a_recorded_offering_is_named(as_, body, cast):
    fields = {"company": cast.company, "kind": "ipo", "announced": parse_date("2020-07"), "investors": []}
    kept = actions.record_deal(cast.founder, amount=parse_amount("1亿元"), amount_audience="parties", **fields)
    refused = as_("founder").post(URL, body, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["offering"])
    del body["raised"]
    made = as_("founder").post(URL, body | {"offering": kept.pk}, format="json").json()
    assert as_("other_founder").get(f"{URL}{made['id']}/").status_code == 404
    stands(Listing.objects.get())
    assert (made["offering"], made["raised"]["low"]) == (kept.pk, "100000000.00")
    # What the company alone says of the offering is named to nobody else, and its amount is kept as it was.
    shown = as_("other_founder").get(f"{URL}{made['id']}/").json()
    assert (shown["raised"], shown["offering"]) == (None, None)
    stands(kept)
    shown = as_("other_founder").get(f"{URL}{made['id']}/").json()
    assert (shown["raised"], shown["offering"]) == (None, kept.pk)


def test_administrators_verify_and_reject(as_, made):
    admin, one = as_("administrator"), f"{URL}{made['id']}/"
    assert as_("founder").post(f"{one}verify/", {}, format="json").status_code == 403
    assert admin.post(f"{one}verify/", {}, format="json").json()["status"] == "verified"
    second = admin.post(f"{one}verify/", {}, format="json")
    assert (second.status_code, second.json()["code"]) == (409, "too_late")
    assert as_("founder").post(f"{one}withdraw/").json()["code"] == "too_late"
    assert admin.post(f"{one}reject/", {}, format="json").status_code == 400
    assert admin.post(f"{one}reject/", {"reject_reason": "wrong"}, format="json").json()["status"] == "rejected"
    assert as_("founder").get(one).status_code == 404
    assert as_("founder").get(URL).json()["count"] == 0


def test_one_takes_back_what_nobody_verified(as_, made):
    assert as_("founder").post(f"{URL}{made['id']}/withdraw/").status_code == 204
    assert (Listing.objects.get().status, Listing.objects.get().reject_reason) == ("rejected", "withdrawn")


def test_the_filters_of_the_page_narrow_the_list(as_, made):
    client = as_("analyst")
    assert client.get(URL, {"board": "star", "category": "security", "since": "2020"}).json()["count"] == 1
    assert client.get(URL, {"board": "hkex"}).json()["count"] == 0
    assert client.get(URL, {"until": "2019"}).json()["count"] == 0


def test_the_list_costs_the_same_however_long(as_, body, made, django_assert_num_queries):
    client = as_("analyst")
    with django_assert_num_queries(4):
        assert client.get(URL).json()["count"] == 1
    for number, board in enumerate(["hkex", "nasdaq", "nyse", "neeq"]):
        body |= {"board": board, "listed": f"{2021 + number}"}
        assert as_("founder").post(URL, body, format="json").status_code == 201
        stands(Listing.objects.get(board=board))
    with django_assert_num_queries(4):
        assert client.get(URL).json()["count"] == 5


def test_the_company_confirms_corrects_and_objects(as_, body, cast):
    del body["raised"]
    founder, made = as_("founder"), as_("administrator").post(URL, body, format="json").json()
    one = f"{URL}{made['id']}/"
    assert made["company_confirmed"] is False
    assert founder.post(f"{one}confirm/").json()["company_confirmed"] is True
    refused = founder.post(f"{one}correct/", {"board": "star", "listed": "2099"}, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["listed"])
    corrected = founder.post(f"{one}correct/", {"board": "chinext", "listed": "2020-08"}, format="json").json()
    assert (corrected["board"], corrected["listed"], corrected["market_value"]) == ("chinext", "2020-08", None)
    as_("administrator").post(f"{one}verify/", {}, format="json")
    assert founder.post(f"{one}object/", {"objection": "It is on STAR."}, format="json").json()["status"] == "reported"
