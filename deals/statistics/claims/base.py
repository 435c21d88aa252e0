"""What a question of the study consists of, so that pages, files and the command line show all questions alike."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from deals.statistics.rows import Figure
from deals.statistics.scope import Scope


class Unit(StrEnum):
    """How a value of a column is read and written."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    MONEY = "money"
    DAY = "day"
    YEAR = "year"


@dataclass(frozen=True)
class Column:
    """One value of each row of a figure.

    `get` returns it raw: text in the reader's language, an int, a float (a share of 1 for SHARE), a `Money`, a date or
    `PartialDate` (DAY), or None where nothing is known. `behind` returns the records that the value counts: as many as
    it says. A share or a sum names in `rests_on` the column that counts its records.
    """

    name: str
    title: str | Promise
    get: Callable[[Any], Any]
    unit: Unit = Unit.COUNT
    behind: Callable[[Scope, Any], QuerySet] | None = None
    rests_on: str = ""
    # Who asked whom is between the two: the records say it, and are shown to those who may read the requests.
    of_requests: bool = False


@dataclass(frozen=True)
class Claim:
    """A question of the study, by its code there.

    `answer` computes the figure for any scope; rows that have a `key` are told apart by it. `value` puts the figure into
    few words, `paper` the study's own value. `holds` says whether a figure for the study's sector, period and date
    agrees with it: exactly where the study is exact, within the bound where it gives one; None where it cannot be told.
    Where the study speaks in words, `rule` says what `holds` reads into them; it is told beside the study's value only.
    `notes` are lines for below the chart, with what a table would hide.
    """

    code: str
    question: str | Promise
    definition: str | Promise
    answer: Callable[[Scope], Figure]
    columns: tuple[Column, ...]
    value: Callable[[Figure], str]
    paper: str | Promise
    holds: Callable[[Figure], bool | None]
    rule: str | Promise = ""
    notes: Callable[[Figure], list[str]] = lambda figure: []

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def counting(self, column: Column) -> Column | None:
        """Return the column that counts the records of a value, itself or another; None where there is none."""
        return column if column.behind else self.column(column.rests_on)


def key_of(row) -> str:
    """What tells a row from the others of its figure; empty for the only one."""
    return getattr(row, "key", "")
