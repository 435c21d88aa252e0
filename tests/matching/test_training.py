from dataclasses import replace

import numpy as np
from sklearn.base import BaseEstimator

from matching import training
from matching.features import PairFeatures
from matching.matcher import Matcher
from matching.training import DIRECTIONS, WindowSettings, collect
from tests.matching.planted import planted_market


class Told(BaseEstimator):
    """Ranks nothing; writes down by what candidates are guessed, and what taught it."""

    log: list = []

    def fit(self, X, y, group, weight):
        self.taught_ = len(y)
        return self

    def score_block(self, block, investor_level, raise_level):
        Told.log.append(getattr(self, "taught_", 0))
        return block[0]


def collected(monkeypatch, enough: int):
    monkeypatch.setattr(training, "_ENOUGH_TO_GUESS", enough)
    Told.log = []
    settings = WindowSettings(windows=3, max_queries=40)
    return collect(planted_market(), PairFeatures, dict.fromkeys(DIRECTIONS, Told()), settings)


def test_the_oldest_window_tells_which_candidates_of_later_ones_are_hard(monkeypatch):
    samples, latest = collected(monkeypatch, enough=5)
    oldest = {int((sample.window == 2).sum()) for sample in samples.values()}
    guessed_by = list(dict.fromkeys(Told.log))
    assert guessed_by[0] == 0
    assert set(guessed_by[1:]) == oldest
    assert latest.end == planted_market().as_of


def test_too_few_choices_leave_the_prior_to_guess(monkeypatch):
    collected(monkeypatch, enough=10_000)
    assert set(Told.log) == {0}


def test_blocks_of_any_size_teach_the_same(monkeypatch):
    market, settings = planted_market(), WindowSettings(windows=2, max_queries=40, hard=5, easy=3)
    rankers = Matcher(windows=2).untrained()
    whole, _ = collect(market, PairFeatures, rankers, settings)
    for scores, pairs in ((1, 1), (200, 40)):
        monkeypatch.setattr(training, "_SCORES_AT_ONCE", scores)
        monkeypatch.setattr(training, "_PAIRS_AT_ONCE", pairs)
        part, _ = collect(market, PairFeatures, rankers, replace(settings, block=3))
        for direction in DIRECTIONS:
            assert len(whole[direction]) > 100
            for name in ("X", "y", "group", "weight", "window"):
                assert np.array_equal(getattr(part[direction], name), getattr(whole[direction], name))
