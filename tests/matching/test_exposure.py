from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matching import exposure
from matching import market as m
from matching.evaluation import ndcg_of_each
from matching.matcher import FACTORS, Matcher
from matching.ranking import exact_sum
from matching.training import TO_INVESTORS
from tests.matching.planted import planted_market


def lists(scores):
    """Targets and scores of all columns, best first."""
    order = np.argsort(-scores, axis=1, kind="stable")
    return order, np.take_along_axis(scores, order, axis=1)


def test_who_takes_the_place_of_one_that_is_held_back_is_held_back_in_turn():
    # one place a list, five lists, two for each: 0 leaves the third list to 1, which then has one too many and
    # leaves the fourth, where 2 is nearest
    scores = np.array([[5.0, 0, -9], [4, 0, -9], [3, 0, -9], [-9, 0, -2], [-9, 0, -6]])
    assert scores.argmax(axis=1).tolist() == [0, 0, 0, 1, 1]
    ids, penalties = exposure.hold_back(*lists(scores), limit=0.4, listed=1)
    scores[:, ids] -= penalties
    assert scores.argmax(axis=1).tolist() == [0, 0, 1, 2, 1]
    assert ids.tolist() == [0, 1]
    assert penalties == pytest.approx([5, 2], abs=0.05)


def test_what_is_taken_is_no_more_than_needed():
    scores = np.array([[5.0, 0], [4, 0], [3, 0], [2, 0]])
    ids, penalties = exposure.hold_back(*lists(scores), limit=0.5, listed=1)
    # 0 must leave the two lists where it leads by 3 and by 2, and keep those where it leads by 4 and by 5
    assert ids.tolist() == [0]
    assert penalties[0] == pytest.approx(3, abs=1e-5)


def test_nobody_is_held_back_under_the_limit_nor_where_there_is_no_choice():
    scores = np.random.default_rng(0).normal(size=(40, 30))
    assert len(exposure.hold_back(*lists(scores), limit=1.0)[0]) == 0
    # as many targets as places: all are shown, whatever is taken from them
    assert len(exposure.hold_back(*lists(scores[:, :10]), limit=0.3)[0]) == 0
    assert len(exposure.hold_back(*lists(scores[:0]), limit=0.3)[0]) == 0
    targets, ordered = lists(scores)
    targets[:, 8:], ordered[:, 8:] = -1, np.nan
    assert len(exposure.hold_back(targets, ordered, limit=0.3)[0]) == 0


def test_the_limit_holds_on_lists_cut_at_the_depth_where_many_compete():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(300, 400)) + np.sort(rng.exponential(2, size=400))[None, ::-1]
    limit = 0.1
    targets, ordered = lists(scores)
    assert exposure.largest_share(targets) == 1.0
    k = exposure.depth(limit)
    ids, penalties = exposure.hold_back(targets[:, :k], ordered[:, :k], limit)
    scores[:, ids] -= penalties
    shares = np.bincount(lists(scores)[0][:, :10].ravel(), minlength=400) / 300
    assert shares.max() <= limit
    # nobody is pushed further down than to the limit
    assert shares[ids].min() > limit - 0.03


def test_the_limit_gives_way_where_equal_shares_come_near_it():
    assert exposure.share_limit(0.05, 10_000) == 0.05
    assert exposure.share_limit(0.05, 100) == pytest.approx(0.2)
    assert exposure.share_limit(0.05, 3) == exposure.share_limit(0.05, 0) == 1.0
    assert exposure.limits(0.3, 0.5) == pytest.approx([0.3, 0.3 * 2**0.25, 0.3 * 2**0.5, 0.3 * 2**0.75])
    assert exposure.limits(0.3, 0.2) == [0.3]
    assert exposure.limits(0.9, 1.0) == [0.9, 1.0]
    assert exposure.aim(0.05, 100, 100) == 0.05
    assert 0.025 <= exposure.aim(0.05, 1000, 5000) < 0.05


def test_the_largest_share_by_hand():
    assert exposure.largest_share(np.array([[1, 2], [2, 3], [2, -1]]), listed=1) == pytest.approx(2 / 3)
    assert exposure.largest_share(np.array([[1, 2], [2, 3], [2, -1]]), listed=2) == 1
    assert exposure.largest_share(np.full((2, 3), -1)) == 0


# -- in the model --------------------------------------------------------------------------------------------


def dominated_market():
    """The planted market with 60 investors, and investor 900, who joins every third deal of every kind."""
    market = planted_market(companies=460, investors=60)
    joined = market.deals.index[::3]
    new = market.companies.iloc[:240].set_axis(range(9000, 9240))
    return replace(
        market,
        companies=m.frame(m.COMPANIES, pd.concat([market.companies, new])),
        investors=m.frame(m.INVESTORS, [{}] * 61, [*market.investors.index, 900]),
        participations=m.frame(
            m.PARTICIPATIONS,
            [
                *market.participations.to_dict("records"),
                *({"deal": deal, "investor": 900} for deal in joined),
            ],
        ),
        raises=m.frame(m.RAISES, [{"company": 9000 + n, "opened_on": "2019-12-01", "round": "a"} for n in range(240)]),
    ).validate()


@pytest.fixture(scope="module")
def market():
    return dominated_market()


@pytest.fixture(scope="module")
def matcher(market):
    return Matcher(windows=3, max_queries=60, max_share=0.5, max_loss=None).fit(market)


def shares(matcher, market):
    shown = matcher.rank_investors(market, k=10).targets
    ids, counts = np.unique(shown[shown >= 0], return_counts=True)
    return dict(zip(ids.tolist(), counts / len(shown), strict=True))


def test_an_investor_that_suits_everybody_is_not_shown_to_everybody(market, matcher):
    held = matcher.attention_
    assert 900 in held.index and (held < 0).all()
    assert max(shares(matcher, market).values()) <= 0.5
    matcher.attention_ = held.iloc[:0]
    assert max(shares(matcher, market).values()) > 0.6
    matcher.attention_ = held


def test_the_share_given_up_is_a_factor_of_the_exact_sum(market, matcher):
    ranking = matcher.rank_investors(market, k=61)
    listed = ranking.targets >= 0
    parts = ranking.contributions[listed]
    expected = matcher.attention_.reindex(ranking.targets[listed]).fillna(0).to_numpy()
    assert np.array_equal(np.rint(parts[:, FACTORS.index("attention")] * 1e6), np.rint(expected * 1e6))
    assert np.array_equal(ranking.scores[listed], exact_sum(parts))
    assert (np.diff(ranking.scores, axis=1)[listed[:, 1:]] <= 0).all()
    assert (matcher.rank_raises(market, k=5).contributions[:, :, FACTORS.index("attention")] == 0).all()


def test_who_comes_up_from_far_below_is_found(market, matcher):
    raise_id, held = market.raises.index[3], matcher.attention_
    matcher.attention_ = held.iloc[:0]
    best = matcher.rank_investors(market, [raise_id], k=61).targets[0]
    matcher.attention_ = pd.Series(-50.0, index=best[:30])
    found = matcher.rank_investors(market, [raise_id], k=5).targets[0]
    matcher.attention_ = held
    assert found.tolist() == best[30:35].tolist()


def test_one_raise_alone_is_ranked_as_among_all(market, matcher):
    whole = matcher.rank_investors(market, k=20)
    one = matcher.rank_investors(market.with_raises(market.raises.iloc[[7]]), k=20)
    assert np.array_equal(one.targets[0], whole.targets[7])
    assert np.array_equal(one.contributions[0], whole.contributions[7])


def test_what_must_not_be_ranked_is_not_ranked_because_others_are_held_back(market, matcher):
    company = market.raises[m.COMPANY].iloc[0]
    best = matcher.rank_investors(market, [market.raises.index[0]], k=3).targets[0]
    blocked = replace(market, blocks=m.frame(m.BLOCKS, [{"company": company, "investor": i} for i in best]))
    assert not set(best) & set(matcher.rank_investors(blocked, [market.raises.index[0]], k=61).targets[0])


def test_few_open_raises_take_what_the_latest_window_told(market, matcher):
    few = market.with_raises(market.raises.iloc[:5])
    found = Matcher(windows=3, max_queries=60, max_share=0.5, max_loss=None).fit(few)
    ids, penalties = found.held_back_
    assert 900 in ids
    assert found.attention_.to_dict() == dict(zip(ids, -penalties, strict=True))
    # and where there is no such window nothing is known to be too much
    new = Matcher(max_share=0.5).fit(replace(few, deals=few.deals.iloc[:20], participations=m.empty(m.PARTICIPATIONS)))
    assert new.quality_ is None and new.attention_.empty


def test_the_control_can_be_turned_off_and_its_price_bounded(market, matcher):
    free = Matcher(windows=3, max_queries=60, max_share=None).fit(market)
    assert free.attention_.empty
    told = free.quality_["directions"][TO_INVESTORS]["exposure"]
    assert told["limit"] == 1 and told["strength"] == 0
    assert told["largest_share"] == told["largest_share_uncontrolled"]
    strict = matcher.quality_["directions"][TO_INVESTORS]["exposure"]
    assert strict["limit"] == 0.5 >= strict["largest_share"]
    assert strict["largest_share_uncontrolled"] > strict["limit"]
    cheap = Matcher(windows=3, max_queries=60, max_share=0.5, max_loss=0.0).fit(market)
    methods = cheap.quality_["directions"][TO_INVESTORS]["methods"]
    assert methods["model"]["ndcg_10"]["mean"] >= methods["uncontrolled"]["ndcg_10"]["mean"]


def test_what_chance_may_hide_counts_as_lost(matcher):
    exam = matcher.exam_
    scored, truth = exam.scored(matcher.twins_), exam.truth[TO_INVESTORS]
    strict = exam.lists(scored, 0.3, None, None)
    before, after = (ndcg_of_each(ranking[TO_INVESTORS], truth) for ranking in (strict.uncontrolled, strict.model))
    lost, error = (before - after).mean(), (before - after).std() / len(truth) ** 0.5
    assert lost > 0 and error > 0
    assert exam.lists(scored, 0.3, lost / before.mean() + 1e-9, None).limit > strict.limit
    assert exam.lists(scored, 0.3, (lost + error) / before.mean() + 1e-9, None).limit == strict.limit


# -- the floor -----------------------------------------------------------------------------------------------


def codes(region, category=None):
    category = [""] * len(region) if category is None else category
    return {"region": np.array(list(region), dtype=object), "category": np.array(category, dtype=object)}


def test_a_group_below_the_floor_is_lifted_by_what_it_lacks():
    # one place a list; the only raise of b trails that of a by 1, 2, 3 and 4, and the average raise is shown twice
    scores = np.array([[0.0, -1], [0, -2], [0, -3], [0, -4]])
    found = exposure.lift(scores, codes("ab"), floor=0.5, listed=1)
    assert found == {"region": {"b": pytest.approx(1, abs=1e-5)}, "category": {}}
    found = exposure.lift(scores, codes("ab"), floor=0.75, listed=1)
    assert found["region"] == {"b": pytest.approx(2, abs=1e-5)}
    assert exposure.lift(scores, codes("ab"), floor=0.0, listed=1) == exposure.NO_BOOSTS
    # what is not known is no group, and what is forbidden cannot be shown
    assert exposure.lift(scores, codes(["a", ""]), floor=0.5, listed=1) == exposure.NO_BOOSTS
    scores[:, 1] = -np.inf
    assert exposure.lift(scores, codes("ab"), floor=0.5, listed=1) == exposure.NO_BOOSTS


def test_a_raise_is_given_the_sum_of_its_groups():
    boosts = {"region": {"b": 1.0}, "category": {"x": 0.5}}
    assert exposure.boost_of(boosts, codes("abb", ["x", "x", "y"])).tolist() == [0.5, 1.5, 1.0]
    assert exposure.boost_of(boosts, codes([])).tolist() == []


def test_regions_that_investors_leave_out_are_shown_with_a_floor(market):
    # a region in which one investor alone makes its deals
    companies = market.companies.copy()
    companies.loc[companies.index % 6 == 0, m.REGION] = "gansu"
    there = market.deals.index[market.deals[m.COMPANY] % 6 == 0]
    kept = ~market.participations[m.DEAL].isin(there) | (market.participations[m.INVESTOR] == 7)
    left_out = replace(market, companies=companies, participations=market.participations[kept])
    far = set(left_out.raises.index[left_out.raises[m.COMPANY] % 6 == 0])
    settings = {"windows": 3, "max_queries": 60, "max_share": None}
    plain, floored = Matcher(**settings).fit(left_out), Matcher(floor=0.8, **settings).fit(left_out)

    def shown(ranking):
        places = ranking.targets[:, :10].ravel()
        return np.isin(places, list(far)).sum() / len(far) / (len(places) / len(left_out.raises))

    assert shown(plain.rank_raises(left_out, k=10)) < 0.6
    ranking = floored.rank_raises(left_out, k=50)
    assert shown(ranking) >= 0.8
    attention = ranking.contributions[:, :, FACTORS.index("attention")]
    assert (attention[np.isin(ranking.targets, list(far))] >= floored.boosts_["region"]["gansu"]).all()
    assert np.array_equal(ranking.scores, exact_sum(ranking.contributions))
    alone = floored.rank_raises(left_out.with_raises(left_out.raises.loc[[min(far)]]), [3], k=1)
    row = floored.rank_raises(left_out, [3], k=300)
    at = row.targets[0].tolist().index(min(far))
    assert np.array_equal(alone.contributions[0, 0], row.contributions[0, at])
