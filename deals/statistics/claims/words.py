"""Values of figures in words, in the reader's language."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from deals.statistics.claims.base import Column, Unit
from deals.statistics.rows import Money
from taxonomy import display
from taxonomy.dates import DAY, PartialDate


def share(value: float | None) -> str:
    return display.DASH if value is None else f"{100 * value:.1f}%"


def change(value: float | None) -> str:
    """Return growth with its sign: +12.0%, −35.2%."""
    return display.DASH if value is None else f"{100 * value:+.1f}%".replace("-", "−")


def money(value: Money) -> str:
    """Return a sum as a bound that says what it leaves out: at least CNY 31 billion, 41 of 318 undisclosed."""
    if not value.events:
        return display.DASH
    if value.undisclosed == value.events:
        return display.amount(None)
    sum_ = display.money(value.low, value.currency)
    text = _("at least %(amount)s") % {"amount": sum_} if value.is_bound else sum_
    notes = []
    if value.undisclosed:
        notes.append(
            _("%(part)s of %(all)s undisclosed")
            % {"part": display.count(value.undisclosed), "all": display.count(value.events)}
        )
    if value.unconverted:
        notes.append(
            ngettext(
                "%(number)s in a currency without a rate", "%(number)s in currencies without a rate", value.unconverted
            )
            % {"number": display.count(value.unconverted)}
        )
    return " · ".join([text, *notes])


def when(value: date | PartialDate) -> str:
    if isinstance(value, PartialDate):
        return display.partial_date(value.first, value.precision)
    return display.partial_date(value)


def part(numerator: int, denominator: int) -> str:
    """Return a part with its whole: 37 of 48 (77.1%)."""
    if not denominator:
        return display.DASH
    return _("%(part)s of %(all)s (%(share)s)") % {
        "part": display.count(numerator),
        "all": display.count(denominator),
        "share": share(numerator / denominator),
    }


def leaders(rows: Iterable, value: Callable[[Any], int], limit: int = 4) -> str:
    """Return the first rows by name with their value, as long as it is not zero: Beijing 72, Guangdong 58."""
    return listed(f"{row.name} {display.count(value(row))}" for row in islice(filter(value, rows), limit))


def listed(parts: Iterable[str]) -> str:
    """Return parts as a list in the reader's language; a dash where there are none."""
    return pgettext("between the items of a list", ", ").join(parts) or display.DASH


def cell(column: Column, value) -> str:
    """Return a value of `column` as it stands in a table."""
    if value is None or value == "":
        return display.DASH
    match column.unit:
        case Unit.COUNT:
            return display.count(value)
        case Unit.NUMBER:
            return f"{value:,.2f}"
        case Unit.SHARE:
            return share(value)
        case Unit.MONEY:
            return money(value)
        case Unit.DAY:
            return when(value)
        case _:
            return str(value)


def plain(column: Column, value) -> str | int | float | Decimal | date | None:
    """Return a value of `column` as a file holds it: numbers as numbers, shares as fractions of 1, sums in units."""
    if isinstance(value, Money):
        return value.low if value.events else None
    if isinstance(value, PartialDate):
        return value.first if value.precision == DAY else value.text
    return str(value) if isinstance(value, Promise) else value
