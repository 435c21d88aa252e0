import pickle
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from matching import market as m
from matching.market import Market
from matching.matcher import FACTORS, Matcher
from matching.profiles import past_participations
from matching.training import TO_INVESTORS, TO_RAISES
from tests.matching.planted import planted_market


@pytest.fixture(scope="module")
def market():
    return planted_market()


@pytest.fixture(scope="module")
def matcher(market):
    return Matcher(block=7).fit(market)


def test_what_was_planted_is_found(market, matcher):
    assert matcher.fallback_ == {TO_INVESTORS: False, TO_RAISES: False}
    ranking = matcher.rank_investors(market, k=2)
    hits = 0
    for raise_id, investors in ranking.lists().items():
        n = market.raises.loc[raise_id, m.COMPANY] - 100
        hits += sum(i % 4 == n % 4 and i % 3 == n % 3 for i in investors)
    assert hits / (2 * len(ranking.subjects)) > 0.75


def test_both_directions_have_all_targets_once_and_in_order(market, matcher):
    investors = matcher.rank_investors(market, k=100)
    assert investors.targets.shape == (20, 100)
    raises = matcher.rank_raises(market, k=100)
    for ranking, n in ((investors, 24), (raises, 20)):
        for row in range(len(ranking.subjects)):
            listed = ranking.targets[row][ranking.targets[row] >= 0]
            assert len(listed) == n == len(set(listed))
            assert (np.diff(ranking.scores[row, :n]) <= 0).all()
            assert np.isnan(ranking.scores[row, n:]).all()


def test_the_score_is_exactly_the_sum_of_its_factors(market, matcher):
    for ranking in (matcher.rank_investors(market), matcher.rank_raises(market)):
        parts = ranking.contributions[ranking.targets >= 0]
        scores = ranking.scores[ranking.targets >= 0]
        assert parts.shape[1] == len(FACTORS)
        millionths = np.rint(parts * 1e6).astype(int)
        assert np.allclose(parts * 1e6, millionths, atol=1e-6)
        assert (np.rint(scores * 1e6).astype(int) == millionths.sum(axis=1)).all()
        assert np.abs(parts).max(axis=0)[FACTORS.index("place")] > 0.1


def test_shards_in_another_process_agree_to_the_last_bit(market, matcher):
    copy = pickle.loads(pickle.dumps(matcher))
    whole = matcher.rank_investors(market, k=30)
    ids = whole.subjects.tolist()
    for shard in (ids[:3], ids[3:4], ids[4:][::-1]):
        part = copy.rank_investors(market, shard, k=30)
        rows = [ids.index(i) for i in shard]
        assert np.array_equal(part.targets, whole.targets[rows])
        assert np.array_equal(part.contributions, whole.contributions[rows], equal_nan=True)
    whole = matcher.rank_raises(market, k=30)
    part = copy.rank_raises(market, [5, 2, 11], k=30)
    assert np.array_equal(part.targets, whole.targets[[5, 2, 11]])
    assert np.array_equal(part.contributions, whole.contributions[[5, 2, 11]], equal_nan=True)


def test_deals_on_or_after_the_date_change_nothing(market, matcher):
    later = pd.DataFrame({m.COMPANY: [150, 151], m.DATE: ["2020-01-01", "2021-05-01"]}, index=[9001, 9002])
    mixed = replace(
        market,
        deals=pd.concat([market.deals, m.frame(m.DEALS, later)]),
        participations=pd.concat(
            [
                market.participations,
                m.frame(m.PARTICIPATIONS, [{"deal": 9001, "investor": 1}, {"deal": 9002, "investor": 2}]),
            ],
            ignore_index=True,
        ),
    )
    again = clone(matcher).fit(mixed)
    assert np.array_equal(
        again.rank_investors(market).contributions,
        matcher.rank_investors(market).contributions,
        equal_nan=True,
    )


def test_a_pair_that_has_invested_is_never_ranked(market, matcher):
    raised_before = market.deals[m.COMPANY].unique()[:12]
    again = replace(
        market,
        raises=m.frame(m.RAISES, [{"company": c, "opened_on": "2019-12-01", "round": "b"} for c in raised_before]),
    )
    held = past_participations(market)
    held = set(zip(held[m.COMPANY], held[m.INVESTOR], strict=True))
    company_of = dict(enumerate(raised_before))
    listed = {(company_of[r], i) for r, ids in matcher.rank_investors(again, k=50).lists().items() for i in ids}
    assert listed and not listed & held
    shown = {(company_of[r], i) for i, ids in matcher.rank_raises(again, k=50).lists().items() for r in ids}
    assert shown == listed


def test_a_blocked_pair_is_never_ranked(market, matcher):
    company = market.raises[m.COMPANY].iloc[0]
    best = matcher.rank_investors(market, [market.raises.index[0]], k=1).targets[0, 0]
    blocked = replace(market, blocks=m.frame(m.BLOCKS, [{"company": company, "investor": best}]))
    assert best not in matcher.rank_investors(blocked, [market.raises.index[0]]).targets
    assert market.raises.index[0] not in matcher.rank_raises(blocked, [best]).targets


def with_investor(market, **thesis) -> Market:
    return replace(
        market,
        investors=pd.concat([market.investors, m.frame(m.INVESTORS, [{"type": "venture"}], [77])]),
        theses=m.frame(m.THESES, [{"investor": 77, **thesis}]),
    )


def test_a_newcomer_with_only_a_thesis_is_served_without_a_new_fit(market, matcher):
    newer = with_investor(market, categories=("security",), regions=("shanghai",))
    ranking = matcher.rank_raises(newer, [77], k=20)
    best = newer.companies.loc[newer.raises.loc[ranking.targets[0, 0], m.COMPANY]]
    assert (best[m.CATEGORY], best[m.REGION]) == ("security", "shanghai")
    fitting = ranking.targets[0, 0]
    lists = matcher.rank_investors(newer, k=25).lists()
    places = {raise_id: list(ids).index(77) for raise_id, ids in lists.items()}
    assert places[fitting] == min(places.values()) < 12


def test_hard_exclusions_hold_in_both_directions(market, matcher):
    newer = with_investor(market, categories=("security",), excluded=("devices",))
    excluded = {r for r, c in newer.raises[m.COMPANY].items() if newer.companies.loc[c, m.CATEGORY] == "devices"}
    assert excluded
    assert not excluded & set(matcher.rank_raises(newer, [77], k=50).targets[0])
    for raise_id, ids in matcher.rank_investors(newer, k=50).lists().items():
        assert (77 in ids) == (raise_id not in excluded)


def test_one_new_raise_is_ranked_without_a_new_fit(market, matcher):
    newer = replace(
        market,
        companies=pd.concat(
            [
                market.companies,
                m.frame(m.COMPANIES, [{"category": "network", "country": "CHN", "region": "guangdong"}], [5000]),
            ]
        ),
        raises=m.frame(m.RAISES, [{"company": 5000, "opened_on": "2019-12-31"}], [1]),
    )
    assert set(matcher.rank_investors(newer, k=2).targets[0]) == {11, 23}


# -- markets with next to nothing in them --------------------------------------------------------------------


def bare(**rows) -> Market:
    return Market.build(date(2020, 1, 1), **rows).validate()


def test_a_market_without_deals_is_ranked_by_theses():
    market = bare(
        companies=[{"category": "security", "categories": ["security"]}, {"category": "network"}],
        investors=[{}, {}, {}],
        theses=[
            {"investor": 0, "categories": ["network"]},
            {"investor": 1, "categories": ["security"]},
            {"investor": 2, "excluded": ["security"]},
        ],
        raises=[{"company": 0, "opened_on": "2019-12-01"}, {"company": 1, "opened_on": "2019-12-01"}],
    )
    matcher = Matcher().fit(market)
    assert matcher.fallback_ == {TO_INVESTORS: True, TO_RAISES: True}
    lists = matcher.rank_investors(market).lists()
    assert lists[0].tolist() == [1, 0]
    assert lists[1].tolist() == [0, 2, 1]
    assert matcher.rank_raises(market).lists()[2].tolist() == [1]


@pytest.mark.parametrize(
    "market",
    [
        bare(),
        bare(companies=[{}], raises=[{"company": 0, "opened_on": "2019-12-01"}]),
        bare(investors=[{}], theses=[{"investor": 0}]),
        bare(companies=[{}], investors=[{}], raises=[{"company": 0, "opened_on": "2019-12-01"}]),
    ],
    ids=["nothing", "no investor", "no raise", "an investor with neither deal nor thesis"],
)
def test_where_nobody_can_be_matched_lists_are_empty(market):
    matcher = Matcher().fit(market)
    for ranking in (matcher.rank_investors(market), matcher.rank_raises(market)):
        assert (ranking.targets == -1).all()


def test_one_investor_one_category_and_nothing_known():
    one = bare(
        companies=[{"category": "security"}] * 60,
        investors=[{}],
        deals=[{"company": n, "date": f"201{5 + n % 5}-0{1 + n % 9}-01"} for n in range(50)],
        participations=[{"deal": n, "investor": 0} for n in range(50)],
        raises=[{"company": n, "opened_on": "2019-12-01"} for n in range(45, 60)],
    )
    matcher = Matcher().fit(one)
    lists = matcher.rank_investors(one).lists()
    assert [len(v) for v in lists.values()] == [0] * 5 + [1] * 10
    assert sorted(matcher.rank_raises(one).lists()[0]) == list(range(5, 15))
    assert np.isfinite(matcher.rank_raises(one).scores[0, :10]).all()


def test_progress_is_told(market):
    told = []
    Matcher(windows=2, max_queries=20).fit(market, progress=lambda *step: told.append(step))
    assert (2, 2, "training") in told
    assert all(0 <= done <= total for done, total, _ in told)
