import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from matching.explanation import Explainer, _telling, _whole
from matching.market import Market
from matching.profiles import FACTORS
from matching.training import TO_RAISES


@pytest.fixture(scope="module")
def market():
    """1 and 2 backed 11 (security, Beijing, A), 1 also 12 (network, Shanghai, B); 3 has only theses."""
    place = {"country": "CHN"}
    return Market.build(
        date(2020, 1, 1),
        companies=[
            {
                "id": 10,
                "category": "security",
                "categories": ["security"],
                "keywords": ["plc"],
                "region": "beijing",
                "text": "plc firewall",
                **place,
            },
            {
                "id": 11,
                "category": "security",
                "categories": ["security"],
                "keywords": ["plc", "ot"],
                "region": "beijing",
                "text": "firewall box",
                **place,
            },
            {"id": 12, "category": "network", "region": "shanghai", **place},
            {"id": 13},
        ],
        investors=[{"id": 1}, {"id": 2}, {"id": 3, "text": "firewall lovers"}],
        theses=[
            {"id": 7, "investor": 3, "categories": ["network"], "ticket_low": 1e6, "ticket_high": 2e6},
            {
                "id": 8,
                "investor": 3,
                "categories": ["security"],
                "rounds": ["a"],
                "regions": ["shanghai"],
                "keywords": ["PLC"],
            },
        ],
        deals=[
            {"id": 100, "company": 11, "date": "2018-05-01", "round": "a", "amount": 4e6},
            {"id": 101, "company": 12, "date": "2019-06-01", "round": "b", "amount": 2e7},
            {"id": 102, "company": 10, "date": "2017-01-01", "round": "seed", "amount": 1e6},
            {"id": 103, "company": 10, "date": "2020-02-01", "round": "a"},
        ],
        participations=[
            {"deal": 100, "investor": 1},
            {"deal": 101, "investor": 1},
            {"deal": 100, "investor": 2},
            {"deal": 102, "investor": 2},
            {"deal": 103, "investor": 1},
        ],
        raises=[
            {
                "id": 50,
                "company": 10,
                "opened_on": "2019-12-01",
                "round": "a",
                "amount_low": 4e6,
                "amount_high": 6e6,
            },
            {"id": 51, "company": 13, "opened_on": "2019-12-01"},
        ],
    ).validate()


def codes(market, raise_id, investor, **more):
    found = Explainer(market).evidence(raise_id, investor, **more)
    return {item["code"]: item for items in found.values() for item in items}


def test_evidence_is_what_the_records_say(market):
    found = codes(market, 50, 1)
    assert found["category_deals"] == {
        "code": "category_deals",
        "category": "security",
        "n": 1,
        "of": 2,
        "since": 2018,
        "deals": [100],
    }
    assert found["round_deals"]["n"] == 1 and found["round_deals"]["deals"] == [100]
    place = found["place_deals"]
    assert (place["level"], place["place"], place["n"], place["of"]) == ("region", "beijing", 1, 2)
    assert found["shared_keywords"]["keywords"] == ["plc"]
    assert found["shared_words"] == {"code": "shared_words", "words": ["firewall"], "companies": [11]}
    assert found["co_investor"] == {"code": "co_investor", "investor": 2, "n": 1, "companies": [11]}
    assert found["similar_companies"]["companies"] == [11]
    assert found["recent_activity"] == {
        "code": "recent_activity",
        "n": 1,
        "months": 12,
        "last": "2019-06-01",
    }
    ticket = found["ticket_range"]
    assert (ticket["low"], ticket["high"], ticket["n"]) == (4e6, 2e7, 2)
    assert (ticket["amount_low"], ticket["amount_high"]) == (4e6, 6e6)
    assert "no_thesis" in found


def test_what_speaks_against_and_what_is_unknown(market):
    against = codes(market, 50, 2)
    assert against["no_recent_activity"]["last"] == "2018-05-01"
    unknown = codes(market, 51, 1)
    assert {"unknown_category", "unknown_round", "unknown_amount", "unknown_place"} <= set(unknown)


def test_the_thesis_that_fits_best_is_cited(market):
    found = codes(market, 50, 3)
    assert found["thesis_category"] == {"code": "thesis_category", "thesis": 8, "categories": ["security"]}
    assert found["thesis_round"]["round"] == "a"
    assert found["thesis_other_place"]["wanted"] == ["shanghai"]
    assert found["thesis_keywords"]["keywords"] == ["plc"]
    assert found["thesis_words"]["words"] == ["firewall"]
    assert found["no_record"] == {"code": "no_record"}


def test_the_other_direction_tells_of_the_raise(market):
    found = codes(market, 50, 1, direction=TO_RAISES)
    assert found["raise_history"] == {"code": "raise_history", "n": 1, "investors": 1, "last": "2017-01-01"}
    assert "first_raise" in codes(market, 51, 1, direction=TO_RAISES)


def test_reasons_are_sorted_complete_and_fit_in_json(market):
    contributions = np.linspace(-1, 0.8, len(FACTORS))
    reasons = Explainer(market).reasons(50, 1, contributions)
    assert [r["factor"] for r in reasons][-1] == "base"
    assert {r["factor"] for r in reasons} == set(FACTORS)
    sizes = [abs(r["contribution"]) for r in reasons[:-1]]
    assert sizes == sorted(sizes, reverse=True)
    assert json.loads(json.dumps(reasons)) == reasons


def asking(market, low, high):
    """`market` with raise 50 asking for other sums."""
    raises = market.raises.copy()
    raises.loc[50, ["amount_low", "amount_high"]] = [low, high]
    return market.with_raises(raises)


@pytest.mark.parametrize(
    ("low", "high", "code", "side"),
    [
        (1e6, 3e6, "ticket_outside", "below"),
        # The middle of the range lies below, a part of it does not.
        (1e6, 5e6, "ticket_range", None),
        (1.9e7, 9e7, "ticket_range", None),
        (2.1e7, 9e7, "ticket_outside", "above"),
        (2.1e7, None, "ticket_outside", "above"),
    ],
)
def test_a_range_that_overlaps_the_usual_size_is_not_outside(market, low, high, code, side):
    found = codes(asking(market, low, high), 50, 1)
    assert found[code].get("side") == side
    assert (found[code]["amount_low"], found[code]["amount_high"]) == (low, high)


@pytest.mark.parametrize(
    ("low", "high", "code", "side"),
    [
        (4e5, 9e5, "thesis_other_ticket", "below"),
        (4e5, 1e6, "thesis_overlap", None),
        (1.5e6, 3e6, "thesis_overlap", None),
        (None, 1.5e6, "thesis_ticket", None),
        (1e6, 2e6, "thesis_ticket", None),
        (3e6, 9e6, "thesis_part", None),
        (2e7, 9e7, "thesis_part", None),
        (2.1e7, 9e7, "thesis_other_ticket", "above"),
    ],
)
def test_how_a_round_stands_to_the_ticket_of_a_thesis(market, low, high, code, side):
    one = asking(market, low, high)
    found = codes(replace(one, theses=one.theses.loc[[7]]), 50, 3)
    assert found[code].get("side") == side
    assert (
        len(
            [
                name
                for name in found
                if name in ("thesis_ticket", "thesis_overlap", "thesis_part", "thesis_other_ticket")
            ]
        )
        == 1
    )


def spoken(company: str, portfolio: str, own: str = "") -> dict:
    """What is said of texts: segmented words of a raising company, of one in the portfolio, and of the investor."""
    market = Market.build(
        date(2020, 1, 1),
        companies=[{"id": 1, "text": company}, {"id": 2, "text": portfolio}],
        investors=[{"id": 1, "text": own}],
        deals=[{"id": 1, "company": 2, "date": "2019-06-01"}],
        participations=[{"deal": 1, "investor": 1}],
        raises=[{"id": 50, "company": 1, "opened_on": "2019-12-01"}],
    ).validate()
    return codes(market, 50, 1)


def test_who_writes_the_same_in_two_languages_has_it_named():
    found = spoken("机器 视觉 机器视觉 玻璃 缺陷", "machine vision for wafers", "We back Machine Vision")
    assert found["shared_concepts"] == {
        "code": "shared_concepts",
        "concepts": [["机器视觉", "machine vision"]],
        "companies": [2],
    }
    assert found["thesis_concepts"]["concepts"] == [["机器视觉", "machine vision"]]
    assert "shared_words" not in found and "thesis_words" not in found
    # A term inside another on both sides says nothing more; the reverse direction names it too.
    found = spoken("collaborative robots", "协作 机器人 协作机器人")
    assert found["shared_concepts"]["concepts"] == [["collaborative robot", "协作机器人"]]


def test_a_term_that_both_write_alike_is_a_shared_word_and_no_more():
    found = spoken("machine vision glass", "machine vision wafers", "machine vision")
    assert set(found["shared_words"]["words"]) == {"machine", "vision"}
    assert not {"shared_concepts", "thesis_concepts"} & set(found)
    assert not {"shared_concepts", "thesis_concepts"} & set(spoken("机器视觉 玻璃", "robots", "firewall"))


def test_shared_words_say_something():
    assert _telling(" new 之一 run plc 次数 防火墙 2020 a ") == {"plc", "防火墙"}
    assert _whole(["传感器", "感器", "plc"]) == ["传感器", "plc"]


def test_deals_since_a_year_are_counted_from_that_year_on():
    """What a sentence says can be counted again in the list of deals."""
    deals = [SimpleNamespace(deal=n, date=date(year, 1, 1)) for n, year in enumerate((2015, 2018, 2020, 2021))]
    found = Explainer._counted("place_deals", deals[2:3], deals, place="suzhou")
    assert found == {"code": "place_deals", "place": "suzhou", "n": 1, "of": 2, "since": 2020, "deals": [2]}
