"""What answers come to: the taste of everybody who has answered, learned once and carried along as more is said.

A taste depends on the answers of its own side's subject alone, to the last bit. So a market that differs from one
before by a few answers takes over the tastes of all others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import sparse

from matching import market as m
from matching import profiles as p
from matching.answers import (
    ASPECT,
    OF_INVESTORS,
    OF_RAISES,
    READ,
    ROW,
    SHARE,
    VALUE,
    WHOLE,
    counted,
    raise_values,
    with_company,
)
from matching.market import Market

# So many answers weigh as much as all that is not known of a taste.
_PRIOR = 2.0


@dataclass(frozen=True)
class Sheet:
    """Numbers by row and value; ``values`` are sorted, so that sums over them never change their order."""

    values: pd.Index
    cells: sparse.csr_matrix  # (rows × values) float32

    @classmethod
    def of(cls, rows: pd.DataFrame, n: int) -> Sheet:
        """Shares of ``rows`` (as of ``raise_values``), whose row numbers are 0 … n - 1."""
        values = pd.Index(sorted(rows[VALUE].unique()), dtype=object)
        places = rows[ROW].to_numpy(np.int64), values.get_indexer(rows[VALUE])
        cells = sparse.csr_matrix((rows[SHARE].to_numpy(np.float32), places), shape=(n, len(values)))
        return cls(values, _tidy(cells))

    def onto(self, values: pd.Index) -> sparse.csr_matrix:
        """The cells by other ``values``; what is not among them is left out."""
        if values is self.values:
            return self.cells
        at = values.get_indexer(self.values)[self.cells.indices]
        kept = at >= 0
        ends = np.r_[0, np.cumsum(kept)][self.cells.indptr]
        return sparse.csr_matrix((self.cells.data[kept], at[kept], ends), shape=(self.cells.shape[0], len(values)))

    def take(self, rows) -> Sheet:
        return replace(self, cells=self.cells[rows])

    def behind(self, other: Sheet) -> Sheet:
        """The rows of ``other``, then these."""
        values = other.values if self.values.isin(other.values).all() else other.values.union(self.values)
        return Sheet(values, sparse.vstack([other.onto(values), self.onto(values)], format="csr"))


def raise_sheet(rows: pd.DataFrame, known: Sheet | None = None, place: np.ndarray | None = None) -> Sheet:
    """Properties of raises, ``rows`` with the columns of ``raise_profiles``.

    ``known`` are those of other raises, ``place`` which of them has the same profile, -1 where none has.
    """
    if known is None:
        return Sheet.of(raise_values(rows), len(rows))
    new = np.flatnonzero(place < 0)
    place = place.copy()
    place[new] = known.cells.shape[0] + np.arange(len(new))
    return raise_sheet(rows.iloc[new]).behind(known).take(place)


@dataclass(frozen=True)
class _Tastes:
    """What each of ``subjects`` (sorted ids) wants and refuses; it depends on its own answers alone, to the last bit."""

    subjects: np.ndarray
    wants: Sheet
    refuses: Sheet

    @classmethod
    def of(cls, said: pd.DataFrame, subject: str, things: Sheet, weights: dict[str, float]) -> _Tastes:
        """From ``said`` (as of ``counted``, with the number of its ``thing``) by the column ``subject``.

        A value's part in all that a subject wanted, or refused for that reason, with ``_PRIOR`` answers that name no
        value beside them; so it lies below the weight of the aspect in likeness, or below 1 where it was blamed.
        """
        subjects, number = np.unique(said[subject].to_numpy(np.int64), return_inverse=True)
        values, n = things.values, len(subjects)
        aspect_of = np.array([value.partition(":")[0] for value in values], dtype=object)
        weight_of = np.array([weights[aspect] for aspect in aspect_of], dtype=float)
        has = things.cells.T.tocsr()
        has = sparse.csr_matrix((np.ones(has.nnz), has.indices, has.indptr), shape=has.shape)
        wants = refuses = sparse.csr_matrix((len(values), n))
        for aspect, rows in said.assign(subject=number).groupby(ASPECT):
            weight = rows["weight"].to_numpy(float)
            by_subject = _summed(rows["thing"].to_numpy(), rows["subject"].to_numpy(), weight, (has.shape[1], n))
            whole = aspect in ("", WHOLE)
            counts = sparse.diags(weight_of if whole else (aspect_of == aspect).astype(float)) @ has
            total = np.bincount(rows["subject"], weights=weight, minlength=n)
            part = (counts @ by_subject) @ sparse.diags(1.0 / (total + _PRIOR))
            if aspect:
                refuses = refuses + part
            else:
                wants = part
        return cls(subjects, Sheet(values, _tidy(wants.T)), Sheet(values, _tidy(refuses.T)))

    def without(self, subjects) -> _Tastes:
        kept = np.flatnonzero(~np.isin(self.subjects, subjects))
        return _Tastes(self.subjects[kept], self.wants.take(kept), self.refuses.take(kept))

    def joined(self, others: _Tastes) -> _Tastes:
        """These and those of ``others``, of whom none is here."""
        subjects = np.r_[self.subjects, others.subjects]
        order = np.argsort(subjects)
        wants, refuses = others.wants.behind(self.wants), others.refuses.behind(self.refuses)
        return _Tastes(subjects[order], wants.take(order), refuses.take(order))

    def picked(self, ids) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """(ids × values) each, empty rows for whoever has said nothing."""
        pick = _picked(self.subjects, ids)
        return _tidy(pick @ self.wants.cells), _tidy(pick @ self.refuses.cells)


def _summed(row, column, weight, shape) -> sparse.csr_matrix:
    """What falls into one cell is added in the order given."""
    cell, place = np.unique(row.astype(np.int64) * shape[1] + column, return_inverse=True)
    return sparse.csr_matrix((np.bincount(place, weights=weight), np.divmod(cell, shape[1])), shape=shape)


def _tidy(matrix) -> sparse.csr_matrix:
    matrix = sparse.csr_matrix(matrix, dtype=np.float32)
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


@dataclass(frozen=True)
class AnswerTable:
    """Tastes of both sides beside the properties of raises and investors (rows and columns of a block)."""

    raises: sparse.csr_matrix  # (raises × properties of raises)
    wants: sparse.csr_matrix  # (properties of raises × investors)
    refuses: sparse.csr_matrix
    company_wants: sparse.csr_matrix  # (raises × properties of investors), of the raising company
    company_refuses: sparse.csr_matrix
    investors: sparse.csr_matrix  # (properties of investors × investors)

    def take(self, rows) -> AnswerTable:
        return replace(
            self,
            raises=self.raises[rows],
            company_wants=self.company_wants[rows],
            company_refuses=self.company_refuses[rows],
        )

    def over(self, columns) -> AnswerTable:
        return replace(
            self,
            wants=self.wants[:, columns],
            refuses=self.refuses[:, columns],
            investors=self.investors[:, columns],
        )

    def features(self, out: np.ndarray) -> None:
        """Fill ``out``, (len(ANSWER_FEATURES), raises, investors) float32: 0 … 1 of what is wanted, -2 … 0 of what is
        refused.
        """
        out[0] = _product(self.raises, self.wants)
        out[1] = -_product(self.raises, self.refuses)
        out[2] = _product(self.company_wants, self.investors)
        out[3] = -_product(self.company_refuses, self.investors)

    def weighted(self, slopes) -> np.ndarray:
        """(raises × investors) float32: the sum of ``features`` by ``slopes``, at half their cost."""
        of_investor = self.wants * slopes[0] - self.refuses * slopes[1]
        of_company = self.company_wants * slopes[2] - self.company_refuses * slopes[3]
        return _product(self.raises, of_investor) + _product(of_company, self.investors)


def _product(left: sparse.csr_matrix, right: sparse.csr_matrix) -> np.ndarray:
    """``left @ right``, dense. A cell depends on its row and column alone, to the last bit.

    Few rows meet few values: these made dense, the product is several times faster than that of sparse matrices.
    """
    used = np.unique(left.indices)
    if not len(used) or not right.nnz:
        return np.zeros((left.shape[0], right.shape[1]), np.float32)
    narrow = (left.data, np.searchsorted(used, left.indices), left.indptr)
    return sparse.csr_matrix(narrow, shape=(left.shape[0], len(used))) @ right[used].toarray()


@dataclass(frozen=True, eq=False)
class _Read:
    """A market as far as its answers teach, and ``investor_values``; the same if the frames are the very same."""

    market: Market
    kinds: pd.DataFrame

    def _key(self) -> tuple:
        # of one frame as many answers count as are the same
        market = self.market
        return id(market.answers), id(market.companies), market.as_of, len(market.standing_answers), id(self.kinds)

    def __eq__(self, other) -> bool:
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


@dataclass(frozen=True, eq=False)
class Said:
    """What the answers of a market come to, whichever raises and investors are ranked."""

    read: _Read
    investors: _Tastes  # in raises
    companies: _Tastes  # in investors

    @property
    def is_empty(self) -> bool:
        return not len(self.investors.subjects) and not len(self.companies.subjects)


def learn(market: Market, kinds: pd.DataFrame, known: Said | None = None) -> Said:
    """What the answers of ``market`` come to; ``kinds`` are the ``investor_values`` of those answered about.

    From ``known``, an earlier market's, comes the taste of everybody who said nothing since and nothing of whom has
    changed; it is the same to the last bit.
    """
    read = _Read(market, kinds)
    if known is None or known.read.market.as_of != market.as_of:
        return _learned(read)
    if known.read == read:
        return known
    earlier = known.read.market
    rows, before = market.standing_answers, earlier.standing_answers
    changed = pd.concat(_unlike(before, rows))
    about = _changed(*(one.companies[READ] for one in (earlier, market)))
    of_kind = _changed_kinds(known.read.kinds, kinds)
    sides = (m.OF_INVESTOR, m.INVESTOR, m.COMPANY, about), (m.OF_COMPANY, m.COMPANY, m.INVESTOR, of_kind)
    again, stale = np.zeros(len(rows), bool), []
    for side, subject, thing, things in sides:
        is_theirs = rows[m.SIDE].to_numpy() == side
        subjects = changed.loc[changed[m.SIDE] == side, subject].to_numpy()
        if len(things):
            subjects = np.r_[subjects, rows[subject].to_numpy()[is_theirs & np.isin(rows[thing].to_numpy(), things)]]
        again |= is_theirs & np.isin(rows[subject].to_numpy(), subjects)
        stale.append(subjects)
    fresh = _learned(read, rows[again])
    return replace(
        fresh,
        investors=known.investors.without(stale[0]).joined(fresh.investors),
        companies=known.companies.without(stale[1]).joined(fresh.companies),
    )


def _learned(read: _Read, rows: pd.DataFrame | None = None) -> Said:
    """From ``rows`` of the answers, all of them when None."""
    market = read.market
    said = counted(market if rows is None else replace(market, answers=rows))
    theirs, ours = said[said[m.SIDE] == m.OF_INVESTOR], said[said[m.SIDE] == m.OF_COMPANY]
    things, thing = _distinct(theirs, market)
    investors = _Tastes.of(theirs.assign(thing=thing), m.INVESTOR, raise_sheet(things), OF_RAISES)
    answered, thing = np.unique(ours[m.INVESTOR].to_numpy(np.int64), return_inverse=True)
    things = Sheet.of(_numbered(read.kinds, answered), len(answered))
    companies = _Tastes.of(ours.assign(thing=thing), m.COMPANY, things, OF_INVESTORS)
    return Said(read, investors, companies)


# A small part of a market is asked about again and again. What is kept holds its market, so that no other can have its
# frames' ids.
_latest = lru_cache(maxsize=1)(_learned)


def _unlike(old: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of either that the other does not hold under the same label."""
    place = p.same_rows(old, rows)
    lost = np.ones(len(old), bool)
    lost[place[place >= 0]] = False
    return rows[place < 0], old[lost]


def _changed(old: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Ids of whoever is not the same in both."""
    return np.unique(np.concatenate([part.index for part in _unlike(old, rows)]))


def _changed_kinds(old: pd.DataFrame, kinds: pd.DataFrame) -> np.ndarray:
    if old is kinds or old.equals(kinds):
        return np.zeros(0, np.int64)
    return pd.concat([old, kinds]).drop_duplicates(keep=False)[ROW].unique()


def table(
    market: Market,
    rows: pd.DataFrame,
    sheet: Sheet,
    investors: np.ndarray,
    kinds: pd.DataFrame,
    known: Said | None = None,
) -> AnswerTable | None:
    """The answers of ``market`` beside raises (``rows`` as of ``raise_profiles``) and ``investors`` (sorted ids).

    ``sheet``: ``raise_sheet`` of these; ``kinds``: ``investor_values`` by investor id; ``known`` is used if it is of
    this market. None where no answer teaches anything.
    """
    read = _Read(market, kinds)
    said = known if known and known.read == read else _latest(read)
    if said.is_empty:
        return None
    wants, refuses = said.investors.picked(investors)
    company_wants, company_refuses = said.companies.picked(rows[m.COMPANY])
    theirs = Sheet.of(_numbered(kinds, investors), len(investors))
    return AnswerTable(
        raises=sheet.onto(said.investors.wants.values),
        wants=_tidy(wants.T),
        refuses=_tidy(refuses.T),
        company_wants=company_wants,
        company_refuses=company_refuses,
        investors=_tidy(theirs.onto(said.companies.wants.values).T),
    )


def _picked(ids: np.ndarray, wanted) -> sparse.csr_matrix:
    """(wanted × ids) with a 1 where an id is the wanted one."""
    at = pd.Index(ids).get_indexer(wanted)
    known = np.flatnonzero(at >= 0)
    return sparse.csr_matrix((np.ones(len(known), np.float32), (known, at[known])), shape=(len(at), len(ids)))


def _numbered(kinds: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    """``kinds`` of the investors ``ids``, by their position among them."""
    position = pd.Index(ids).get_indexer(kinds[ROW])
    return kinds.assign(**{ROW: position})[position >= 0]


def _distinct(said: pd.DataFrame, market: Market) -> tuple[pd.DataFrame, np.ndarray]:
    """Profiles of the different raises that were answered about, and the number of each answer's among them."""
    key = [m.COMPANY, m.ROUND, "amount"]
    number = said.groupby(key, dropna=False, sort=True).ngroup().to_numpy()
    things = said[key].assign(number=number).drop_duplicates("number").sort_values("number")
    return with_company(things, market), number
