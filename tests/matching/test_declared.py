"""A thesis is the taste of those whose deals are not on record."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matching import declared
from matching import market as m
from matching.explanation import Explainer
from matching.feature_names import PAIR_FEATURES
from matching.features import PairFeatures
from matching.market import Market

AS_OF = date(2020, 1, 1)
NEWCOMER = 50


@pytest.fixture
def market() -> Market:
    """Security is 2 of 6 deals, one of them in Jiangsu, angel rounds are 3. 1 has done them all; 50 none."""
    categories = ["security", "security", "network", "network", "network", "network"]
    return Market.build(
        AS_OF,
        companies=[
            *(
                {"id": n + 1, "category": c, "country": "CHN", "region": "CN-JS" if not n else "CN-BJ"}
                for n, c in enumerate(categories)
            ),
            {"id": 0, "category": "security", "country": "CHN", "region": "CN-JS"},
        ],
        investors=[{"id": 1}, {"id": NEWCOMER}],
        deals=[
            {
                "id": n,
                "company": n + 1,
                "date": "2019-01-01",
                **({"round": "angel", "amount": 1e7} if n < 3 else {"round": "a", "amount": 1e10}),
            }
            for n in range(6)
        ],
        participations=[{"deal": n, "investor": 1} for n in range(6)],
        raises=[
            {"id": 70, "company": 0, "opened_on": "2019-12-01", "round": "angel", "amount_low": 1e7, "amount_high": 1e7}
        ],
    ).validate()


def told(market, *theses, investor=NEWCOMER) -> Market:
    return replace(market, theses=m.frame(m.THESES, [{"investor": investor, **thesis} for thesis in theses]))


def tastes(market, name) -> list[float]:
    """What a log ratio says of the raise, beside each investor."""
    state = PairFeatures(half_life=1e9, smoothing=2.0).fit(market).over(np.array([1, NEWCOMER])).told(market)
    return state.block(state.encode(market))[PAIR_FEATURES.index(f"lr_{name}")][0].tolist()


def test_a_thesis_counts_like_so_many_deals_of_what_it_names(market):
    few = declared.DEALS
    before, nothing = tastes(market, "category")
    assert nothing == 0
    expected = np.log((1 + few / (2 * 2 / 6)) / (1 + few / 2))
    assert tastes(told(market, {"categories": ["security"]}), "category") == pytest.approx([before, expected], abs=1e-2)
    # Whoever names all of the market says nothing, and two theses are no more deals than one.
    both = told(market, {"categories": ["security", "network"]})
    assert tastes(both, "category")[1] == pytest.approx(0, abs=1e-2)
    half = np.log((1 + few / 2 / (2 * 2 / 6)) / (1 + few / 2))
    two = told(market, {"categories": ["security"]}, {"categories": ["network"]})
    assert tastes(two, "category")[1] == pytest.approx(half, abs=1e-2)


@pytest.mark.parametrize(
    ("name", "meets", "misses"),
    [
        ("category", {"categories": ["security"]}, {"categories": ["network"]}),
        ("round", {"rounds": ["angel"]}, {"rounds": ["a"]}),
        ("region", {"regions": ["CN-JS"]}, {"regions": ["CN-BJ"]}),
        ("amount", {"ticket_low": 2e6, "ticket_high": 5e6}, {"ticket_low": 1e9, "ticket_high": 2e9}),
        # What nobody has a deal in is still not this.
        ("category", {"categories": ["security"]}, {"categories": ["unheard of"]}),
    ],
)
def test_each_field_of_a_thesis_is_a_taste_for_and_against(market, name, meets, misses):
    assert tastes(told(market, misses), name)[1] < 0 < tastes(told(market, meets), name)[1]
    assert tastes(told(market, {"keywords": ["x"]}), name)[1] == 0


def test_a_record_says_more_than_a_thesis(market):
    for name in ("category", "round", "region", "amount"):
        theses = {"categories": ["network"], "rounds": ["a"], "regions": ["CN-BJ"], "ticket_low": 1e9}
        assert tastes(told(market, theses, investor=1), name) == tastes(market, name)


def test_evidence_of_a_newcomer_is_its_thesis(market):
    asked = told(market, {"categories": ["security"], "rounds": ["a"], "regions": ["CN-JS"], "ticket_low": 1e9})
    found = Explainer(asked).evidence(70, NEWCOMER)
    codes = {factor: [item["code"] for item in items] for factor, items in found.items()}
    assert codes["category"] == ["thesis_category"]
    assert codes["round"] == ["thesis_other_round"]
    assert codes["place"] == ["thesis_place"]
    assert codes["ticket"] == ["thesis_other_ticket"]
    of_another = Explainer(told(market, {"categories": ["security"]}, investor=1)).evidence(70, 1)
    assert [item["code"] for item in of_another["category"]] == ["category_deals"]
    assert all(code.startswith("thesis") for code in codes["thesis"])
