"""Figures as a page shows them: words, a chart, a table, and the way to the records and the files."""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deals import charts
from deals.statistics import doubts, overview
from deals.statistics.claims import FIGURES, Claim, Column, Unit, key_of
from deals.statistics.claims.words import cell
from deals.statistics.coverage import CoverageRow, whole
from deals.statistics.describing import address_of, records_address
from deals.statistics.files import WRITERS
from deals.statistics.kept import Kept
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from deals.statistics.shared import together
from deals.statistics.state import KEPT_SECONDS
from deals.statistics.state import key_of as cache_key_of
from deals.statistics.topics import TOPICS

Made = TypeVar("Made")

TABLE = "deals/statistics/_table.html"
# What an older release wrote is not taken from the cache.
RELEASE = hashlib.sha256(
    b"".join(path.read_bytes() for path in (Path(__file__), settings.BASE_DIR / "templates" / TABLE))
).hexdigest()[:8]
# Rows of a table on a page; all are in the files.
SHOWN_ROWS = 40
# Letters from which on a cell may be broken into lines.
LONG_TEXT = 28
IMAGES = {"svg": "image/svg+xml", "png": "image/png"}
NUMBERS = (Unit.COUNT, Unit.NUMBER, Unit.SHARE, Unit.MONEY, Unit.YEAR)


# The pages that show figures, and which.
OVERVIEW, STUDY_PAGE = "overview", "study"
PAGES = {OVERVIEW: overview.CODES, STUDY_PAGE: tuple(FIGURES)} | {code: topic.figures for code, topic in TOPICS.items()}


def sheet_of(page: str, scope: Scope, opens_records: bool, at: str | None = None) -> "Sheet":
    if page == OVERVIEW:
        return Sheet(overview.CODES, scope, opens_records, overview.beside(scope), overview.DRAWN, overview.TABLES, at)
    beside = [("R4", whole(scope))]
    if page == STUDY_PAGE:
        beside.append(("V1", replace(scope, verified_only=True)))
    return Sheet(PAGES[page], scope, opens_records, beside, at=at)


def _is_of_nothing(claim: Claim, row) -> bool:
    """Whether a row counts nothing, and is none of a time line: a report is printed without it."""
    if any(column.unit in (Unit.DAY, Unit.YEAR) for column in claim.columns):
        return False
    counted = [column.get(row) for column in claim.columns if column.behind]
    return bool(counted) and not any(counted)


class Sheet:
    """Figures of a scope in the reader's language; `beside` are answers for other scopes that a page needs too.

    `drawn` and `tables` are the codes of which charts and tables are shown. What is kept is fetched at once, the rest is counted and drawn when it is asked for. Numbers lead to their records
    where the reader `opens_records`.
    """

    def __init__(
        self,
        codes: Iterable[str],
        scope: Scope,
        opens_records: bool = True,
        beside: Iterable[tuple[str, Scope]] = (),
        drawn: Iterable[str] = tuple(FIGURES),
        tables: Iterable[str] = tuple(FIGURES),
        at: str | None = None,
    ):
        self.scope, self.opens_records = scope, opens_records
        self._end = time.monotonic() + settings.STATISTICS_PAGE_SECONDS
        self._questions = [*((code, scope) for code in codes), *beside]
        self._kept = Kept(self._questions, at)
        reader = f"{RELEASE}:{charts.RELEASE}:{get_language()}:{opens_records}"
        self._keys = {
            (what, code): cache_key_of(f"{what}:{code}:{reader}", scope, self._kept.at)
            for what, shown in (("chart", {*drawn} & charts.CHARTS.keys()), ("table", {*tables}))
            for code in codes
            if code in shown
        }

    @property
    def recorded(self) -> Figure[CoverageRow]:
        """Since when the events of the scope's sector and places are recorded."""
        return self.figure("R4", whole(self.scope))

    def figure(self, code: str, scope: Scope | None = None) -> Figure:
        return self._kept.figure(code, scope or self.scope)

    @cached_property
    def _written(self) -> dict[str, str]:
        return cache.get_many(self._keys.values())

    def _text(self, what: str, code: str, write: Callable[[str], str]) -> str:
        if (what, code) not in self._keys:
            return ""
        key = self._keys[what, code]
        if key not in self._written:
            self._written[key] = write(code)
            cache.set(key, self._written[key], KEPT_SECONDS)
        return mark_safe(self._written[key])

    def chart(self, code: str) -> str:
        """Return the chart of a figure as SVG, empty where it has none."""
        return self._text("chart", code, self._draw)

    def table(self, code: str) -> str:
        """Return the first rows of a figure as a table."""
        return self._text("table", code, self._tabulate)

    def _draw(self, code: str) -> str:
        return charts.on_page(FIGURES[code], self.figure(code), self._links(FIGURES[code]))

    def _tabulate(self, code: str) -> str:
        claim, figure = FIGURES[code], self.figure(code)
        link = self._links(claim)
        rows = [
            {
                "cells": [
                    {
                        "text": (text := cell(column, column.get(row))),
                        "long": len(text) > LONG_TEXT,
                        "number": column.unit in NUMBERS,
                        "link": link(column, row),
                    }
                    for column in claim.columns
                ],
                "of_nothing": _is_of_nothing(claim, row),
            }
            for row in figure.rows[:SHOWN_ROWS]
        ]
        columns = [{"title": column.title, "number": column.unit in NUMBERS} for column in claim.columns]
        empty = sum(row["of_nothing"] for row in rows)
        return render_to_string(TABLE, {"figure": figure, "columns": columns, "rows": rows, "empty": empty})

    @cached_property
    def _query(self) -> str:
        return address_of(self.scope)

    def _links(self, claim: Claim) -> Callable[[Column, object], str | None]:
        def link(column, row) -> str | None:
            column = claim.counting(column)
            if not self.opens_records or column is None or not column.get(row):
                return None
            return records_address(claim.code, column.name, self.scope, key_of(row))

        return link

    def link(self, code: str, column: str, row) -> str | None:
        """Return the address of the records that one value of a figure counts; None where none can be opened."""
        claim = FIGURES[code]
        return self._links(claim)(claim.column(column), row)

    def panel(self, code: str) -> dict:
        """Return what a page shows of one figure."""
        claim, figure = FIGURES[code], self.figure(code)
        return {
            "claim": claim,
            "figure": figure,
            "value": claim.value(figure),
            "notes": claim.notes(figure),
            "not_applied": self._not_applied(figure),
            "doubtful": doubts.of_figure(claim, figure),
            "chart": (chart := self.chart(code)),
            "reading": charts.reading(claim) if chart else "",
            "table": self.table(code),
            "files": [
                {"form": form.upper(), "address": f"{reverse('deals:figure_file', args=[code, form])}?{self._query}"}
                for form in (*WRITERS, *(IMAGES if figure.rows else ()))
            ],
        }

    def _not_applied(self, figure: Figure) -> str:
        """Which filter of a page does not narrow one of its figures."""
        if figure.scope.regions != self.scope.regions:
            return _("This figure compares places with each other; the places chosen do not narrow it.")
        if figure.scope.categories != self.scope.categories:
            return _("This figure compares categories with each other; the categories chosen do not narrow it.")
        return ""

    @together()
    def prepare(self) -> None:
        """Count and draw all that is not kept yet."""
        for code, scope in self._questions:
            self.figure(code, scope)
        for what, code in self._keys:
            self.chart(code) if what == "chart" else self.table(code)

    def panels(self, codes: Sequence[str]) -> tuple[list[dict], Sequence[str]]:
        """Return the panels of `codes` that are ready in time, and the codes that are left."""
        with together():
            return self.in_time(codes, self.panel)

    def in_time(self, names: Sequence[str], make: Callable[[str], Made]) -> tuple[list[Made], Sequence[str]]:
        """Make one thing after another until the time that a page may take is over, which began with this sheet; return
        what is made, at least one, and the names that are left."""
        made: list[Made] = []
        for name in names:
            if made and time.monotonic() > self._end:
                break
            made.append(make(name))
        return made, names[len(made) :]
