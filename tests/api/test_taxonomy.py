import pytest

from taxonomy.models import Category, Region


def test_only_people_with_an_account_read(as_):
    answer = as_(None).get("/api/v1/schemes/")
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_authenticated"


def test_a_page_says_how_many_there_are(as_):
    answer = as_("founder").get("/api/v1/categories/", {"page_size": 5}).json()
    assert answer["count"] == Category.objects.count()
    assert len(answer["results"]) == 5
    assert answer["next"].endswith("page=2&page_size=5")


def test_names_come_in_the_readers_language_and_in_both(as_, cast):
    key = f"/api/v1/categories/{cast.security.pk}/"
    client = as_("founder")
    chinese = client.get(key).json()
    cast.founder.language = "en"
    cast.founder.save()
    english = client.get(key).json()
    assert chinese["key"] == english["key"] == "industrial-internet/security"
    assert chinese["name"] == cast.security.name_zh
    assert english["name"] == cast.security.name_en
    assert english["definition"] == cast.security.definition_en


def test_the_tree_holds_every_category_once(as_, django_assert_max_num_queries):
    client = as_("founder")
    with django_assert_max_num_queries(4):
        branches = client.get("/api/v1/schemes/industrial-internet/tree/").json()

    def codes(level):
        return [code for branch in level for code in (branch["code"], *codes(branch["children"]))]

    wanted = Category.objects.filter(scheme__code="industrial-internet")
    assert len(branches) == wanted.roots().count() == 7
    assert sorted(codes(branches)) == sorted(wanted.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"kind": "macro"}, {"CN-EAST", "CN-CENTRAL", "CN-WEST", "CN-NORTHEAST"}),
        ({"group": "CN-YRD"}, {"CN-SH", "CN-JS", "CN-ZJ", "CN-AH"}),
    ],
)
def test_regions_are_filtered(as_, query, wanted):
    found = as_("founder").get("/api/v1/regions/", query).json()["results"]
    assert {region["code"] for region in found} == wanted


@pytest.mark.parametrize("name", ["schemes", "categories", "regions", "rounds", "boards", "currencies"])
def test_lists_ask_the_database_a_fixed_number_of_times(as_, name, django_assert_max_num_queries):
    client = as_("founder")
    with django_assert_max_num_queries(5):
        rows = client.get(f"/api/v1/{name}/").json()["results"]
    assert rows


def test_an_unknown_choice_of_a_filter_is_an_error_not_an_empty_list(as_):
    answer = as_("founder").get("/api/v1/regions/", {"kind": "moon"})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["kind"]


def test_every_region_answers_to_its_code(as_):
    client = as_("founder")
    assert client.get("/api/v1/regions/CN-JS/").json()["name_en"] == "Jiangsu"
    assert not [code for code in Region.objects.values_list("code", flat=True) if "/" in code or "." in code]
