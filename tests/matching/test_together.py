"""What only the combination of features says: learned where it is there, used where it is worth it, and shown apart."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from matching import market as m
from matching.feature_names import FEATURES, INVESTOR_FEATURES, PAIR_FEATURES
from matching.matcher import FACTORS, IGNORED, Matcher
from matching.ranking import DECLARED, AdditiveRanker, exact_sum
from matching.together import Together
from matching.training import DIRECTIONS, TO_INVESTORS, Sample
from tests.matching.planted import planted_market

TOGETHER = FACTORS.index("together")
SIZE = 10


def sample(conjunction: float, n_choices=900, seed=0) -> Sample:
    """Choices by place, by activity, and by ``conjunction`` times the product of text and round; the latest third is
    window 0. A thesis is stated, and nobody minds.
    """
    rng = np.random.default_rng(seed)
    X = np.zeros((n_choices * SIZE, len(FEATURES)), np.float32)
    told = ["lr_region", "lr_round", "text_portfolio", "deals_18m", "thesis_round"]
    X[:, [FEATURES.index(name) for name in told]] = rng.normal(size=(len(X), len(told)))
    place, by_round, text, deals, _ = (X[:, FEATURES.index(name)] for name in told)
    utility = (place + 0.5 * deals + conjunction * by_round * text + rng.gumbel(size=len(X))).reshape(-1, SIZE)
    y = (utility == utility.max(axis=1, keepdims=True)).ravel()
    group = np.repeat(np.arange(n_choices), SIZE)
    return Sample(X, y, group, np.ones(len(X), np.float32), 2 - 3 * group // n_choices)


def ranker(taught: Sample, share=1.0) -> AdditiveRanker:
    curves = AdditiveRanker(IGNORED[TO_INVESTORS], knots=(), penalty=1.0)
    return curves.fit(taught.X, taught.worth, taught.group, taught.weight).add_together(
        taught, Together(epochs=20), share
    )


@pytest.fixture(scope="module")
def drawn():
    return sample(1.5)


@pytest.fixture(scope="module")
def with_network(drawn):
    return ranker(drawn.earlier_than(0))


def test_a_conjunction_that_no_curve_can_tell_is_learned_and_used(drawn, with_network):
    asked = drawn.of_window(0)
    together = with_network.contributions(asked.X)[:, TOGETHER]
    both = asked.X[:, FEATURES.index("lr_round")] * asked.X[:, FEATURES.index("text_portfolio")]
    assert np.corrcoef(together, both)[0, 1] > 0.7
    curves = with_network.score(asked.X) - together
    assert asked.ndcg(with_network.score(asked.X)).mean() > asked.ndcg(curves).mean() + 0.1
    assert with_network.best_share(asked) == 1.0


def test_where_nothing_is_said_together_nothing_is_used():
    # a gain beyond its standard error comes by chance now and then
    plain = [sample(0.0, seed=seed) for seed in range(4)]
    assert [ranker(one.earlier_than(0)).best_share(one.of_window(0)) for one in plain].count(0.0) >= 3
    # too few choices to tell, whatever they say
    few = sample(1.5, n_choices=200)
    assert few.of_window(0).n_choices < 100
    assert ranker(few.earlier_than(0)).best_share(few.of_window(0)) == 0.0


def test_the_factor_is_a_part_of_the_exact_score_and_of_nothing_else(drawn, with_network):
    few = drawn.X[:50]
    parts, without = with_network.contributions(few), copy_without(with_network).contributions(few)
    others = [n for n, name in enumerate(FACTORS) if name not in ("together", "base")]
    assert np.array_equal(parts[:, others], without[:, others])
    assert (without[:, TOGETHER] == 0).all()
    assert np.array_equal(np.rint(parts * 1e6).sum(axis=1), np.rint(exact_sum(parts) * 1e6))
    # of all pairs, the chances of the scores add up to the choices that were made
    taught = drawn.earlier_than(0)
    assert np.exp(exact_sum(with_network.contributions(taught.X))).sum() == pytest.approx(taught.y.sum(), rel=1e-4)


def copy_without(ranker):
    without = pickle.loads(pickle.dumps(ranker))
    without.share_ = 0.0
    return without


def test_what_is_declared_is_not_mixed(drawn, with_network):
    assert not {FEATURES[i] for i in with_network.mixed_} & {*DECLARED, *IGNORED[TO_INVESTORS]}
    stated = drawn.X[:50].copy()
    stated[:, FEATURES.index("thesis_round")] += 1
    before, after = with_network.contributions(drawn.X[:50]), with_network.contributions(stated)
    assert np.array_equal(before[:, TOGETHER], after[:, TOGETHER])


def test_blocks_and_rows_agree(drawn, with_network):
    X = drawn.X[:60]
    n = len(PAIR_FEATURES)
    raised = X[:1, n + len(INVESTOR_FEATURES) :]
    block, level = X[:, :n].T[:, None, :], X[:, n : n + len(INVESTOR_FEATURES)].T
    expected = with_network.score(X)
    assert with_network.score_block(block, level, raised)[0] == pytest.approx(expected, abs=1e-4)
    curves = with_network.curves_block(block, level, raised)[0]
    assert curves == pytest.approx(expected - with_network.contributions(X)[:, TOGETHER], abs=1e-4)


def test_a_value_depends_on_its_row_alone_and_learning_on_its_seed(drawn):
    X, taught = drawn.X[:, :40], drawn.of_window(0)
    columns = X[drawn.window == 0]
    network = Together(hidden=8, epochs=2).fit(columns, taught, np.zeros(len(taught)))
    again, other = (clone(network).set_params(seed=seed).fit(columns, taught, np.zeros(len(taught))) for seed in (0, 1))
    whole = network.predict(X)
    assert np.array_equal(again.predict(X), whole) and not np.array_equal(other.predict(X), whole)
    rows = np.random.default_rng(0).permutation(len(X))
    for some in (rows[:1], rows[:7], rows[:300], rows):
        assert np.array_equal(network.predict(X[some]), whole[some])
    assert network.predict(X[:0]).shape == (0,)


@pytest.fixture(scope="module")
def market():
    return planted_market(companies=300)


@pytest.fixture(scope="module")
def asked():
    """Which windows were asked about, in order."""
    return []


@pytest.fixture(scope="module")
def matcher(market, asked):
    """One that uses half of every network: what was planted here the curves know by themselves."""

    def half(ranker, sample):
        asked.append(np.unique(sample.window).tolist())
        return 0.5

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AdditiveRanker, "best_share", half)
        yield Matcher(windows=3, max_queries=60).fit(market)


def test_lists_of_a_market_hold_it_to_the_last_bit_in_any_shard(market, matcher):
    copy = pickle.loads(pickle.dumps(matcher))
    for rank in ("rank_investors", "rank_raises"):
        whole = getattr(matcher, rank)(market, k=20)
        assert np.abs(np.nan_to_num(whole.contributions[:, :, TOGETHER])).max() > 0.001
        part = getattr(copy, rank)(market, whole.subjects[[5, 2, 11]], k=20)
        assert np.array_equal(part.targets, whole.targets[[5, 2, 11]])
        assert np.array_equal(part.contributions, whole.contributions[[5, 2, 11]], equal_nan=True)


def test_the_twin_and_its_share_know_nothing_of_the_latest_window(market, matcher, asked):
    assert asked == [[1], [0], [1], [0]]
    deals = market.deals.copy()
    late = deals.index[deals[m.DATE] >= pd.Timestamp("2019-07-01")]
    deals.loc[late, m.COMPANY] = np.roll(deals.loc[late, m.COMPANY], 1)
    again = clone(matcher).fit(replace(market, deals=deals))
    for direction in DIRECTIONS:
        one, other = matcher.twins_[direction], again.twins_[direction]
        assert one.share_ == 0.5
        assert np.array_equal(one.together_.inner_, other.together_.inner_)
        assert not np.array_equal(
            matcher.rankers_[direction].together_.inner_, again.rankers_[direction].together_.inner_
        )


def test_without_it_nothing_is_learned_together():
    market = planted_market()
    alone = Matcher(windows=1, max_queries=20, together=False).fit(market)
    assert {ranker.together_ for ranker in alone.rankers_.values()} == {None}
    assert not np.nan_to_num(alone.rank_investors(market, k=5).contributions[:, :, TOGETHER]).any()
