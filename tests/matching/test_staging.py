"""Two stages give what one gives; the shortlist forgets nobody that matters."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matching import market as m
from matching import staging
from matching.answers import ANSWER_FEATURES
from matching.feature_names import FEATURES
from matching.matcher import FACTORS, Matcher
from matching.ranking import exact_sum
from matching.training import DIRECTIONS, TO_INVESTORS, TO_RAISES
from tests.matching.planted import planted_market


@pytest.fixture(scope="module")
def market():
    """120 raises, 60 investors; a thesis that excludes, a blocked pair, and a city that only two companies share."""
    market = planted_market(companies=500, investors=60)
    rng = np.random.default_rng(3)
    companies = market.companies.copy()
    companies[m.CITY] = [f"city{n}" for n in rng.integers(0, 30, len(companies))]
    open_ones = companies.index[-120:]
    return replace(
        market,
        companies=companies,
        raises=m.frame(
            m.RAISES,
            pd.DataFrame({m.COMPANY: open_ones, m.OPENED_ON: "2019-12-01", m.ROUND: "a"}, index=open_ones + 1000),
        ),
        theses=m.frame(m.THESES, [{"investor": 3, "categories": ("security",), "excluded": ("devices",)}]),
        blocks=m.frame(m.BLOCKS, [{"company": open_ones[0], "investor": 5}]),
    ).validate()


@pytest.fixture(scope="module")
def dense(market):
    matcher = Matcher(windows=3).fit(market)
    matcher.attention_ = pd.Series({4: -1.5, 9: -0.25})
    matcher.boosts_ = {"region": {"beijing": 0.5}, "category": {"network": 0.25}}
    return matcher


@pytest.fixture
def narrow(monkeypatch):
    """Shortlists so narrow that a market for tests is large."""
    monkeypatch.setattr(staging, "width", lambda direction, k: {TO_INVESTORS: 20, TO_RAISES: 30}[direction])
    monkeypatch.setattr(staging, "RAISES_TOGETHER", 16)
    monkeypatch.setattr(staging, "INVESTORS_TOGETHER", 7)
    monkeypatch.setattr(staging, "_SCORES_AT_ONCE", 600)


@pytest.fixture
def wide(monkeypatch):
    """The shortlist is everything."""
    monkeypatch.setattr(staging, "width", lambda direction, k: 1000)
    monkeypatch.setattr(Matcher, "_stage", lambda self, direction, targets, k: self.first_stages_.get(direction))


@pytest.fixture(scope="module")
def staged(market, dense):
    """The same model with its first stages: a market larger than ``dense_pairs``."""
    matcher = pickle.loads(pickle.dumps(dense)).set_params(dense_pairs=1000, taught=80)
    matcher.first_stages_ = matcher._first_stages(market)
    return matcher


def rankings(matcher, market, k):
    return {TO_INVESTORS: matcher.rank_investors(market, k=k), TO_RAISES: matcher.rank_raises(market, k=k)}


def test_small_markets_have_no_first_stage(dense, staged):
    assert dense.first_stages_ == {}
    assert set(staged.first_stages_) == set(DIRECTIONS)


def test_lists_are_those_of_one_stage_where_the_shortlist_is_everything(market, dense, staged, wide):
    one, two = rankings(dense, market, 100), rankings(staged, market, 100)
    for direction in DIRECTIONS:
        assert np.array_equal(one[direction].targets, two[direction].targets)
        assert np.array_equal(one[direction].contributions, two[direction].contributions, equal_nan=True)


def test_the_best_are_on_the_shortlist(market, dense, staged, narrow):
    one, two = rankings(dense, market, 5), rankings(staged, market, 5)
    for direction in DIRECTIONS:
        kept = [np.isin(a, b).mean() for a, b in zip(one[direction].targets, two[direction].targets, strict=True)]
        assert np.mean(kept) > 0.98


def test_scores_are_the_sum_of_their_factors_and_those_of_one_stage(market, dense, staged, narrow):
    one, two = rankings(dense, market, 120), rankings(staged, market, 10)
    for direction in DIRECTIONS:
        found = two[direction]
        at = found.targets >= 0
        assert np.array_equal(found.scores[at], exact_sum(found.contributions[at]))
        assert (found.contributions[at][:, FACTORS.index("attention")] != 0).any()
        exact = {
            (s, t): score
            for s, row, scores in zip(
                one[direction].subjects, one[direction].targets, one[direction].scores, strict=True
            )
            for t, score in zip(row, scores, strict=True)
        }
        for s, row, scores in zip(found.subjects, found.targets, found.scores, strict=True):
            assert [exact[s, t] for t in row if t >= 0] == scores[row >= 0].tolist()


def test_any_shard_in_any_order_gives_the_same(market, staged, narrow):
    copy = pickle.loads(pickle.dumps(staged))
    whole = rankings(staged, market, 10)
    rng = np.random.default_rng(0)
    for direction, rank in ((TO_INVESTORS, copy.rank_investors), (TO_RAISES, copy.rank_raises)):
        subjects = whole[direction].subjects
        for shard in np.array_split(rng.permutation(len(subjects)), 4):
            part = rank(market, subjects[shard], k=10)
            assert np.array_equal(part.targets, whole[direction].targets[shard])
            assert np.array_equal(part.contributions, whole[direction].contributions[shard], equal_nan=True)


def test_a_prepared_market_gives_the_same(market, staged, dense, narrow):
    rng = np.random.default_rng(1)
    for matcher in (staged, dense):
        whole = rankings(matcher, market, 10)
        prepared = pickle.loads(pickle.dumps(matcher)).prepare(market)
        for direction, rank in ((TO_INVESTORS, prepared.rank_investors), (TO_RAISES, prepared.rank_raises)):
            shard = rng.permutation(len(whole[direction].subjects))[:13]
            part = rank(market, whole[direction].subjects[shard], k=10)
            assert np.array_equal(part.targets, whole[direction].targets[shard])
            assert np.array_equal(part.contributions, whole[direction].contributions[shard], equal_nan=True)
    with pytest.raises(KeyError, match="77"):
        prepared.rank_investors(market, [77])


def test_among_some_the_order_is_that_among_all(market, staged, dense):
    """What a refresh asks for: one target in the eyes of everybody."""
    one, whole = rankings(dense, market, 200), rankings(staged, market, 200)
    for matcher in (staged, pickle.loads(pickle.dumps(staged)).prepare(market)):
        for direction, rank, other in (
            (TO_INVESTORS, matcher.rank_investors, 9),
            (TO_RAISES, matcher.rank_raises, market.raises.index[5]),
        ):
            found = rank(market, None, k=1, among=[other])
            assert np.array_equal(found.subjects, whole[direction].subjects)
            row, place = np.nonzero(one[direction].targets == other)
            listed = np.flatnonzero(found.targets[:, 0] >= 0)
            assert listed.tolist() == row.tolist() != []
            assert np.array_equal(found.contributions[listed, 0], one[direction].contributions[row, place])


def test_what_is_forbidden_is_on_no_shortlist(market, staged, narrow):
    devices = {r for r, c in market.raises[m.COMPANY].items() if market.companies.loc[c, m.CATEGORY] == "devices"}
    blocked = (market.raises.index[0], 5)
    two = rankings(staged, market, 15)
    pairs = {(r, i) for r, ids in two[TO_INVESTORS].lists().items() for i in ids}
    pairs |= {(r, i) for i, ids in two[TO_RAISES].lists().items() for r in ids}
    assert blocked not in pairs
    assert not {(r, 3) for r in devices} & pairs
    assert any(i == 3 for _, i in pairs) and any(r == blocked[0] for r, _ in pairs)
    # whoever is left out makes room for others
    assert all(len(ids) == 15 for ids in two[TO_INVESTORS].lists().values())


def test_a_newcomer_is_looked_at_by_all(market, dense, staged, narrow):
    newer = replace(
        market,
        investors=pd.concat([market.investors, m.frame(m.INVESTORS, [{"type": "venture"}], [77])]),
        theses=m.frame(m.THESES, [{"investor": 77, "categories": ("network",), "regions": ("beijing",)}]),
    )
    one, two = rankings(dense, newer, 10), rankings(staged, newer, 10)
    shown = [r for r, ids in one[TO_INVESTORS].lists().items() if 77 in ids]
    assert shown == [r for r, ids in two[TO_INVESTORS].lists().items() if 77 in ids] != []
    row = one[TO_RAISES].subjects.tolist().index(77)
    assert np.array_equal(one[TO_RAISES].targets[row], two[TO_RAISES].targets[row])


def test_an_answer_given_since_brings_what_is_alike_on_the_shortlist(market, dense, staged, monkeypatch):
    """Investor 0 saves what it never backed, and a start-up investors that back what it is not."""
    monkeypatch.setattr(staging, "width", lambda direction, k: 12)
    opened, raised = market.companies.index[-120:], market.raises.index[0]
    liked = [c for c in market.companies.index.difference(opened) if market.companies.at[c, m.CATEGORY] == "network"]
    saved = [{"company": c, "investor": 0, "side": "investor", "round": "a"} for c in liked[:60]]
    saved += [{"company": opened[0], "investor": i, "side": "company"} for i in range(1, 60, 4)]
    said = m.frame(m.ANSWERS, [{**row, "kind": "saved", "at": "2019-12-20"} for row in saved])
    newcomer = pd.concat([market.investors, m.frame(m.INVESTORS, [{"type": "venture"}], [77])])
    theses = m.frame(m.THESES, [*market.theses.to_dict("records"), {"investor": 77, "categories": ("devices",)}])
    market = replace(market, investors=newcomer, theses=theses)
    answered = replace(market, answers=said)
    dense, staged = (pickle.loads(pickle.dumps(matcher)) for matcher in (dense, staged))
    for ranker in (*dense.rankers_.values(), *staged.rankers_.values()):
        ranker.slope_[np.isin(ranker.used_, [FEATURES.index(name) for name in ANSWER_FEATURES])] = 20
    for direction, rank in ((TO_INVESTORS, Matcher.rank_investors), (TO_RAISES, Matcher.rank_raises)):
        subject = [raised] if direction == TO_INVESTORS else [0]
        before, one, two = (rank(*of, subject, k=5) for of in ((dense, market), (dense, answered), (staged, answered)))
        assert set(before.targets[0]) != set(one.targets[0])
        assert np.array_equal(one.targets, two.targets)


def test_single_pairs_have_the_features_of_blocks(market, dense):
    state = dense.state_.over(dense.state_.candidates(market))
    raises = state.encode(market)
    block = state.block(raises)
    rng = np.random.default_rng(0)
    row, column = rng.integers(0, len(raises), 200), rng.integers(0, len(state.investors_), 200)
    wanted = state.rows(block, raises, row, column)
    assert np.array_equal(state.of_pairs(raises, row, column, at_once=50), wanted)
    assert state.of_pairs(raises, row[:0], column[:0]).shape == (0, wanted.shape[1])


def test_who_knows_a_rare_city_is_not_missed(market, dense):
    """One raise in a city that only investor 7's deals know, and no sampled raise has."""
    held = market.participations[market.participations[m.INVESTOR] == 7][m.DEAL]
    companies = market.companies.copy()
    companies.loc[market.deals.loc[held, m.COMPANY], m.CITY] = "elsewhere"
    rare = market.raises[m.COMPANY].iloc[-1]
    companies.loc[rare, m.CITY] = "elsewhere"
    there = replace(market, companies=companies)
    matcher = pickle.loads(pickle.dumps(dense)).set_params(dense_pairs=10, taught=30).refresh(there)
    stage = matcher._first_stages(there)[TO_INVESTORS]
    state = matcher.state_.over(matcher.state_.candidates(there))
    raises = state.encode(there, [rare + 1000])
    without = state.encode(market, [rare + 1000])
    rise = stage.predict(raises) - stage.predict(without)
    assert rise[0].argmax() == np.searchsorted(state.investors_, 7)
