"""A matcher that says of itself what a test wants, and figures as a run keeps them."""

from copy import deepcopy

from matching.matcher import Matcher
from matching.training import TO_INVESTORS, TO_RAISES


def report(ndcg: float) -> dict:
    def figure(mean):
        return {"mean": mean, "low": mean - 0.015, "high": mean + 0.015}

    return {
        "queries": 180,
        "ndcg_10": figure(ndcg),
        "recall_20": figure(ndcg + 0.15),
        "mrr": figure(ndcg + 0.02),
        "coverage_10": 0.61,
        "gini_10": 0.72,
    }


def difference(mean: float) -> dict:
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01, "queries": 180}


def direction(model: float, popularity: float, **more) -> dict:
    methods = {
        "model": model,
        "uncontrolled": model + 0.004,
        "popularity": popularity,
        "category_cosine": model - 0.08,
        "content_cosine": model - 0.05,
    }
    return {
        "queries": 180,
        "methods": {name: report(value) for name, value in methods.items()},
        "gain": {name: difference(model - value) for name, value in methods.items() if name != "model"},
        "exposure": {"strength": 0.3, "largest_share": 0.12, "largest_share_uncontrolled": 0.31, "limit": 0.15},
        **more,
    }


def quality(model: float = 0.241, popularity: float = 0.052) -> dict:
    """As `Matcher.quality_`: regions and categories in which one of three falls below half the average."""
    bins = [{"predicted": p, "observed": q, "n": 900} for p, q in ((0.002, 0.001), (0.02, 0.024), (0.11, 0.09))]
    return {
        "window": {"start": "2025-05-01", "end": "2025-11-01", "raises": 180, "investors": 95},
        "directions": {
            TO_INVESTORS: direction(model, popularity),
            TO_RAISES: direction(
                model - 0.1,
                popularity,
                by_region=[
                    {"code": "CN-BJ", "raises": 12, "shown": 9.5},
                    {"code": "CN-GD", "raises": 6, "shown": 6.0},
                    {"code": "CN-GS", "raises": 2, "shown": 1.5},
                ],
                by_category=[
                    {"code": "industrial-internet/security", "raises": 11, "shown": 8.0},
                    {"code": "industrial-internet/devices", "raises": 9, "shown": 7.0},
                ],
            ),
        },
        "calibration": {
            TO_INVESTORS: {"bins": bins, "brier": 0.0123, "brier_constant": 0.0148},
            TO_RAISES: {"bins": bins[:2], "brier": 0.0098, "brier_constant": 0.0101},
        },
        "both": {"bins": bins[:2], "brier": 0.0088, "brier_constant": 0.0092},
        "seconds": {"windows": 1.0, "training": 2.0, "measuring": 1.5, "state": 0.3},
    }


class Measured(Matcher):
    """Tests set `says` and `compared`, and restore them. At the top of a module, so that it can be pickled."""

    says: dict | None = quality()
    compared: dict | None = None

    def fit(self, market, progress=None):
        super().fit(market, progress=progress)
        self.quality_ = deepcopy(type(self).says)
        return self

    def compare(self, running):
        assert isinstance(running, Matcher)
        return deepcopy(type(self).compared)
