"""Which sentences a card shows, and when a number of deals is a reason."""

import pytest

from companies.models import Company
from deals.models import Deal, Participation, Side
from investors.models import Investor
from matching import reading, wording
from matching.evidence import Reason, highlights
from matching.reading import Entry
from matching.shares import market_shares
from taxonomy.models import Region

FACTORS = dict.fromkeys(["category", "round", "ticket", "place", "text", "portfolio", "activity", "thesis"], 1.0)


def said(code: str) -> wording.Sentence:
    return wording.Sentence(code, wording.stance(code), code)


def shown(*reasons) -> tuple[list[str], list[str]]:
    found = highlights([Reason(name, value, tuple(said(code) for code in codes)) for name, value, codes in reasons])
    return [one.code for one in found[0]], [one.code for one in found[1]]


def test_what_the_thesis_does_not_get_is_shown_however_well_the_rest_fits():
    thesis = ["thesis_other_category", "thesis_other_round", "thesis_other_place", "thesis_ticket"]
    for_it, against = shown(
        ("thesis", 0.4, thesis), ("category", -0.1, ["no_category_deals"]), ("round", 0.2, ["round_deals"])
    )
    assert for_it == ["thesis_ticket", "round_deals"]
    assert against == ["thesis_other_category", "thesis_other_round", "thesis_other_place"]


def test_an_unmet_wish_is_said_once_and_leaves_room_for_another_reason():
    _for_it, against = shown(
        ("round", -0.5, ["no_round_deals"]),
        ("place", -0.4, ["no_place_deals"]),
        ("thesis", -0.2, ["thesis_other_place"]),
    )
    assert against == ["thesis_other_place", "no_round_deals"]


def test_what_two_factors_rest_on_is_said_once():
    for_it, _against = shown(
        ("category", 0.5, ["thesis_category"]), ("thesis", 0.4, ["thesis_category", "thesis_round"])
    )
    assert for_it == ["thesis_category", "thesis_round"]


@pytest.fixture
def market(cast):
    """Four deals of the cast's fund, two of a stranger: five at round A of six, four of six in Jiangsu."""
    places = ["CN-JS"] * 4 + ["CN-BJ"] * 2
    for number, (place, round_) in enumerate(zip(places, ["a"] * 5 + ["b"], strict=True)):
        company = Company.objects.create(short_en=f"Company {number}", region=Region.objects.get(code=place))
        company.category_links.create(category=cast.security, is_primary=True)
        deal = Deal.objects.create(company=company, round_id=round_, announced_on="2025-03-01", known_on="2025-03-01")
        investor = cast.investor_firm if number in (0, 1, 4, 5) else cast.other_investor_firm
        Participation.objects.create(deal=deal, investor=investor)
    # What counts nowhere counts here neither.
    wrong = Deal.objects.create(
        company=company, round_id="a", announced_on="2025-03-01", status="rejected", reject_reason="wrong"
    )
    Participation.objects.create(deal=wrong, investor=cast.investor_firm)
    return cast


def test_shares_of_the_market(market):
    shares = market_shares()
    assert (shares.counted["round"]["a"], shares.known["round"]) == (5, 6)
    assert (shares.counted["region"]["CHN", "CN-JS"], shares.known["region"]) == (4, 6)
    assert shares.counted["category"]["industrial-internet/security"] == 6
    assert shares.is_below({"code": "round_deals", "round": "a", "n": 3, "of": 4})
    assert not shares.is_below({"code": "round_deals", "round": "a", "n": 5, "of": 6})
    assert not shares.is_below({"code": "round_deals", "round": "seed", "n": 1, "of": 99})
    assert not shares.is_below({"code": "recent_activity", "n": 1, "months": 12})


def test_less_than_the_market_does_is_no_reason(market):
    entry = Entry(Investor.objects.get(pk=market.investor_firm.pk), 1, 3.0, dict(FACTORS))
    reading.evidence.attach(market.company, Side.COMPANY, [entry])
    stances = {said.code: said.stance for reason in entry.reasons for said in reason.sentences}
    # Three of its four deals are at round A, and five of six of all; two of four lie in Jiangsu, and four of six.
    assert (stances["round_deals"], stances["place_deals"]) == (wording.UNKNOWN, wording.UNKNOWN)
    assert stances["category_deals"] == wording.FOR
    below = {said.code for reason in entry.reasons for said in reason.sentences if said.is_below}
    assert below == {"round_deals", "place_deals"}
    assert not {"round_deals", "place_deals"} & {said.code for said in entry.highlights[0]}


def test_a_card_names_what_the_thesis_does_not_get(market):
    market.thesis.rounds.set(["seed"])
    entry = Entry(Company.objects.get(pk=market.company.pk), 1, 3.0, dict(FACTORS))
    reading.evidence.attach(market.investor_firm, Side.INVESTOR, [entry])
    assert "thesis_other_round" in {said.code for said in entry.highlights[1]}
