"""Those without a history, in a market where every investor has one plain taste: each field that they add helps."""

from dataclasses import replace
from datetime import date
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest

from matching import market as m
from matching.explanation import Explainer
from matching.market import Market
from matching.matcher import FACTORS, Matcher
from matching.training import TO_RAISES

AS_OF = date(2020, 1, 1)
CATEGORIES, ROUNDS, REGIONS, AMOUNTS = ("security", "vision"), ("a", "b"), ("hubei", "jiangsu"), (3e6, 1e8)
KEYWORDS = ("castings", "wafers")
WORDS = ("leaks found in pipes", "robots beside people")
TASTES = list(product(CATEGORIES, ROUNDS, REGIONS, AMOUNTS, KEYWORDS, WORDS))
DEALS_EACH = 10


def profile(category, region, keyword, words) -> dict:
    return {
        "category": category,
        "categories": [category],
        "country": "CHN",
        "region": region,
        "keywords": [keyword],
        "text": words,
    }


@pytest.fixture(scope="module")
def market() -> Market:
    """Investor i keeps to taste i in nine deals of ten, each with a company of its own and one stranger beside it.
    For each of 16 tastes a start-up without a record raises."""
    rng = np.random.default_rng(0)
    companies, deals, parts = [], [], []
    for investor, taste in enumerate(TASTES):
        for _ in range(DEALS_EACH):
            category, round_, region, amount, keyword, words = taste if rng.random() < 0.9 else TASTES[rng.integers(64)]
            number = len(deals)
            companies.append({"id": number, **profile(category, region, keyword, words)})
            day = pd.Timestamp(AS_OF) - pd.Timedelta(days=int(rng.integers(1, 4 * 365)))
            order = ROUNDS.index(round_)
            deals.append(
                {
                    "id": number,
                    "company": number,
                    "date": day,
                    "round": round_,
                    "round_order": order,
                    "amount": amount,
                    "kind": "venture",
                }
            )
            parts += [{"deal": number, "investor": i} for i in {investor, int(rng.integers(64))}]
    raises = []
    for number, (category, round_, region, amount, keyword, words) in enumerate(TASTES[::4]):
        companies.append({"id": 5000 + number, **profile(category, region, keyword, words)})
        raises.append(
            {
                "id": number,
                "company": 5000 + number,
                "opened_on": "2019-12-01",
                "round": round_,
                "round_order": ROUNDS.index(round_),
                "amount_low": amount,
                "amount_high": amount,
            }
        )
    return Market.build(
        AS_OF,
        companies=companies,
        investors=[{"id": i, "type": "venture"} for i in range(len(TASTES))],
        deals=deals,
        participations=parts,
        raises=raises,
    ).validate()


@pytest.fixture(scope="module")
def matcher(market) -> Matcher:
    return Matcher(windows=4, text_dimensions=8).fit(market)


def startup(market: Market, taste: tuple, known: tuple) -> Market:
    """The market with one raise more (id 99), of a company that states only the fields `known`."""
    category, round_, region, amount, keyword, words = taste
    company = profile(category, region, keyword, words)
    asked = {"round": round_, "round_order": ROUNDS.index(round_), "amount_low": amount, "amount_high": amount}
    company = {field: value for field, value in company.items() if field in known}
    asked = {field: value for field, value in asked.items() if field in known}
    return replace(
        market,
        companies=pd.concat([market.companies, m.frame(m.COMPANIES, [company], [9000])]),
        raises=m.frame(m.RAISES, [{"company": 9000, "opened_on": "2019-12-31", **asked}], [99]),
    )


STEPS = (
    (m.CATEGORY, m.CATEGORIES),
    (m.ROUND, m.ROUND_ORDER),
    (m.COUNTRY, m.REGION),
    (m.AMOUNT_LOW, m.AMOUNT_HIGH),
    (m.KEYWORDS,),
    (m.TEXT,),
)


def test_each_field_that_a_startup_adds_raises_the_investor_of_its_taste(market, matcher):
    ranks: list[float] = []
    for upto in range(len(STEPS) + 1):
        known = tuple(field for fields in STEPS[:upto] for field in fields)
        places = []
        for investor in range(0, len(TASTES), 5):
            asking = startup(market, TASTES[investor], known)
            places.append(list(matcher.rank_investors(asking, k=64).targets[0]).index(investor) + 1)
        ranks.append(np.mean(places))
    # With nothing known the planted investor is anywhere among 64; each of six fields halves those who fit.
    assert ranks[0] > 20
    for before, after in pairwise(ranks):
        assert after < before * 0.75
    assert ranks[-1] < 1.5


@pytest.mark.parametrize("investor", [0, 21, 42, 63])
def test_category_round_and_province_are_enough_for_a_full_list_that_is_explained(market, matcher, investor):
    category, round_, region, *_ = TASTES[investor]
    asking = startup(market, TASTES[investor], tuple(field for fields in STEPS[:3] for field in fields))
    ranking = matcher.rank_investors(asking, k=50)
    listed = ranking.targets[0]
    assert (listed >= 0).all() and len(set(listed)) == 50
    assert np.isfinite(ranking.scores[0]).all()
    fitting = [TASTES[i][:3] == (category, round_, region) for i in listed]
    assert sum(fitting[:8]) >= 7
    explainer = Explainer(asking)
    for position in range(5):
        parts = ranking.contributions[0, position]
        reasons = {reason["factor"]: reason for reason in explainer.reasons(99, int(listed[position]), parts)}
        for factor, code in (("category", "category_deals"), ("round", "round_deals"), ("place", "place_deals")):
            assert code in [item["code"] for item in reasons[factor]["evidence"]]
        assert max(reason["contribution"] for reason in reasons.values()) > 0
        # What the start-up left blank neither helps nor hurts, and is said to be unknown.
        for factor in ("ticket", "text"):
            assert parts[FACTORS.index(factor)] == 0
        assert [item["code"] for item in reasons["ticket"]["evidence"]] == ["unknown_amount"]


def newcomer(market: Market, taste: tuple, known: tuple) -> Market:
    category, round_, region, amount, *_ = taste
    thesis = {
        "categories": [category],
        "rounds": [round_],
        "regions": [region],
        "ticket_low": amount / 8,
        "ticket_high": amount / 4,
    }
    thesis = {field: value for field, value in thesis.items() if field in known}
    return replace(
        market,
        investors=pd.concat([market.investors, m.frame(m.INVESTORS, [{"type": "venture"}], [777])]),
        theses=m.frame(m.THESES, [{"investor": 777, **thesis}]),
    )


THESIS_STEPS = ((m.CATEGORIES,), (m.ROUNDS,), (m.REGIONS,), (m.TICKET_LOW, m.TICKET_HIGH))


def test_each_field_that_a_new_investor_adds_raises_the_startup_of_its_taste(market, matcher):
    ranks = []
    for upto in range(len(THESIS_STEPS) + 1):
        known = tuple(field for fields in THESIS_STEPS[:upto] for field in fields)
        places = []
        for number, taste in enumerate(TASTES[::4]):
            asking = newcomer(market, taste, known)
            places.append(list(matcher.rank_raises(asking, [777], k=16).targets[0]).index(number) + 1)
        ranks.append(np.mean(places))
    # Sixteen raises, one for each taste: the mean of all places, then of eight, four, two, and the one.
    assert ranks == pytest.approx([8.5, 4.5, 2.5, 1.5, 1.0])


def test_a_new_investor_with_only_a_thesis_gets_a_full_list_that_is_explained(market, matcher):
    asking = newcomer(market, TASTES[0], (m.CATEGORIES, m.ROUNDS, m.REGIONS))
    ranking = matcher.rank_raises(asking, [777], k=16)
    assert sorted(ranking.targets[0]) == list(range(16))
    parts = ranking.contributions[0, 0]
    best = int(ranking.targets[0, 0])
    reasons = {reason["factor"]: reason for reason in Explainer(asking).reasons(best, 777, parts, TO_RAISES)}
    codes = [item["code"] for item in reasons["thesis"]["evidence"]]
    assert codes == ["thesis_category", "thesis_round", "thesis_place"]
    # The thesis is its taste, and stands behind each factor that is named for it.
    for factor, code in (("category", "thesis_category"), ("round", "thesis_round"), ("place", "thesis_place")):
        assert parts[FACTORS.index(factor)] > ranking.contributions[0, :, FACTORS.index(factor)].min(), factor
        assert [item["code"] for item in reasons[factor]["evidence"]] == [code]
    # Nothing is made up of deals that it has not done.
    for factor in ("ticket", "portfolio"):
        assert parts[FACTORS.index(factor)] == 0
