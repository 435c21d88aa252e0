import pickle

import numpy as np
import pytest
from scipy.special import expit

from matching.calibration import Calibration, cross_reliability, reliability


def logistic(n=200_000, slopes=(1.5,), intercept=-4.0, seed=0):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, len(slopes)))
    p = expit(scores @ np.array(slopes) + intercept)
    return scores, rng.random(n) < p, p


def test_the_probability_that_made_the_data_is_found():
    scores, y, p = logistic()
    found = Calibration().fit(scores[:, 0], y).predict(scores[:, 0])
    assert found.shape == p.shape
    assert np.abs(found - p).mean() < 0.002
    # over two decades of probability, not only in the mean
    for low, high in ((0.001, 0.01), (0.01, 0.1), (0.1, 0.6)):
        some = (p > low) & (p < high)
        assert found[some].mean() == pytest.approx(p[some].mean(), rel=0.1)


def test_two_scores_together_say_more_than_either():
    scores, y, p = logistic(slopes=(1.5, 1.0))
    both = Calibration().fit(scores, y).predict(scores)
    one = Calibration().fit(scores[:, 0], y).predict(scores[:, 0])
    assert np.abs(both - p).mean() < 0.003
    assert ((both - y) ** 2).mean() < ((one - y) ** 2).mean()


def test_overconfident_scores_are_bent_back():
    """Beyond 1 the true logit does not rise any more: one line would promise too much there."""
    scores, _, _ = logistic()
    p = expit(1.5 * np.minimum(scores[:, 0], 1) - 4)
    y = np.random.default_rng(3).random(len(p)) < p
    found = Calibration().fit(scores[:, 0], y).predict(scores[:, 0])
    top = scores[:, 0] > 1.8
    assert found[top].mean() == pytest.approx(p[top].mean(), rel=0.15)


def test_a_higher_score_is_never_less_probable():
    rng = np.random.default_rng(4)
    scores = rng.normal(size=3000)
    backwards = rng.random(3000) < expit(-scores)
    grid = np.linspace(-6, 6, 200)
    assert (np.diff(Calibration().fit(scores, backwards).predict(grid)) >= 0).all()


@pytest.mark.parametrize("y", [np.zeros(5, bool), np.ones(5, bool), np.zeros(0, bool)], ids=["never", "always", "none"])
def test_where_nothing_can_be_learned_the_answer_is_not_a_number(y):
    calibration = Calibration().fit(np.arange(len(y), dtype=float), y)
    assert np.isnan(calibration.predict([0.0, 1.0])).all()
    two = Calibration().fit(np.zeros((len(y), 2)), y).predict(np.zeros((3, 2)))
    assert two.shape == (3,) and np.isnan(two).all()
    assert reliability(calibration.predict([0.0, 1.0]), [0, 1]) == {"bins": [], "brier": None, "brier_constant": None}


def test_shapes_and_pickles():
    scores, y, _ = logistic(2000, slopes=(1, 1))
    calibration = pickle.loads(pickle.dumps(Calibration().fit(scores, y)))
    grid = np.zeros((3, 4, 2))
    assert calibration.predict(grid).shape == (3, 4)
    one = Calibration().fit(scores[:, 0], y)
    assert one.predict(np.array([[0.5, np.nan]])).shape == (1, 2)
    assert np.isnan(one.predict([np.nan])).all()


def test_reliability_by_hand():
    found = reliability([0.1, 0.9, 0.2, 0.8], [0, 1, 1, 1], bins=2)
    assert [(b["predicted"], b["observed"], b["n"]) for b in found["bins"]] == [
        (pytest.approx(0.15), 0.5, 2),
        (pytest.approx(0.85), 1.0, 2),
    ]
    assert found["brier"] == pytest.approx((0.01 + 0.01 + 0.64 + 0.04) / 4)
    assert found["brier_constant"] == pytest.approx(3 / 16)


def test_no_query_is_predicted_by_what_it_taught():
    """The first half of the queries closes everything, the other nothing: whoever peeks predicts both right."""
    scores = np.random.default_rng(0).normal(size=(40, 30))
    truth = np.zeros((40, 30), dtype=bool)
    truth[::2] = scores[::2] > 0.5
    truth[1::2] = scores[1::2] > 1.5
    shown = np.tile(np.arange(30), (40, 1))
    shown[:, 25:] = -1
    found = cross_reliability(scores, truth, shown)
    assert sum(b["n"] for b in found["bins"]) == 40 * 25
    mean = sum(b["predicted"] * b["n"] for b in found["bins"]) / 1000
    assert mean == pytest.approx(truth[:, :25].mean(), abs=0.03)
    # each half is predicted by the other's rule
    even, odd = (
        Calibration().fit(scores[::2].ravel(), truth[::2].ravel()),
        Calibration().fit(scores[1::2].ravel(), truth[1::2].ravel()),
    )
    expected = np.concatenate([odd.predict(scores[::2, :25]).ravel(), even.predict(scores[1::2, :25]).ravel()])
    observed = np.concatenate([truth[::2, :25].ravel(), truth[1::2, :25].ravel()])
    assert found["brier"] == pytest.approx(((expected - observed) ** 2).mean())
