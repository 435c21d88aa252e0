"""What a model was fed, in a few numbers, and how far two runs were fed differently.

A run keeps what `describe` returns; `drift` compares two of them later.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import chi2

from matching import market as m
from matching.market import Market

# Lower bounds of the amounts that are counted together, in the market's currency.
AMOUNTS = (0, 1e6, 5e6, 2e7, 1e8, 5e8)
# Values of a distribution that are kept by name; the rest is one value.
KEPT = 40
REST = "*"
DISTRIBUTIONS = ("category", "region", "round", "amount")
# Usual readings of the index: below the first nothing has moved, from the second on the input is another.
MOVED, DRIFTED = 0.1, 0.25


def describe(market: Market) -> dict:
    """Return sizes, shares of raises that say something, and distributions of raises and of a year's deals.

    sizes          companies, investors, raises, deals_12_months
    known          category, region, round, amount → share of raises that state it, None without raises
    median_amount  of the raises that state one, None where none does
    raises, deals  category, region, round, amount → value → count; unknown values are left out
    """
    recent = market.deals[market.deals[m.DATE] > pd.Timestamp(market.as_of) - pd.DateOffset(months=12)]
    raises = _facts(market, market.raises, _middle(market.raises))
    deals = _facts(market, recent, recent[m.AMOUNT].to_numpy(float))
    amounts = raises["amount"].dropna()
    return {
        "sizes": {
            "companies": len(market.companies),
            "investors": len(market.investors),
            "raises": len(market.raises),
            "deals_12_months": len(recent),
        },
        "known": {name: float(_known(raises[name]).mean()) if len(raises) else None for name in DISTRIBUTIONS},
        "median_amount": float(amounts.median()) if len(amounts) else None,
        "raises": _distributions(raises),
        "deals": _distributions(deals),
    }


def _middle(raises: pd.DataFrame) -> np.ndarray:
    """The middle of what is asked, in orders of magnitude; the one end that is known; NaN."""
    low, high = raises[m.AMOUNT_LOW].to_numpy(float), raises[m.AMOUNT_HIGH].to_numpy(float)
    both = np.sqrt(np.where(low > 0, low, high) * high)
    return np.where(np.isnan(high), low, np.where(np.isnan(low), high, both))


def _facts(market: Market, rows: pd.DataFrame, amount: np.ndarray) -> pd.DataFrame:
    companies = market.companies[[m.CATEGORY, m.REGION]].reindex(rows[m.COMPANY])
    return pd.DataFrame(
        {
            "category": companies[m.CATEGORY].fillna("").to_numpy(),
            "region": companies[m.REGION].fillna("").to_numpy(),
            "round": rows[m.ROUND].to_numpy(),
            "amount": amount,
        }
    )


def _known(column: pd.Series) -> pd.Series:
    return column.notna() & (column != "")


def _distributions(facts: pd.DataFrame) -> dict[str, dict[str, int]]:
    found = {name: _counts(facts[name][_known(facts[name])]) for name in ("category", "region", "round")}
    amounts = facts["amount"].dropna().to_numpy()
    steps = np.searchsorted(AMOUNTS, amounts, side="right") - 1
    counts = np.bincount(np.maximum(steps, 0), minlength=len(AMOUNTS))
    found["amount"] = {f"{low:.0f}": int(count) for low, count in zip(AMOUNTS, counts, strict=True) if count}
    return found


def _counts(values: pd.Series) -> dict[str, int]:
    counts = values.value_counts()
    # Ties in the order of their codes, so that two runs over one market say the same.
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = {code: int(count) for code, count in ordered[:KEPT]}
    rest = sum(int(count) for _, count in ordered[KEPT:])
    return {**kept, REST: rest} if rest else kept


def stability_index(before: dict[str, int], now: dict[str, int]) -> dict | None:
    """Return how far two distributions lie apart: population stability index, counts, and how to read it.

    index   sum over values of (p − q) · ln(p / q), half a case added to each value
    chance  what two draws of these sizes from one distribution pass in one case of twenty; the index times
            the harmonic size is about chi-squared distributed (Yurdakul and Naranjo 2020)
    reading steady, moved or drifted; steady where chance alone does as much

    None where one of the two is empty. A value that only one of them keeps by name counts with the rest.
    """
    sizes = sum(before.values()), sum(now.values())
    if not all(sizes):
        return None
    cut = REST in before or REST in now
    values = sorted((set(before) & set(now) if cut else set(before) | set(now)) - {REST})
    counts = np.array([[side.get(value, 0) for value in values] for side in (before, now)], dtype=float)
    rest = np.array(sizes) - counts.sum(axis=1)
    if rest.any():
        counts = np.column_stack([counts, rest])
    shares = counts + 0.5
    shares /= shares.sum(axis=1, keepdims=True)
    index = float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
    free = counts.shape[1] - 1
    chance = float(chi2.ppf(0.95, free)) * (1 / sizes[0] + 1 / sizes[1]) if free else 0.0
    reading = "steady" if index < MOVED or index <= chance else "moved" if index < DRIFTED else "drifted"
    return {"index": index, "chance": chance, "before": sizes[0], "now": sizes[1], "reading": reading}


def drift(before: dict, now: dict) -> dict[str, dict[str, dict | None]]:
    """Return raises and deals → distribution → `stability_index` between what two runs were fed."""
    return {
        frame: {name: stability_index(before[frame][name], now[frame][name]) for name in DISTRIBUTIONS}
        for frame in ("raises", "deals")
    }


def change(before: float | None, now: float | None) -> float | None:
    """Return the relative change of a size, None where there is nothing to compare with."""
    if not before or now is None or not math.isfinite(before):
        return None
    return now / before - 1
