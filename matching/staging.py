"""Two stages: a shortlist by ``FirstStage``, then every feature of the shortlisted pairs and their exact scores.

Subjects whose shortlists overlap are looked at together, so that features are still computed in blocks. Who else is in
the group changes nothing: a pair that is not on its own shortlist is not scored.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from matching import market as m
from matching.encoding import EncodedRaises
from matching.features import PairFeatures
from matching.market import Market
from matching.ranking import AdditiveRanker
from matching.search import RunningTop
from matching.shortlist import FirstStage
from matching.training import TO_INVESTORS, TO_RAISES

# Pairs looked at in full per subject.
WIDTH = {TO_INVESTORS: 256, TO_RAISES: 600}
# Shortlists overlap most where these agree, the first of them first.
ALIKE = (m.COUNTRY, m.REGION, m.ROUND, m.CATEGORY)
# Subjects whose pairs are looked at together.
RAISES_TOGETHER = 256
INVESTORS_TOGETHER = 32
# Scores that a block of the first stage holds.
_SCORES_AT_ONCE = 4_000_000


def width(direction: str, k: int) -> int:
    return max(WIDTH[direction], 2 * k + 56)


def alike_order(raises: EncodedRaises) -> np.ndarray:
    """Row numbers so that raises with much in common are near each other."""
    columns = [raises.profiles[name].to_numpy(dtype=str) for name in reversed(ALIKE)]
    return np.lexsort([np.arange(len(raises)), *columns])


def theses_of(market: Market, ids) -> dict[int, list[str]]:
    """The theses of some investors, in a form that can be compared."""
    theses = market.theses
    rows = theses[theses[m.INVESTOR].isin(ids)].sort_index()
    told: dict[int, list[str]] = {int(i): [] for i in ids}
    for row in rows.itertuples():
        told[row.investor].append(repr(row))
    return told


Found = Iterator[tuple[int, np.ndarray, np.ndarray]]


def best_investors(
    state: PairFeatures, raises: EncodedRaises, stage: FirstStage, ranker: AdditiveRanker, attention: np.ndarray, k: int
) -> Found:
    """(raise number, investor numbers, contributions without attention) of each raise's shortlist, in any order.

    ``attention`` (investors,) is added before the shortlist is cut. Investors that the first stage does not know are
    on every shortlist.
    """
    known = stage.knows(state.investors_)
    columns, newcomers = np.flatnonzero(known), np.flatnonzero(~known)
    stage = stage.over(state.investors_[known])
    seen = raises if known.all() else raises.beside(columns)
    given = attention[known].astype(np.float32)
    order = alike_order(raises)
    for start in range(0, len(raises), RAISES_TOGETHER):
        rows = order[start : start + RAISES_TOGETHER]
        some = raises.take(rows)
        forbidden = state.forbidden(some)
        scores = stage.predict(seen.take(rows))
        scores += given
        scores[forbidden[:, known]] = -np.inf
        top = RunningTop(len(rows), width(TO_INVESTORS, k))
        top.add(scores)
        shortlist, _ = top.result()
        shortlist = np.where(shortlist >= 0, columns[shortlist] if len(columns) else -1, -1)
        new = np.where(forbidden[:, newcomers], -1, newcomers[None, :])
        yield from _looked_at(state, some, ranker, np.concatenate([shortlist, new], axis=1), rows, by_raise=True)


def best_raises(
    state: PairFeatures, raises: EncodedRaises, stage: FirstStage, ranker: AdditiveRanker, boost: np.ndarray, k: int
) -> Found:
    """(investor number, raise numbers, contributions without boost) of each investor's shortlist, in any order.

    ``boost`` (raises,) is added before the shortlist is cut; ``stage`` knows all investors of ``state``.
    """
    stage = stage.over(state.investors_)
    top = RunningTop(len(state.investors_), width(TO_RAISES, k))
    size = max(_SCORES_AT_ONCE // max(len(state.investors_), 1), 1)
    for start in range(0, len(raises), size):
        some = raises.take(np.arange(start, min(start + size, len(raises))))
        scores = stage.predict(some)
        scores += boost[start : start + len(some), None].astype(np.float32)
        scores[state.forbidden(some)] = -np.inf
        top.add(np.ascontiguousarray(scores.T), start)
    shortlist, _ = top.result()
    # investors after the same kind of raise have most of their shortlists in common
    rank = np.empty(len(raises), np.int64)
    rank[alike_order(raises)] = np.arange(len(raises))
    middle = np.median(rank[shortlist], axis=1)
    order = np.argsort(middle, kind="stable")
    for start in range(0, len(order), INVESTORS_TOGETHER):
        columns = order[start : start + INVESTORS_TOGETHER]
        yield from _looked_at(state, raises, ranker, shortlist[columns], columns, by_raise=False)


def _looked_at(state, raises, ranker, shortlist, subjects, by_raise) -> Found:
    """Contributions of the pairs of ``shortlist`` (subjects × width, -1 for none)."""
    subject, slot = np.nonzero(shortlist >= 0)
    target = shortlist[subject, slot]
    X = state.of_pairs(raises, subject, target) if by_raise else state.of_pairs(raises, target, subjects[subject])
    contributions = ranker.contributions(X)
    ends = np.searchsorted(subject, np.arange(len(subjects) + 1))
    for number, (start, end) in enumerate(pairwise(ends)):
        yield int(subjects[number]), target[start:end], contributions[start:end]
