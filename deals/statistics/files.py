"""A figure as a file: the table with its definition, filters and as-of date inside, in the reader's language."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from deals.spreadsheets import CSV, XLSX, Head, Table, csv_lines, xlsx
from deals.statistics import doubts
from deals.statistics.claims import Claim, Column, Unit, key_of
from deals.statistics.claims.words import plain
from deals.statistics.describing import described, query_of
from deals.statistics.kept import recorded
from deals.statistics.rows import Figure, Money
from taxonomy import display
from taxonomy.models import Source


@dataclass(frozen=True)
class FigureFile:
    content: bytes
    content_type: str


def about(claim: Claim, figure: Figure) -> list[tuple[str, str]]:
    """Return what must stand beside a figure that leaves the site: pairs of a label and its value."""
    pairs = [
        (_("Figure"), f"{claim.code} · {claim.question}"),
        (_("Value"), claim.value(figure)),
        (_("Definition"), str(claim.definition)),
        *described(figure.scope, recorded(figure.scope)),
    ]
    if figure.left_out:
        pairs.append((_("Events that no row could hold"), str(figure.left_out)))
    if doubtful := doubts.of_figure(claim, figure):
        pairs.append(
            (_("Possible duplicates"), _("%(number)s events, not judged yet") % {"number": display.count(doubtful)})
        )
    return [*pairs, *origin()]


def origin() -> list[tuple[str, str]]:
    """Return when a file was made and whose records it holds, as pairs of a label and its value."""
    pairs = [(_("Computed on"), timezone.localtime().isoformat(timespec="minutes"))]
    sources = list(Source.objects.order_by("name"))
    if any(source.simulated for source in sources):
        pairs.append(
            (
                _("Note"),
                _(
                    "Simulated market: companies, institutions and deals are invented, except where the study is named as their source."
                ),
            )
        )
    named = [f"{source.credit} · {source.licence}".removesuffix(" · ") for source in sources if source.credit]
    if named:
        pairs.append((_("Sources of the records"), "; ".join(named)))
    return pairs


def table(claim: Claim, figure: Figure) -> Table:
    """Return a figure as a table for spreadsheets; a sum says in columns of its own what it leaves out."""
    parts = [part for column in claim.columns for part in _parts(claim, column, figure)]
    rows = [[value(row) for _head, value in parts] for row in figure.rows]
    return Table(claim.code, about(claim, figure), [head for head, _value in parts], rows)


def _parts(claim: Claim, column: Column, figure: Figure) -> Iterator[tuple[Head, Callable]]:
    """Return the columns of a file that hold one of a figure, each with what gives its value of a row."""
    title, unit = str(column.title), column.unit
    if unit == Unit.SHARE:
        title = _("%(title)s (of 1)") % {"title": title}
    if unit == Unit.MONEY:
        title = f"{title} ({_currency(column, figure)})"
    yield Head(title, unit), lambda row: plain(column, column.get(row))
    if unit == Unit.MONEY:
        yield Head(f"{column.title} · {_('Is a lower bound')}"), lambda row: (column.get(row) or Money()).is_bound
        if not claim.column("undisclosed"):
            name = f"{column.title} · {_('Undisclosed')}"
            yield Head(name, Unit.COUNT), lambda row: (column.get(row) or Money()).undisclosed


def _currency(column: Column, figure: Figure) -> str:
    """The currency of a column of sums, which all of them share."""
    sums = (column.get(row) for row in figure.rows)
    return next((money.currency for money in sums if money and money.events), figure.scope.currency)


def as_csv(claim: Claim, figure: Figure) -> FigureFile:
    return FigureFile(b"".join(csv_lines(table(claim, figure))), CSV)


def as_xlsx(claim: Claim, figure: Figure) -> FigureFile:
    return FigureFile(xlsx(table(claim, figure)), XLSX)


def as_data(claim: Claim, figure: Figure) -> dict:
    """Return a figure as it stands in JSON: numbers as numbers, shares of 1, sums with what they leave out."""
    return {
        "code": claim.code,
        "question": str(claim.question),
        "definition": str(claim.definition),
        "value": claim.value(figure),
        "scope": query_of(figure.scope) | {"currency": figure.scope.currency},
        "about": dict(about(claim, figure)),
        "left_out": figure.left_out,
        "columns": [{"name": column.name, "title": str(column.title), "unit": column.unit} for column in claim.columns],
        "rows": [
            {"key": key_of(row)} | {column.name: _in_json(column, column.get(row)) for column in claim.columns}
            for row in figure.rows
        ],
    }


def _in_json(column, value):
    if isinstance(value, Money):
        return {
            "low": _number(value.low),
            "currency": value.currency,
            "is_bound": value.is_bound,
            "events": value.events,
            "undisclosed": value.undisclosed,
            "open": value.open,
            "unconverted": value.unconverted,
        }
    value = plain(column, value)
    if isinstance(value, Decimal):
        return _number(value)
    return value.isoformat() if isinstance(value, date) else value


def _number(value: Decimal | int) -> int | float:
    return int(value) if value == int(value) else float(value)


def as_json(claim: Claim, figure: Figure) -> FigureFile:
    return FigureFile(json.dumps(as_data(claim, figure), ensure_ascii=False, indent=1).encode(), "application/json")


WRITERS = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}
