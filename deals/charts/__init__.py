"""Which question of the study is drawn how."""

import hashlib
from functools import partial
from pathlib import Path

from deals.charts.drawing import DESK, as_file, draw
from deals.charts.kinds import Band, Bars, Columns, Kind, Lines, Link, Months, Stacked
from deals.charts.shapes import Heat, Network, Points, Provinces, Table, TimeLine
from deals.statistics.claims import Claim
from deals.statistics.rows import Figure

# Drawings of an older release are not taken from the cache.
RELEASE = hashlib.sha256(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
).hexdigest()[:8]
CHARTS: dict[str, Kind] = {
    "L2": Columns("year", ("listings", "before")),
    "L3": Bars("name", ("numerator",)),
    "L4": Stacked("year", ("numerator",), series="name"),
    "L5": Bars("name", ("amount",)),
    "L8": Bars("name", ("numerator",)),
    "L9": Provinces("name", ("numerator",)),
    "L11": Bars("name", ("days_to_clear", "days_to_list")),
    "L12": TimeLine("name", ("date", "numerator")),
    "V3": Months("month", ("events", "before")),
    "V4": Bars("name", ("events",)),
    "V5": Bars("name", ("company_share", "share")),
    "V6": Bars("name", ("company_share", "share")),
    "V7": Provinces("name", ("events",)),
    "V8": Bars("name", ("listed_share", "funded_share", "either_share")),
    "V9": Bars("name", ("events",)),
    "V10": Bars("name", ("events",)),
    "V11": Points("name", ("product", "events")),
    "V13": Bars("name", ("amount",)),
    "P1": Lines("year", ("first_share", "four_share", "east_share")),
    "P2": Bars("category", ("company_share", "event_share", "money_share")),
    "P3": Bars("category", ("raises", "unmatched", "unspecialised")),
    "P3b": Heat("category", ("unspecialised",), across="round", also="region", order="round_at", whole="raises"),
    "P3c": Bars("asker", ("answered_share", "accepted_share")),
    "P3d": Bars("asker", ("median",)),
    "I1b": Columns("year", ("entrants",)),
    "I2": Bars("type", ("active", "new")),
    "I3": Bars("type", ("categories", "declared")),
    "R1": Band("month", ("known", "low", "high")),
    "R2": Bars("institution", ("events", "led")),
    "R3": Network("first", ("together", "expected", "lift"), other="second"),
}


def on_page(claim: Claim, figure: Figure, link: Link) -> str:
    """Return a figure as SVG for a page, once for a desk and once for a telephone; empty where there is nothing to draw."""
    kind = CHARTS.get(claim.code)
    if kind is None or not kind.has_something(claim, figure):
        return ""
    return draw(partial(kind.chart, claim, figure, link), str(claim.question), kind.small)


def reading(claim: Claim) -> str:
    """Return how the chart of a figure is read; empty where it has none, or says so itself."""
    kind = CHARTS.get(claim.code)
    return kind.reading(claim) if kind else ""


def in_file(claim: Claim, figure: Figure, form: str, notes: list[str]) -> bytes | None:
    """Return a figure as the content of a file, `form` svg or png: its chart, or else its table; None without rows."""
    kind = CHARTS.get(claim.code, Table())
    if not kind.has_something(claim, figure):
        kind = Table()
    if not kind.has_something(claim, figure):
        return None
    chart = kind.chart(claim, figure, lambda column, row: None, DESK)
    return as_file(chart, form, f"{claim.code} · {claim.question}", notes)
