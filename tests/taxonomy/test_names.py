import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Company
from taxonomy.models import Region
from taxonomy.names import fold, in_letters, spellings
from taxonomy.templatetags.facts import place


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("云杉智能(云杉科技)", ["云杉智能", "云杉科技"]),
        ("云杉智能（ 云杉科技 ）", ["云杉智能", "云杉科技"]),
        ("云杉网-云杉集市", ["云杉网", "云杉集市"]),
        ("Quiet Robotics (QR)", ["Quiet Robotics", "QR"]),
        ("Quiet Robotics (formerly Loud Robotics)", ["Quiet Robotics", "Loud Robotics"]),
        ("Quiet (fka Loud)", ["Quiet", "Loud"]),
        ("云杉智能（原橡树智能）", ["云杉智能", "橡树智能"]),
        # What stands in brackets need not be a name.
        ("云杉创投（有限合伙）", ["云杉创投"]),
        ("Quiet Robotics (Closed)", ["Quiet Robotics"]),
        ("Quiet Robotics (UK)", ["Quiet Robotics"]),
        ("Quiet Robotics (LSE:4411)", ["Quiet Robotics"]),
        ("Quiet (P)", ["Quiet"]),
        ("Plain Sensors", ["Plain Sensors"]),
        ("Wide-Field Optics", ["Wide-Field Optics"]),
        ("Nowhere", ["Nowhere"]),
        ("Q (West) Ltd", ["Q (West) Ltd"]),
    ],
)
def test_spellings(name, expected):
    assert spellings(name) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("SF Bay", "Sf  bay"), ("ＳＦ　Ｂａｙ", "sf-bay"), ("A+轮", "a＋轮"), ("Pre-A轮", "PreA轮"), ("C’est", "c'est")],
)
def test_spellings_meet(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("A轮", "A+轮"), ("Series C", "Series C+"), ("北京", "南京")])
def test_different_labels_do_not_meet(one, other):
    assert fold(one) != fold(other)


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [("武汉", "Wuhan"), ("西安", "Xi'an"), ("苏州市", "Suzhou"), ("Mountain View", "Mountain View"), ("", "")],
)
def test_a_chinese_city_in_letters(written, read):
    assert in_letters(written) == read


def test_a_place_is_named_in_the_language_of_its_reader(db):
    company = Company(region=Region.objects.get(code="CN-HB"), city="武汉")
    with override("en"):
        assert place(company) == "Hubei · Wuhan"
    with override("zh-hans"):
        assert place(company) == "湖北 · 武汉"
