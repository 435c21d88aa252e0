"""What investors declare, against what raises are."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from matching import market as m

THESIS_FEATURES = (
    "thesis_category",
    "thesis_round",
    "thesis_place",
    "thesis_ticket",
    "thesis_keywords",
    "thesis_other_category",
    "thesis_other_round",
    "thesis_other_place",
    "thesis_other_ticket",
)


def wanted_categories(company) -> tuple:
    return tuple(dict.fromkeys((company[m.CATEGORY], *company[m.CATEGORIES])))


def ticket_fits(amount, low, high) -> np.ndarray:
    """Whether rounds of ``amount`` have room for tickets from ``low`` to ``high``; an unknown end is open.

    A ticket is a part of a round, so a round may be up to ten tickets wide.
    """
    with np.errstate(invalid="ignore"):
        return ~(amount < low) & ~(amount > 10 * high)


def _indicator(cells, vocabulary: pd.Index) -> sparse.csr_matrix:
    at = np.repeat(np.arange(len(cells)), [len(c) for c in cells])
    codes = vocabulary.get_indexer(pd.Index([v for c in cells for v in c], dtype=object))
    kept = codes >= 0
    matrix = sparse.csr_matrix(
        (np.ones(kept.sum(), np.float32), (at[kept], codes[kept])), shape=(len(cells), len(vocabulary))
    )
    matrix.data[:] = 1
    return matrix


def _meets(wanted, have) -> np.ndarray:
    """(have × wanted): 1 where they meet, -1 where both are known and do not, 0 where one is unknown."""
    vocabulary = pd.Index(sorted({v for cells in wanted for v in cells}), dtype=object)
    told = np.array([len(c) > 0 for c in wanted], dtype=bool)
    known = np.array([any(c) for c in have], dtype=bool)
    if not told.any() or not known.any():
        return np.zeros((len(have), len(wanted)), dtype=np.float32)
    overlap = (_indicator(have, vocabulary) @ _indicator(wanted, vocabulary).T).toarray()
    return np.where(known[:, None] & told[None, :], np.where(overlap > 0, 1.0, -1.0), 0).astype(np.float32)


def _numbered(cells) -> tuple[np.ndarray, list]:
    """Number of each cell among the different ones, and those."""
    numbers: dict = {}
    return np.array([numbers.setdefault(cell, len(numbers)) for cell in cells], dtype=np.int64), list(numbers)


@dataclass(frozen=True)
class RaiseSide:
    """What theses look at in raises. Categories, rounds and places are numbered as in the ``ThesisTable``."""

    category: np.ndarray
    round: np.ndarray
    place: np.ndarray
    amount: np.ndarray
    keywords: sparse.csr_matrix

    def take(self, rows) -> RaiseSide:
        return RaiseSide(
            self.category[rows], self.round[rows], self.place[rows], self.amount[rows], self.keywords[rows]
        )

    def __len__(self):
        return len(self.amount)


class ThesisTable:
    """Active theses beside the investors of a state; ``text`` holds their words as vectors.

    ``meet`` comes first: what raises have is compared with the theses once per value, not once per raise.
    """

    def __init__(self, market, investors: np.ndarray, text_model=None):
        position = pd.Index(investors).get_indexer(market.theses[m.INVESTOR])
        self.rows = market.theses[position >= 0]
        self.column = position[position >= 0]
        self.n_investors = len(investors)
        if text_model is None:
            self.text = np.zeros((len(investors), 0), dtype=np.float32)
        else:
            self.text = text_model.transform(self._words(market, investors))

    def over(self, columns: np.ndarray) -> ThesisTable:
        """The same theses beside some of the investors only (their column numbers, in the new order)."""
        position = np.full(self.n_investors, -1, dtype=np.int64)
        position[columns] = np.arange(len(columns))
        table = copy.copy(self)
        kept = position[self.column] >= 0
        table.rows, table.column = self.rows[kept], position[self.column][kept]
        table.category, table.round, table.place = self.category[:, kept], self.round[:, kept], self.place[:, kept]
        table.excludes, table.keywords = self.excludes[:, kept], self.keywords[kept]
        table.n_investors, table.text = len(columns), self.text[columns]
        return table

    def _words(self, market, investors) -> list[str]:
        words = market.investors[m.TEXT].reindex(investors).fillna("").tolist()
        for column, text, keywords in zip(self.column, self.rows[m.TEXT], self.rows[m.KEYWORDS], strict=True):
            words[column] = " ".join([words[column], text, *keywords])
        return words

    def meet(self, profiles: pd.DataFrame) -> RaiseSide:
        """Compare the theses with whatever occurs in ``profiles`` of raises, each value once."""
        rows = self.rows
        cells = zip(profiles[m.CATEGORY], profiles[m.CATEGORIES], strict=True)
        category, kinds = _numbered(wanted_categories({m.CATEGORY: c, m.CATEGORIES: cs}) for c, cs in cells)
        round_, rounds = _numbered((r,) for r in profiles[m.ROUND])
        place, places = _numbered(zip(profiles[m.REGION], profiles[m.COUNTRY], profiles[m.CITY], strict=True))
        wanted = [tuple(v.casefold() for v in cells) for cells in rows[m.KEYWORDS]]
        vocabulary = pd.Index(sorted({v for cells in wanted for v in cells}), dtype=object)
        self.category, self.excludes = _meets(rows[m.CATEGORIES], kinds), _meets(rows[m.EXCLUDED], kinds) > 0
        self.round, self.place = _meets(rows[m.ROUNDS], rounds), _meets(rows[m.REGIONS], places)
        self.keywords = _indicator(wanted, vocabulary)
        keywords = [tuple(v.casefold() for v in cells) for cells in profiles[m.KEYWORDS]]
        return RaiseSide(category, round_, place, profiles[m.AMOUNT].to_numpy(float), _indicator(keywords, vocabulary))

    def _parts(self, side: RaiseSide) -> np.ndarray:
        """(5, raises, theses): category, round, place and ticket in -1…1, keywords in 0…1."""
        low, high = self.rows[m.TICKET_LOW].to_numpy(float), self.rows[m.TICKET_HIGH].to_numpy(float)
        amount = side.amount[:, None]
        told = ~(np.isnan(low) & np.isnan(high))[None, :] & ~np.isnan(amount)
        fits = ticket_fits(amount, low[None, :], high[None, :])
        ticket = np.where(told, np.where(fits, 1.0, -1.0), 0)
        shared = (side.keywords @ self.keywords.T).toarray()
        return np.stack(
            [
                self.category[side.category],
                self.round[side.round],
                self.place[side.place],
                ticket,
                np.minimum(shared, 3) / 3,
            ]
        ).astype(np.float32)

    def features(self, side: RaiseSide) -> np.ndarray:
        """(len(THESIS_FEATURES), raises, investors) float32 of the thesis that fits best, 0 without one."""
        out = np.zeros((len(THESIS_FEATURES), len(side), self.n_investors), dtype=np.float32)
        if not len(self.rows) or not len(side):
            return out
        parts = self._parts(side)
        columns, first = np.unique(self.column, return_index=True)
        out[:5, :, columns] = np.maximum(parts[:, :, first], 0)
        out[5:, :, columns] = np.minimum(parts[:4, :, first], 0)
        further = np.setdiff1d(np.arange(len(self.column)), first)
        if not len(further):
            return out
        fit = parts.sum(axis=0) - 10 * self.excludes[side.category]
        best = np.full((len(side), self.n_investors), -np.inf, dtype=np.float32)
        best[:, columns] = fit[:, first]
        for thesis in further:
            column = self.column[thesis]
            better = fit[:, thesis] > best[:, column]
            best[better, column] = fit[better, thesis]
            chosen = parts[:, better, thesis]
            out[:5, better, column] = np.maximum(chosen, 0)
            out[5:, better, column] = np.minimum(chosen[:4], 0)
        return out

    def excluded(self, side: RaiseSide) -> np.ndarray:
        """(raises × investors) bool. One active thesis that excludes is enough, whatever the others want."""
        return self._excluded_kinds()[side.category]

    def excluded_pairs(self, side: RaiseSide, row, column) -> np.ndarray:
        """(n,) bool: ``excluded`` of single pairs."""
        return self._excluded_kinds()[side.category[row], column]

    def _excluded_kinds(self) -> np.ndarray:
        """(kinds of category × investors) bool."""
        by_category = np.zeros((len(self.excludes), self.n_investors), dtype=bool)
        for thesis in np.flatnonzero(self.excludes.any(axis=0)):
            by_category[:, self.column[thesis]] |= self.excludes[:, thesis]
        return by_category
