import numpy as np
import pytest
from sklearn.base import clone

from matching.answers import ANSWER_FEATURES
from matching.feature_names import FEATURES, PAIR_FEATURES
from matching.profiles import FACTORS
from matching.ranking import PRIOR, AdditiveRanker, ListwiseLogit, _alike_in, exact_sum
from matching.retrieval import EaseWithFeatures, top_k


def choices(coef, n_choices=400, size=12, seed=0):
    """Choices of one among ``size`` by a conditional logit with known coefficients."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_choices * size, len(coef))).astype(np.float32)
    utility = (X @ coef + rng.gumbel(size=len(X))).reshape(n_choices, size)
    y = (utility == utility.max(axis=1, keepdims=True)).ravel()
    return X, y, np.repeat(np.arange(n_choices), size)


def test_the_logit_finds_the_coefficients_that_made_the_choices():
    true = np.array([1.5, -0.7, 0.0])
    logit = ListwiseLogit(penalty=0.1).fit(*choices(true, n_choices=3000))
    assert logit.coef_ == pytest.approx(true, abs=0.12)


def test_sampled_candidates_are_undone_by_their_weight():
    """Three in four of the unattractive losers are dropped and the rest counted four times."""
    true = np.array([1.0, -0.7])
    X, y, group = choices(true, n_choices=1000, size=200)
    dull = ~y & (X[:, 0] < 0.5)
    kept = ~dull | (np.random.default_rng(5).random(len(y)) < 0.25)
    weight = np.where(dull, 4, 1)[kept].astype(np.float32)
    fits = [ListwiseLogit(penalty=0.1).fit(X[kept], y[kept], group[kept], w).coef_[0] for w in (weight, None)]
    assert fits[0] == pytest.approx(1.0, abs=0.08)
    assert fits[1] < 0.85


def test_without_choices_the_prior_stands_and_bounds_hold_with_them():
    prior = np.array([0.5, 0.0, 1.0])
    none = ListwiseLogit(prior).fit(np.zeros((0, 3), np.float32), np.zeros(0, bool), np.zeros(0, int))
    assert none.coef_.tolist() == prior.tolist()
    bounded = ListwiseLogit(prior, lower=[-np.inf, 0.0, -np.inf], penalty=0.1)
    bounded.fit(*choices(np.array([1.0, -2.0, 0.5])))
    assert bounded.coef_[1] == 0


@pytest.fixture(scope="module")
def ranker():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, len(FEATURES) - len(ANSWER_FEATURES))).astype(np.float32)
    # nobody has answered
    X = np.insert(X, [len(PAIR_FEATURES) - len(ANSWER_FEATURES)] * len(ANSWER_FEATURES), 0, axis=1)
    bent = np.minimum(X[:, FEATURES.index("lr_region")], 0)
    utility = (2 * bent + X[:, FEATURES.index("idle")] + rng.gumbel(size=4000)).reshape(-1, 10)
    y = (utility == utility.max(axis=1, keepdims=True)).ravel()
    return AdditiveRanker(bend_penalty=1).fit(X, y, np.repeat(np.arange(400), 10)), X


def test_curves_bend_where_the_data_do(ranker):
    ranker, _ = ranker
    low, zero, high = ranker.curve_values(FEATURES.index("lr_region"), np.array([-2.0, 0, 2], np.float32))
    assert zero == 0
    assert low < -2
    assert abs(high) < 1


def test_contributions_are_the_curves_and_nothing_else(ranker):
    ranker, X = ranker
    parts = ranker.contributions(X[:50])
    heights = sum(ranker.curve_values(n, X[:50, n]) for n in range(len(FEATURES)))
    assert exact_sum(parts) == pytest.approx(heights + ranker.base_, abs=1e-4)
    # taking one feature away (to its neutral value) lowers the score by what its curve said
    number = FEATURES.index("lr_region")
    without = X[:50].copy()
    without[:, number] = 0
    lost = exact_sum(parts) - exact_sum(ranker.contributions(without))
    assert lost == pytest.approx(ranker.curve_values(number, X[:50, number]), abs=1e-5)


def test_the_ranker_can_be_cloned_and_keeps_its_prior_without_data():
    ranker = clone(AdditiveRanker(ignored=("idle",), penalty=7.0))
    assert ranker.get_params()["penalty"] == 7.0
    ranker.fit(np.zeros((0, len(FEATURES)), np.float32), np.zeros(0, bool), np.zeros(0, int))
    one = np.zeros((1, len(FEATURES)), np.float32)
    one[0, FEATURES.index("thesis_category")] = 1
    one[0, FEATURES.index("idle")] = 9
    assert exact_sum(ranker.contributions(one))[0] == pytest.approx(PRIOR["thesis_category"])


def test_ease_by_hand():
    """The closed form against its definition: column j from all others by ridge regression."""
    rng = np.random.default_rng(3)
    X = (rng.random((40, 5)) < 0.4).astype(float)
    model = EaseWithFeatures(penalty=2.0, support=1).fit(X, n_targets=3)
    for target in range(3):
        others = [c for c in range(5) if c != target]
        A = X[:, others]
        ridge = np.linalg.solve(A.T @ A + 2 * np.eye(4), A.T @ X[:, target])
        assert model.weights_[others, target] == pytest.approx(ridge, abs=1e-4)
        assert model.weights_[target, target] == 0


def test_top_k_breaks_ties_by_column_and_leaves_out_the_forbidden():
    scores = np.array([[1.0, 3, 3, -np.inf, 2], [0, 0, 0, 0, 0]])
    assert top_k(scores, 3).tolist() == [[1, 2, 4], [0, 1, 2]]
    assert top_k(scores, 9)[0].tolist() == [1, 2, 4, 0, -1]
    assert top_k(scores[:, :0], 3).shape == (2, 0)


def test_likeness_is_shown_where_the_deals_are_alike():
    X = np.zeros((4, len(FEATURES)), np.float32)
    X[:3, FEATURES.index("lr_region")] = 2
    X[1:3, FEATURES.index("lr_round")] = -1
    shares = _alike_in(X, np.array([1.0, 1.0, -1.0, 1.0]))
    place, by_round, portfolio = (FACTORS.index(name) for name in ("place", "round", "portfolio"))
    assert shares.sum(axis=1) == pytest.approx(1)
    # alike by place; and unlike only by the round, though the place speaks for it; by nothing known
    assert shares[:2, place].tolist() == [1, 1]
    assert shares[2, by_round] == 1
    assert shares[3, portfolio] == 1
