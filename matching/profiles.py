"""Attributes of a raise or a deal, as sparse indicator matrices over a vocabulary.

A *profile* is one (company, moment) pair: a past deal, or an open raise. ``profiles`` lines up what is
known of it before that moment; ``ATTRIBUTES`` names the properties that an investor's taste is measured on;
an ``Encoder`` turns profiles into one CSR matrix per attribute whose known rows sum to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from matching import market as m
from matching.market import Market

# Factors that a shown score is the sum of.
CATEGORY, ROUND, TICKET, PLACE = "category", "round", "ticket", "place"
TEXT, PORTFOLIO, ACTIVITY, THESIS, BASE = "text", "portfolio", "activity", "thesis", "base"
ANSWERS = "answers"
TOGETHER = "together"  # what the others' features say at once, beyond the sum of what each says
ATTENTION = (
    "attention"  # what spreads the attention of the other side; the only factor that is not learned from choices
)
FACTORS = (CATEGORY, ROUND, TICKET, PLACE, TEXT, PORTFOLIO, ACTIVITY, THESIS, ANSWERS, TOGETHER, ATTENTION, BASE)

DAYS_PER_YEAR = 365.25

# Columns of a profile beside those of the company.
WHEN = "when"
NTH = "nth"
PREVIOUS_INVESTORS = "previous_investors"
COMPANY_INVESTORS = "company_investors"
SINCE_LAST = "since_last"


@dataclass(frozen=True)
class Attribute:
    """One property of a profile. ``parts`` are joined to one value; ``several`` marks a column of tuples."""

    name: str
    factor: str
    parts: tuple[str, ...]
    several: bool = False


ATTRIBUTES = (
    Attribute("category", CATEGORY, (m.CATEGORY,)),
    Attribute("categories", CATEGORY, (m.CATEGORIES,), several=True),
    Attribute("keywords", CATEGORY, (m.KEYWORDS,), several=True),
    Attribute("country", PLACE, (m.COUNTRY,)),
    Attribute("region", PLACE, (m.COUNTRY, m.REGION)),
    Attribute("city", PLACE, (m.COUNTRY, m.REGION, m.CITY)),
    Attribute("round", ROUND, (m.ROUND,)),
    Attribute("nth", ROUND, ("nth_band",)),
    Attribute("age", ROUND, ("age_band",)),
    Attribute("amount", TICKET, ("amount_band",), several=True),
    Attribute("money", TICKET, (m.MONEY,), several=True),
    Attribute("syndicate", PORTFOLIO, ("syndicate_band",)),
    Attribute("co_investors", PORTFOLIO, (COMPANY_INVESTORS,), several=True),
)


def days(moments) -> np.ndarray:
    """Days since 1970 as float, NaN where unknown."""
    moments = pd.DatetimeIndex(moments)
    values = moments.to_numpy().astype("datetime64[D]").astype(np.int64).astype(float)
    values[moments.isna()] = np.nan
    return values


def _band(values: np.ndarray, edges) -> np.ndarray:
    """Codes ``b0``, ``b1``, … by ``edges``; ``""`` where the value is NaN."""
    codes = np.array([f"b{i}" for i in range(len(edges) + 1)], dtype=object)
    bands = codes[np.searchsorted(edges, np.nan_to_num(values), side="right")]
    bands[np.isnan(values)] = ""
    return bands


_AMOUNT_STEP = 0.25


def amount_bands(amounts: np.ndarray) -> list[tuple[str, ...]]:
    """Quarter-decade steps around each amount; the middle one twice, so that near amounts are near."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.round(np.log10(amounts) / _AMOUNT_STEP)
    return [() if not np.isfinite(s) else (f"s{s - 1:.0f}", f"s{s:.0f}", f"s{s:.0f}", f"s{s + 1:.0f}") for s in steps]


def middle(rows: pd.DataFrame) -> np.ndarray:
    """The middle of the amounts asked, in orders of magnitude; the known end where there is one, NaN without."""
    low, high = rows[m.AMOUNT_LOW].to_numpy(float), rows[m.AMOUNT_HIGH].to_numpy(float)
    low, high = np.where(np.isnan(low), high, low), np.where(np.isnan(high), low, high)
    with np.errstate(invalid="ignore"):
        return np.sqrt(low * high)


def past_participations(market: Market) -> pd.DataFrame:
    """Dated participations with the company and date of their deal, in order of date.

    Columns: deal, investor, company, date, entry (the investor's first in that company).
    """
    rows = market.participations[[m.DEAL, m.INVESTOR]].merge(
        market.deals[[m.COMPANY, m.DATE]], left_on=m.DEAL, right_index=True
    )
    rows = rows[rows[m.DATE].notna()].drop_duplicates([m.DEAL, m.INVESTOR])
    rows = rows.sort_values([m.DATE, m.DEAL, m.INVESTOR], kind="stable").reset_index(drop=True)
    rows["entry"] = ~rows.duplicated([m.INVESTOR, m.COMPANY])
    return rows


def _with_company(rows: pd.DataFrame, market: Market) -> pd.DataFrame:
    company = market.companies.reindex(rows[m.COMPANY])
    for column in (m.CATEGORY, m.CATEGORIES, m.KEYWORDS, m.COUNTRY, m.REGION, m.CITY, m.FOUNDED_ON, m.TEXT):
        rows[column] = company[column].to_numpy()
    return rows


def _with_bands(rows: pd.DataFrame) -> pd.DataFrame:
    age = (days(rows[WHEN]) - days(rows[m.FOUNDED_ON])) / DAYS_PER_YEAR
    rows["age"] = age
    rows["age_band"] = _band(age, (0.75, 1.5, 3, 5, 8))
    rows["nth_band"] = _band(rows[NTH].to_numpy(float), (0.5, 1.5, 2.5, 4.5))
    previous = np.array([len(p) for p in rows[PREVIOUS_INVESTORS]], dtype=float)
    rows["syndicate_band"] = _band(previous, (0.5, 1.5, 3.5, 6.5))
    amounts = rows[m.AMOUNT].to_numpy(float)
    rows["amount_band"] = pd.Series(amount_bands(amounts), index=rows.index, dtype=object)
    return rows


def deal_profiles(market: Market, participations: pd.DataFrame) -> pd.DataFrame:
    """Profiles of the dated deals, index deal id, each with what was known just before it.

    ``previous_investors`` were in before the deal; ``company_investors`` are those and its own syndicate.
    """
    deals = market.deals[market.deals[m.DATE].notna()].sort_values(m.DATE, kind="stable")
    rows = deals[[m.COMPANY, m.ROUND, m.ROUND_ORDER, m.AMOUNT, m.MONEY]].copy()
    rows[WHEN] = deals[m.DATE]
    rows[NTH] = deals.groupby(m.COMPANY).cumcount()
    syndicates = participations.groupby(m.DEAL)[m.INVESTOR].agg(list).to_dict()
    before: dict[int, list[int]] = {}
    previous, together = [], []
    for deal, company in zip(deals.index, deals[m.COMPANY], strict=True):
        known = before.setdefault(company, [])
        previous.append(tuple(known))
        known.extend(i for i in syndicates.get(deal, ()) if i not in known)
        together.append(tuple(known))
    rows[PREVIOUS_INVESTORS] = pd.Series(previous, index=rows.index, dtype=object)
    rows[COMPANY_INVESTORS] = pd.Series(together, index=rows.index, dtype=object)
    last = deals.groupby(m.COMPANY)[m.DATE].shift()
    rows[SINCE_LAST] = (days(rows[WHEN]) - days(last)) / DAYS_PER_YEAR
    return _with_bands(_with_company(rows, market))


def raise_profiles(market: Market, raise_ids=None) -> pd.DataFrame:
    """Profiles of open raises on ``market.as_of``, index raise id. An id that is not open is a KeyError."""
    raises = market.raises if raise_ids is None else market.raises.loc[list(raise_ids)]
    rows = raises[[m.COMPANY, m.ROUND, m.ROUND_ORDER, m.MONEY]].copy()
    rows[m.AMOUNT] = middle(raises)
    rows[WHEN] = pd.Timestamp(market.as_of)
    deals = market.deals[market.deals[m.COMPANY].isin(rows[m.COMPANY])]
    deals = deals[deals[m.DATE].notna()]
    by_company = deals.groupby(m.COMPANY)[m.DATE]
    rows[NTH] = by_company.size().reindex(rows[m.COMPANY]).fillna(0).to_numpy()
    last = by_company.max().reindex(rows[m.COMPANY]).to_numpy()
    rows[SINCE_LAST] = (days(rows[WHEN]) - days(last)) / DAYS_PER_YEAR
    held = market.participations[market.participations[m.DEAL].isin(deals.index)]
    held = held.assign(company=deals.loc[held[m.DEAL], m.COMPANY].to_numpy())
    investors = held.groupby(m.COMPANY)[m.INVESTOR].agg(lambda ids: tuple(dict.fromkeys(ids))).to_dict()
    rows[PREVIOUS_INVESTORS] = pd.Series(
        [investors.get(c, ()) for c in rows[m.COMPANY]], index=rows.index, dtype=object
    )
    rows[COMPANY_INVESTORS] = rows[PREVIOUS_INVESTORS]
    return _with_bands(_with_company(rows, market))


def same_rows(old: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """(rows,) int64: number of the row of ``old`` with the same id and the same cells, -1 where there is none."""
    place = old.index.get_indexer(rows.index).astype(np.int64)
    found = np.flatnonzero(place >= 0)
    differ = np.zeros(len(found), bool)
    for column in rows:
        before, now = old[column].to_numpy()[place[found]], rows[column].to_numpy()[found]
        unlike = np.flatnonzero(before != now)
        differ[unlike[~(pd.isna(before[unlike]) & pd.isna(now[unlike]))]] = True
    place[found[differ]] = -1
    return place


def _long(rows: pd.DataFrame, attribute: Attribute) -> tuple[np.ndarray, np.ndarray]:
    """(row numbers, values) of the known values."""
    if attribute.several:
        cells = rows[attribute.parts[0]].tolist()
        lengths = np.fromiter((len(c) for c in cells), dtype=np.int64, count=len(cells))
        values = np.array([str(v) for c in cells for v in c], dtype=object)
        return np.repeat(np.arange(len(rows)), lengths), values
    known = np.ones(len(rows), dtype=bool)
    joined = None
    for number, part in enumerate(attribute.parts):
        cells = rows[part].to_numpy(dtype=object)
        # a city or a region without the names above it is still a place; only the last part must be known
        needed = number == len(attribute.parts) - 1 or part not in (m.COUNTRY, m.REGION)
        if needed:
            known &= cells != ""
        joined = cells if joined is None else joined + "|" + cells
    at = np.flatnonzero(known)
    return at, joined[at] if len(rows) else np.array([], dtype=object)


class Encoder:
    """Vocabulary of one attribute, learned from past deals."""

    def __init__(self, attribute: Attribute):
        self.attribute = attribute

    def fit(self, rows: pd.DataFrame) -> Encoder:
        _, values = _long(rows, self.attribute)
        self.vocabulary_ = pd.Index(pd.unique(values)) if len(values) else pd.Index([], dtype=object)
        return self

    def transform(self, rows: pd.DataFrame) -> sparse.csr_matrix:
        """(rows × vocabulary) float32; a row with known values sums to 1, one without is empty."""
        at, values = _long(rows, self.attribute)
        codes = self.vocabulary_.get_indexer(values) if len(values) else np.array([], dtype=np.int64)
        kept = codes >= 0
        at, codes = at[kept], codes[kept]
        share = 1.0 / np.maximum(np.bincount(at, minlength=len(rows)), 1)
        return sparse.csr_matrix((share[at].astype(np.float32), (at, codes)), shape=(len(rows), len(self.vocabulary_)))
