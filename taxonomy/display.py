"""Amounts, dates and counts as readers of Chinese and of English expect them. Pure functions, returning text."""

import csv
from datetime import date
from decimal import Decimal
from functools import cache

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from taxonomy import amounts, dates
from taxonomy.names import is_chinese
from taxonomy.reference import FOLDER

DASH = "–"


@cache
def _currency_names() -> dict[str, str]:
    with (FOLDER / "currencies.csv").open(encoding="utf-8", newline="") as handle:
        return {row["code"]: row["name_zh"] for row in csv.DictReader(handle)}


def _scale(value: Decimal) -> tuple[Decimal, str]:
    """Return the divisor and the unit in which a number of this size is read."""
    if is_chinese():
        steps = [(Decimal(10**8), "亿"), (Decimal(10**4), "万")]
    else:
        steps = [(Decimal(10**9), " billion"), (Decimal(10**6), " million")]
    return next(((size, unit) for size, unit in steps if value >= size), (Decimal(1), ""))


def _digits(value: Decimal) -> str:
    """Two decimals at most, and none that say nothing."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def count(number: int | float | Decimal | None) -> str:
    """Return a whole number with separators: 20,060."""
    return "" if number is None else f"{number:,.0f}"


def short(number: Decimal | int | float) -> str:
    """Return a number in 万 / 亿 or million / billion, to two decimals: 1.2亿, 120 million."""
    value = Decimal(number)
    size, unit = _scale(abs(value))
    return _digits(value / size) + unit


def _with_currency(number: str, currency: str) -> str:
    if not currency:
        return number
    if not is_chinese():
        return f"{currency} {number}"
    if currency == "CNY":
        return f"{number}元"
    name = _currency_names().get(currency)
    return f"{number}{name}" if name else f"{currency} {number}"


def money(value: Decimal | int | float | None, currency: str = "CNY") -> str:
    """Return one sum: 1,500万美元, USD 15 million. Empty where `value` is None."""
    return "" if value is None else _with_currency(short(value), currency)


def money_unit(value: Decimal | int | float, currency: str = "CNY") -> tuple[Decimal, str]:
    """Return the size and the name of the unit in which a sum is read: 10**8 and 亿元, 10**9 and CNY billion."""
    size, unit = _scale(abs(Decimal(value)))
    return size, _with_currency(unit.strip(), currency).strip()


def money_range(low: Decimal | None, high: Decimal | None, currency: str = "CNY") -> str:
    """Return a range with open ends: 1,000–2,000万元, at least CNY 10 million. Empty where both ends are None."""
    if low is None and high is None:
        return ""
    if high is None:
        return _("at least %(amount)s") % {"amount": money(low, currency)}
    if low is None:
        return _("up to %(amount)s") % {"amount": money(high, currency)}
    if low == high:
        return money(low, currency)
    (low_size, low_unit), (high_size, high_unit) = _scale(Decimal(low)), _scale(Decimal(high))
    first = _digits(Decimal(low) / low_size)
    if low_unit != high_unit and low:
        first += low_unit
    return _with_currency(f"{first}{DASH}{_digits(Decimal(high) / high_size)}{high_unit}", currency)


def sentences(*parts: str) -> str:
    """Return whole sentences as one text; empty ones are left out."""
    return ("" if is_chinese() else " ").join(part for part in parts if part)


def amount(value: amounts.Amount | None) -> str:
    """Return an amount as exactly as it is known, "undisclosed" included."""
    if value is None or value.kind == amounts.UNDISCLOSED:
        return _("undisclosed")
    if value.kind == amounts.AT_LEAST:
        return _("at least %(amount)s") % {"amount": money(value.low, value.currency)}
    return money_range(value.low, value.high, value.currency)


def partial_date(first: date | None, precision: str = dates.DAY) -> str:
    """Return a day, month, quarter or year: 2020年第三季度, Q3 2020. Empty where `first` is None."""
    if first is None:
        return ""
    quarter = (first.month + 2) // 3
    if is_chinese():
        return {
            dates.DAY: f"{first.year}年{first.month}月{first.day}日",
            dates.MONTH: f"{first.year}年{first.month}月",
            dates.QUARTER: f"{first.year}年第{'一二三四'[quarter - 1]}季度",
            dates.YEAR: f"{first.year}年",
        }[precision]
    return {
        dates.DAY: f"{first.day} {date_format(first, 'M')} {first.year}",
        dates.MONTH: f"{date_format(first, 'M')} {first.year}",
        dates.QUARTER: f"Q{quarter} {first.year}",
        dates.YEAR: str(first.year),
    }[precision]
