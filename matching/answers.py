"""What either side said of the other: saved, asked, accepted, passed, declined; and what that says of others like it.

Each side's answers make up a taste in the properties of what it answered about: of raises for an investor, of
investors for a company. What was wanted counts towards every property of it. What was refused counts by the coded
reason: for "round" against the round alone; for a reason that blames no property, against likeness as a whole; for one
that says nothing of what is wanted (a conflict, known already, not at this time) not at all.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

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
# Values of its record that stand for what an investor without a thesis wants.
_USUAL = {p.CATEGORY: 3, p.ROUND: 2}
# Two parties agree in an aspect where they share so much of it.
_MOSTLY = 0.3
# What is read of a company.
READ = [m.CATEGORY, m.CATEGORIES, m.KEYWORDS, m.COUNTRY, m.REGION, m.CITY]
VALUE, SHARE, ASPECT, ROW = "value", "share", "aspect", "row"


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
    twice = strongest.index[strongest[ASPECT].eq("") & strongest.duplicated([*pair, ASPECT])]
    columns = [*pair, m.KIND, m.AT, m.ROUND, "amount", ASPECT, "weight"]
    return rows.drop(twice)[columns].reset_index(drop=True)


def _long(row, aspect: str, values, share) -> pd.DataFrame:
    return pd.DataFrame({ROW: row, ASPECT: aspect, VALUE: [f"{aspect}:{v}" for v in values], SHARE: share})


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
    first[SHARE] *= 0.5
    all_of_them[SHARE] *= np.where(has_primary[all_of_them[ROW]], 0.5, 1.0)
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
    places[SHARE] /= places.groupby(ROW)[SHARE].transform("sum")
    return pd.concat([*found, places], ignore_index=True).groupby([ROW, ASPECT, VALUE], as_index=False)[SHARE].sum()


def investor_values(market: Market, part: pd.DataFrame | None = None) -> pd.DataFrame:
    """Properties of the investors of ``market``: investor id (as ``row``), aspect, value, share.

    Type and country; what its theses want; where they name no category or no round, what its record (``part``, as of
    ``past_participations``) holds most of.
    """
    part = p.past_participations(market) if part is None else part
    investors, theses = market.investors, market.theses
    pieces = [
        pd.DataFrame({ROW: investors.index, ASPECT: TYPE, VALUE: investors[m.TYPE].to_numpy()}),
        pd.DataFrame({ROW: investors.index, ASPECT: p.PLACE, VALUE: investors[m.COUNTRY].to_numpy()}),
    ]
    for aspect, column in ((p.CATEGORY, m.CATEGORIES), (p.ROUND, m.ROUNDS), (p.PLACE, m.REGIONS)):
        wanted = theses[[m.INVESTOR, column]].explode(column).dropna()
        pieces.append(pd.DataFrame({ROW: wanted[m.INVESTOR], ASPECT: aspect, VALUE: wanted[column]}))
    low, high = theses[m.TICKET_LOW], theses[m.TICKET_HIGH]
    bands = pd.Series(p.amount_bands(np.sqrt(low.fillna(high) * high.fillna(low)).to_numpy(float)), dtype=object)
    bands = pd.DataFrame({ROW: theses[m.INVESTOR].to_numpy(), ASPECT: p.TICKET, VALUE: bands}).explode(VALUE)
    pieces.append(bands.dropna())
    record = {
        p.CATEGORY: market.companies[m.CATEGORY].reindex(part[m.COMPANY]).fillna("").to_numpy(),
        p.ROUND: market.deals[m.ROUND].reindex(part[m.DEAL]).to_numpy(),
    }
    for aspect, values in record.items():
        told = pd.concat(pieces[2:])[lambda rows, aspect=aspect: rows[ASPECT] == aspect][ROW]
        rows = pd.DataFrame({ROW: part[m.INVESTOR].to_numpy(), VALUE: values})
        rows = rows[(rows[VALUE] != "") & ~rows[ROW].isin(told)]
        counts = rows.groupby([ROW, VALUE]).size().rename("n").reset_index()
        counts = counts.sort_values([ROW, "n", VALUE], ascending=[True, False, True])
        usual = counts.groupby(ROW).head(_USUAL[aspect])
        pieces.append(usual[[ROW, VALUE]].assign(**{ASPECT: aspect}))
    found = pd.concat(pieces, ignore_index=True)
    found = found[found[VALUE] != ""].drop_duplicates([ROW, ASPECT, VALUE]).reset_index(drop=True)
    found[VALUE] = found[ASPECT] + ":" + found[VALUE]
    found[SHARE] = 1.0 / found.groupby([ROW, ASPECT])[VALUE].transform("size").astype(float)
    return found[[ROW, ASPECT, VALUE, SHARE]]


def shared(one: pd.DataFrame, other: pd.DataFrame, silent: Collection[str] = ()) -> dict[int, tuple[str, ...]]:
    """Row of ``one`` → the aspects in which it agrees with ``other``, a single row's values, for the most part; values
    of ``silent`` say of nobody that the two agree.
    """
    share = other.set_index(VALUE)[SHARE]
    met = one[one[VALUE].isin(share.index) & ~one[VALUE].isin(list(silent))]
    part = share.reindex(met[VALUE]).to_numpy()
    part = met.assign(part=part).groupby([ROW, ASPECT], sort=True)["part"].sum()
    found: dict[int, tuple[str, ...]] = {}
    for row, aspect in part[part >= _MOSTLY].index:
        found[row] = (*found.get(row, ()), aspect)
    return found


def countries(market: Market) -> set[str]:
    """The values that say in which country investors sit: most share theirs, which is no likeness to be told."""
    return {f"{p.PLACE}:{country}" for country in market.investors[m.COUNTRY].unique()}


def with_company(things: pd.DataFrame, market: Market) -> pd.DataFrame:
    """What ``raise_values`` reads, of companies asked for with a round and an amount."""
    company = market.companies[READ].reindex(things[m.COMPANY])
    for column, unknown in ((m.CATEGORY, ""), (m.CATEGORIES, ()), (m.KEYWORDS, ()), *((c, "") for c in READ[3:])):
        lost = company[column].isna().to_numpy()
        values = company[column].to_numpy(dtype=object).copy()
        for at in np.flatnonzero(lost):
            values[at] = unknown
        company[column] = values
    return company.reset_index(drop=True).assign(
        **{m.ROUND: things[m.ROUND].to_numpy(), m.AMOUNT: things["amount"].to_numpy(float)}
    )
