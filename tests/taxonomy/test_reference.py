from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from taxonomy import reference
from taxonomy.forms import PlaceField, RegionChoiceField, RegionsField
from taxonomy.models import Category, GrossProduct, Milestone, RateTable, Region, Round

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


def offered(field_class, language) -> list[tuple[str, str]]:
    """Code and name of every region that a field offers, in its order."""
    codes = dict(Region.objects.values_list("pk", "code"))
    with override(language):
        field = field_class(queryset=Region.objects.all()) if field_class is RegionChoiceField else field_class()
        groups = [group for _heading, group in field.choices if isinstance(group, list)]
        return [(codes[value.value], str(name)) for group in groups for value, name in group]


@pytest.mark.parametrize("field_class", [PlaceField, RegionChoiceField, RegionsField])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_place_is_offered_twice(field_class, language):
    names = [name for _code, name in offered(field_class, language)]
    assert len(names) == len(set(names))
    codes = {code for code, _name in offered(field_class, language)}
    assert {"CN-HK", "CN-MO", "CN-TW", "DEU"} <= codes and not codes & {"HKG", "MAC", "TWN"}
    # Of a company in China the province is asked; a thesis and a filter may name the whole.
    assert ("CHN" in codes) == (field_class is not PlaceField)


def test_countries_stand_in_the_order_of_the_reader():
    english = [name for code, name in offered(PlaceField, "en") if len(code) == 3]
    assert english == sorted(english)
    chinese = [name for code, name in offered(PlaceField, "zh-hans") if len(code) == 3]
    places = [chinese.index(name) for name in ("阿根廷", "北马其顿", "德国", "尼泊尔", "日本", "英国")]
    assert places == sorted(places)


def test_countries_are_spelled_as_they_are():
    names = dict(Region.objects.countries().values_list("code", "name_zh"))
    assert [names[code] for code in ("NPL", "TJK", "BIH", "WSM", "ASM")] == [
        "尼泊尔", "塔吉克斯坦", "波斯尼亚和黑塞哥维那", "萨摩亚", "美属萨摩亚",
    ]  # fmt: skip
    assert len(set(names.values())) == len(names)
    assert all(name == name.strip() for name in names.values())


def test_every_province_of_the_mainland_has_a_gross_product():
    rows = GrossProduct.objects.filter(year=2019)
    mainland = Region.objects.filter(groups__kind=Region.Kind.MACRO)
    assert set(rows.values_list("province", flat=True)) == set(mainland.values_list("pk", flat=True))
    # In whole yuan: Guangdong 10.77 trillion, Tibet 170 billion.
    assert [row.province.code for row in rows.order_by("-value")][::30] == ["CN-GD", "CN-XZ"]
    assert rows.get(province__code="CN-GD").value == 10_767_110_000_000


def test_the_product_of_a_year_is_read_once_the_year_is_over():
    tibet = GrossProduct.objects.get(province__code="CN-XZ")
    GrossProduct.objects.create(province=tibet.province, year=2021, value=1, source=tibet.source)
    years = [GrossProduct.objects.latest_before(day) for day in (date(2015, 5, 5), date(2021, 12, 30))]
    assert years == [2019, 2019]
    assert GrossProduct.objects.latest_before(date(2021, 12, 31)) == 2021


def test_milestones_are_as_exact_as_the_study_gives_them():
    assert list(Milestone.objects.values_list("on", "precision", "board")) == [
        (date(2018, 11, 1), "month", "star"),
        (date(2019, 1, 1), "month", "star"),
        (date(2019, 4, 1), "month", "star"),
        (date(2019, 6, 13), "day", "star"),
        (date(2019, 7, 22), "day", "star"),
    ]
    # The last is the first trading day of the board.
    last = Milestone.objects.last()
    assert last.on == last.board.opened_on


def test_rates_of_a_period_answer_as_all_rates_do():
    days = [date(2019, 1, 1), date(2020, 1, 1), date(2020, 6, 1), date(2021, 1, 1)]
    table = RateTable([("USD", day, Decimal(7 + number)) for number, day in enumerate(days)])
    of_year = table.during(date(2020, 2, 1), date(2020, 12, 31))
    assert [day for day, _rate in of_year.steps["USD"]] == days[1:3]
    for day in (date(2020, 2, 1), date(2020, 5, 31), date(2020, 6, 1), date(2020, 12, 31)):
        assert of_year.cny("USD", day) == table.cny("USD", day)
    # Before the first rate ever, that one holds.
    early = table.during(date(2010, 1, 1), date(2011, 1, 1))
    assert early.cny("USD", date(2010, 5, 5)) == table.cny("USD", date(2010, 5, 5)) == 7
    assert table.during(date.min, date.max).steps == table.steps
