import pytest

from companies.models import Company, Raise

URL, RAISES = "/api/v1/companies/", "/api/v1/raises/"
SECURITY = "industrial-internet/security"


@pytest.fixture
def body():
    return {
        "short_zh": "启明边缘计算",
        "short_en": "Qiming Edge",
        "summary_en": "Edge controllers for machine tools",
        "founded": "2018-Q2",
        "region": "CN-ZJ",
        "primary_category": SECURITY,
        "further_categories": ["industrial-internet/devices", SECURITY],
        "keywords": ["边缘计算", "PLC"],
        "contact": {"name": "Qi", "email": "qi@example.com"},
    }


def test_a_company_is_registered_with_its_owner(as_, body, cast):
    founder = as_("other_founder")
    answer = founder.post(URL, body, format="json")
    assert answer.status_code == 201, answer.json()
    row = answer.json()
    assert row["founded"] == "2018-Q2"
    assert (row["primary_category"], row["further_categories"]) == (SECURITY, ["industrial-internet/devices"])
    assert row["contact"] == {"name": "Qi", "email": "qi@example.com", "phone": ""}
    company = Company.objects.get(pk=row["id"])
    assert company.is_edited_by(cast.other_founder)
    assert founder.get(URL, {"q": "边缘计算"}).json()["count"] == 1
    assert founder.get(f"{URL}{company.pk}/").json() == row


def test_a_change_touches_what_was_sent_and_nothing_else(as_, cast):
    founder, url = as_("founder"), f"{URL}{cast.company.pk}/"
    before = founder.get(url).json()
    after = founder.patch(url, {"city": "苏州", "contact": {"phone": "025-1234"}}, format="json")
    assert after.status_code == 200, after.json()
    changed = {key for key, value in after.json().items() if value != before[key]}
    assert changed == {"city", "contact", "updated_at"}
    assert after.json()["contact"] == before["contact"] | {"phone": "025-1234"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"primary_category": "industrial-internet/nothing"}, "primary_category"),
        ({"primary_category": None}, "primary_category"),
        ({"region": "CN-EAST"}, "region"),
        ({"founded": "2013-02-30"}, "founded"),
        ({"credit_code": "123"}, "credit_code"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"short_zh": "长" * 101}, "short_zh"),
        ({"keywords": ["x" * 41]}, "keywords"),
        ({"keywords": "plc"}, "keywords"),
        ({"summary_en": ""}, "summary_zh"),
        ({"short_zh": "", "short_en": ""}, "__all__"),
        ({"short_zh": "磐石工控安全"}, "__all__"),
        ({"contact": {"email": "nobody"}}, "contact"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_stored(as_, body, change, field):
    before = Company.objects.count()
    answer = as_("other_founder").post(URL, body | change, format="json")
    assert answer.status_code == 400, answer.json()
    assert list(answer.json()["errors"]) == [field]
    assert Company.objects.count() == before


def test_one_company_for_each_credit_code(as_, body, cast):
    code = "91110000600037341L"
    assert as_("founder").patch(f"{URL}{cast.company.pk}/", {"credit_code": code}, format="json").status_code == 200
    answer = as_("other_founder").post(URL, body | {"credit_code": code.lower()}, format="json")
    assert answer.status_code == 400
    assert "credit_code" in answer.json()["errors"] or "__all__" in answer.json()["errors"]


def test_a_company_of_the_same_name_is_made_only_on_purpose(as_, body):
    twin = body | {"short_zh": "磐石工控安全", "is_another": True}
    assert as_("other_founder").post(URL, twin, format="json").status_code == 201


def test_nobody_deletes(as_, cast):
    assert as_("administrator").delete(f"{URL}{cast.company.pk}/").status_code == 405


def test_the_list_costs_the_same_however_long(as_, body, django_assert_num_queries, django_assert_max_num_queries):
    client = as_("investor")
    with django_assert_max_num_queries(12) as first:
        assert client.get(URL).json()["count"] == 2
        cost = len(first)
    for number in range(5):
        made = as_("other_founder").post(URL, body | {"short_zh": f"启明{number}", "short_en": ""}, format="json")
        as_("other_founder").post(RAISES, {"company": made.json()["id"], "round": "a"}, format="json")
    with django_assert_num_queries(cost):
        assert client.get(URL).json()["count"] == 7
    with django_assert_max_num_queries(6):
        assert client.get(RAISES).json()["count"] == 6


def test_the_amount_of_a_raise_is_shown_to_its_audience(as_, cast):
    shown = {"low": "10000000.00", "high": "20000000.00", "currency": "CNY"}
    readers = ("founder", "company_viewer", "investor", "investor_viewer", "other_founder", "other_investor", "analyst",
               "administrator")  # fmt: skip
    expected = {
        Raise.Audience.MEMBERS: set(readers),
        Raise.Audience.INVESTORS: set(readers) - {"other_founder", "analyst"},
        Raise.Audience.INTRODUCED: {"founder", "company_viewer", "administrator"},
    }
    for audience, insiders in expected.items():
        Raise.objects.update(amount_audience=audience)
        for reader in readers:
            amount = shown if reader in insiders else None
            client = as_(reader)
            assert client.get(f"{RAISES}{cast.raise_.pk}/").json()["amount"] == amount, (audience, reader)
            assert client.get(f"{URL}{cast.company.pk}/").json()["open_raise"]["amount"] == amount, (audience, reader)


def test_a_raise_is_opened_changed_and_ended(as_, cast):
    founder = as_("other_founder")
    body = {
        "company": cast.other_company.pk,
        "round": "seed",
        "amount": {"low": "3000000", "currency": "USD"},
        "closes_on": "2099-01-01",
    }
    made = founder.post(RAISES, body, format="json")
    assert made.status_code == 201, made.json()
    url = f"{RAISES}{made.json()['id']}/"
    assert made.json()["amount"] == {"low": "3000000.00", "high": None, "currency": "USD"}
    assert founder.post(RAISES, body, format="json").status_code == 400
    assert founder.patch(url, {"amount": {"high": "1"}}, format="json").status_code == 400
    assert founder.patch(url, {"amount": {"high": "4000000"}}, format="json").json()["amount"]["low"] == "3000000.00"
    assert founder.post(f"{url}end/", {"status": "open"}, format="json").status_code == 400
    assert founder.post(f"{url}end/", {"status": "closed"}, format="json").json()["status"] == "closed"
    assert founder.post(f"{url}end/", {"status": "withdrawn"}, format="json").status_code == 409
    assert founder.patch(url, {"use_of_funds": "late"}, format="json").status_code == 404
    assert founder.get(url).json()["status"] == "closed"
    assert founder.get(RAISES, {"company": cast.other_company.pk}).json()["count"] == 0


def test_nobody_raises_a_round_that_nobody_has_stated(as_, cast):
    answer = as_("founder").patch(f"{RAISES}{cast.raise_.pk}/", {"round": "unknown"}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["round"])


def test_a_raise_is_opened_and_moved_only_by_its_own_company(as_, cast):
    body = {"company": cast.other_company.pk, "round": "seed"}
    assert as_("founder").post(RAISES, body, format="json").status_code == 403
    answer = as_("founder").patch(f"{RAISES}{cast.raise_.pk}/", {"company": cast.other_company.pk}, format="json")
    assert answer.status_code == 400
