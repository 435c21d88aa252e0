"""Who could take what is raised: theses and recent deals beside open raises.

An institution fits a raise by what it declares or by what it did.

Declared: one of its active theses names a category of the company or one above it, the round or no rounds, the place or
one around it or no places; and the largest sum asked reaches the smallest ticket, the smallest sum is at most ten of the
largest, as far as every reader may know both.
Done: within 24 months up to the day it took part in a venture event in the category of the company, one above or one
below it, at the round or next to it.
An active thesis that excludes a category of the company, or one above it, rules the institution out either way. An
institution that fits by both is specialised: it says so, and it did so of late.

Sets of theses and of institutions are packed bits, one row for each kind of raise: ten thousand kinds beside ten thousand
theses are then some operations on twelve megabytes.
"""

from collections.abc import Callable
from functools import cache, cached_property

import numpy as np

from deals.statistics.demand import Kind
from deals.statistics.supply import Supply

DEAL, REGION, TICKET, ROUND, CATEGORY = "deal", "region", "ticket", "round", "category"
# What a thesis may lack.
CRITERIA = (REGION, TICKET, ROUND, CATEGORY)
# What an institution may lack to be specialised, the smallest step first: only the deed, or one thing in its thesis.
LACKS = (DEAL, *CRITERIA)


class Fit:
    """Which theses and institutions fit each kind of raise; `declared` (kinds × theses) and `done` (kinds ×
    institutions) are packed bits."""

    def __init__(self, supply: Supply, kinds: list[Kind]):
        self.supply, self._kinds = supply, kinds

    def _each(self, part: Callable[[Kind], object], flags: Callable[..., np.ndarray]) -> np.ndarray:
        """Return a row of packed bits for each kind: `flags` of its `part`, computed once for each different one."""
        numbers: dict = {}
        at = [numbers.setdefault(part(kind), len(numbers)) for kind in self._kinds]
        rows = [np.packbits(flags(value)) for value in numbers]
        return np.array(rows, dtype=np.uint8)[at] if rows else np.zeros((0, 0), dtype=np.uint8)

    @cached_property
    def _parts(self) -> dict[str, np.ndarray]:
        """(kinds × theses) packed, for each criterion: which theses meet it."""
        supply = self.supply
        allowed = cache(lambda own: ~supply.ruled_out(own)[supply.holder])
        return {
            REGION: self._each(lambda kind: kind[2], supply.around),
            TICKET: self._each(lambda kind: kind[3:], lambda ends: supply.with_room(*ends)),
            ROUND: self._each(lambda kind: kind[1], supply.at_round),
            CATEGORY: self._each(lambda kind: kind[0], lambda own: supply.wanting(own) & allowed(own)),
            "near": self._each(lambda kind: kind[0], lambda own: supply.near_by(own) & allowed(own)),
        }

    def _meeting(self, criteria, rows=slice(None)) -> np.ndarray:
        return np.bitwise_and.reduce([self._parts[criterion][rows] for criterion in criteria])

    @cached_property
    def declared(self) -> np.ndarray:
        return self._meeting(CRITERIA)

    @cached_property
    def _active(self) -> Callable[[tuple], np.ndarray]:
        """Gives (institutions) bool for categories and a round: who was active there and is not ruled out."""
        active, ruled_out = cache(self.supply.active_in), cache(self.supply.ruled_out)
        return lambda pair: (
            np.logical_or.reduce([active(category, pair[1]) for category in pair[0]]) & ~ruled_out(pair[0])
        )

    @cached_property
    def done(self) -> np.ndarray:
        return self._each(lambda kind: kind[:2], self._active)

    @cached_property
    def specialised(self) -> np.ndarray:
        """(kinds × theses) packed: theses that fit, of institutions that were active there."""
        holder = self.supply.holder
        return self.declared & self._each(lambda kind: kind[:2], lambda pair: self._active(pair)[holder])

    @cached_property
    def is_matched(self) -> np.ndarray:
        """(kinds) bool: some institution fits."""
        return self.declared.any(axis=1) | self.done.any(axis=1)

    @cached_property
    def is_specialised(self) -> np.ndarray:
        """(kinds) bool: some institution is specialised in it."""
        return self.specialised.any(axis=1)

    def theses(self, kinds: list[int]) -> np.ndarray:
        """(theses) bool: they fit one of these kinds."""
        return _unpacked(self.declared[kinds], len(self.supply.holder))

    def institutions(self, kinds: list[int]) -> np.ndarray:
        """(institutions) bool: they fit one of these kinds."""
        found = _unpacked(self.done[kinds], len(self.supply.investors))
        found[self.supply.holder[self.theses(kinds)]] = True
        return found

    def lacking(self, kinds: list[int]) -> np.ndarray:
        """(institutions) int: the place in `LACKS` of what alone keeps them from being specialised in one of these kinds
        or a thesis of theirs from fitting it, the smallest step where there are several; -1 where more than one thing does.

        Only a thesis of the same root counts as near in category. No institution may be specialised in these kinds.
        """
        found = np.full(len(self.supply.investors), -1)
        for place, lack in reversed(list(enumerate(LACKS))):
            others = [criterion for criterion in CRITERIA if criterion != lack]
            if lack == CATEGORY:
                others.append("near")
            met = self._meeting(others, kinds)
            if lack != DEAL:
                met &= ~self._parts[lack][kinds]
            found[self.supply.holder[_unpacked(met, len(self.supply.holder))]] = place
        return found


def _unpacked(rows: np.ndarray, n: int) -> np.ndarray:
    """(n) bool: in one of the packed rows."""
    if not rows.size:
        return np.zeros(n, dtype=bool)
    return np.unpackbits(np.bitwise_or.reduce(rows, axis=0), count=n).astype(bool)
