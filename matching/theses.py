"""What investors declare, against what raises are."""

from __future__ import annotations

import copy

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


class ThesisTable:
    """Active theses beside the investors of a state; ``text`` holds their words as vectors."""

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
        table.n_investors, table.text = len(columns), self.text[columns]
        return table

    def _words(self, market, investors) -> list[str]:
        words = market.investors[m.TEXT].reindex(investors).fillna("").tolist()
        for column, text, keywords in zip(self.column, self.rows[m.TEXT], self.rows[m.KEYWORDS], strict=True):
            words[column] = " ".join([words[column], text, *keywords])
        return words

    def _parts(self, raises) -> np.ndarray:
        """(5, raises, theses): category, round, place and ticket in -1…1, keywords in 0…1."""
        rows, profile = self.rows, raises.profiles
        categories = [
            wanted_categories({m.CATEGORY: c, m.CATEGORIES: cs})
            for c, cs in zip(profile[m.CATEGORY], profile[m.CATEGORIES], strict=True)
        ]
        places = list(zip(profile[m.REGION], profile[m.COUNTRY], profile[m.CITY], strict=True))
        low, high = rows[m.TICKET_LOW].to_numpy(float), rows[m.TICKET_HIGH].to_numpy(float)
        amount = profile[m.AMOUNT].to_numpy(float)[:, None]
        told = ~(np.isnan(low) & np.isnan(high))[None, :] & ~np.isnan(amount)
        fits = ticket_fits(amount, low[None, :], high[None, :])
        ticket = np.where(told, np.where(fits, 1.0, -1.0), 0)
        keywords = [tuple(v.casefold() for v in cells) for cells in profile[m.KEYWORDS]]
        wanted = [tuple(v.casefold() for v in cells) for cells in rows[m.KEYWORDS]]
        vocabulary = pd.Index(sorted({v for cells in wanted for v in cells}), dtype=object)
        shared = (_indicator(keywords, vocabulary) @ _indicator(wanted, vocabulary).T).toarray()
        return np.stack(
            [
                _meets(rows[m.CATEGORIES], categories),
                _meets(rows[m.ROUNDS], [(r,) for r in profile[m.ROUND]]),
                _meets(rows[m.REGIONS], places),
                ticket,
                np.minimum(shared, 3) / 3,
            ]
        ).astype(np.float32)

    def features(self, raises) -> np.ndarray:
        """(len(THESIS_FEATURES), raises, investors) float32 of the thesis that fits best, 0 without one."""
        out = np.zeros((len(THESIS_FEATURES), len(raises), self.n_investors), dtype=np.float32)
        if not len(self.rows) or not len(raises):
            return out
        parts = self._parts(raises)
        fit = parts.sum(axis=0) - 10 * self._excludes(raises)
        best = np.full((len(raises), self.n_investors), -np.inf, dtype=np.float32)
        for thesis, column in enumerate(self.column):
            better = fit[:, thesis] > best[:, column]
            best[better, column] = fit[better, thesis]
            chosen = parts[:, better, thesis]
            out[:5, better, column] = np.maximum(chosen, 0)
            out[5:, better, column] = np.minimum(chosen[:4], 0)
        return out

    def _excludes(self, raises) -> np.ndarray:
        have = [
            wanted_categories({m.CATEGORY: c, m.CATEGORIES: cs})
            for c, cs in zip(raises.profiles[m.CATEGORY], raises.profiles[m.CATEGORIES], strict=True)
        ]
        return _meets(self.rows[m.EXCLUDED], have) > 0

    def excluded(self, raises) -> np.ndarray:
        """(raises × investors) bool. One active thesis that excludes is enough, whatever the others want."""
        out = np.zeros((len(raises), self.n_investors), dtype=bool)
        if not len(self.rows) or not len(raises):
            return out
        excludes = self._excludes(raises)
        for thesis in np.flatnonzero(excludes.any(axis=0)):
            out[:, self.column[thesis]] |= excludes[:, thesis]
        return out
