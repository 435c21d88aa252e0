import pytest

from taxonomy import labels
from taxonomy.models import Category, Region, Scheme

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("series-a", "a"),
        ("Series A", "a"),
        ("A轮", "a"),
        ("a轮", "a"),
        ("A+轮", "a_plus"),
        ("Pre-A轮", "pre_a"),
        # The source's own code to the letter, where the folded label would be another round.
        ("series-c+", "c_later"),
        ("Series C+", "c_plus"),
        ("C+轮", "c_plus"),
        ("天使轮", "angel"),
        ("F轮-上市前", "pre_ipo"),
        ("战略投资", "strategic"),
        ("不明确", "unknown"),
        ("private-equity", "equity"),
        ("crowdfunding", "crowdfunding"),
        ("venture", "venture"),
    ],
)
def test_rounds(label, code):
    assert labels.Rounds().find(label).code == code


@pytest.mark.parametrize("label", ["moonshot", "轮", "A轮B轮"])
def test_rounds_that_are_none(label):
    assert labels.Rounds().find(label) is None


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("种子天使轮", "seed", "angel"),
        ("C轮及以后", "c", "pre_ipo"),
        ("early stage", "seed", "a_plus"),
        ("A轮", "a", "a"),
    ],
)
def test_a_stage_is_a_stretch_of_rounds(label, first, last):
    found = sorted(labels.Rounds().stretch(label), key=lambda item: item.order)
    assert (found[0].code, found[-1].code) == (first, last)


@pytest.mark.parametrize("label", ["收购", "IPO上市", "unknown", "退出"])
def test_stages_that_are_none(label):
    assert labels.Rounds().stretch(label) == []


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("CNY", "CNY"),
        ("cny", "CNY"),
        ("RMB", "CNY"),
        ("人民币", "CNY"),
        ("US$", "USD"),
        ("US dollar", "USD"),
        ("XQZ", None),
    ],
)
def test_currencies(label, code):
    found = labels.currencies().find(label)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("label", "code"),
    [("新三板", "neeq"), ("科创板", "star"), ("NASDAQ", "nasdaq"), ("unknown", None), ("板块不明", None)],
)
def test_boards(label, code):
    found = labels.boards().find(label)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("USA", "USA"),
        ("usa", "USA"),
        ("United States", "USA"),
        ("UK", "GBR"),
        ("美国", "USA"),
        ("HKG", "CN-HK"),
        ("Hong Kong", "CN-HK"),
        ("TWN", "CN-TW"),
        ("ROM", "ROU"),
        ("CN", "CHN"),
        ("gb", "GBR"),
        ("TW", "CN-TW"),
        ("中国", "CHN"),
        ("QQ", None),
        ("QQQ", None),
        ("CN-", None),
    ],
)
def test_countries(label, code):
    found = labels.Places().country(label)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("北京", "CN-BJ"),
        ("北京市", "CN-BJ"),
        ("Guangdong", "CN-GD"),
        ("长三角", "CN-YRD"),
        ("香港", "CN-HK"),
        ("德国", "DEU"),
        ("北美洲", None),
    ],
)
def test_regions_that_investors_name(label, code):
    found = labels.Places().named(label)
    assert (found.code if found else None) == code


def test_an_area_is_named_without_its_country_only_where_there_is_one_of_it():
    places = labels.Places()
    oakland = places.place("USA", "Oakland")
    assert places.named("oakland") is oakland
    places.place("NZL", "Oakland")
    assert places.named("Oakland") is None


def test_a_place_is_made_once():
    places = labels.Places()
    first = places.place("USA", "Quiet Valley")
    assert places.place("USA", "quiet-valley") is first
    assert list(places.made) == ["USA/quietvalley"]
    Region.objects.bulk_create(places.made.values())
    again = labels.Places()
    assert again.place("USA", "QUIET VALLEY") == first
    assert not again.made


def test_codes_of_long_labels_stay_apart():
    one, other = (labels.key("x" * 100 + end, 64) for end in "ab")
    assert len(one) == len(other) == 64
    assert one != other
    assert labels.key("Short One", 64) == "shortone"


def test_categories_fold_within_the_scheme_of_a_source():
    scheme = Scheme.objects.create(code="tiny", name_zh="小", name_en="Tiny")
    found = labels.Categories(scheme, {"Robots", "robots", "机床"})
    assert found.find("Robots") is found.find("robots")
    assert (found.find("机床").name_zh, found.find("机床").name_en) == ("机床", "")
    assert len(found.made) == 2


def test_a_single_label_of_the_platform_draws_no_foreign_source_in():
    offered = Category.objects.offered().get(code="security")
    scheme = Scheme(code="tiny")
    assert labels.Categories(scheme, {offered.name_en, "games", "music"}).find(offered.name_en) != offered
    assert labels.Categories(scheme, {offered.name_en, offered.name_zh, "music"}).find(offered.name_en) == offered
