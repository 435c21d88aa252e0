"""A thesis as the taste of those whose deals are not on record: it stands for a few deals of what it names.

Those few are spread over what is named as the market spreads over it, and weighed like recorded ones: whoever names half
of the market says half as much as a thesis can.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import sparse

from matching import profiles as p

# A thesis stands for so many deals. Chosen on the newcomers of one cut (docs/cold-start.md).
DEALS = 6.0
# A round is one to so many tickets wide, as `theses.ticket_fits` has it.
_WIDEST = 10


def _categories(thesis, vocabulary: pd.Index) -> Iterable:
    return thesis.categories


def _keywords(thesis, vocabulary: pd.Index) -> Iterable:
    wanted = {word.casefold() for word in thesis.keywords}
    return [word for word in vocabulary if word.casefold() in wanted]


def _rounds(thesis, vocabulary: pd.Index) -> Iterable:
    return thesis.rounds


def _places(thesis, vocabulary: pd.Index) -> Iterable:
    """The values whose own name is among the regions of the thesis: the last part of `CN|CN-JS|Suzhou`."""
    return [value for value in vocabulary if value.rpartition("|")[2] in thesis.regions]


def _amounts(thesis, vocabulary: pd.Index) -> Iterable:
    low, high = thesis.ticket_low, thesis.ticket_high
    if np.isnan(low) and np.isnan(high):
        return ()
    low, high = (high / _WIDEST if np.isnan(low) else low), (low if np.isnan(high) else high)
    ends = np.array([max(low, 1.0), max(high, 1.0) * _WIDEST])
    first, last = (int(bands[1][1:]) for bands in p.amount_bands(ends))
    return [f"s{step}" for step in range(first, last + 1)]


_NAMED = {
    "category": _categories,
    "categories": _categories,
    "keywords": _keywords,
    "country": _places,
    "region": _places,
    "city": _places,
    "round": _rounds,
    "amount": _amounts,
}
ATTRIBUTES = tuple(_NAMED)


def counts(theses: pd.DataFrame, column: np.ndarray, n: int, attribute: str, vocabulary: pd.Index, share: np.ndarray):
    """(values × n investors) CSR of the deals that ``theses`` stand for, and (n,) how many of them tell the attribute.

    ``column`` numbers the investor of each thesis; ``share`` (values,) is the market's part of each value.
    """
    theirs = np.bincount(column, minlength=n)
    rows, columns, weights = [], [], []
    told = np.zeros(n)
    for thesis, at in zip(theses.itertuples(), column, strict=True):
        named = list(dict.fromkeys(_NAMED[attribute](thesis, vocabulary)))
        if not named:
            continue
        whole = DEALS / theirs[at]
        told[at] += whole
        found = vocabulary.get_indexer(named)
        found = found[found >= 0]
        rows += found.tolist()
        columns += [at] * len(found)
        weights += (whole * share[found] / share[found].sum()).tolist()
    shape = (len(vocabulary), n)
    return sparse.csr_matrix((np.array(weights, np.float32), (rows, columns)), shape=shape), told
