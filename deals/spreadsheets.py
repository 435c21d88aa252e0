"""Tables as files that spreadsheets read: what they are about stands inside, and no text is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

import xlsxwriter
from django.utils.translation import gettext as _

from deals.statistics.claims.base import Unit

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet takes for the beginning of a formula. Source: OWASP, "CSV injection".
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FORMATS = {
    Unit.SHARE: "0.0%",
    Unit.MONEY: "#,##0",
    Unit.COUNT: "#,##0",
    Unit.NUMBER: "#,##0.00",
    Unit.DAY: "yyyy-mm-dd",
}
# Widths by the first rows are good enough, and these need not be kept.
WIDTH_ROWS, NARROWEST, WIDEST = 50, 8, 50


@dataclass(frozen=True)
class Head:
    """The title of a column and how its values are written."""

    title: str
    unit: Unit = Unit.TEXT


@dataclass(frozen=True)
class Table:
    """`about` are pairs of a label and its value; `rows` hold text, numbers, truth values, dates or None."""

    name: str
    about: Sequence[tuple[str, str]]
    heads: Sequence[Head]
    rows: Iterable[Sequence]


def unformulated(value):
    """Return `value` so that a spreadsheet reads text as text, whatever it begins with."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _written(value):
    """Return a value as a cell of text holds it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return unformulated(value.isoformat() if isinstance(value, date) else value)


def csv_lines(table: Table) -> Iterator[bytes]:
    """Yield the table behind lines that begin with #, in UTF-8 with a mark, as spreadsheets want it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")

    def line(cells: Sequence) -> bytes:
        out.seek(0)
        out.truncate()
        writer.writerow(cells)
        return out.getvalue().encode()

    yield b"\xef\xbb\xbf"
    for label, value in table.about:
        yield line([f"# {label}", unformulated(value)])
    yield line([])
    yield line([unformulated(head.title) for head in table.heads])
    for row in table.rows:
        yield line([_written(value) for value in row])


def xlsx(table: Table) -> bytes:
    """Return a book of two sheets: the table with typed cells, and what it is about."""
    out = io.BytesIO()
    # Row by row: a large table does not stand in memory as a whole.
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head, text = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    formats = {unit: book.add_format({"num_format": code}) for unit, code in FORMATS.items()}
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    rows = iter(table.rows)
    first = list(islice(rows, WIDTH_ROWS))
    _set_widths(sheet, table.heads, first)
    for number, one in enumerate(table.heads):
        sheet.write_string(0, number, unformulated(one.title), head)
    for at, row in enumerate(chain(first, rows), start=1):
        for number, (value, one) in enumerate(zip(row, table.heads, strict=True)):
            _write(sheet, at, number, value, formats, one.unit)
    notes = book.add_worksheet(_("About this file"))
    notes.set_column(0, 0, 28)
    notes.set_column(1, 1, 90)
    for number, (label, value) in enumerate(table.about):
        notes.write_string(number, 0, unformulated(label), head)
        notes.write_string(number, 1, unformulated(value), text)
    book.close()
    return out.getvalue()


def _write(sheet, at: int, number: int, value, formats: dict, unit: Unit) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool | str):
        sheet.write_string(at, number, str(_written(value)))
    elif isinstance(value, date):
        sheet.write_datetime(at, number, value, formats[Unit.DAY])
    else:
        sheet.write_number(at, number, float(value), formats.get(unit))


def _set_widths(sheet, heads: Sequence[Head], rows: Sequence[Sequence]) -> None:
    for number, head in enumerate(heads):
        longest = max([len(head.title), *(len(str(row[number])) for row in rows if row[number] is not None)])
        # A Chinese character is as wide as two letters.
        wide = 2 if any(not str(row[number]).isascii() for row in rows) or not head.title.isascii() else 1
        sheet.set_column(number, number, min(max(longest * wide, NARROWEST), WIDEST) + 2)
