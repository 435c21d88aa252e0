"""A figure as a file: the table with its definition, filters and as-of date inside, in the reader's language."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.statistics.claims import Claim, Unit, key_of
from deals.statistics.claims.words import plain
from deals.statistics.describing import described, query_of
from deals.statistics.rows import Figure, Money
from taxonomy.models import Source

# What a spreadsheet takes for the beginning of a formula. Source: OWASP, "CSV injection".
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FORMATS = {
    Unit.SHARE: "0.0%",
    Unit.MONEY: "#,##0",
    Unit.COUNT: "#,##0",
    Unit.NUMBER: "#,##0.00",
    Unit.DAY: "yyyy-mm-dd",
}


@dataclass(frozen=True)
class FigureFile:
    content: bytes
    content_type: str


def unformulated(value):
    """Return `value` so that a spreadsheet reads text as text, whatever it begins with."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def about(claim: Claim, figure: Figure) -> list[tuple[str, str]]:
    """Return what must stand beside a figure that leaves the site: pairs of a label and its value."""
    pairs = [
        (_("Figure"), f"{claim.code} · {claim.question}"),
        (_("Value"), claim.value(figure)),
        (_("Definition"), str(claim.definition)),
        *described(figure.scope),
    ]
    if figure.left_out:
        pairs.append((_("Events that no row could hold"), str(figure.left_out)))
    pairs.append((_("Computed on"), timezone.localtime().isoformat(timespec="minutes")))
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
    named = [f"{source.attribution} · {source.licence}".removesuffix(" · ") for source in sources if source.attribution]
    if named:
        pairs.append((_("Sources of the records"), "; ".join(named)))
    return pairs


def _heads(claim: Claim) -> list[tuple[str, str]]:
    """The columns of a file: name and title; a sum says in columns of its own what it leaves out."""
    heads = []
    for column in claim.columns:
        heads.append((column.name, str(column.title)))
        if column.unit == Unit.MONEY:
            names = {column.name for column in claim.columns}
            heads += [
                (f"{column.name}_{part}", f"{column.title} · {title}")
                for part, title in (
                    ("currency", _("Currency")),
                    ("is_bound", _("Is a lower bound")),
                    ("undisclosed", _("Undisclosed")),
                )
                if f"{column.name}_{part}" not in names
            ]
    return heads


def _values(claim: Claim, row) -> list:
    values = []
    for column in claim.columns:
        value = column.get(row)
        values.append(plain(column, value))
        if column.unit == Unit.MONEY:
            money = value or Money()
            values += [money.currency, money.is_bound, money.undisclosed]
    return values


def as_csv(claim: Claim, figure: Figure) -> FigureFile:
    """The table behind lines that begin with #, in UTF-8 with a mark, as spreadsheets want it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for label, value in about(claim, figure):
        writer.writerow([f"# {label}", unformulated(value)])
    writer.writerow([])
    writer.writerow([unformulated(title) for _name, title in _heads(claim)])
    for row in figure.rows:
        writer.writerow([unformulated(_plain_text(value)) for value in _values(claim, row)])
    return FigureFile(b"\xef\xbb\xbf" + out.getvalue().encode(), "text/csv; charset=utf-8")


def _plain_text(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value.isoformat() if isinstance(value, date) else value


def as_xlsx(claim: Claim, figure: Figure) -> FigureFile:
    """Two sheets: the table with typed cells, and what it is about."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head, text = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    formats = {unit: book.add_format({"num_format": code}) for unit, code in FORMATS.items()}
    sheet = book.add_worksheet(claim.code)
    units = [unit for column in claim.columns for unit in _units(column)]
    for number, (_name, title) in enumerate(_heads(claim)):
        sheet.write_string(0, number, unformulated(title), head)
    for at, row in enumerate(figure.rows, start=1):
        for number, (value, unit) in enumerate(zip(_values(claim, row), units, strict=True)):
            if value is None:
                continue
            if isinstance(value, bool | str):
                sheet.write_string(at, number, str(unformulated(_plain_text(value))))
            elif isinstance(value, date):
                sheet.write_datetime(at, number, value, formats[Unit.DAY])
            else:
                sheet.write_number(at, number, float(value), formats.get(unit))
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    notes = book.add_worksheet(_("About this figure"))
    notes.set_column(0, 0, 28)
    notes.set_column(1, 1, 90)
    for at, (label, value) in enumerate(about(claim, figure)):
        notes.write_string(at, 0, unformulated(label), head)
        notes.write_string(at, 1, unformulated(value), text)
    book.close()
    return FigureFile(out.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _units(column) -> list[Unit]:
    return [Unit.MONEY, Unit.TEXT, Unit.TEXT, Unit.COUNT] if column.unit == Unit.MONEY else [column.unit]


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
