"""How a market is cut into shards: of subjects that are alike, and of a few seconds each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from matching import market as m
from matching.market import Market
from matching.staging import ALIKE, INVESTORS_TOGETHER, RAISES_TOGETHER

# A worker that dies loses half of this on average, and a refresh waits as long for its turn.
_SECONDS = 4.0
# Several workers share a side of a small market as well.
_AT_LEAST = 8
# What one subject costs on one core, in seconds (benchmarks/matching.py): every pair in full, or by two stages a
# shortlist in full and a first look at every pair.
_PER_PAIR = 0.6e-6
_SHORTLIST = {"raises": 1.2e-3, "investors": 6.5e-3}
_FIRST_LOOK = {"raises": 11e-9, "investors": 15e-9}


def raises_in_order(market: Market) -> np.ndarray:
    """Ids of all open raises, those that are alike near each other: their shortlists overlap most."""
    companies = market.companies.reindex(market.raises[m.COMPANY])
    columns = [market.raises[name] if name in market.raises else companies[name] for name in ALIKE]
    return _in_order(market.raises.index.to_numpy(np.int64), columns)


def investors_in_order(market: Market) -> np.ndarray:
    """Ids of all active investors, those near each other that mostly did the same kind of deal."""
    ids = market.active_investors
    parts = market.participations.join(market.deals[[m.COMPANY, m.ROUND]], on=m.DEAL)
    parts = parts.join(market.companies[[m.COUNTRY, m.REGION, m.CATEGORY]], on=m.COMPANY)
    return _in_order(ids, [_commonest(parts, name).reindex(ids) for name in ALIKE])


def _commonest(parts: pd.DataFrame, name: str) -> pd.Series:
    """investor id → the value that most of its participations have; of equal ones the first by the alphabet."""
    counts = parts.groupby([m.INVESTOR, name]).size().rename("n").reset_index()
    counts = counts.sort_values([m.INVESTOR, "n", name], ascending=[True, False, True], kind="stable")
    return counts.drop_duplicates(m.INVESTOR).set_index(m.INVESTOR)[name]


def _in_order(ids: np.ndarray, columns) -> np.ndarray:
    keys = [column.fillna("").to_numpy(dtype=str) for column in columns]
    return ids[np.lexsort([ids, *reversed(keys)])]


def sizes(raises: int, investors: int) -> tuple[int, int]:
    """Subjects of one shard of raises, and of one of investors, in a market of so many of either."""
    return (
        _size(raises, _seconds("raises", investors), RAISES_TOGETHER),
        _size(investors, _seconds("investors", raises), INVESTORS_TOGETHER),
    )


def _seconds(of: str, others: int) -> float:
    return min(_PER_PAIR * others, _SHORTLIST[of] + _FIRST_LOOK[of] * others)


def _size(subjects: int, seconds: float, together: int) -> int:
    size = min(_SECONDS / max(seconds, 1e-9), subjects / _AT_LEAST)
    return max(int(np.ceil(size / together)) * together, together)
