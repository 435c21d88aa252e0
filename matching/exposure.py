"""Attention is spread: what an investor that everybody is shown gives up, and what a group of raises that hardly
anybody is shown is given, so that others are seen too.

The control is one number per investor, or per region and category of raises, added to the score like any other
factor. It is found once, on a set of lists, and stays fixed, so that shards and refreshes of single raises agree with
a whole run.
"""

from __future__ import annotations

import numpy as np

from matching import market as m
from matching.packing import UNIT

LISTED = 10
# No investor can be kept much below what all would get if they were shown equally often.
_TIMES_EQUAL = 2
# Less than this in a score is not worth another round.
_STEP = 0.01
NO_BOOSTS = {"region": {}, "category": {}}


def share_limit(max_share: float, candidates: int, listed: int = LISTED) -> float:
    """The share of top tens that an investor may sit in, of ``candidates`` investors.

    Where investors are so few that equal shares alone come near ``max_share``, the limit is twice the equal
    share ``listed / candidates``: below that the lists would no longer say who fits.
    """
    return min(max(max_share, _TIMES_EQUAL * listed / max(candidates, 1)), 1.0)


def limits(tightest: float, uncontrolled: float) -> list[float]:
    """Limits from the ``tightest`` in steps of a fifth up to one that binds nobody."""
    found = [tightest]
    while found[-1] < min(uncontrolled, 1.0):
        found.append(float(min(found[-1] * 2**0.25, 1.0)))
    return found


def aim(limit: float, drawn: int, of: int) -> float:
    """The limit to hold on ``drawn`` lists so that ``limit`` holds on all ``of`` them, but for two standard errors."""
    return limit if drawn >= of else max(limit - 2 * np.sqrt(limit * (1 - limit) / drawn), limit / 2)


def depth(limit: float, listed: int = LISTED) -> int:
    """How deep lists must be known to hold the limit exactly.

    At most ``listed / limit`` investors can sit at the limit, so behind as many there are ``listed`` untouched.
    """
    return listed + int(np.ceil(listed / limit))


def largest_share(targets: np.ndarray, listed: int = LISTED) -> float:
    """Of ``targets`` (lists × k, best first, -1 where a list is shorter): the largest share of top tens of one."""
    shown = targets[:, :listed]
    _, counts = np.unique(shown[shown >= 0], return_counts=True)
    return float(counts.max() / len(targets)) if len(counts) else 0.0


def hold_back(targets, scores, limit: float, listed: int = LISTED, rounds: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Penalties with which no target sits in more than ``limit`` of the first ``listed`` places.

    ``targets`` (lists × k) int64 with -1 where a list is shorter, ``scores`` alike; ``k`` as of ``depth``.
    Returns (sorted ids, penalties > 0 in whole ``UNIT``s) of those that must be held back.

    These are the multipliers of the assignment that keeps most score under the limit, found by dual ascent as in
    Bertsekas' auction: each target over the limit is lowered by just so much that, with all others where they are,
    it is down to the limit. Others take its place, and are lowered in the next round. A target on a list that has
    no more than ``listed`` cannot be taken off it.
    """
    allowed = max(int(limit * len(targets)), 1)
    ids, code = np.unique(targets, return_inverse=True)
    code = code.reshape(targets.shape)
    scores = np.where(targets >= 0, scores, -np.inf)
    penalty = np.zeros(len(ids))
    if targets.shape[1] <= listed or not len(targets):
        return ids[:0], penalty[:0]
    for _ in range(rounds):
        current = scores - penalty[code]
        order = np.argsort(-current, axis=1, kind="stable")[:, : listed + 1]
        best = np.take_along_axis(current, order, axis=1)
        shown = np.take_along_axis(code, order[:, :listed], axis=1)
        # by how much each that is shown could be lowered and still stay; inf where nobody else could take its place
        real = np.isfinite(best[:, :listed])
        next_best = np.broadcast_to(best[:, listed:], real.shape)
        shown, margin = shown[real], best[:, :listed][real] - next_best[real]
        count = np.bincount(shown, minlength=len(ids))
        movable = np.bincount(shown[np.isfinite(margin)], minlength=len(ids))
        over = np.flatnonzero((count > allowed) & (movable > 0))
        if not len(over):
            break
        for one in over:
            mine = np.sort(margin[shown == one])
            cut = min(len(mine) - allowed, movable[one]) - 1
            penalty[one] += max(mine[cut] + UNIT, _STEP)
    penalty = np.ceil(penalty / UNIT) * UNIT
    held = np.flatnonzero(penalty)
    return ids[held], penalty[held]


def groups(rows) -> dict[str, np.ndarray]:
    """Codes of the region (the country where it is not known) and of the category, of profiles or companies."""
    region = rows[m.REGION].where(rows[m.REGION] != "", rows[m.COUNTRY])
    return {"region": region.to_numpy(dtype=object), "category": rows[m.CATEGORY].to_numpy(dtype=object)}


def lift(scores, codes: dict[str, np.ndarray], floor: float, listed: int = LISTED, rounds: int = 200) -> dict:
    """Boosts with which no group of targets is shown less per target than ``floor`` times the average target.

    ``scores`` (lists × targets), -inf where a target is never ranked; ``codes`` as of ``groups``, of the targets.
    Returns {"region": {code: boost > 0 in whole ``UNIT``s}, "category": …}; a target is given the sum of its two.
    Dual ascent as in ``hold_back``: each group below the floor is raised by just what it lacks with all others where
    they are. Targets without a code are not lifted, nor is a group beyond what its targets can be shown.
    """
    boosts = {name: {} for name in codes}
    members = [
        (name, code, np.flatnonzero(values == code))
        for name, values in codes.items()
        for code in sorted(set(values) - {""})
    ]
    if scores.shape[1] <= listed or not len(scores):
        return boosts
    for _ in range(rounds):
        current = scores + boost_of(boosts, codes).astype(np.float32)
        edge = -np.partition(-current, listed - 1, axis=1)[:, listed - 1 : listed]
        lacking = np.where(np.isfinite(scores), edge - current, np.inf)
        shown = (lacking <= 0).sum(axis=0)
        wanted = floor * shown.mean()
        low = [g for g in members if shown[g[2]].mean() < wanted]
        done = True
        for name, code, at in low:
            gaps = np.sort(lacking[:, at][(lacking[:, at] > 0) & np.isfinite(lacking[:, at])])
            missing = int(np.ceil(wanted * len(at) - shown[at].sum()))
            if len(gaps):
                step = max(float(gaps[min(missing, len(gaps)) - 1]) + UNIT, _STEP)
                boosts[name][code] = boosts[name].get(code, 0.0) + step
                done = False
        if done:
            break
    return {
        name: {code: float(np.ceil(boost / UNIT) * UNIT) for code, boost in given.items()}
        for name, given in boosts.items()
    }


def boost_of(boosts: dict, codes: dict[str, np.ndarray]) -> np.ndarray:
    """What each target is given, by the codes of its groups."""
    return sum(
        np.array([boosts[name].get(code, 0.0) for code in values], dtype=float) for name, values in codes.items()
    )
