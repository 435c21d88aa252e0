"""What either side said of the other: saved, asked, accepted, passed, declined; and what that says of others like it.

Each side's answers make up a taste in the properties of what it answered about: of raises for an investor, of
investors for a company. What was wanted counts towards every property of it. What was refused counts by the coded
reason: for "round" against the round alone; for a reason that blames no property, against likeness as a whole; for one
that says nothing of what is wanted (a conflict, known already, not at this time) not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import sparse

from matching import market as m
from matching import profiles as p
from matching.market import Market
from matching.theses import wanted_categories

ANSWER_FEATURES = ("investor_wants", "investor_refuses", "company_wants", "company_refuses")

WANTED = {m.SAVED: 1.0, m.ASKED: 1.5, m.ACCEPTED: 2.0}
# Hidden may be tidiness, and no answer a holiday.
REFUSED = {m.PASSED: 1.0, m.DECLINED: 1.0, m.HIDDEN: 0.3, m.EXPIRED: 0.25}
WHOLE, TYPE, KEYWORDS = "whole", "type", "keywords"
BLAMED = {"category": p.CATEGORY, "round": p.ROUND, "ticket": p.TICKET, "place": p.PLACE}
SILENT = ("conflict", "known", "timing")
# What each property weighs in the likeness of two raises, and of two investors.
OF_RAISES = {p.CATEGORY: 0.35, KEYWORDS: 0.15, p.PLACE: 0.25, p.ROUND: 0.15, p.TICKET: 0.1}
OF_INVESTORS = {TYPE: 0.3, p.CATEGORY: 0.3, p.PLACE: 0.2, p.ROUND: 0.15, p.TICKET: 0.05}
_PLACES = ((m.COUNTRY, 0.2), (m.REGION, 0.6), (m.CITY, 0.2))
# An answer counts half after so many years.
HALF_LIFE = 2.0
# So many answers weigh as much as all that is not known of a taste.
_PRIOR = 2.0
# Values of its record that stand for what an investor without a thesis wants.
_USUAL = {p.CATEGORY: 3, p.ROUND: 2}
# Two parties agree in an aspect where they share so much of it.
_MOSTLY = 0.3
_VALUE, _SHARE, _ASPECT, _ROW = "value", "share", "aspect", "row"


def counted(market: Market) -> pd.DataFrame:
    """The answers of ``market`` that teach, oldest first: side, company, investor, kind, at, round, amount, ``aspect``
    and ``weight``.

    ``aspect`` is what a refusal blames, ``WHOLE`` of likeness as a whole, "" where something was wanted; weights are
    not negative and decay. A request that was withdrawn counts no more, and of all that one side did because it wanted
    one and the same party, the strongest counts once.
    """
    rows = market.standing_answers
    rows = rows.sort_values([m.AT, m.COMPANY, m.INVESTOR, m.SIDE, m.KIND], kind="stable").reset_index(drop=True)
    pair = [m.COMPANY, m.INVESTOR, m.SIDE]
    withdrawn = rows[rows[m.KIND] == m.WITHDRAWN].groupby(pair)[m.AT].max().rename("withdrawn")
    rows = rows.join(withdrawn, on=pair)
    asked_in_vain = (rows[m.KIND] == m.ASKED) & (rows[m.AT] <= rows["withdrawn"])
    wanted, refused = rows[m.KIND].map(WANTED), rows[m.KIND].map(REFUSED)
    silent = refused.notna() & rows[m.REASON].isin(SILENT)
    rows["aspect"] = np.where(wanted.notna(), "", rows[m.REASON].map(BLAMED).fillna(WHOLE))
    age = np.maximum(p.days([market.as_of])[0] - p.days(rows[m.AT]), 0) / p.DAYS_PER_YEAR
    rows["weight"] = wanted.fillna(refused).to_numpy(float) * 0.5 ** (age / HALF_LIFE)
    rows["amount"] = p.middle(rows)
    rows = rows[rows["weight"].notna() & ~asked_in_vain & ~silent]
    strongest = rows.sort_values("weight", ascending=False, kind="stable")
    twice = strongest.index[strongest[_ASPECT].eq("") & strongest.duplicated([*pair, _ASPECT])]
    columns = [*pair, m.KIND, m.AT, m.ROUND, "amount", _ASPECT, "weight"]
    return rows.drop(twice)[columns].reset_index(drop=True)


def _long(row, aspect: str, values, share) -> pd.DataFrame:
    return pd.DataFrame({_ROW: row, _ASPECT: aspect, _VALUE: [f"{aspect}:{v}" for v in values], _SHARE: share})


def _of_cells(cells, aspect: str) -> pd.DataFrame:
    """Values of a column of tuples, in equal shares of 1; a value that occurs twice has two."""
    lengths = np.array([len(cell) for cell in cells], dtype=np.int64)
    share = np.repeat(1.0 / np.maximum(lengths, 1), lengths)
    return _long(np.repeat(np.arange(len(cells)), lengths), aspect, [v for cell in cells for v in cell], share)


def raise_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Properties of raises, ``rows`` with the columns of ``raise_profiles``: row number, aspect, value, share.

    Shares of one aspect sum to 1 where anything is known. The primary category has half beside its part in all of
    them; a region 0.6 of a place.
    """
    primary = [(c,) if c else () for c in rows[m.CATEGORY]]
    cells = zip(rows[m.CATEGORY], rows[m.CATEGORIES], strict=True)
    codes = [
        tuple(c for c in wanted_categories({m.CATEGORY: one, m.CATEGORIES: several}) if c) for one, several in cells
    ]
    first, all_of_them = _of_cells(primary, p.CATEGORY), _of_cells(codes, p.CATEGORY)
    has_primary = np.array([bool(c) for c in primary], dtype=bool)
    first[_SHARE] *= 0.5
    all_of_them[_SHARE] *= np.where(has_primary[all_of_them[_ROW]], 0.5, 1.0)
    found = [
        first,
        all_of_them,
        _of_cells([tuple(k.casefold() for k in cell) for cell in rows[m.KEYWORDS]], KEYWORDS),
        _of_cells([(r,) if r else () for r in rows[m.ROUND]], p.ROUND),
        _of_cells(p.amount_bands(rows[m.AMOUNT].to_numpy(float)), p.TICKET),
    ]
    places = []
    for level, share in _PLACES:
        known = np.flatnonzero(rows[level].to_numpy(dtype=object) != "")
        values = [f"{level}:{v}" for v in rows[level].to_numpy(dtype=object)[known]]
        places.append(_long(known, p.PLACE, values, share))
    places = pd.concat(places, ignore_index=True)
    places[_SHARE] /= places.groupby(_ROW)[_SHARE].transform("sum")
    return pd.concat([*found, places], ignore_index=True).groupby([_ROW, _ASPECT, _VALUE], as_index=False)[_SHARE].sum()


def investor_values(market: Market, part: pd.DataFrame | None = None) -> pd.DataFrame:
    """Properties of the investors of ``market``: investor id (as ``row``), aspect, value, share.

    Type and country; what its theses want; where they name no category or no round, what its record (``part``, as of
    ``past_participations``) holds most of.
    """
    part = p.past_participations(market) if part is None else part
    investors, theses = market.investors, market.theses
    pieces = [
        pd.DataFrame({_ROW: investors.index, _ASPECT: TYPE, _VALUE: investors[m.TYPE].to_numpy()}),
        pd.DataFrame({_ROW: investors.index, _ASPECT: p.PLACE, _VALUE: investors[m.COUNTRY].to_numpy()}),
    ]
    for aspect, column in ((p.CATEGORY, m.CATEGORIES), (p.ROUND, m.ROUNDS), (p.PLACE, m.REGIONS)):
        wanted = theses[[m.INVESTOR, column]].explode(column).dropna()
        pieces.append(pd.DataFrame({_ROW: wanted[m.INVESTOR], _ASPECT: aspect, _VALUE: wanted[column]}))
    low, high = theses[m.TICKET_LOW], theses[m.TICKET_HIGH]
    bands = pd.Series(p.amount_bands(np.sqrt(low.fillna(high) * high.fillna(low)).to_numpy(float)), dtype=object)
    bands = pd.DataFrame({_ROW: theses[m.INVESTOR].to_numpy(), _ASPECT: p.TICKET, _VALUE: bands}).explode(_VALUE)
    pieces.append(bands.dropna())
    record = {
        p.CATEGORY: market.companies[m.CATEGORY].reindex(part[m.COMPANY]).fillna("").to_numpy(),
        p.ROUND: market.deals[m.ROUND].reindex(part[m.DEAL]).to_numpy(),
    }
    for aspect, values in record.items():
        told = pd.concat(pieces[2:])[lambda rows, aspect=aspect: rows[_ASPECT] == aspect][_ROW]
        rows = pd.DataFrame({_ROW: part[m.INVESTOR].to_numpy(), _VALUE: values})
        rows = rows[(rows[_VALUE] != "") & ~rows[_ROW].isin(told)]
        counts = rows.groupby([_ROW, _VALUE]).size().rename("n").reset_index()
        counts = counts.sort_values([_ROW, "n", _VALUE], ascending=[True, False, True])
        usual = counts.groupby(_ROW).head(_USUAL[aspect])
        pieces.append(usual[[_ROW, _VALUE]].assign(**{_ASPECT: aspect}))
    found = pd.concat(pieces, ignore_index=True)
    found = found[found[_VALUE] != ""].drop_duplicates([_ROW, _ASPECT, _VALUE]).reset_index(drop=True)
    found[_VALUE] = found[_ASPECT] + ":" + found[_VALUE]
    found[_SHARE] = 1.0 / found.groupby([_ROW, _ASPECT])[_VALUE].transform("size").astype(float)
    return found[[_ROW, _ASPECT, _VALUE, _SHARE]]


def shared(one: pd.DataFrame, other: pd.DataFrame) -> dict[int, tuple[str, ...]]:
    """Row of ``one`` → the aspects in which it agrees with ``other``, a single row's values, for the most part."""
    share = other.set_index(_VALUE)[_SHARE]
    met = one[one[_VALUE].isin(share.index)]
    part = share.reindex(met[_VALUE]).to_numpy()
    part = met.assign(part=part).groupby([_ROW, _ASPECT], sort=True)["part"].sum()
    found: dict[int, tuple[str, ...]] = {}
    for row, aspect in part[part >= _MOSTLY].index:
        found[row] = (*found.get(row, ()), aspect)
    return found


class _Properties:
    """Properties of the parties that were answered about (``values``, rows 0 … n - 1): what a taste consists of."""

    def __init__(self, values: pd.DataFrame, n: int, weights: dict[str, float]):
        self.vocabulary = pd.Index(sorted(values[_VALUE].unique()), dtype=object)
        self.aspect = np.array([value.partition(":")[0] for value in self.vocabulary], dtype=object)
        self.weight = np.array([weights[aspect] for aspect in self.aspect], dtype=float)
        at = self.vocabulary.get_indexer(values[_VALUE])
        self.has = sparse.csr_matrix((np.ones(len(at)), (at, values[_ROW])), shape=(len(self.vocabulary), n))

    def shares(self, values: pd.DataFrame, n: int) -> sparse.csr_matrix:
        """(n × vocabulary) float32 of other parties' ``values``."""
        at = self.vocabulary.get_indexer(values[_VALUE])
        kept = at >= 0
        cells = values[_SHARE].to_numpy(np.float32)[kept], (values[_ROW].to_numpy(np.int64)[kept], at[kept])
        return _tidy(sparse.csr_matrix(cells, shape=(n, len(self.vocabulary))))

    def tastes(self, said: pd.DataFrame, n: int) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """(vocabulary × n) each: what the n subjects of ``said`` (subject, thing, aspect, weight) want and refuse.

        A value's part in all that a subject wanted, or refused for that reason, with ``_PRIOR`` answers that name no
        value beside them; so it lies below the weight of the aspect in likeness, or below 1 where it was blamed.
        """
        wants = refuses = sparse.csr_matrix((len(self.vocabulary), n))
        for aspect, rows in said.groupby(_ASPECT):
            weight = rows["weight"].to_numpy(float)
            by_subject = sparse.csr_matrix((weight, (rows["thing"], rows["subject"])), shape=(self.has.shape[1], n))
            whole = aspect in ("", WHOLE)
            counts = sparse.diags(self.weight if whole else (self.aspect == aspect).astype(float)) @ self.has
            total = np.bincount(rows["subject"], weights=weight, minlength=n)
            part = (counts @ by_subject) @ sparse.diags(1.0 / (total + _PRIOR))
            if aspect:
                refuses = refuses + part
            else:
                wants = part
        return _tidy(wants), _tidy(refuses)


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


class _Said:
    """What the answers of a market come to, whichever raises and investors are ranked: learned once for all shards."""

    def __init__(self, market: Market):
        said = counted(market)
        self.is_empty = said.empty
        theirs = said[said[m.SIDE] == m.OF_INVESTOR]
        things, thing = _distinct(theirs, market)
        self.of_raises = _Properties(raise_values(things), len(things), OF_RAISES)
        self.investors, subject = np.unique(theirs[m.INVESTOR], return_inverse=True)
        tastes = self.of_raises.tastes(theirs.assign(subject=subject, thing=thing), len(self.investors))
        # by investor, so that some of them are picked quickly
        self.wants, self.refuses = (_tidy(part.T) for part in tastes)
        ours = said[said[m.SIDE] == m.OF_COMPANY]
        self.answered, thing = np.unique(ours[m.INVESTOR], return_inverse=True)
        self.companies, subject = np.unique(ours[m.COMPANY], return_inverse=True)
        self.ours = ours.assign(subject=subject, thing=thing)


@dataclass(frozen=True, eq=False)
class _Read:
    """A market as far as ``_Said`` reads it; the same if its frames are the very same."""

    market: Market

    def _key(self) -> tuple:
        # of one frame as many answers count as are the same
        counting = len(self.market.standing_answers)
        return id(self.market.answers), id(self.market.companies), self.market.as_of, counting

    def __eq__(self, other) -> bool:
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


# What is kept holds its market, so that no other can have its frames' ids.
_said = lru_cache(maxsize=1)(lambda read: _Said(read.market))


def table(market: Market, rows: pd.DataFrame, investors: np.ndarray, kinds: pd.DataFrame) -> AnswerTable | None:
    """The answers of ``market`` beside raises (``rows`` as of ``raise_profiles``) and ``investors`` (sorted ids).

    ``kinds``: ``investor_values`` by investor id. None where no answer teaches anything.
    """
    said = _said(_Read(market))
    if said.is_empty:
        return None
    of_investors = _Properties(_numbered(kinds, said.answered), len(said.answered), OF_INVESTORS)
    likes = of_investors.tastes(said.ours, len(said.companies))
    company = _picked(said.companies, rows[m.COMPANY])
    investor = _picked(said.investors, investors)
    company_wants, company_refuses = (_tidy(company @ part.T) for part in likes)
    return AnswerTable(
        raises=said.of_raises.shares(raise_values(rows), len(rows)),
        wants=_tidy((investor @ said.wants).T),
        refuses=_tidy((investor @ said.refuses).T),
        company_wants=company_wants,
        company_refuses=company_refuses,
        investors=_tidy(of_investors.shares(_numbered(kinds, investors), len(investors)).T),
    )


def _picked(ids: np.ndarray, wanted) -> sparse.csr_matrix:
    """(wanted × ids) with a 1 where an id is the wanted one."""
    at = pd.Index(ids).get_indexer(wanted)
    known = np.flatnonzero(at >= 0)
    return sparse.csr_matrix((np.ones(len(known), np.float32), (known, at[known])), shape=(len(at), len(ids)))


def _numbered(kinds: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    """``kinds`` of the investors ``ids``, by their position among them."""
    position = pd.Index(ids).get_indexer(kinds[_ROW])
    return kinds.assign(**{_ROW: position})[position >= 0]


def _distinct(said: pd.DataFrame, market: Market) -> tuple[pd.DataFrame, np.ndarray]:
    """Profiles of the different raises that were answered about, and the number of each answer's among them."""
    key = [m.COMPANY, m.ROUND, "amount"]
    number = said.groupby(key, dropna=False, sort=True).ngroup().to_numpy()
    things = said[key].assign(number=number).drop_duplicates("number").sort_values("number")
    return with_company(things, market), number


def with_company(things: pd.DataFrame, market: Market) -> pd.DataFrame:
    """What ``raise_values`` reads, of companies asked for with a round and an amount."""
    columns = [m.CATEGORY, m.CATEGORIES, m.KEYWORDS, m.COUNTRY, m.REGION, m.CITY]
    company = market.companies[columns].reindex(things[m.COMPANY])
    for column, unknown in ((m.CATEGORY, ""), (m.CATEGORIES, ()), (m.KEYWORDS, ()), *((c, "") for c in columns[3:])):
        lost = company[column].isna().to_numpy()
        values = company[column].to_numpy(dtype=object).copy()
        for at in np.flatnonzero(lost):
            values[at] = unknown
        company[column] = values
    return company.reset_index(drop=True).assign(
        **{m.ROUND: things[m.ROUND].to_numpy(), m.AMOUNT: things["amount"].to_numpy(float)}
    )
