import inspect
import re

import pytest
from django.utils.translation import override

from deals.models import Side
from matching import explanation, wording
from matching.profiles import FACTORS

VALUES = {
    "n": 3, "of": 7, "since": 2019, "category": "industrial-internet/security", "keywords": ["plc"], "round": "a",
    "low": 5e6, "high": 2e7, "amount": 3e7, "place": "CN-JS", "level": "region", "country": "CHN", "words": ["防火墙"],
    "companies": [], "investor": 1, "months": 12, "last": "2026-05-04", "investors": 2, "thesis": 1,
    "categories": ["industrial-internet/security"], "wanted": ["industrial-internet/platform"], "deals": [1, 2],
}  # fmt: skip
WANTED = {"thesis_other_round": ["b"], "thesis_other_place": ["CN-BJ"]}


def found_codes() -> set[str]:
    """The codes that `matching.explanation` documents, one in each indented line of its table."""
    table = inspect.getdoc(explanation).split("Codes:", 1)[1]
    return set(re.findall(r"^(?:\w+)?\s+([a-z]+_[a-z_]+)\b", table, re.MULTILINE)) - {"start_up"}


def test_every_documented_code_has_a_sentence():
    codes = found_codes()
    assert len(codes) > 25
    assert codes - wording.CODES == set()


def test_every_code_in_the_source_is_documented():
    written = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', inspect.getsource(explanation)))
    assert written >= wording.CODES


def test_every_factor_has_a_name_and_a_help():
    assert set(FACTORS) == set(wording.FACTORS) == set(wording.FACTOR_HELP)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("side", Side.values)
@pytest.mark.parametrize("code", sorted(wording.CODES))
def test_a_sentence_holds_no_code(code, side, language):
    with override(language):
        item = {**VALUES, "wanted": WANTED.get(code, VALUES["wanted"]), "code": code}
        found = wording.sentence(item, wording.Names([item]), side)
    assert found.text
    assert "industrial-internet/" not in found.text and "CN-" not in found.text and "%(" not in found.text


@pytest.mark.django_db
def test_a_sentence_speaks_to_its_reader():
    item = {**VALUES, "code": "category_deals"}
    with override("en"):
        names = wording.Names([item])
        assert wording.sentence(item, names, Side.COMPANY).text == "3 of its 7 deals since 2019 were in Security"
        assert wording.sentence(item, names, Side.INVESTOR).text == "3 of your 7 deals since 2019 were in Security"


@pytest.mark.django_db
def test_a_city_that_is_a_province_has_a_name_in_both_languages():
    item = {**VALUES, "code": "place_deals", "level": "city", "place": "上海"}
    with override("en"):
        assert "Shanghai" in wording.sentence(item, wording.Names([item]), Side.COMPANY).text


def test_an_unknown_code_is_left_out():
    assert wording.sentence({"code": "of_a_later_version"}, wording.Names([]), Side.COMPANY) is None


@pytest.mark.parametrize(
    ("code", "stance"),
    [
        ("category_deals", wording.FOR),
        ("no_category_deals", wording.AGAINST),
        ("ticket_outside", wording.AGAINST),
        ("thesis_other_round", wording.AGAINST),
        ("unknown_amount", wording.UNKNOWN),
        ("no_thesis", wording.UNKNOWN),
    ],
)
def test_stances(code, stance):
    assert wording.stance(code) == stance
