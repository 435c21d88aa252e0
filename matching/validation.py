"""How good a ranker is on the latest window of a market, of which it saw nothing, beside what needs no learning."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from matching import evaluation as e
from matching import exposure
from matching import market as m
from matching.calibration import Calibration, cross_reliability
from matching.retrieval import top_k
from matching.training import DIRECTIONS, TO_INVESTORS, TO_RAISES, Window

DEPTH = 100
# What is stored of a list, and so what the reliability of a probability is measured on.
RECOMMENDED = 50
# Pairs scored per direction, whatever the size of the market: bounds time and memory.
MOST_PAIRS = 20_000_000
_GROUPS = 40


def drawn_rows(n: int, size: int, seed: int) -> np.ndarray:
    """At most ``size`` of ``n`` row numbers, in order."""
    return np.sort(np.random.default_rng(seed).permutation(n)[:size])


@dataclass(frozen=True)
class Scored:
    """Scores (queries × targets) float32 of each direction, -inf where a pair is never ranked.

    ``opposite`` holds the scores that the other direction gives to the pairs of start-up → investor.
    """

    scores: dict[str, np.ndarray]
    opposite: np.ndarray


@dataclass(frozen=True)
class Lists:
    """Rankings of both directions with and without the control of exposure.

    ``penalties``: (investor ids, values > 0); ``boosts`` as of ``exposure.lift``.
    """

    model: dict[str, dict]
    uncontrolled: dict[str, dict]
    penalties: tuple[np.ndarray, np.ndarray]
    boosts: dict
    limit: float
    shares: tuple[float, float]  # the largest share of top tens, controlled and not


class Exam:
    """The queries of a ``Window`` and their answers: what a ranker that saw nothing of it must find.

    Per direction at most ``max_queries`` queries of the protocol are drawn (fewer where there are very many targets:
    at most 20 million pairs are scored), with or without an answer; each is ranked over all its targets. Start-up →
    investor ranks the investors with a deal before the window; investor → start-up ranks all raises of it.
    """

    def __init__(self, window: Window, max_queries: int = 1500, seed: int = 0, block: int = 32):
        self.window, self.block = window, block
        # ties fall by id, as they do in the lists of the model: not by who raised first in the window
        self.history = window.history.with_raises(window.history.raises.sort_index())
        self.whole = e.task_of(self.history, window.pairs)
        queries = {}
        for direction in DIRECTIONS:
            size = min(max_queries, MOST_PAIRS // max(len(self.whole.candidates[direction]), 1))
            ids = np.sort(self.whole.queries[direction])
            queries[direction] = ids[drawn_rows(len(ids), size, seed)]
        self.truth = {
            direction: {q: self.whole.truth[direction][q] for q in ids if q in self.whole.truth[direction]}
            for direction, ids in queries.items()
        }
        self.cut = replace(self.whole, queries=queries, truth=self.truth)

    @property
    def is_empty(self) -> bool:
        return not all(self.truth.values())

    def answers(self, direction: str) -> np.ndarray:
        """(queries × targets) bool: which deals were made."""
        return self._marked(direction, self.truth[direction])

    def _yes_of_both(self) -> np.ndarray:
        """(raises × investors) bool of start-up → investor: a deal, or an introduction that was accepted."""
        met = self.window.met
        accepted = met[met[m.INVESTOR].isin(self.cut.candidates[TO_INVESTORS])].groupby("raise")[m.INVESTOR].agg(list)
        return self.answers(TO_INVESTORS) | self._marked(TO_INVESTORS, accepted.to_dict())

    def _marked(self, direction: str, truth: dict) -> np.ndarray:
        queries, targets = self.cut.queries[direction], self.cut.candidates[direction]
        row = np.repeat(np.arange(len(queries)), [len(truth.get(q, ())) for q in queries])
        column = pd.Index(targets).get_indexer([t for q in queries for t in truth.get(q, ())])
        found = np.zeros((len(queries), len(targets)), dtype=bool)
        found[row, column] = True
        return found

    def scored(self, rankers, progress=None) -> Scored:
        """What ``rankers`` (direction → ``AdditiveRanker``) give to the pairs of the exam."""
        steps = len(self.cut.queries[TO_INVESTORS]) + len(self.cut.candidates[TO_RAISES])
        there, back = self._scored(
            self.cut.candidates[TO_INVESTORS],
            self.cut.queries[TO_INVESTORS],
            [rankers[TO_INVESTORS], rankers[TO_RAISES]],
            lambda done: progress and progress(done, steps, "measuring"),
        )
        (raises,) = self._scored(
            self.cut.queries[TO_RAISES],
            self.cut.candidates[TO_RAISES],
            [rankers[TO_RAISES]],
            lambda done: progress and progress(len(there) + done, steps, "measuring"),
        )
        if progress:
            progress(steps, steps, "measuring")
        return Scored({TO_INVESTORS: there, TO_RAISES: raises.T}, back)

    def _scored(self, investors, raise_ids, rankers, told) -> list[np.ndarray]:
        """Per ranker (raises × investors)."""
        state = self.window.state.over(investors)
        raises = state.encode(self.history, raise_ids)
        found = [np.empty((len(raises), len(investors)), np.float32) for _ in rankers]
        for start in range(0, len(raises), self.block):
            told(start)
            some = raises.take(np.arange(start, min(start + self.block, len(raises))))
            block, forbidden = state.block(some), state.forbidden(some)
            for ranker, scores in zip(rankers, found, strict=True):
                part = ranker.score_block(block, state.level_, some.level) + np.float32(ranker.base_)
                part[forbidden] = -np.inf
                scores[start : start + len(part)] = part
        return found

    def lists(self, scored: Scored, max_share: float | None, max_loss: float | None, floor: float | None) -> Lists:
        """Rankings to depth 100, under the limit and the floor of ``exposure`` where they are given."""
        uncontrolled = {d: self._ranked(d, scored.scores[d]) for d in DIRECTIONS}
        boosts = exposure.lift(scored.scores[TO_RAISES], self._groups(), floor) if floor else exposure.NO_BOOSTS
        raises = self._ranked(TO_RAISES, self._lifted(scored.scores[TO_RAISES], boosts))
        share = self._largest_share(uncontrolled[TO_INVESTORS])
        if max_share is None:
            model = {**uncontrolled, TO_RAISES: raises}
            return Lists(model, uncontrolled, (np.zeros(0, np.int64), np.zeros(0)), boosts, 1.0, (share, share))
        tightest = exposure.share_limit(max_share, len(self.cut.candidates[TO_INVESTORS]))
        found = dict.fromkeys(exposure.limits(tightest, share))
        before = e.ndcg_of_each(uncontrolled[TO_INVESTORS], self.truth[TO_INVESTORS])

        def bearable(limit):
            found[limit] = self._held(scored.scores[TO_INVESTORS], limit)
            lost = before - e.ndcg_of_each(found[limit][2], self.truth[TO_INVESTORS])
            # a window tells what is lost but for chance: its standard error counts as lost too
            return max_loss is None or lost.mean() + lost.std() / np.sqrt(len(lost)) <= max_loss * before.mean()

        # what is lost falls as the limit is loosened; the last limit binds nobody and loses nothing
        limit = list(found)[bisect_left(list(found), True, key=bearable)]
        if found[limit] is None:
            bearable(limit)
        ids, penalties, controlled = found[limit]
        return Lists(
            {TO_INVESTORS: controlled, TO_RAISES: raises},
            uncontrolled,
            (ids, penalties),
            boosts,
            limit,
            (self._largest_share(controlled), share),
        )

    def _held(self, scores: np.ndarray, limit: float) -> tuple[np.ndarray, np.ndarray, dict]:
        """Who is held back by how much under ``limit``, and the ranking that comes of it."""
        targets = self.cut.candidates[TO_INVESTORS]
        best = top_k(scores, exposure.depth(limit))
        ids, penalties = exposure.hold_back(
            np.where(best >= 0, targets[best], -1), np.take_along_axis(scores, np.maximum(best, 0), axis=1), limit
        )
        return ids, penalties, self._ranked(TO_INVESTORS, self._lowered(scores, ids, penalties))

    def _lowered(self, scores: np.ndarray, ids, penalties) -> np.ndarray:
        lowered = scores.copy()
        lowered[:, np.searchsorted(self.cut.candidates[TO_INVESTORS], ids)] -= penalties.astype(np.float32)
        return lowered

    def _groups(self) -> dict[str, np.ndarray]:
        """Codes of the groups of the raises."""
        companies = self.history.raises.loc[self.cut.candidates[TO_RAISES], m.COMPANY]
        return exposure.groups(self.history.companies.loc[companies])

    def _lifted(self, scores: np.ndarray, boosts: dict) -> np.ndarray:
        return scores + exposure.boost_of(boosts, self._groups()).astype(np.float32)

    def _ranked(self, direction: str, scores: np.ndarray, k: int = DEPTH) -> dict:
        targets = self.cut.candidates[direction]
        return {
            query: targets[best[best >= 0]]
            for query, best in zip(self.cut.queries[direction], top_k(scores, k), strict=True)
        }

    @staticmethod
    def _largest_share(ranking: dict) -> float:
        tens = np.full((len(ranking), exposure.LISTED), -1, np.int64)
        for row, ranked in enumerate(ranking.values()):
            tens[row, : len(ranked[: exposure.LISTED])] = ranked[: exposure.LISTED]
        return exposure.largest_share(tens)

    def report(self, direction: str, ranking: dict) -> e.Report:
        return e.evaluate(ranking, self.truth[direction], len(self.cut.candidates[direction]))

    def baselines(self, direction: str) -> dict[str, dict]:
        return {
            "popularity": e.popularity_ranking(self.cut, direction),
            "category_cosine": e.cosine_ranking(self.cut, direction),
            "content_cosine": e.cosine_ranking(self.cut, direction, attributes=e.CONTENT),
        }

    def quality(self, lists: Lists) -> tuple[dict, dict[str, e.Report]]:
        """``window`` and ``directions`` of ``Matcher.quality_``, and the reports of the model by direction."""
        directions, mine = {}, {}
        for direction in DIRECTIONS:
            rankings = {
                "model": lists.model[direction],
                "uncontrolled": lists.uncontrolled[direction],
                **self.baselines(direction),
            }
            reports = {name: self.report(direction, ranking) for name, ranking in rankings.items()}
            mine[direction] = reports["model"]
            directions[direction] = {
                "queries": len(self.truth[direction]),
                "methods": {name: report.as_dict() for name, report in reports.items()},
                "gain": {
                    name: e.paired_difference(reports["model"], report)
                    for name, report in reports.items()
                    if name != "model"
                },
            }
        directions[TO_INVESTORS]["exposure"] = {
            "strength": float(lists.penalties[1].max(initial=0)),
            "largest_share": lists.shares[0],
            "largest_share_uncontrolled": lists.shares[1],
            "limit": lists.limit,
        }
        directions[TO_RAISES].update(self._shown(lists.model[TO_RAISES]))
        return {
            "window": {
                "start": self.window.start.isoformat(),
                "end": self.window.end.isoformat(),
                "raises": len(self.whole.candidates[TO_RAISES]),
                "investors": len(self.whole.candidates[TO_INVESTORS]),
            },
            "directions": directions,
        }, mine

    def _shown(self, ranking: dict) -> dict[str, list]:
        """Appearances in investors' top tens per raise, by region and category of its company."""
        ids = self.cut.candidates[TO_RAISES]
        tens = np.concatenate([ranked[: exposure.LISTED] for ranked in ranking.values()])
        shown = np.bincount(pd.Index(ids).get_indexer(tens), minlength=len(ids))
        found = {}
        for name, codes in self._groups().items():
            groups = pd.DataFrame({"code": codes, "shown": shown}).groupby("code")["shown"]
            rows = groups.agg(["size", "mean"]).sort_values("size", ascending=False, kind="stable").head(_GROUPS)
            found[f"by_{name}"] = [
                {"code": code, "raises": int(size), "shown": float(mean)} for code, size, mean in rows.itertuples()
            ]
        return found

    def calibrate(self, scored: Scored, lists: Lists) -> tuple[dict[str, Calibration], Calibration, dict]:
        """Calibrations per direction, that of both scores together, and their reliability on recommended pairs."""
        shown_by = self._lowered(scored.scores[TO_INVESTORS], *lists.penalties)
        scores = {TO_INVESTORS: shown_by, TO_RAISES: self._lifted(scored.scores[TO_RAISES], lists.boosts)}
        learned, figures = {}, {}
        for direction in DIRECTIONS:
            truth, allowed = self.answers(direction), np.isfinite(scores[direction])
            learned[direction] = Calibration().fit(scores[direction][allowed], truth[allowed])
            shown = top_k(scores[direction], RECOMMENDED)
            figures[direction] = cross_reliability(scores[direction], truth, shown)
        boost = exposure.boost_of(lists.boosts, self._groups()).astype(np.float32)
        boost = boost[pd.Index(self.cut.candidates[TO_RAISES]).get_indexer(self.cut.queries[TO_INVESTORS])]
        both = np.stack([scores[TO_INVESTORS], scored.opposite + boost[:, None]], axis=2)
        truth, allowed = self._yes_of_both(), np.isfinite(scores[TO_INVESTORS])
        together = Calibration().fit(both[allowed], truth[allowed])
        figures["both"] = cross_reliability(both, truth, top_k(scores[TO_INVESTORS], RECOMMENDED))
        return learned, together, figures
