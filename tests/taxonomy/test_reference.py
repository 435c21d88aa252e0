import pytest

from taxonomy import reference
from taxonomy.models import Category, Region, Round

pytestmark = pytest.mark.django_db


def test_the_study_has_seven_categories_with_subcategories():
    roots = Category.objects.offered().roots()
    assert [root.code for root in roots] == [
        "devices", "automation", "network", "platform", "software", "security", "services",
    ]  # fmt: skip
    assert all(root.children.exists() and root.definition_zh and root.definition_en for root in roots)


def test_a_subtree_holds_its_root_and_nothing_of_its_neighbours():
    services = Category.objects.offered().get(code="services")
    codes = set(Category.objects.under(services).values_list("code", flat=True))
    assert {"services", "services-solutions", "services-technical"} <= codes
    assert all(code.startswith("services") for code in codes)


def test_statistical_regions_part_the_mainland():
    macros = Region.objects.filter(kind=Region.Kind.MACRO)
    members = [member.code for macro in macros for member in macro.members.all()]
    assert len(members) == len(set(members)) == 31


def test_rounds_stand_in_order():
    codes = ["seed", "angel", "pre_a", "a", "a_plus", "pre_b", "b", "b_plus", "c", "pre_ipo"]
    orders = [Round.objects.get(code=code).order for code in codes]
    assert orders == sorted(orders)


def test_no_two_rounds_share_a_label():
    seen = {}
    for round_ in Round.objects.all():
        for label in round_.labels:
            assert seen.setdefault(label, round_.code) == round_.code, label


def test_loading_again_writes_nothing(django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as queries:
        reference.load()
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "DELETE"))]


def test_a_country_holds_the_areas_of_its_provinces():
    hong_kong = Region.objects.get(code="CN-HK")
    area = Region.objects.create(code="CN-HK/kowloon", kind=Region.Kind.AREA, name_en="Kowloon", parent=hong_kong)
    for code in ("CN-HK", "CHN", "CN-GBA"):
        assert area in Region.objects.within(Region.objects.get(code=code)), code
    assert area not in Region.objects.within(Region.objects.get(code="CN-YRD"))
