import json
import pickle
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from matching import market as m
from matching.evaluation import evaluate, task
from matching.market import Market
from matching.matcher import Matcher
from matching.training import DIRECTIONS, TO_INVESTORS, TO_RAISES
from matching.validation import Exam, drawn_rows
from tests.matching.planted import planted_market

METHODS = {"model", "uncontrolled", "popularity", "category_cosine", "content_cosine"}


@pytest.fixture(scope="module")
def market():
    return planted_market(companies=600)


@pytest.fixture(scope="module")
def matcher(market):
    return Matcher(windows=4, max_queries=80).fit(market)


def coefficients(rankers):
    return {
        d: np.concatenate([r.slope_, r.bend_, r.center_, [r.base_], *r.hinges_]).tolist() for d, r in rankers.items()
    }


def with_deals(market, change):
    deals = market.deals.copy()
    change(deals)
    return replace(market, deals=deals)


def test_quality_has_the_promised_shape(market, matcher):
    quality = json.loads(json.dumps(matcher.quality_, allow_nan=False))
    cut = task(market.before(market.as_of), date(2019, 7, 1))
    assert quality["window"] == {
        "start": "2019-07-01",
        "end": "2020-01-01",
        "raises": len(cut.history.raises),
        "investors": 24,
    }
    assert set(quality["directions"]) == set(quality["calibration"]) == set(DIRECTIONS)
    for direction, found in quality["directions"].items():
        assert set(found["methods"]) == METHODS
        assert set(found["gain"]) == METHODS - {"model"}
        assert found["queries"] == len(cut.truth[direction]) == found["methods"]["model"]["queries"]
        gain = found["gain"]["popularity"]
        means = {name: report["ndcg_10"]["mean"] for name, report in found["methods"].items()}
        assert gain["mean"] == pytest.approx(means["model"] - means["popularity"])
        assert gain["low"] <= gain["mean"] <= gain["high"]
    assert set(quality["directions"][TO_INVESTORS]["exposure"]) == {
        "strength",
        "largest_share",
        "largest_share_uncontrolled",
        "limit",
    }
    assert set(quality["seconds"]) == {"windows", "training", "measuring", "state"}


def test_the_twin_finds_what_was_planted_in_a_window_that_it_never_saw(matcher):
    for direction in DIRECTIONS:
        gain = matcher.quality_["directions"][direction]["gain"]
        assert gain["popularity"]["low"] > 0.05


def test_the_twin_is_measured_like_any_list(market, matcher):
    """The figures are those of the protocol on the twin's own rankings over all that could be ranked."""
    cut = task(market.before(market.as_of), date(2019, 7, 1))
    alone = clone(matcher).set_params(max_share=None).fit(cut.history)
    alone.text_, alone.rankers_ = matcher.text_, matcher.twins_
    alone.refresh(cut.history)
    for direction, ranking in (
        (TO_INVESTORS, alone.rank_investors(cut.history, k=24)),
        (TO_RAISES, alone.rank_raises(cut.history, cut.queries[TO_RAISES], k=100)),
    ):
        report = evaluate(ranking.lists(), cut.truth[direction], len(cut.candidates[direction]))
        told = matcher.quality_["directions"][direction]["methods"]["uncontrolled"]
        assert told == report.as_dict()


def test_shown_per_raise_by_region_and_category_counts_every_place_of_a_top_ten(matcher):
    found = matcher.quality_["directions"][TO_RAISES]
    exam = matcher.exam_
    places = sum(
        min(10, len(ranked))
        for ranked in exam.lists(exam.scored(matcher.twins_), None, None, None).model[TO_RAISES].values()
    )
    for name in ("by_region", "by_category"):
        assert sum(row["raises"] for row in found[name]) == matcher.quality_["window"]["raises"]
        assert sum(row["shown"] * row["raises"] for row in found[name]) == pytest.approx(places)
    assert {row["code"] for row in found["by_region"]} <= {"beijing", "shanghai", "guangdong"}


def test_what_happens_in_the_latest_window_teaches_the_twin_nothing(market, matcher):
    start = pd.Timestamp("2019-07-01")

    def elsewhere(deals):
        late = deals.index[deals[m.DATE] >= start]
        deals.loc[late, m.COMPANY] = np.roll(deals.loc[late, m.COMPANY], 1)
        deals.loc[late[:3], m.DATE] = start

    again = clone(matcher).fit(with_deals(market, elsewhere))
    assert coefficients(again.twins_) == coefficients(matcher.twins_)
    assert coefficients(again.rankers_) != coefficients(matcher.rankers_)
    assert again.quality_["directions"] != matcher.quality_["directions"]


def test_what_happens_on_or_after_the_date_changes_no_figure(market, matcher):
    later = m.frame(m.DEALS, [{"company": 100 + n, "date": "2020-02-01"} for n in range(200)], range(9000, 9200))
    parts = m.frame(m.PARTICIPATIONS, [{"deal": 9000 + n, "investor": n % 24} for n in range(200)])
    mixed = replace(
        market,
        deals=pd.concat([market.deals, later]),
        participations=pd.concat([market.participations, parts], ignore_index=True),
    )
    again = clone(matcher).fit(mixed)
    assert coefficients(again.twins_) == coefficients(matcher.twins_)
    for part in ("window", "directions", "calibration", "both"):
        assert again.quality_[part] == matcher.quality_[part]
    assert again.attention_.equals(matcher.attention_)


def test_a_model_compared_with_itself_differs_by_nothing(matcher):
    copy = pickle.loads(pickle.dumps(matcher))
    found = matcher.compare(copy)
    assert set(found) == set(DIRECTIONS)
    for direction, difference in found.items():
        assert (difference["mean"], difference["low"], difference["high"]) == (0, 0, 0)
        assert difference["queries"] == matcher.quality_["directions"][direction]["queries"]


def test_a_worse_model_is_seen_to_be_worse(market, matcher):
    def shuffled(deals):
        deals[m.COMPANY] = np.random.default_rng(0).permutation(deals[m.COMPANY])

    worse = Matcher(windows=4, max_queries=80).fit(with_deals(market, shuffled))
    assert matcher.compare(worse)[TO_INVESTORS]["low"] > 0


def test_models_that_cannot_be_compared_are_not(market, matcher):
    assert matcher.compare(Matcher().fit(Market.build(date(2020, 1, 1)))) is None
    assert Matcher().fit(Market.build(date(2020, 1, 1))).compare(matcher) is None
    assert matcher.compare(Matcher()) is None
    other = Matcher(windows=2, max_queries=20, half_life=2.0).fit(market)
    assert matcher.compare(other) is None
    # the twin of a later model has seen a part of this one's window
    later = Matcher(windows=4, max_queries=20).fit(replace(market, as_of=date(2020, 3, 1)))
    assert matcher.compare(later) is None
    assert later.compare(matcher) is not None
    # what is measured on stays out of the pickle
    assert pickle.loads(pickle.dumps(matcher)).compare(matcher) is None


@pytest.mark.parametrize(
    "market",
    [
        Market.build(date(2020, 1, 1)),
        planted_market(companies=30, investors=6),
        replace(planted_market(), as_of=date(2014, 8, 1)),
        replace(planted_market(), as_of=date(2023, 1, 1)),
    ],
    ids=["nothing", "few deals", "before the second window", "no deal in the latest window"],
)
def test_where_nothing_can_be_measured_nothing_is_claimed(market):
    matcher = Matcher(windows=2).fit(market)
    assert matcher.quality_ is None
    assert matcher.twins_ is None
    for direction in DIRECTIONS:
        assert np.isnan(matcher.probability(direction, [[0.0, 1.0]])).all()
    assert np.isnan(matcher.probability_of_both([0.0], [1.0])).all()
    assert clone(pickle.loads(pickle.dumps(matcher))).get_params() == matcher.get_params()


def test_probabilities_rise_with_the_score_and_sum_to_about_what_closes(market, matcher):
    ranking = matcher.rank_investors(market, k=24)
    listed = ranking.targets >= 0
    p = matcher.probability(TO_INVESTORS, ranking.scores)
    assert p.shape == ranking.scores.shape
    assert ((p[listed] > 0) & (p[listed] < 1)).all()
    assert (np.diff(p, axis=1)[listed[:, 1:]] <= 0).all()
    # two investors a deal, some of them in the company already
    assert 0.5 < p[listed].sum() / len(p) < 3
    both = matcher.probability_of_both(ranking.scores, ranking.scores)
    assert both.shape == p.shape
    for name in DIRECTIONS:
        told = matcher.quality_["calibration"][name]
        assert told["brier"] < told["brier_constant"]


def test_probabilities_are_those_of_the_scores_that_are_shown(matcher):
    """Whatever attention takes from all alike or gives to all alike changes no probability."""
    exam = matcher.exam_
    scored = exam.scored(matcher.twins_)
    plain = exam.lists(scored, None, None, None)
    investors = exam.cut.candidates[TO_INVESTORS]
    regions = dict.fromkeys(("beijing", "shanghai", "guangdong"), 1.5)
    moved = replace(
        plain, penalties=(investors, np.full(len(investors), 2.0)), boosts={"region": regions, "category": {}}
    )
    before, both_before, _ = exam.calibrate(scored, plain)
    after, both_after, figures = exam.calibrate(scored, moved)
    grid = np.linspace(-6, 2, 20)
    for direction, shift in ((TO_INVESTORS, -2.0), (TO_RAISES, 1.5)):
        expected = before[direction].predict(grid)
        assert after[direction].predict(grid + shift) == pytest.approx(expected, rel=0.05)
        assert after[direction].predict(grid) != pytest.approx(expected, rel=0.3)
    pairs, moved_pairs = np.stack([grid, grid], axis=1), np.stack([grid - 2.0, grid + 1.5], axis=1)
    assert both_after.predict(moved_pairs) == pytest.approx(both_before.predict(pairs), rel=0.05)
    assert set(figures) == {*DIRECTIONS, "both"}


def test_few_queries_are_drawn_where_many_could_be(matcher):
    small = Exam(matcher.exam_.window, max_queries=5, seed=1)
    assert {len(q) for q in small.cut.queries.values()} == {5}
    whole = matcher.exam_.scored(matcher.twins_)
    part = small.scored(matcher.twins_)
    for direction in DIRECTIONS:
        rows = np.searchsorted(matcher.exam_.cut.queries[direction], small.cut.queries[direction])
        assert np.array_equal(part.scores[direction], whole.scores[direction][rows])
    assert drawn_rows(10, 3, seed=0).tolist() == drawn_rows(10, 3, seed=0).tolist()
    assert drawn_rows(3, 10, seed=0).tolist() == [0, 1, 2]
