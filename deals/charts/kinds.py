"""The kinds of chart that figures are drawn as. Each draws named columns of a figure's rows."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import altair as alt

from deals.charts.drawing import HERE, MUTED, PALETTE, Paper, in_lines, legend, width_of
from deals.charts.ladder import LINE, ladder
from deals.statistics.claims import Claim, Column, Unit
from deals.statistics.claims.words import cell
from deals.statistics.rows import Figure, Money
from deals.statistics.venture import spans
from taxonomy import display

# Gives the address of the records behind a value, or None.
Link = Callable[[Column, object], str | None]
# Longer lists go on in the table.
SHOWN = 15
LABEL_LENGTH = 26
HEIGHT = 230
# A group of upright bars is no wider, however few there are.
WIDEST = 150
# A bar on a narrow paper.
THICK = 13


def number(value) -> float | None:
    """Return a value of a figure as a chart's length; None where there is none."""
    if isinstance(value, Money):
        return float(value.low) if value.events else None
    return None if value is None else float(value)


@dataclass(frozen=True)
class Kind(ABC):
    """`label` names the column that tells the rows apart, `values` those that are drawn."""

    label: str
    values: tuple[str, ...]
    small: ClassVar[bool] = False

    def drawn(self, claim: Claim, figure: Figure) -> list:
        """Return the rows that the chart holds."""
        return list(figure.rows)

    def marks(self, claim: Claim, rows: list, link: Link) -> list[dict]:
        """Return a mark for each row and value: what it is called, how long it is, what it says, where it leads."""
        label, columns = claim.column(self.label), [claim.column(name) for name in self.values]
        marks = []
        for row in rows:
            name = cell(label, label.get(row))
            for column in columns:
                value = column.get(row)
                said = cell(column, value)
                marks.append(
                    {
                        "name": name,
                        "series": str(column.title),
                        "value": scaled(column, value),
                        "said": said,
                        "bound": isinstance(value, Money) and value.is_bound,
                        "tip": f"{name} · {column.title}: {said}{self.counted(claim, column, row)}",
                        "href": HERE + (link(column, row) or ""),
                    }
                )
        return [mark for mark in marks if mark["value"] is not None]

    @staticmethod
    def counted(claim: Claim, column: Column, row) -> str:
        """Return how many records a share or a sum rests on, as its mark says it."""
        counting = claim.counting(column)
        if counting is None or counting is column:
            return ""
        return f" ({counting.title}: {cell(counting, counting.get(row))})"

    def has_something(self, claim: Claim, figure: Figure) -> bool:
        columns = [claim.column(name) for name in self.values]
        return any(column.get(row) for row in self.drawn(claim, figure) for column in columns)

    def titles(self, claim: Claim) -> list[str]:
        return [str(claim.column(name).title) for name in self.values]

    def axis_title(self, claim: Claim, unit: str = "") -> str:
        column = claim.column(self.values[0])
        if column.unit == Unit.SHARE:
            return "%"
        title = str(column.title) if len(self.values) == 1 else ""
        return " · ".join(part for part in (title, unit) if part)

    def in_unit(self, claim: Claim, figure: Figure, marks: list[dict]) -> str:
        """Bring sums into the unit in which their largest is read, and return it: 亿元, CNY billion."""
        if claim.column(self.values[0]).unit != Unit.MONEY or not marks:
            return ""
        size, unit = display.money_unit(max(mark["value"] for mark in marks), figure.scope.currency)
        for mark in marks:
            mark["value"] = round(mark["value"] / float(size), 4)
            mark["said"] = f"{'≥ ' if mark['bound'] else ''}{mark['value']:,.2f}"
        return unit

    def reading(self, claim: Claim) -> str:
        """Return how the chart is read where it does not say so itself."""
        return ""

    @abstractmethod
    def chart(self, claim: Claim, figure: Figure, link: Link, paper: Paper) -> alt.Chart:
        """Return the chart, with `HERE` before the address of each mark."""


def _nowhere(column: Column, row) -> None:
    """What stands behind no single row of a figure leads to no records."""


def scaled(column: Column, value) -> float | None:
    plain = number(value)
    return round(100 * plain, 2) if plain is not None and column.unit == Unit.SHARE else plain


def _colours(series: list[str], paper: Paper) -> alt.Color:
    return alt.Color(
        "series:N",
        sort=series,
        scale=alt.Scale(domain=series, range=[PALETTE[at % len(PALETTE)] for at in range(len(series))]),
        legend=None if len(series) == 1 else legend(series, paper),
    )


def _y(title: str, whole: bool = True) -> alt.Y:
    axis = alt.Axis(tickCount=5, domain=False, ticks=False, **({"tickMinStep": 1} if whole else {}))
    return alt.Y("value:Q", title=title or None, axis=axis)


def _labels(many: bool, paper: Paper) -> alt.Axis:
    # A label that would leave a narrow paper is not set; its neighbour tells what it is.
    bound = {"labelBound": 8} if paper.narrow else {}
    return alt.Axis(
        title=None,
        labelAngle=-45 if many else 0,
        labelOverlap=True,
        labelSeparation=6,
        ticks=False,
        grid=False,
        **bound,
    )


@dataclass(frozen=True)
class Bars(Kind):
    """Horizontal bars, one group for each row, in the figure's order."""

    shown: int = SHOWN

    def drawn(self, claim, figure):
        columns = [claim.column(name) for name in self.values]
        return [row for row in figure.rows if any(number(column.get(row)) for column in columns)][: self.shown]

    def chart(self, claim, figure, link, paper):
        rows = self.marks(claim, self.drawn(claim, figure), link)
        unit = self.in_unit(claim, figure, rows)
        if paper.narrow:
            return self._beneath_names(rows, self.titles(claim), self.axis_title(claim, unit) if unit else "", paper)
        rows = [mark | {"name": "\n".join(in_lines(mark["name"], LABEL_LENGTH))} for mark in rows]
        names, series = list(dict.fromkeys(row["name"] for row in rows)), self.titles(claim)
        step = 38 if len(series) > 1 or any("\n" in name for name in names) else 26
        labels = alt.Axis(
            ticks=False, domain=False, labelPadding=8, labelExpr="split(datum.label, '\\n')", labelLineHeight=14
        )
        title = self.axis_title(claim, unit)
        return (
            alt.Chart(alt.Data(values=rows))
            .mark_bar(cornerRadiusEnd=2)
            .encode(
                y=alt.Y("name:N", sort=names, title=None, axis=labels),
                yOffset=alt.YOffset("series:N", sort=series) if len(series) > 1 else alt.Undefined,
                x=alt.X(
                    "value:Q",
                    title=title or None,
                    axis=alt.Axis(tickCount=6, format=",~f", **({} if title == "%" else {"tickMinStep": 1})),
                ),
                color=_colours(series, paper),
                description="tip:N",
                href="href:N",
            )
            .properties(width=paper.width - 160, height=max(1, len(names)) * step)
        )

    @staticmethod
    def _beneath_names(rows: list[dict], series: list[str], title: str, paper: Paper) -> alt.LayerChart:
        """Each group of bars below its name, each bar with its value at its end in the place of an axis."""
        names = list(dict.fromkeys(row["name"] for row in rows))
        found = ladder(names, len(series) * (THICK + 2), paper, 2 * LINE if title else 0)
        for row in rows:
            top = found.tops[row["name"]] + series.index(row["series"]) * (THICK + 2)
            row |= {"none": 0, "top": top, "bottom": top + THICK, "middle": top + THICK / 2 + 1}
        room = max((width_of(row["said"]) for row in rows), default=0) + 8
        largest = max((row["value"] for row in rows), default=0) or 1
        across = alt.Scale(domain=[0, largest], range=[0, paper.width - 16 - room], nice=False)
        base = alt.Chart(alt.Data(values=rows))
        bars = base.mark_rect(cornerRadius=2).encode(
            x=alt.X("none:Q", axis=None, scale=across),
            x2="value:Q",
            y=found.y("top"),
            y2="bottom:Q",
            color=_colours(series, paper),
            description="tip:N",
            href="href:N",
        )
        values = base.mark_text(align="left", dx=5, fontSize=12, color=MUTED, aria=False).encode(
            x=alt.X("value:Q", axis=None, scale=across), y=found.y("middle"), text="said:N"
        )
        head = (
            alt.Chart(alt.Data(values=[{"title": title, "at": 0}] if title else []))
            .mark_text(align="left", baseline="top", fontSize=12, color=MUTED, aria=False)
            .encode(x=alt.value(0), y=found.y("at"), text="title:N")
        )
        return (bars + values + found.labels + head).properties(height=found.height)


@dataclass(frozen=True)
class Columns(Kind):
    """Upright bars along time, the values of a row side by side."""

    def chart(self, claim, figure, link, paper):
        rows, series = self.marks(claim, self.drawn(claim, figure), link), self.titles(claim)
        names = list(dict.fromkeys(row["name"] for row in rows))
        return (
            alt.Chart(alt.Data(values=rows))
            .mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
            .encode(
                x=alt.X("name:O", sort=names, axis=_labels(len(names) > 13, paper), scale=alt.Scale(paddingInner=0.25)),
                xOffset=alt.XOffset("series:N", sort=series) if len(series) > 1 else alt.Undefined,
                y=_y(self.axis_title(claim)),
                color=_colours(series, paper),
                description="tip:N",
                href="href:N",
            )
            .properties(width=min(paper.width, len(names) * WIDEST), height=HEIGHT)
        )


@dataclass(frozen=True)
class Months(Columns):
    """Columns of months; of quarters or years where the period is long: these lead nowhere."""

    def chart(self, claim, figure, link, paper):
        rows = spans(figure.rows)
        if len(rows) < len(figure.rows):
            link = _nowhere
        return super().chart(claim, replace(figure, rows=rows), link, paper)


@dataclass(frozen=True)
class Stacked(Kind):
    """Upright bars along time (`label`), each put together from the rows of one time; `series` tells them apart."""

    series: str = ""

    def chart(self, claim, figure, link, paper):
        marks, parts = self.marks(claim, self.drawn(claim, figure), link), claim.column(self.series)
        sizes: dict[str, float] = {}
        for mark, row in zip(marks, figure.rows, strict=True):
            mark["series"] = cell(parts, parts.get(row))
            mark["tip"] = f"{mark['name']} · {mark['series']}: {cell(claim.column(self.values[0]), mark['value'])}"
            sizes[mark["series"]] = sizes.get(mark["series"], 0) + mark["value"]
        series = sorted(sizes, key=lambda name: -sizes[name])
        names = sorted({mark["name"] for mark in marks})
        if claim.column(self.label).unit == Unit.YEAR:
            # A year in which nothing was is part of the time line.
            names = [str(year) for year in range(int(names[0]), int(names[-1]) + 1)]
        return (
            alt.Chart(alt.Data(values=marks))
            .mark_bar()
            .encode(
                x=alt.X("name:O", axis=_labels(False, paper), scale=alt.Scale(domain=names)),
                y=_y(self.axis_title(claim)),
                color=_colours(series, paper),
                description="tip:N",
                href="href:N",
            )
            .properties(width=paper.width, height=HEIGHT)
        )


@dataclass(frozen=True)
class Lines(Kind):
    """A line for each value along time."""

    def chart(self, claim, figure, link, paper):
        rows, series = self.marks(claim, self.drawn(claim, figure), link), self.titles(claim)
        base = alt.Chart(alt.Data(values=rows)).encode(
            x=alt.X("name:O", axis=_labels(False, paper)),
            y=_y(self.axis_title(claim), whole=False),
            color=_colours(series, paper),
        )
        points = base.mark_point(filled=True, size=52, opacity=1).encode(description="tip:N", href="href:N")
        return (base.mark_line(strokeWidth=2) + points).properties(width=paper.width, height=HEIGHT)


@dataclass(frozen=True)
class Band(Kind):
    """Upright bars of the first value, and from the second to the third what it may grow to."""

    def chart(self, claim, figure, link, paper):
        label, (value, low, high) = claim.column(self.label), [claim.column(name) for name in self.values]
        rows = [
            {
                "name": cell(label, label.get(row)),
                "value": number(value.get(row)),
                "low": number(low.get(row)),
                "high": number(high.get(row)),
                "tip": f"{cell(label, label.get(row))} · "
                + " · ".join(f"{column.title}: {cell(column, column.get(row))}" for column in (value, low, high)),
                "href": HERE + (link(value, row) or ""),
            }
            for row in self.drawn(claim, figure)
        ]
        names = [row["name"] for row in rows]
        base = alt.Chart(alt.Data(values=rows)).encode(x=alt.X("name:O", sort=names, axis=_labels(False, paper)))
        bars = base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2, color=PALETTE[0]).encode(
            y=_y(str(value.title)), description="tip:N", href="href:N"
        )
        bands = (
            base.transform_filter("isValid(datum.low) && isValid(datum.high)")
            .mark_bar(color=PALETTE[2], size=8, opacity=0.75, aria=False)
            .encode(y="low:Q", y2="high:Q")
        )
        return (bars + bands).properties(width=paper.width, height=HEIGHT)
