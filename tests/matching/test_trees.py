import pickle

import numpy as np
import pytest
from sklearn.base import clone

from matching.answers import ANSWER_FEATURES
from matching.features import FACTOR_OF, FEATURES, INVESTOR_FEATURES, PAIR_FEATURES, RAISE_FEATURES
from matching.profiles import CATEGORY, FACTORS, PLACE, ROUND
from matching.ranking import exact_sum
from matching.training import Sample
from matching.trees import BlendedRanker, FactorTrees, best_share

N, SIZE = 1200, 10
REGION, CITY = FEATURES.index("lr_region"), FEATURES.index("lr_city")


def sample(utility_of, seed=0) -> Sample:
    """One chosen of ten by ``utility_of(X)``; the choices fall into windows 0, 1, 2, 3 in turn."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N * SIZE, len(FEATURES) - len(ANSWER_FEATURES))).astype(np.float32)
    # nobody has answered
    X = np.insert(X, [len(PAIR_FEATURES) - len(ANSWER_FEATURES)] * len(ANSWER_FEATURES), 0, axis=1)
    utility = (utility_of(X) + rng.gumbel(size=len(X))).reshape(N, SIZE)
    y = (utility == utility.max(axis=1, keepdims=True)).ravel()
    group = np.repeat(np.arange(N), SIZE)
    return Sample(X, y, group, np.ones(len(X), np.float32), group % 4)


def crossed(X):
    """Region and city, both of the factor place, matter where both are met: no sum of curves can say that."""
    return 4.0 * ((X[:, REGION] > 0.3) & (X[:, CITY] > 0.3))


def straight(X):
    return 1.5 * X[:, FEATURES.index("lr_category")] + X[:, FEATURES.index("idle")]


@pytest.fixture(scope="module")
def trees():
    known = sample(lambda X: crossed(X) + straight(X))
    return FactorTrees(max_iter=60).fit(known.X, known.y, known.weight), known.X[:500]


def test_parts_of_factors_add_up_to_the_score(trees):
    trees, X = trees
    assert trees.parts(X).sum(axis=1) == pytest.approx(trees.score(X), abs=1e-9)


def test_a_part_depends_on_its_own_factor_alone_and_is_lost_with_it(trees):
    trees, X = trees
    place = FACTORS.index(PLACE)
    own = [i for i, name in enumerate(FEATURES) if FACTOR_OF[name] == PLACE]
    others = X.copy()
    others[:, [i for i in range(len(FEATURES)) if i not in own]] = 0
    assert trees.parts(others)[:, place] == pytest.approx(trees.parts(X)[:, place], abs=1e-9)
    without = X.copy()
    without[:, own] = 0
    assert trees.score(X) - trees.score(without) == pytest.approx(trees.parts(X)[:, place], abs=1e-9)
    assert np.ptp(trees.parts(X)[:, place]) > 1


def test_what_is_unknown_of_a_pair_says_nothing():
    """Also where what is known is anything but zero on average."""
    known = sample(lambda X: crossed(X) + straight(X))
    known.X[:, : len(PAIR_FEATURES)] += 1
    trees = FactorTrees(max_iter=60).fit(known.X, known.y, known.weight)
    blank = known.X[:100].copy()
    blank[:, : len(PAIR_FEATURES)] = 0
    parts = trees.parts(blank)
    assert np.abs(parts[:, [FACTORS.index(f) for f in (CATEGORY, PLACE, ROUND)]]).max() == 0


def test_trees_see_within_a_factor_what_curves_cannot(trees):
    trees, X = trees
    place = trees.parts(X)[:, FACTORS.index(PLACE)]
    region, city = X[:, REGION] > 0.3, X[:, CITY] > 0.3
    both, one, none = place[region & city].mean(), place[region ^ city].mean(), place[~region & ~city].mean()
    assert both - one > 2
    assert abs(one - none) < 0.7


def test_the_share_is_chosen_by_what_ranks_later_choices_best():
    assert best_share(sample(crossed)) == 0.45
    assert best_share(sample(straight), penalty=0.1) < 0.3
    few = sample(crossed)
    assert best_share(few.of_window(1)) == 0


def test_the_latest_window_does_not_choose_the_share():
    known = sample(crossed)
    known.y[known.window == 0] = np.random.default_rng(1).permutation(known.y[known.window == 0])
    known.X[known.window == 0] = 0
    assert best_share(known) == 0.45


@pytest.mark.parametrize("ignored", [RAISE_FEATURES, INVESTOR_FEATURES])
def test_a_blend_shows_what_it_ranks_by(ignored):
    known = sample(lambda X: crossed(X) + straight(X))
    ranker = BlendedRanker(ignored, share=0.3).fit(known.X, known.y, known.group, known.weight)
    block = known.X[:12, : len(PAIR_FEATURES)].T.reshape(len(PAIR_FEATURES), 3, 4).copy()
    investors = known.X[:4, len(PAIR_FEATURES) : len(PAIR_FEATURES) + len(INVESTOR_FEATURES)].T.copy()
    raises = known.X[:3, len(PAIR_FEATURES) + len(INVESTOR_FEATURES) :].copy()
    scores = ranker.score_block(block, investors, raises)
    X = np.concatenate(
        [block.reshape(len(block), -1).T, np.tile(investors.T, (3, 1)), np.repeat(raises, 4, axis=0)], axis=1
    )
    shown = exact_sum(ranker.contributions(X))
    assert shown == pytest.approx(scores.ravel() + ranker.base_, abs=1e-4)
    assert np.ptp(shown) > 1


def test_a_blend_without_trees_is_the_curves_and_survives_pickling():
    known = sample(straight)
    ranker = clone(BlendedRanker(RAISE_FEATURES, share=0.0)).fit(known.X, known.y, known.group, known.weight)
    assert (ranker.contributions(known.X[:50]) == ranker.curves_.contributions(known.X[:50])).all()
    blended = BlendedRanker(share=0.3).fit(known.X, known.y, known.group, known.weight)
    again = pickle.loads(pickle.dumps(blended))
    assert (again.contributions(known.X[:50]) == blended.contributions(known.X[:50])).all()
