"""How active investors are, and how active they are about to be."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

HALF_YEAR = 0.5
# Bounds, in years, of the stretches of the past that a forecast counts entries in.
_STRETCHES = ((0, 1 / 12), (0, 0.25), (0, 0.5), (0.5, 1), (1, 1.5), (1.5, 2), (2, 3), (3, 5))
_HALF_LIVES = (0.25, 0.5, 1, 2, 4)
_MONTHS = 24
# With fewer examples of investors, or fewer entries among them, a forecast is the decayed pace of each.
_ENOUGH_EXAMPLES, _ENOUGH_ENTRIES = 200, 50
# Share of the entries of the last year, decayed with a half-life of one, that a half year usually brings again.
_USUAL = 0.4


def levels(age, column, entry, n: int) -> dict[str, np.ndarray]:
    """Name → (n,) of each investor's record: ``age`` of its participations in years, ``column`` its number, ``entry``
    1.0 where it was the first in that company.
    """

    def count(weights):
        return np.bincount(column, weights=weights, minlength=n)

    first, last = np.zeros(n), np.full(n, 20.0)
    np.maximum.at(first, column, age)
    np.minimum.at(last, column, age)
    total, companies = count(np.ones(len(age))), count(entry)
    return {
        "deals_6m": np.log1p(4 * count(entry * 0.5 ** (age / 0.5))),
        "deals_18m": np.log1p(4 * count(entry * 0.5 ** (age / 1.5))),
        "deals_60m": np.log1p(4 * count(entry * 0.5 ** (age / 5.0))),
        "entries_12m": np.log1p(count(entry * (age <= 1))),
        "same_season": np.log1p(count(entry * ((age > 0.5) & (age <= 1.0)))),
        "idle": np.log1p(np.minimum(last, 10.0)),
        "companies": np.log1p(companies),
        "tenure": np.log1p(first),
        "follow_on_share": (total - companies) / (total + 2),
        "pace": np.log((count(entry * (age <= 1)) + 0.5) / (count(entry * ((age > 1) & (age <= 2))) + 0.5)),
        "forecast": np.log(forecast(age, column, entry, n) + 0.02),
    }


def _record(age, column, entry, n: int) -> np.ndarray:
    """(n × features): entries by stretch and with decay, follow-ons, tenure, and how bunched the months are."""
    past = age > 0
    age, column, entry = age[past], column[past], entry[past]

    def count(weights):
        return np.bincount(column, weights=weights, minlength=n)

    features = [count(entry * ((age > low) & (age <= high))) for low, high in _STRETCHES]
    features += [count(entry * 0.5 ** (age / half_life)) for half_life in _HALF_LIVES]
    features += [count(1 - entry), count(entry)]
    first, last = np.zeros(n), np.full(n, 30.0)
    np.maximum.at(first, column, age)
    np.minimum.at(last, column, age)
    month = np.floor(age * 12).astype(np.int64)
    recent = month < _MONTHS
    monthly = np.zeros((n, _MONTHS))
    np.add.at(monthly, (column[recent], month[recent]), entry[recent])
    half = _MONTHS // 4
    features += [first, last, (monthly > 0).sum(axis=1), monthly.max(axis=1)]
    features += [monthly[:, :half].max(axis=1), monthly[:, half : 2 * half].max(axis=1)]
    return np.stack(features, axis=1)


def forecast(age, column, entry, n: int, windows: int = 6) -> np.ndarray:
    """Companies that each investor is expected to enter in the coming half year, (n,).

    Boosted trees with a Poisson loss, taught by the ``windows`` half years before: what each investor's record was,
    and how many companies it then entered.
    """
    records, entered = [], []
    for window in range(1, windows + 1):
        ago = window * HALF_YEAR
        record = _record(age - ago, column, entry, n)
        known = record[:, len(_STRETCHES) + len(_HALF_LIVES) :][:, :2].sum(axis=1) > 0
        later = entry * ((age <= ago) & (age > ago - HALF_YEAR))
        records.append(record[known])
        entered.append(np.bincount(column, weights=later, minlength=n)[known])
    X, y = np.concatenate(records), np.concatenate(entered)
    if len(y) < _ENOUGH_EXAMPLES or y.sum() < _ENOUGH_ENTRIES:
        return _USUAL * np.bincount(column, weights=entry * 0.5**age, minlength=n)
    model = HistGradientBoostingRegressor(
        loss="poisson",
        max_iter=100,
        learning_rate=0.06,
        max_leaf_nodes=10,
        min_samples_leaf=60,
        l2_regularization=5,
        early_stopping=False,
        random_state=0,
    )
    return model.fit(X, y).predict(_record(age, column, entry, n))
