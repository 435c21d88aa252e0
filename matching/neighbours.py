"""Which companies are like one, and which institutions, by what the running model knows of them.

Each side is a few matrices of unit rows beside each other: what a party writes, its fields, with whom it was in deals,
where it lies. The likeness of two is a weighted sum of their products, 0 … 1; that of one to all others is one product of
each matrix, which at 100,000 companies takes some hundredths of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from matching import market as m
from matching.market import Market

TEXT, FIELDS, DEALS, PLACE, TYPE = "text", "fields", "deals", "place", "type"
OF_COMPANIES = {TEXT: 0.35, FIELDS: 0.35, DEALS: 0.2, PLACE: 0.1}
OF_INVESTORS = {TEXT: 0.15, FIELDS: 0.4, DEALS: 0.3, PLACE: 0.05, TYPE: 0.1}


@dataclass(frozen=True)
class Neighbours:
    """One side of a market: ``ids`` sorted, ``parts`` the matrices (n × whatever) by name, ``weights`` of each."""

    ids: np.ndarray
    parts: dict[str, np.ndarray | sparse.csr_matrix]
    weights: dict[str, float]

    def likeness(self, one: int, others=None) -> tuple[np.ndarray, np.ndarray]:
        """Ids (sorted, without ``one``) and the likeness of each, float32. None where ``one`` is not known: KeyError.

        ``others`` limits them; whoever is not known among these is left out.
        """
        row = int(np.searchsorted(self.ids, one))
        if row == len(self.ids) or self.ids[row] != one:
            raise KeyError(one)
        kept = np.arange(len(self.ids)) if others is None else np.flatnonzero(np.isin(self.ids, list(others)))
        kept = kept[kept != row]
        total = np.zeros(len(kept), np.float32)
        for name, matrix in self.parts.items():
            rows = matrix if others is None else matrix[kept]
            own = matrix[[row]]
            product = (rows @ own.T).toarray().ravel() if sparse.issparse(matrix) else (rows @ own.T).ravel()
            total += np.float32(self.weights[name]) * (product[kept] if others is None else product)
        return self.ids[kept], total

    def nearest(self, one: int, k: int) -> list[int]:
        """The ``k`` most like ``one``, of equal ones the smaller id first; nobody who has nothing in common."""
        ids, total = self.likeness(one)
        order = np.lexsort((ids, -total))[:k]
        return ids[order[total[order] > 0]].tolist()


def companies(market: Market, text) -> Neighbours:
    """The companies of a market; ``text`` is the fitted ``TextVectors`` of its matcher, or None."""
    ids = market.companies.index.to_numpy(np.int64)
    frame = market.companies
    fields = [
        {*own, *(f"word:{word.casefold()}" for word in said)}
        for own, said in zip(frame[m.CATEGORIES], frame[m.KEYWORDS], strict=True)
    ]
    places = [(place,) if place else () for place in frame[m.COUNTRY] + "/" + frame[m.REGION]]
    parts = {
        TEXT: _vectors(text, frame[m.TEXT]),
        FIELDS: _unit(_weighed(_sheet(fields))),
        DEALS: _unit(_held(market, ids).tocsr()),
        PLACE: _unit(_sheet(places)),
    }
    return _sorted(ids, parts, OF_COMPANIES)


def investors(market: Market, text) -> Neighbours:
    """The institutions of a market: by what they wrote, the fields they look for or were in, and shared companies."""
    frame = market.investors
    ids = frame.index.to_numpy(np.int64)
    held = _held(market, market.companies.index.to_numpy(np.int64), ids)
    sheet = _sheet(market.companies[m.CATEGORIES])
    wanted = market.theses.groupby(m.INVESTOR)[m.CATEGORIES].agg(lambda cells: [c for cell in cells for c in cell])
    asked = _sheet([wanted.get(one, ()) for one in ids.tolist()])
    fields = sparse.hstack([_unit(held.T.tocsr() @ sheet), _unit(asked)], format="csr")
    parts = {
        TEXT: _vectors(text, frame[m.TEXT]),
        FIELDS: _unit(_weighed(fields)),
        DEALS: _unit(held.T.tocsr()),
        PLACE: _unit(_sheet([(country,) if country else () for country in frame[m.COUNTRY]])),
        TYPE: _unit(_sheet([(kind,) if kind and kind != "unknown" else () for kind in frame[m.TYPE]])),
    }
    return _sorted(ids, parts, OF_INVESTORS)


def _sorted(ids, parts, weights) -> Neighbours:
    order = np.argsort(ids)
    return Neighbours(ids[order], {name: matrix[order] for name, matrix in parts.items()}, weights)


def _vectors(text, texts) -> np.ndarray:
    return np.zeros((len(texts), 0), np.float32) if text is None else text.transform(texts)


def _sheet(cells) -> sparse.csr_matrix:
    """(cells × different values) with a 1 where a cell holds a value."""
    cells = [tuple(dict.fromkeys(cell)) for cell in cells]
    lengths = np.fromiter(map(len, cells), np.int64, len(cells))
    columns, values = pd.factorize(np.array([value for cell in cells for value in cell], dtype=object))
    ends = np.r_[0, np.cumsum(lengths)]
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(cells), len(values)))


def _held(market: Market, companies, investors=None) -> sparse.csr_matrix:
    """(companies × investors) with a 1 where one took part in a deal of the other."""
    investors = market.investors.index.to_numpy(np.int64) if investors is None else investors
    rows = market.participations[m.DEAL].map(market.deals[m.COMPANY])
    row = pd.Index(companies).get_indexer(rows)
    column = pd.Index(investors).get_indexer(market.participations[m.INVESTOR])
    known = (row >= 0) & (column >= 0)
    cells = np.ones(int(known.sum()), np.float32)
    held = sparse.csr_matrix((cells, (row[known], column[known])), shape=(len(companies), len(investors)))
    held.data[:] = 1
    return held


def _weighed(sheet: sparse.csr_matrix) -> sparse.csr_matrix:
    """What few have says more."""
    seen = np.maximum(sheet.getnnz(axis=0), 1)
    return (sheet @ sparse.diags(np.log1p(sheet.shape[0] / seen).astype(np.float32))).tocsr()


def _unit(sheet: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows of length 1; an empty one stays empty."""
    length = np.sqrt(np.asarray(sheet.multiply(sheet).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    return (sparse.diags(scale.astype(np.float32)) @ sheet).tocsr()
