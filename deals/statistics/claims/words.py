"""Values of figures in words, in the reader's language."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.statistics.claims.base import Column, Unit
from deals.statistics.rows import Money
from taxonomy import display


def share(value: float | None) -> str:
    return display.DASH if value is None else f"{100 * value:.1f}%"


def money(value: Money) -> str:
    """Return a sum as a bound that says what it leaves out: at least CNY 31 billion, 41 of 318 undisclosed."""
    if not value.events:
        return display.DASH
    if value.undisclosed == value.events:
        return _("undisclosed")
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
            return display.partial_date(value)
        case _:
            return str(value)


def plain(column: Column, value) -> str | int | float | Decimal | date | None:
    """Return a value of `column` as a file holds it: numbers as numbers, shares as fractions of 1, sums in units."""
    if isinstance(value, Money):
        return value.low if value.events else None
    return value
