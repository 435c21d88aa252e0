"""A date as it is known: a day, a month, a quarter or a year."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

DAY, MONTH, QUARTER, YEAR = "day", "month", "quarter", "year"


@dataclass(frozen=True)
class PartialDate:
    """`first` is the first day of the period that is meant, `precision` its length."""

    first: date
    precision: str

    @property
    def last(self) -> date:
        return last_day(self.first, self.precision)

    @property
    def text(self) -> str:
        """What `parse_date` reads: 2020-07-22, 2020-07, 2020-Q3 or 2020."""
        first = self.first
        return {
            DAY: first.isoformat(),
            MONTH: f"{first.year:04}-{first.month:02}",
            QUARTER: f"{first.year:04}-Q{(first.month + 2) // 3}",
            YEAR: f"{first.year:04}",
        }[self.precision]


def period_start(day: date, precision: str) -> date:
    """Return the first day of the day, month, quarter or year in which `day` lies."""
    month = {DAY: day.month, MONTH: day.month, QUARTER: (day.month - 1) // 3 * 3 + 1, YEAR: 1}[precision]
    return day if precision == DAY else date(day.year, month, 1)


def last_day(first: date, precision: str) -> date:
    """Return the last day of the day, month, quarter or year that begins with `first`."""
    if precision == DAY:
        return first
    month = {MONTH: first.month, QUARTER: (first.month - 1) // 3 * 3 + 3, YEAR: 12}[precision]
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def parse_date(text: str) -> PartialDate:
    """Read `2020-07-22`, `2020-07`, `2020-Q3` or `2020`, also with `/`, `.` or 年月日. Raises `ValueError`."""
    plain = re.sub(r"[年月/.]", "-", text.strip()).replace("日", "").strip("-")
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", plain):
        found = PartialDate(date(int(match[1]), int(match[2]), int(match[3])), DAY)
    elif match := re.fullmatch(r"(\d{4})-(\d{1,2})", plain):
        found = PartialDate(date(int(match[1]), int(match[2]), 1), MONTH)
    elif match := re.fullmatch(r"(\d{4})[- ]?(?:[Qq]|第)([1-4])(?:季度)?", plain):
        found = PartialDate(date(int(match[1]), int(match[2]) * 3 - 2, 1), QUARTER)
    elif match := re.fullmatch(r"(\d{4})", plain):
        found = PartialDate(date(int(match[1]), 1, 1), YEAR)
    else:
        raise ValueError(f"not a date: {text!r}")
    if not 1800 <= found.first.year <= 2100:
        raise ValueError(f"not a year of this subject: {text!r}")
    return found
