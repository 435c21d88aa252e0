"""The matching model as one estimator: fit on a market, rank any part of it, in any process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from matching import exposure, staging
from matching.encoding import EncodedRaises
from matching.evaluation import paired_difference
from matching.feature_names import FEATURES, INVESTOR_FEATURES, RAISE_FEATURES
from matching.features import PairFeatures
from matching.market import Market
from matching.profiles import ATTENTION, FACTORS
from matching.ranking import AdditiveRanker, exact_sum
from matching.retrieval import RunningBest, top_k
from matching.shortlist import FirstStage
from matching.text import TextVectors
from matching.together import Together
from matching.training import DIRECTIONS, TO_INVESTORS, TO_RAISES, Sample, Window, WindowSettings, collect
from matching.validation import MOST_PAIRS, Exam, drawn_rows

__all__ = ["FACTORS", "Matcher", "Ranking"]

# Targets looked at in full for a list of k, the best by their curves: so many more than k, and at least so many.
_SPARE, _LOOKED_AT = 8, 120


@dataclass(frozen=True)
class Ranking:
    """Ranked targets of subjects, best first.

    subjects (s,) int64; targets (s, k) int64, -1 where a list is shorter; scores (s, k) float64, NaN there;
    contributions (s, k, len(FACTORS)) float64, NaN there. ``scores`` is ``exact_sum(contributions)``.
    """

    subjects: np.ndarray
    targets: np.ndarray
    scores: np.ndarray
    contributions: np.ndarray

    def lists(self) -> dict[int, np.ndarray]:
        """subject id → target ids, best first."""
        return {int(s): row[row >= 0] for s, row in zip(self.subjects, self.targets, strict=True)}


class Matcher(BaseEstimator):
    """Ranks investors for raises and raises for investors by additive scores.

    ``fit`` learns the state of the market and, from ``windows`` earlier windows of ``months`` months, one
    ``AdditiveRanker`` per direction; without enough history their priors rank (``fallback_`` tells which
    direction does). A score is the log of the chance, on the scale of the training windows, that the pair
    closes within one window: good for order and for comparing factors; ``probability`` calibrates it.

    A second ranker per direction, the twin (``twins_``), learns from all windows but the latest, and is measured on
    that one, of which it saw nothing: ``quality_`` holds the figures, at most ``max_measured`` queries a direction
    drawn with ``seed``. ``twins_`` and ``quality_`` are None where there is too little history.

    The factor "attention" holds the share of start-ups' top tens that one investor sits in to ``max_share``, or to
    the tightest looser limit at which the twin loses at most the part ``max_loss`` of its NDCG@10 (see
    ``matching.exposure``; ``attention_``: investor id → what it gives up). ``max_loss=None`` holds ``max_share``
    whatever it costs; ``max_share=None`` is no control. With a ``floor``, raises of regions and categories that would
    be shown to investors less often per raise than ``floor`` times the average are lifted to it (``boosts_``).

    Up to ``dense_pairs`` pairs of open raises and investors every pair is looked at in full. In larger markets a
    ``FirstStage`` per direction (``first_stages_``), taught by full scores of ``taught`` of the raises, says which are
    (``matching.staging``).
    """

    def __init__(
        self,
        half_life=4.0,
        smoothing=2.0,
        follow_on_weight=0.3,
        ease_penalty=30.0,
        text_dimensions=64,
        windows=6,
        months=6,
        max_queries=1000,
        penalty=30.0,
        together=True,
        seed=0,
        block=32,
        max_measured=2000,
        max_share=0.05,
        max_loss=0.01,
        floor=None,
        dense_pairs=30_000_000,
        taught=2000,
    ):
        self.half_life = half_life
        self.smoothing = smoothing
        self.follow_on_weight = follow_on_weight
        self.ease_penalty = ease_penalty
        self.text_dimensions = text_dimensions
        self.windows = windows
        self.months = months
        self.max_queries = max_queries
        self.penalty = penalty
        self.together = together
        self.seed = seed
        self.block = block
        self.max_measured = max_measured
        self.max_share = max_share
        self.max_loss = max_loss
        self.floor = floor
        self.dense_pairs = dense_pairs
        self.taught = taught

    def _state(self) -> PairFeatures:
        return PairFeatures(
            text=self.text_,
            half_life=self.half_life,
            smoothing=self.smoothing,
            follow_on_weight=self.follow_on_weight,
            ease_penalty=self.ease_penalty,
        )

    def untrained(self) -> dict[str, AdditiveRanker]:
        """Per direction a ranker that knows its prior and nothing else."""
        X, y = np.zeros((0, len(FEATURES)), np.float32), np.zeros(0, bool)
        return {
            direction: AdditiveRanker(ignored, penalty=self.penalty).fit(X, y, np.zeros(0, np.int64))
            for direction, ignored in IGNORED.items()
        }

    def fit(self, market: Market, progress=None) -> Matcher:
        """Learn from all before ``market.as_of``; ``progress(done, total, stage)`` is called now and then."""
        watch = _Watch()
        self.features_, self.first_stages_, self.told_ = FEATURES, {}, {}
        self.text_ = TextVectors(self.text_dimensions, seed=self.seed).fit(market)
        samples, latest = self.draw(market, progress)
        watch.lap("windows")
        self.rankers_, twins = {}, {}
        for number, direction in enumerate(DIRECTIONS):
            if progress:
                progress(number, 2, "training")
            self.rankers_[direction], twins[direction] = self._taught_by(samples[direction], direction)
        self.fallback_ = {d: ranker.n_choices_ == 0 for d, ranker in self.rankers_.items()}
        if progress:
            progress(2, 2, "training")
        watch.lap("training")
        self._measure(latest, twins, progress)
        watch.lap("measuring")
        self.refresh(market)
        watch.lap("state")
        self.attention_ = self._attention(market, progress)
        self.boosts_ = self._boosts(market)
        watch.lap("measuring")
        self.first_stages_ = self._first_stages(market)
        watch.lap("state")
        if self.quality_:
            self.quality_["seconds"] = watch.laps
        return self

    def draw(self, market: Market, progress=None) -> tuple[dict[str, Sample], Window | None]:
        """What ``fit`` learns from, per direction, and the latest window: see ``collect``."""
        settings = WindowSettings(
            windows=self.windows, months=self.months, max_queries=self.max_queries, block=self.block
        )
        return collect(market, self._state, self.untrained(), settings, self.seed, progress)

    def _taught_by(self, sample: Sample, direction: str) -> tuple[AdditiveRanker, AdditiveRanker]:
        """The ranker of all windows, and its twin, of all but the latest.

        How much either uses of its network is what orders the latest of its windows best, by a ranker of those before.
        """
        share, twin, ranker = 0.0, None, None
        for window in (1, 0, -1) if self.together else (0, -1):
            taught = sample if window < 0 else sample.earlier_than(window)
            twin, ranker = ranker, AdditiveRanker(IGNORED[direction], penalty=self.penalty)
            ranker.fit(taught.X, taught.worth, taught.group, taught.weight)
            if self.together and (share or window >= 0):
                ranker.add_together(taught, Together(seed=self.seed), share)
            if self.together and window >= 0:
                share = ranker.best_share(sample.of_window(window))
        return ranker, twin

    def _measure(self, latest, twins, progress):
        """Sit the exam of the latest window by ``twins``."""
        self.twins_ = self.exam_ = self.quality_ = self.held_back_ = None
        self.calibrations_ = self.both_ = None
        self.limit_ = self.max_share
        if latest is None or not all(twin.n_choices_ for twin in twins.values()):
            return
        exam = Exam(latest, self.max_measured, self.seed, self.block)
        if exam.is_empty:
            return
        scored = exam.scored(twins, progress)
        lists = exam.lists(scored, self.max_share, self.max_loss, self.floor)
        quality, self.reports_ = exam.quality(lists)
        self.calibrations_, self.both_, figures = exam.calibrate(scored, lists)
        both = figures.pop("both")
        self.quality_ = {**quality, "calibration": figures, "both": both}
        self.twins_, self.exam_, self.window_start_ = twins, exam, latest.start
        self.held_back_, self.limit_ = lists.penalties, lists.limit

    def _attention(self, market: Market, progress) -> pd.Series:
        """Investor id → its factor "attention" < 0, of those that have any.

        Found on the open raises, where they are enough to tell; else what the twin found on the latest window, if it
        was measured.
        """
        self.attention_ = pd.Series(dtype=float)
        open_raises = market.raises.index.to_numpy()
        if self.max_share is None or (len(open_raises) < _ENOUGH_RAISES and self.held_back_ is None):
            return self.attention_
        if len(open_raises) < _ENOUGH_RAISES:
            ids, penalties = self.held_back_
            return pd.Series(-penalties, index=ids)
        limit = exposure.share_limit(self.limit_, len(self.state_.candidates(market)))
        drawn = open_raises[drawn_rows(len(open_raises), self.max_measured, self.seed)]
        limit = exposure.aim(limit, len(drawn), len(open_raises))
        told = progress and (lambda done, total, _: progress(done, total, "measuring"))
        ranking = self.rank_investors(market, drawn, exposure.depth(limit), told)
        ids, penalties = exposure.hold_back(ranking.targets, ranking.scores, limit)
        return pd.Series(-penalties, index=ids)

    def _boosts(self, market: Market) -> dict:
        """What raises are given by region and category, found on the open raises and a draw of the investors."""
        self.boosts_ = exposure.NO_BOOSTS
        ids = self.state_.candidates(market)
        if not self.floor or not len(ids) or not len(market.raises):
            return self.boosts_
        size = min(self.max_measured, MOST_PAIRS // len(market.raises))
        state = self.state_.over(ids[drawn_rows(len(ids), size, self.seed)]).told(market)
        raises = state.encode(market)
        scores = np.concatenate([part for _, _, part in self._scored(state, raises, TO_RAISES)])
        return exposure.lift(scores.T, exposure.groups(raises.profiles), self.floor)

    def _first_stages(self, market: Market) -> dict[str, FirstStage]:
        ids, open_raises = self.state_.candidates(market), market.raises.index.to_numpy()
        if len(ids) * len(open_raises) <= self.dense_pairs:
            return {}
        state = self.state_.over(ids).told(market)
        self.told_ = staging.theses_of(market, ids[~state.recorded_])
        raises = state.encode(market, open_raises[drawn_rows(len(open_raises), self.taught, self.seed)])
        scores = {direction: np.empty((len(raises), len(ids)), np.float32) for direction in DIRECTIONS}
        for start in range(0, len(raises), self.block):
            some = raises.take(np.arange(start, min(start + self.block, len(raises))))
            block, forbidden = state.block(some), state.forbidden(some)
            for direction, found in scores.items():
                part = self.rankers_[direction].curves_block(block, state.level_, some.level)
                part[forbidden] = -np.inf
                found[start : start + len(some)] = part
        return {d: FirstStage().fit(raises, found, state, self.rankers_[d]) for d, found in scores.items()}

    def _stage(self, direction: str, targets: int, k: int) -> FirstStage | None:
        """What cuts the shortlists, where there are so many ``targets`` that it saves work."""
        stage = self.first_stages_.get(direction)
        return stage if stage and targets > 2 * staging.width(direction, k) else None

    def compare(self, running: Matcher) -> dict | None:
        """NDCG@10 of this model minus that of ``running``, per direction, by their twins on this one's latest
        window under this one's exposure control: ``evaluation.paired_difference``.

        None where either was not measured, where they look at pairs by other features, or where the twin of
        ``running`` may have seen the window. Possible only in the process that fitted this one: what is measured
        on does not go into its pickle.
        """
        theirs = getattr(running, "twins_", None)
        if getattr(self, "exam_", None) is None or theirs is None:
            return None
        if running.window_start_ > self.window_start_ or self._looks() != running._looks():
            return None
        lists = self.exam_.lists(self.exam_.scored(theirs), self.max_share, self.max_loss, self.floor)
        return {
            direction: paired_difference(self.reports_[direction], self.exam_.report(direction, lists.model[direction]))
            for direction in DIRECTIONS
        }

    def _looks(self) -> tuple:
        """What the features of a pair depend on beside the market."""
        state = self._state().get_params()
        return self.features_, self.months, self.text_dimensions, {k: v for k, v in state.items() if k != "text"}

    def probability(self, direction: str, scores) -> np.ndarray:
        """Chance that a pair closes within one window if the company raises in it; NaN where none was measured.

        ``scores`` as of a ``Ranking`` of that direction. Calibrated on the latest window by the twin; a window's
        raises are those of companies that closed some deal in it.
        """
        scores = np.asarray(scores, dtype=float)
        if self.calibrations_ is None:
            return np.full(scores.shape, np.nan)
        return self.calibrations_[direction].predict(scores)

    def probability_of_both(self, to_investors, to_raises) -> np.ndarray:
        """Chance that both sides say yes: that the pair closes, by the scores of both directions for it."""
        scores = np.stack([to_investors, to_raises], axis=-1).astype(float)
        if self.both_ is None:
            return np.full(scores.shape[:-1], np.nan)
        return self.both_.predict(scores)

    def __getstate__(self):
        """Without what ``compare`` needs, as large as the model, and what was read of a market meanwhile."""
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name not in ("exam_", "reports_", "encoded_")}

    def refresh(self, market: Market) -> Matcher:
        """Take in the deals of ``market`` without learning the curves again."""
        self.state_ = self._state().fit(market)
        self.as_of_ = market.as_of
        return self

    def hear(self, market: Market) -> Matcher:
        """Take in what was answered since, for whoever ranks a whole market: see ``PairFeatures.hear``."""
        self.state_.hear(market)
        return self

    def prepare(self, market: Market) -> Matcher:
        """Encode all raises of ``market`` and keep that until another market is prepared: worth it for whoever ranks
        much of a market piece by piece. Raises of the market before it that are the same are not encoded again.
        """
        kept = getattr(self, "encoded_", None)
        if kept is None or kept[0] is not market or kept[1] is not self.state_:
            known = kept[3] if kept and kept[1] is self.state_ else None
            ids = np.union1d(self.state_.candidates(market), market.investors.index.to_numpy(np.int64))
            state = self.state_.over(ids).told(market)
            self.encoded_ = (market, self.state_, state, state.encode(market, known=known))
        return self

    def _read(self, market: Market, investors: np.ndarray, raise_ids=None) -> tuple[PairFeatures, EncodedRaises]:
        """The state over ``investors`` (sorted ids), and raises (all when None) encoded beside them."""
        kept = getattr(self, "encoded_", None)
        if kept is None or kept[0] is not market or kept[1] is not self.state_:
            state = self.state_.over(investors).told(market)
            return state, state.encode(market, raise_ids)
        everybody, raises = kept[2:]
        if raise_ids is not None:
            raises = raises.take(_rows_of(raises, raise_ids))
        if np.array_equal(investors, everybody.investors_):
            return everybody, raises
        return everybody.over(investors), raises.beside(np.searchsorted(everybody.investors_, investors))

    def rank_investors(self, market: Market, raise_ids=None, k=100, progress=None, among=None) -> Ranking:
        """Investors for each of ``raise_ids`` (all open raises when None), in that order.

        ``among``: ids of the only investors that are looked at (all that are ranked when None).
        """
        ids = market.raises.index.to_numpy() if raise_ids is None else np.asarray(list(raise_ids))
        candidates = self.state_.candidates(market)
        if among is not None:
            candidates = np.intersect1d(candidates, np.asarray(among, np.int64))
        state, raises = self._read(market, candidates, raise_ids)
        ranker = self.rankers_[TO_INVESTORS]
        attention = self.attention_.reindex(state.investors_).fillna(0).to_numpy()
        ranking = _blank(ids, k)
        start = 0
        if stage := self._stage(TO_INVESTORS, len(state.investors_), k):
            for row, best, contributions in staging.best_investors(state, raises, stage, ranker, attention, k):
                contributions[:, FACTORS.index(ATTENTION)] = attention[best]
                _fill(ranking, row, state.investors_[best], contributions)
                start += 1
                if progress and not start % 100:
                    progress(start, len(raises), TO_INVESTORS)
            return ranking
        for some, block, scores in self._scored(state, raises, TO_INVESTORS):
            if progress:
                progress(start, len(raises), TO_INVESTORS)
            scores += attention.astype(np.float32)
            best = top_k(scores, _width(k))
            row, slot = np.nonzero(best >= 0)
            column = best[row, slot]
            contributions = ranker.contributions(state.rows(block, some, row, column))
            contributions[:, FACTORS.index(ATTENTION)] = attention[column]
            _fill_rows(ranking, start + row, state.investors_[column], contributions)
            start += len(some)
        if progress:
            progress(len(raises), len(raises), TO_INVESTORS)
        return ranking

    def rank_raises(self, market: Market, investor_ids=None, k=100, progress=None, among=None) -> Ranking:
        """Open raises for each of ``investor_ids`` (all with a deal or a thesis when None), in that order.

        ``among``: ids of the only raises that are looked at (all that are open when None).

        An investor of ``market`` with neither is ranked by what is left: the raises that draw most investors.
        """
        ids = self.state_.candidates(market) if investor_ids is None else np.asarray(list(investor_ids))
        unknown = ids[~np.isin(ids, market.investors.index)]
        if len(unknown):
            raise KeyError(f"no such investor: {unknown[0]}")
        ranking = _blank(ids, k)
        if among is not None:
            market = market.with_raises(market.raises.loc[np.unique(among)])
        stage = self._stage(TO_RAISES, len(market.raises), k)
        for start in range(0, len(ids), _INVESTORS_AT_ONCE):
            if progress:
                progress(start, len(ids), TO_RAISES)
            some = ids[start : start + _INVESTORS_AT_ONCE]
            known = self._shortlisted(market, some, stage) if stage else np.zeros(len(some), bool)
            if known.any():
                self._rank_raises_staged(market, some[known], start + np.flatnonzero(known), stage, k, ranking)
            if not known.all():
                self._rank_raises(market, some[~known], start + np.flatnonzero(~known), k, ranking)
        if progress:
            progress(len(ids), len(ids), TO_RAISES)
        return ranking

    def _shortlisted(self, market, ids, stage) -> np.ndarray:
        """(n,) bool: whose shortlist the first stage can cut. A newcomer that has another thesis now is looked at whole."""
        now = staging.theses_of(market, [i for i in ids if i in self.told_])
        changed = [i for i, theses in now.items() if theses != self.told_[i]]
        return stage.knows(ids) & ~np.isin(ids, changed)

    def _rank_raises_staged(self, market, ids, places, stage, k, ranking):
        columns, inverse = np.unique(ids, return_inverse=True)
        state, raises = self.prepare(market)._read(market, columns)
        boost = exposure.boost_of(self.boosts_, exposure.groups(raises.profiles))
        for column, best, contributions in staging.best_raises(
            state, raises, stage, self.rankers_[TO_RAISES], boost, k
        ):
            contributions[:, FACTORS.index(ATTENTION)] = boost[best]
            for place in places[inverse == column]:
                _fill(ranking, place, raises.ids[best], contributions)

    def _rank_raises(self, market, ids, places, k, ranking):
        columns, inverse = np.unique(ids, return_inverse=True)
        state, raises = self._read(market, columns)
        best = RunningBest(len(columns), _width(k), len(FACTORS))
        start = 0
        for some, block, scores in self._scored(state, raises, TO_RAISES):
            boost = exposure.boost_of(self.boosts_, exposure.groups(some.profiles))
            scores += boost.astype(np.float32)[:, None]
            best.add(scores.T, start, partial(self._contributions, state, some, block, boost))
            start += len(some)
        for number, column in enumerate(inverse):
            kept = best.targets[column] >= 0
            _fill(ranking, places[number], raises.ids[best.targets[column][kept]], best.values[column][kept])

    def _contributions(self, state, raises, block, boost, column, row) -> np.ndarray:
        contributions = self.rankers_[TO_RAISES].contributions(state.rows(block, raises, row, column))
        contributions[:, FACTORS.index(ATTENTION)] = boost[row]
        return contributions

    def _scored(self, state, raises, direction):
        """Block by block: raises, their pair features, and the sum of their curves, -inf where a pair is forbidden."""
        size = max(self.block, _PAIRS_AT_ONCE // max(len(state.investors_), 1))
        for start in range(0, len(raises), size):
            some = raises.take(np.arange(start, min(start + size, len(raises))))
            block = state.block(some)
            scores = self.rankers_[direction].curves_block(block, state.level_, some.level)
            scores[state.forbidden(some)] = -np.inf
            yield some, block, scores


# What does not differ among the candidates of a choice.
IGNORED = {TO_INVESTORS: RAISE_FEATURES, TO_RAISES: INVESTOR_FEATURES}
_INVESTORS_AT_ONCE = 2048
# Beside few investors a block holds more raises than ``Matcher.block``.
_PAIRS_AT_ONCE = 16_384
# So many open raises say how attention falls; fewer are left to the latest window.
_ENOUGH_RAISES = 200


class _Watch:
    """Seconds by the name of what took them."""

    def __init__(self):
        self.laps, self.last = {}, time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = self.laps.get(name, 0.0) + now - self.last
        self.last = now


def _width(k: int) -> int:
    return max(k + _SPARE, _LOOKED_AT)


def _rows_of(raises: EncodedRaises, ids) -> np.ndarray:
    rows = pd.Index(raises.ids).get_indexer(list(ids))
    if (rows < 0).any():
        raise KeyError(f"no such open raise: {list(ids)[int(rows.argmin())]}")
    return rows


def _blank(subjects, k) -> Ranking:
    shape = (len(subjects), k)
    return Ranking(
        np.asarray(subjects, dtype=np.int64),
        np.full(shape, -1, np.int64),
        np.full(shape, np.nan),
        np.full((*shape, len(FACTORS)), np.nan),
    )


def _fill(ranking: Ranking, row: int, targets, contributions):
    _fill_rows(ranking, np.full(len(targets), row), targets, contributions)


def _fill_rows(ranking: Ranking, row, targets, contributions):
    """Put each of ``targets`` (n,) into the list of its ``row``: these are all that the list may hold."""
    scores = exact_sum(contributions)
    order = np.lexsort((targets, -scores, row))
    row = row[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    kept = place < ranking.targets.shape[1]
    row, place, order = row[kept], place[kept], order[kept]
    ranking.targets[row, place] = targets[order]
    ranking.scores[row, place] = scores[order]
    ranking.contributions[row, place] = contributions[order]
