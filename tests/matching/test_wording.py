import inspect
import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from deals.models import Side
from matching import explanation, wording
from matching.profiles import FACTORS
from matching.templatetags.matching_tags import gain, signed

VALUES = {
    "n": 3, "of": 7, "since": 2019, "category": "industrial-internet/security", "keywords": ["plc"], "round": "a",
    "low": 5e6, "high": 2e7, "amount_low": 3e7, "amount_high": 5e7, "side": "above", "place": "CN-JS", "level": "region", "country": "CHN", "words": ["防火墙"], "concepts": [["机器视觉", "machine vision"]],
    "companies": [], "investor": 1, "months": 12, "last": "2026-05-04", "investors": 2, "thesis": 1,
    "categories": ["industrial-internet/security"], "wanted": ["industrial-internet/platform"], "deals": [1, 2],
    "aspects": ["category", "place"], "aspect": "round",
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


def worded(code: str, language: str = "en", reader: str = Side.INVESTOR, **values) -> str:
    item = {**VALUES, "code": code, **values}
    with override(language):
        return wording.sentence(item, wording.Names([item]), reader).text


@pytest.mark.django_db
def test_a_term_stands_in_both_languages_the_reader_s_first():
    said = "machine vision / 机器视觉"
    assert worded("shared_concepts") == f"Your portfolio and the company both speak of {said}"
    assert worded("thesis_concepts") == f"You and the company both speak of {said}"
    assert worded("thesis_concepts", reader=Side.COMPANY) == f"It and you both speak of {said}"
    assert worded("thesis_concepts", "zh-hans") == "您和该企业都提到：机器视觉 / machine vision"


@pytest.mark.django_db
def test_one_deal_was_and_two_were():
    assert worded("category_deals", n=1, of=41) == "1 of your 41 deals since 2019 was in Security"
    assert worded("category_deals", n=2, of=41) == "2 of your 41 deals since 2019 were in Security"
    assert worded("thesis_words") == "Words shared with what you write: 防火墙"
    assert worded("thesis_words", reader=Side.COMPANY) == "Words shared with what it writes: 防火墙"


@pytest.mark.django_db
def test_a_sum_outside_is_quoted_as_it_was_entered_and_lies_below_or_above():
    low = {"amount_low": 12_500_000, "amount_high": 50_000_000, "low": 1e8, "high": 2e8, "side": "below"}
    assert worded("ticket_outside", **low) == (
        "The amount asked (CNY 12.5–50 million) lies below the usual size of rounds that you joined: "
        "CNY 100–200 million"
    )
    assert "（1,250–5,000万元）低于" in worded("ticket_outside", "zh-hans", **low)
    assert "lies above" in worded("ticket_outside")
    assert "高于" in worded("ticket_outside", "zh-hans")


@pytest.mark.django_db
def test_a_round_larger_than_the_ticket_is_not_called_a_fit():
    large = {"low": 1e7, "high": 6e7, "amount_low": 2e8, "amount_high": 3.1e8}
    assert worded("thesis_part", **large) == (
        "The ticket in your thesis (CNY 10–60 million) can be a part of this round: CNY 200–310 million"
    )
    part = {"low": 1e7, "high": 6e7, "amount_low": 5e6, "amount_high": 2e7}
    assert worded("thesis_overlap", **part) == (
        "The amount asked (CNY 5–20 million) overlaps the ticket in your thesis in part: CNY 10–60 million"
    )
    assert "部分重合" in worded("thesis_overlap", "zh-hans", **part)
    assert "可以是本轮（2–3.1亿元）的一部分" in worded("thesis_part", "zh-hans", **large)


@pytest.mark.django_db
def test_words_of_the_reader_s_language_come_first():
    words = ["plc", "firewall", "audit", "防火墙", "审计", "监测", "白名单"]
    assert worded("shared_words", words=words).endswith("plc, firewall, audit, 防火墙, 审计")
    assert worded("shared_words", "zh-hans", words=words).endswith("防火墙、审计、监测、白名单、plc")


@pytest.mark.parametrize(
    ("value", "shown", "figure"),
    [(1.204, "+1.20", "+1.204"), (-0.35, "−0.35", "−0.350"), (0, "0.00", "0.000"), (-0.0004, "0.00", "0.000")],
)
def test_nothing_has_no_sign(value, shown, figure):
    assert (signed(value), gain(value)) == (shown, figure)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(8e6, 15e6, "lies in"), (1.5e7, 3e7, "reaches into"), (None, 1e7, "lies in"), (None, None, "lies in")],
)
def test_an_amount_lies_in_the_usual_size_only_with_all_of_it(low, high, said):
    assert said in worded("ticket_range", amount_low=low, amount_high=high)


@pytest.mark.django_db
def test_among_them_is_said_of_a_part_only():
    assert "among them" not in worded("similar_companies", n=2, companies=[1, 2])
    assert "among them" in worded("similar_companies", n=3, companies=[1, 2])


@pytest.mark.django_db
def test_a_sentence_leads_to_all_deals_that_it_counts_or_to_none():
    def address(**values):
        item = {**VALUES, "code": "category_deals", **values}
        return wording.sentence(item, wording.Names([item]), Side.INVESTOR).address

    assert address(n=2, deals=[5, 8]) == f"{reverse('deals:list')}?numbers=5,8"
    assert address(n=3, deals=[5, 8]) == ""
