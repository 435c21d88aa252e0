import pytest

from investors.models import Investor, Thesis

URL, THESES = "/api/v1/investors/", "/api/v1/theses/"
SECURITY, DEVICES = "industrial-internet/security", "industrial-internet/devices"


@pytest.fixture
def body():
    return {
        "name_zh": "澜石创投",
        "type": "venture",
        "region": "CN-SH",
        "assets": "2000000000",
        "assets_currency": "CNY",
    }


def test_an_institution_is_registered_with_its_owner(as_, body, cast):
    answer = as_("other_investor").post(URL, body, format="json")
    assert answer.status_code == 201, answer.json()
    assert answer.json()["assets"] == "2000000000.00"
    assert Investor.objects.get(pk=answer.json()["id"]).is_edited_by(cast.other_investor)
    assert as_("founder").get(URL, {"q": "澜石", "region": "CN-YRD"}).json()["count"] == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name_zh": ""}, "__all__"),
        ({"name_zh": "远岸资本"}, "__all__"),
        ({"type": "bank"}, "type"),
        ({"assets": "-1"}, "assets"),
        ({"assets": "1e30"}, "assets"),
        ({"assets_currency": None}, "__all__"),
        ({"founded_year": 99999}, "founded_year"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_stored(as_, body, change, field):
    before = Investor.objects.count()
    answer = as_("other_investor").post(URL, body | change, format="json")
    assert answer.status_code == 400, answer.json()
    assert list(answer.json()["errors"]) == [field]
    assert Investor.objects.count() == before


def test_a_thesis_is_written_changed_and_deleted(as_, cast):
    investor = as_("other_investor")
    body = {
        "investor": cast.other_investor_firm.pk,
        "categories": [SECURITY],
        "excluded": [DEVICES],
        "rounds": ["a", "b"],
        "regions": ["CN-YRD"],
        "ticket": {"low": "5000000", "currency": "CNY"},
        "keywords": ["防火墙"],
    }
    made = investor.post(THESES, body, format="json")
    assert made.status_code == 201, made.json()
    row, url = made.json(), f"{THESES}{made.json()['id']}/"
    assert (row["categories"], row["excluded"], row["regions"]) == ([SECURITY], [DEVICES], ["CN-YRD"])
    changed = investor.patch(url, {"title": "Early", "ticket": {"high": "9000000"}}, format="json").json()
    assert {key for key in row if row[key] != changed[key]} == {"title", "ticket", "updated_at"}
    assert changed["ticket"] == {"low": "5000000.00", "high": "9000000.00", "currency": "CNY"}
    clash = investor.patch(url, {"excluded": [SECURITY]}, format="json")
    assert (clash.status_code, list(clash.json()["errors"])) == (400, ["excluded"])
    unstated = investor.patch(url, {"rounds": ["unknown"]}, format="json")
    assert (unstated.status_code, list(unstated.json()["errors"])) == (400, ["rounds"])
    assert investor.patch(url, {"ticket": {"low": "10000000"}}, format="json").status_code == 400
    assert investor.delete(url).status_code == 204
    assert investor.get(url).status_code == 404


def test_a_thesis_is_written_only_by_its_own_institution(as_, cast):
    body = {"investor": cast.investor_firm.pk, "categories": [SECURITY]}
    assert as_("other_investor").post(THESES, body, format="json").status_code == 403
    assert as_("other_investor").delete(f"{THESES}{cast.thesis.pk}/").status_code == 404
    moved = {"investor": cast.other_investor_firm.pk}
    assert as_("investor").patch(f"{THESES}{cast.thesis.pk}/", moved, format="json").status_code == 400
    assert Thesis.objects.get().investor == cast.investor_firm


def test_a_resting_thesis_is_for_its_own_institution(as_, cast):
    Thesis.objects.update(is_active=False)
    for insider in ("investor", "investor_viewer", "administrator"):
        assert as_(insider).get(THESES).json()["count"] == 1, insider
    for outsider in ("founder", "other_investor", "analyst"):
        assert as_(outsider).get(THESES).json()["count"] == 0, outsider
        assert as_(outsider).get(f"{THESES}{cast.thesis.pk}/").status_code == 404


def test_lists_cost_the_same_however_long(as_, cast, body, django_assert_num_queries, django_assert_max_num_queries):
    client = as_("founder")
    with django_assert_max_num_queries(6) as investors:
        assert client.get(URL).json()["count"] == 2
        investors = len(investors)
    with django_assert_max_num_queries(9) as theses:
        assert client.get(THESES).json()["count"] == 1
        theses = len(theses)
    for number in range(4):
        made = as_("other_investor").post(URL, body | {"name_zh": f"澜石{number}"}, format="json").json()
        as_("other_investor").post(THESES, {"investor": made["id"], "categories": [SECURITY]}, format="json")
    with django_assert_num_queries(investors):
        assert client.get(URL).json()["count"] == 6
    with django_assert_num_queries(theses):
        assert client.get(THESES).json()["count"] == 5
