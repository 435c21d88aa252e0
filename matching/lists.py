"""From a fitted model's rankings to the lists that are stored."""

from dataclasses import dataclass

import numpy as np

from deals.models import Side
from matching import market as m
from matching.artefacts import Artefact
from matching.matcher import FACTORS, Ranking
from matching.models import RecommendationList
from matching.packing import DIGITS, Items, in_units

__all__ = ["DIGITS", "Offers", "company_for_investors", "investor_for_companies", "rank"]


def _items(ranking: Ranking, row: int, ids: dict[int, int] | None = None) -> Items:
    """The items of one subject; `ids` turns raises into their companies."""
    kept = ranking.targets[row] >= 0
    targets = ranking.targets[row][kept]
    if ids:
        targets = [ids[target] for target in targets.tolist()]
    return Items.of_contributions(targets, ranking.contributions[row][kept], FACTORS)


def rank(artefact: Artefact, side: str, subjects, length: int) -> list[RecommendationList]:
    """Return an unsaved list of at most `length` items for each of `subjects`.

    `subjects` are raise ids for the start-ups' side (the list is the company's), investor ids for theirs.
    """
    market = artefact.market
    companies = market.raises[m.COMPANY].to_dict()
    if side == Side.COMPANY:
        ranking = artefact.matcher.rank_investors(market, subjects, k=length)
        rows = [
            (RecommendationList(company_id=companies[int(subject)]), _items(ranking, row))
            for row, subject in enumerate(ranking.subjects)
        ]
    else:
        ranking = artefact.matcher.rank_raises(market, subjects, k=length)
        rows = [
            (RecommendationList(investor_id=int(subject)), _items(ranking, row, companies))
            for row, subject in enumerate(ranking.subjects)
        ]
    for entry, items in rows:
        entry.fill(items, length)
    return [entry for entry, _ in rows]


@dataclass(frozen=True)
class Offers:
    """One company or institution as it would stand on the lists of many readers of the other side.

    readers (n,) int64, sorted; units (n, len(FACTORS)) int64 as of `Items`.
    """

    readers: np.ndarray
    units: np.ndarray

    @classmethod
    def none(cls) -> "Offers":
        return cls(np.zeros(0, np.int64), np.zeros((0, len(FACTORS)), np.int64))

    @classmethod
    def of(cls, ranking: Ranking, readers) -> "Offers":
        """The first target of each subject of `ranking`, whose readers are `readers`."""
        kept = np.flatnonzero(ranking.targets[:, 0] >= 0)
        kept = kept[np.argsort(np.asarray(readers)[kept])]
        return cls(np.asarray(readers, np.int64)[kept], in_units(ranking.contributions[kept, 0]))

    def above(self, readers: np.ndarray, floors: np.ndarray) -> np.ndarray:
        """(n,) bool: which of `readers`, whose lists end at `floors`, would be shown it."""
        place = np.searchsorted(self.readers, readers)
        known = self._knows(readers, place)
        scores = np.full(len(readers), -np.inf)
        scores[known] = self.units[place[known]].sum(axis=1) / 10**DIGITS
        return known & (scores > floors)

    def item(self, reader: int, target: int) -> Items | None:
        """`target`, which this is about, as the one item of a list for `reader`."""
        place = int(np.searchsorted(self.readers, reader))
        if place == len(self.readers) or self.readers[place] != reader:
            return None
        return Items(np.array([target], np.int64), self.units[place : place + 1], FACTORS)

    def _knows(self, readers, place) -> np.ndarray:
        if not len(self.readers):
            return np.zeros(len(readers), bool)
        return self.readers[np.minimum(place, len(self.readers) - 1)] == readers


def company_for_investors(artefact: Artefact, raise_id: int) -> Offers:
    """What a company is, by one raise, to all investors that it may be recommended to."""
    ranking = artefact.matcher.rank_raises(artefact.market, None, k=1, among=[raise_id])
    return Offers.of(ranking, ranking.subjects)


def investor_for_companies(artefact: Artefact, investor_id: int) -> Offers:
    """What one institution is to all companies that it may be recommended to."""
    market = artefact.market
    ranking = artefact.matcher.rank_investors(market, None, k=1, among=[investor_id])
    return Offers.of(ranking, market.raises[m.COMPANY].loc[ranking.subjects].to_numpy())
