"""What is wrong with a file, as a code with its values, worded when shown."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

# What is wrong, and what to do.
PROBLEMS = {
    "missing_folder": _("there is no such folder. Give the folder that holds the market's CSV files."),
    "missing_file": _("the file is missing. Put it into the folder; a header row alone is enough."),
    "not_readable": _("the file cannot be read (%(why)s). Make it readable to this process."),
    "too_large": _(
        "the file has %(size)s MB, and at most %(limit)s MB are read. Split the market into several folders, or "
        "raise IMPORT_MAX_MB."
    ),
    "empty_file": _("the file is empty. Write the header row: %(columns)s."),
    "encoding": _("this is not UTF-8 (it could be %(guess)s). Save the file as UTF-8."),
    "nul": _("the line holds a NUL byte. Export the file again as plain text in UTF-8."),
    "bad_csv": _("this is not well-formed CSV (%(why)s). Check the quotation marks from this line on."),
    "missing_column": _("the column is missing. Add it to the header row; its cells may stay empty."),
    "duplicate_column": _("the column stands twice in the header row. Keep one of them."),
    "too_many_cells": _(
        "the row has %(count)s cells where the header has %(expected)s. Quote cells that hold a comma."
    ),
    "too_few_cells": _(
        "the row has %(count)s cells where the header has %(expected)s. Add what is missing, also empty cells."
    ),
    "control": _("the cell holds a control character. Remove it."),
    "too_long": _("the cell has %(length)s characters, and at most %(limit)s fit. Shorten it."),
    "required": _("the cell is empty. Fill it; without it the row means nothing."),
    "duplicate_id": _("“%(value)s” is taken already by line %(first)s. Give each row its own id."),
    "unknown_company": _("“%(value)s” is not in companies.csv. Add the company, or remove this row."),
    "unknown_deal": _("“%(value)s” is not in deals.csv. Add the deal, or remove this row."),
    "unknown_investor": _("“%(value)s” is not in investors.csv. Add the investor, or remove this row."),
    "bad_date": _("“%(value)s” is not a date. Write 2013-02-28, 2013-02, 2013-Q1 or 2013."),
    "future_date": _("“%(value)s” lies in the future. A deal is recorded once it is announced; correct the date."),
    "bad_amount": _("“%(value)s” is not a number. Write digits with a decimal point, and words in amount_text."),
    "negative_amount": _("“%(value)s” is negative. Write the amount without a sign, or leave the cell empty."),
    "too_large_amount": _("“%(value)s” is more than can be recorded. Check the unit: whole units of the currency."),
    "backwards_amount": _("“%(value)s” ends below its beginning. Write the smaller amount first."),
    "unknown_currency": _("“%(value)s” is not a currency known here. Write its ISO 4217 code, such as CNY or USD."),
    "duplicate_participation": _(
        "investor “%(value)s” stands in this deal already, on line %(first)s. Keep one of the rows."
    ),
    "second_raise": _("this company has an open raise already, on line %(first)s. Keep one of the rows."),
}

# What was taken in, but not quite as it stands.
NOTICES = {
    "extra_column": _("columns that the format does not know, left out"),
    "no_name": _("rows without a name, kept under their id"),
    "no_currency": _("amounts without a known currency, kept as undisclosed with the source's words"),
    "zero_amount": _("amounts of zero, kept as undisclosed"),
    "amounts_differ": _("amounts that differ from their own text; the number was taken"),
    "bad_website": _("websites that are no address, left out"),
    "future_founding": _("founding dates in the future, kept"),
    "board_twice": _("further listings of a company on the same board, kept as deals only"),
    "listing_stays": _("deals that are no longer a listing in the file; their listing was left as it is"),
    "raise_elsewhere": _("raises of companies that have an open raise from elsewhere, left out"),
    "raise_ended": _("raises that have ended here, left as they are"),
    "verified_here": _("rows that differ but were verified, decided on or taken over by their people here, left alone"),
}


@dataclass(frozen=True)
class Problem:
    """`line` counts from 1, the header row included; 0 stands for the file as a whole."""

    code: str
    file: str
    line: int = 0
    column: str = ""
    values: dict = field(default_factory=dict)

    def __str__(self):
        where = [self.file]
        if self.line:
            where.append(str(_("line %(line)s") % {"line": self.line}))
        if self.column:
            where.append(str(_("column %(column)s") % {"column": self.column}))
        return f"{', '.join(where)}: {PROBLEMS[self.code] % self.values}"


class Problems:
    """The first `keep` problems in full, and the count of all."""

    def __init__(self, keep: int = 200):
        self.keep, self.first, self.count = keep, [], 0

    def __bool__(self):
        return self.count > 0

    def add(self, code: str, file: str, line: int = 0, column: str = "", **values) -> None:
        self.count += 1
        if len(self.first) < self.keep:
            shown = {name: value[:60] if isinstance(value, str) else value for name, value in values.items()}
            self.first.append(Problem(code, file, line, column, shown))

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.first]


class Notices:
    """How often each notice was given, with the first few places."""

    def __init__(self, keep: int = 3):
        self.keep, self.counts, self.places = keep, Counter(), {}

    def add(self, code: str, file: str, line: int = 0, value: str = "") -> None:
        self.counts[code] += 1
        places = self.places.setdefault(code, [])
        if len(places) < self.keep:
            places.append((file, line, value))


class Refused(Exception):
    """The market cannot be taken in; `problems` says why. Nothing was written."""

    def __init__(self, problems: Problems):
        super().__init__(f"{problems.count} problems")
        self.problems = problems
