"""Amounts as sources write them: exact, at least, a band or nothing, and of the study's size in the study's period."""

from decimal import Decimal
from math import exp, log10
from random import Random

from deals.demo import calibration as study
from deals.demo.spec import Deal
from taxonomy.amounts import UNDISCLOSED, Amount, parse_amount

# Million CNY: the middle round of each stage.
MIDDLE = {
    "seed": 2.4, "angel": 6, "pre_a": 14, "a": 31, "a_plus": 46, "pre_b": 68, "b": 92, "b_plus": 118, "c": 180,
    "c_plus": 215, "d": 300, "e": 380, "pre_ipo": 340, "strategic": 105,
}  # fmt: skip
LATE = ("c", "c_plus", "d", "e", "pre_ipo", "strategic")
USD = 6.9


def rounded(value: float, digits: int = 2) -> int:
    """Return a sum with so many leading digits, in whole ten thousands."""
    scale = 10 ** max(int(log10(max(value, 1))) + 1 - digits, 4)
    return max(round(value / scale) * scale, 10_000)


def written(value: int, currency: str = "CNY") -> str:
    """Return a sum as Chinese sources write it.

    >>> written(120_000_000)
    '1.2亿元人民币'
    """
    unit = "美元" if currency == "USD" else "元人民币"
    if value >= 10**8:
        return (
            f"{Decimal(value) / 10**8:f}".rstrip("0").rstrip(".") + "亿" + unit
            if value % 10**8
            else f"{value // 10**8}亿{unit}"
        )
    return (
        f"{Decimal(value) / 10**4:f}".rstrip("0").rstrip(".") + "万" + unit
        if value % 10**4
        else f"{value // 10**4}万{unit}"
    )


def size(rng: Random, round_: str, stature: float, cap: int) -> float:
    """Return a plausible sum of a round, in CNY, below `cap`. `stature` is the company's own, 0 in the middle."""
    while True:
        value = MIDDLE[round_] * 1e6 * exp(min(stature, 0.8) + rng.gauss(0, 0.4))
        if value < cap:
            return value


def told(rng: Random, value: float) -> Amount:
    """Return what a source tells of a sum: many sums are banded or left undisclosed."""
    draw = rng.random()
    if draw < 0.15:
        return parse_amount("未透露")
    if draw < 0.40:
        if value < 10**7:
            return parse_amount("数百万元人民币")
        return parse_amount("数千万元人民币" if value < 10**8 else "亿元及以上人民币")
    if draw < 0.46 and value > 10**7:
        return parse_amount("过亿元人民币" if value >= 10**8 else f"超{written(rounded(value, 1))}")
    if draw < 0.53 and value > 3 * 10**7:
        return parse_amount(written(rounded(value / USD), "USD"))
    return parse_amount(written(rounded(value)))


def cap(round_: str, year: int) -> int:
    """Return what a round of a year stays below, so that the study's records stand."""
    if year < 2020:
        return study.CAP_BEFORE_2020
    return study.CAP_ROUND_A if round_ == "a" else 3_000_000_000


def lower_bound(amount: Amount) -> float:
    if amount.kind == UNDISCLOSED:
        return 0.0
    return float(amount.low) * (USD if amount.currency == "USD" else 1)


def fill_to_total(rng: Random, deals: list[Deal], total: int) -> None:
    """Set the large rounds of `deals` so that the lower bounds of all come to `total`, to within ten million."""
    open_ = [deal for deal in deals if deal.source == "demonstration" and deal.round in LATE]
    large = rng.sample(open_, 46)
    weights = [exp(rng.gauss(0, 0.55)) * MIDDLE[deal.round] ** 0.5 for deal in large]
    chosen = {id(deal) for deal in large}
    rest = total - sum(lower_bound(deal.amount) for deal in deals if id(deal) not in chosen)
    for position, deal in enumerate(large):
        share = rest * weights[position] / sum(weights[position:])
        value = max(round(share / 1e7), 6) * 10**7
        deal.amount = parse_amount(written(value))
        rest -= value
