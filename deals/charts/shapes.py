"""Kinds of chart that are no bars: points, fields, the provinces, days, a network."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import altair as alt
import networkx

from deals.charts.drawing import HERE, INK, LINE, MUTED, PALETTE, PAPER, SCALE, WIDTH, in_lines
from deals.charts.kinds import HEIGHT, LABEL_LENGTH, Kind, number, scaled
from deals.statistics.claims import Column, Unit
from deals.statistics.claims.words import cell
from deals.statistics.rows import Figure
from deals.tiles import PLACES
from taxonomy import display
from taxonomy.dates import PartialDate
from taxonomy.names import has_han

# Letters of a name beside a point.
NAME_LENGTH = 22


@dataclass(frozen=True)
class Points(Kind):
    """A point for each row: the first value along the width, the second along the height."""

    named: int = 10

    @staticmethod
    def _in_unit(column: Column, figure: Figure, rows: list[dict], name: str) -> str:
        """Bring sums of an axis into the unit in which their largest is read; return the axis's title."""
        if column.unit != Unit.MONEY or not rows:
            return str(column.title)
        size, unit = display.money_unit(max(row[name] for row in rows), figure.scope.currency)
        for row in rows:
            row[name] = round(row[name] / float(size), 4)
        return f"{column.title} · {unit}"

    def chart(self, claim, figure, link):
        label, across, up = claim.column(self.label), claim.column(self.values[0]), claim.column(self.values[1])
        rows = [
            {
                "name": str(label.get(row)),
                "x": scaled(across, across.get(row)),
                "y": scaled(up, up.get(row)),
                "tip": f"{label.get(row)} · {across.title}: {cell(across, across.get(row))} · "
                f"{up.title}: {cell(up, up.get(row))}",
                "href": HERE + (link(up, row) or ""),
            }
            for row in self.drawn(claim, figure)
            if number(across.get(row)) is not None and number(up.get(row)) is not None
        ]
        titles = [self._in_unit(column, figure, rows, name) for column, name in ((across, "x"), (up, "y"))]
        for place, row in enumerate(sorted(rows, key=lambda row: -row["y"])):
            row["label"] = row["name"] if place < self.named else ""
        base = alt.Chart(alt.Data(values=rows)).encode(
            x=alt.X("x:Q", title=titles[0], axis=alt.Axis(tickCount=6, format=",~f")),
            y=alt.Y("y:Q", title=titles[1], axis=alt.Axis(tickCount=5, format=",~f")),
        )
        points = base.mark_circle(size=80, color=PALETTE[0], opacity=1).encode(description="tip:N", href="href:N")
        names = base.mark_text(align="left", dx=8, color=INK, fontSize=12, aria=False).encode(text="label:N")
        return (points + names).properties(width=WIDTH, height=HEIGHT + 70)


@dataclass(frozen=True)
class Heat(Kind):
    """A field for each row: `label` down, `across` along the width, darker where the value is larger."""

    across: str = ""
    # The field down may have a second name, the order across may be that of an attribute of the rows, and a field may
    # say its value as a part of another.
    also: str = ""
    order: str = ""
    whole: str = ""

    def chart(self, claim, figure, link):
        column, across = claim.column(self.values[0]), claim.column(self.across)
        rows = self.drawn(claim, figure)
        largest = max((number(column.get(row)) or 0 for row in rows), default=0)
        marks, heads = [], {}
        for mark, row in zip(self.marks(claim, rows, link), rows, strict=True):
            level = _level(mark["value"], largest)
            where = str(across.get(row))
            heads[where] = getattr(row, self.order) if self.order else len(heads)
            name, said, tip = mark["name"], cell(column, column.get(row)), ""
            if self.also:
                name = f"{claim.column(self.also).get(row)} · {name}"
            if self.whole:
                whole = claim.column(self.whole)
                said, tip = f"{said}/{cell(whole, whole.get(row))}", f" · {whole.title}: {cell(whole, whole.get(row))}"
            marks.append(
                mark
                | {
                    "name": "\n".join(in_lines(name, LABEL_LENGTH)),
                    "across": where,
                    "level": level,
                    "dark": level > 2,
                    "said": said,
                    "tip": f"{name} · {where}{tip} · {column.title}: {cell(column, column.get(row))}",
                }
            )
        if self.also:
            marks.sort(key=lambda mark: mark["name"])
        heads = sorted(heads, key=heads.get)
        names = list(dict.fromkeys(mark["name"] for mark in marks))
        split = "split(datum.label, '\\n')"
        step = max(34, 15 * max(name.count("\n") + 1 for name in names) + 4)
        base = alt.Chart(alt.Data(values=marks)).encode(
            y=alt.Y(
                "name:N",
                sort=names,
                title=None,
                axis=alt.Axis(labelExpr=split, labelLineHeight=14, ticks=False, domain=False, labelPadding=8),
            ),
            x=alt.X(
                "across:N",
                sort=heads,
                title=None,
                axis=alt.Axis(
                    orient="top", labelAngle=-35 if len(heads) > 8 else 0, labelOverlap=False, ticks=False, domain=False
                ),
            ),
        )
        fields = base.mark_rect(stroke=PAPER, strokeWidth=2, cornerRadius=4).encode(
            color=_levels(), description="tip:N", href="href:N"
        )
        texts = base.mark_text(fontSize=12, aria=False).encode(
            text="said:N", color=alt.condition("datum.dark", alt.value(PAPER), alt.value(INK))
        )
        return (fields + texts).properties(width=WIDTH - 160, height=max(1, len(names)) * step)


def _level(value: float, largest: float, steps: int = 5) -> int:
    return int(-(-value * steps // largest)) if largest and value > 0 else 0


def _levels() -> alt.Color:
    return alt.Color("level:O", scale=alt.Scale(domain=list(range(6)), range=SCALE), legend=None)


@dataclass(frozen=True)
class Provinces(Kind):
    """The provinces as a grid of tiles: neighbours lie near each other, and no outline is drawn."""

    narrow: ClassVar[bool] = True

    def drawn(self, claim, figure):
        return [row for row in figure.rows if row.key in PLACES]

    def chart(self, claim, figure, link):
        rows = self.drawn(claim, figure)
        column = claim.column(self.values[0])
        largest = max((number(column.get(row)) or 0 for row in rows), default=0)
        marks = [
            mark
            | {
                "x": PLACES[row.key][0],
                "y": PLACES[row.key][1],
                "short": mark["name"] if len(mark["name"]) <= 3 else row.key[3:],
                "level": (level := _level(mark["value"], largest)),
                "ink": level > 2,
            }
            for mark, row in zip(self.marks(claim, rows, link), rows, strict=True)
        ]
        base = alt.Chart(alt.Data(values=marks)).encode(
            x=alt.X("x:O", axis=None, scale=alt.Scale(domain=list(range(9)), paddingInner=0.07)),
            y=alt.Y("y:O", axis=None, scale=alt.Scale(domain=list(range(8)), paddingInner=0.07)),
        )
        colour = alt.condition("datum.ink", alt.value(PAPER), alt.value(INK))
        fields = base.mark_rect(stroke=LINE, cornerRadius=8).encode(color=_levels(), description="tip:N", href="href:N")
        names = base.mark_text(fontSize=13, dy=-9, aria=False).encode(text="short:N", color=colour)
        values = base.mark_text(fontSize=14, dy=10, fontWeight=600, aria=False).encode(text="value:Q", color=colour)
        return (fields + names + values).properties(width=540, height=480)


def _first_day(value: date | PartialDate) -> date:
    return value.first if isinstance(value, PartialDate) else value


@dataclass(frozen=True)
class TimeLine(Kind):
    """What happened when: a point on a line of days for each row, named beside it; a second value stands at the point."""

    def chart(self, claim, figure, link):
        label, day, *others = (claim.column(name) for name in (self.label, *self.values))
        rows = [
            {
                "name": "\n".join(in_lines(str(label.get(row)), 46)),
                "day": _first_day(day.get(row)).isoformat(),
                "tip": " · ".join(
                    [cell(day, day.get(row)), str(label.get(row))]
                    + [f"{other.title}: {cell(other, other.get(row))}" for other in others]
                ),
                "said": "/".join(cell(other, other.get(row)) for other in others),
                "href": HERE + (next((address for other in others if (address := link(other, row))), None) or ""),
            }
            for row in self.drawn(claim, figure)
            if day.get(row)
        ]
        names = [row["name"] for row in rows]
        split = "split(datum.label, '\\n')"
        base = alt.Chart(alt.Data(values=rows)).encode(
            x=alt.X(
                "day:T",
                title=None,
                scale=alt.Scale(nice=True, padding=16),
                axis=alt.Axis(format="%Y-%m", labelColor=MUTED, labelOverlap=True, tickCount=6),
            ),
            y=alt.Y(
                "name:N",
                sort=names,
                title=None,
                axis=alt.Axis(labelExpr=split, labelLineHeight=14, ticks=False, domain=False, grid=True),
            ),
        )
        points = base.mark_circle(size=110, color=PALETTE[0], opacity=1).encode(description="tip:N", href="href:N")
        texts = base.mark_text(align="left", dx=11, color=INK, fontSize=12, aria=False).encode(text="said:N")
        return (points + texts).properties(width=WIDTH - 260, height=max(1, len(rows)) * 34)


@dataclass(frozen=True)
class Table(Kind):
    """The table itself as a picture, for figures that are words and dates: its first rows, all columns."""

    label: str = ""
    values: tuple[str, ...] = ()
    shown: int = 25

    def drawn(self, claim, figure):
        return list(figure.rows[: self.shown])

    def has_something(self, claim, figure):
        return bool(figure.rows)

    def chart(self, claim, figure, link):
        rows = self.drawn(claim, figure)
        texts, left = [], 0
        for column in claim.columns:
            cells = [cell(column, column.get(row)) for row in rows]
            texts += [
                {"x": left, "y": line, "said": said, "head": line == 0}
                for line, said in enumerate([str(column.title), *cells])
            ]
            left += max(_width(said) for said in [str(column.title), *cells]) + 26
        lines = [{"y": line + 0.5, "x": 0, "end": left} for line in range(len(rows) + 1)]
        down = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.6, len(rows) + 0.6], reverse=True, nice=False))
        across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, left], nice=False))
        rules = alt.Chart(alt.Data(values=lines)).mark_rule(color=LINE, aria=False).encode(x=across, x2="end:Q", y=down)
        base = alt.Chart(alt.Data(values=texts)).encode(x=across, y=down, text="said:N")
        words = base.mark_text(align="left", baseline="middle", fontSize=12.5, aria=False).encode(
            color=alt.condition("datum.head", alt.value(MUTED), alt.value(INK))
        )
        return (rules + words).properties(width=left, height=(len(rows) + 1) * 26)


def _width(text: str) -> float:
    """About how many points a text takes at the size of a table."""
    return sum(13 if has_han(letter) else 7.2 for letter in text)


def _shortened(name: str) -> str:
    limit = NAME_LENGTH if name.isascii() else NAME_LENGTH // 2
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


@dataclass(frozen=True)
class Network(Kind):
    """Who is joined with whom: `label` and `other` name the two ends, the value says how strongly."""

    other: str = ""
    shown: int = 80

    def drawn(self, claim, figure):
        return list(figure.rows[: self.shown])

    def chart(self, claim, figure, link):
        label, other, column = claim.column(self.label), claim.column(self.other), claim.column(self.values[0])
        graph = networkx.Graph()
        for row in self.drawn(claim, figure):
            graph.add_edge(str(label.get(row)), str(other.get(row)), weight=column.get(row))
        # Distances on paper after those in the graph (Kamada and Kawai, 1989), which keeps names apart.
        places = networkx.kamada_kawai_layout(graph, weight=None)
        weight = dict(graph.degree(weight="weight"))
        edges = []
        for row in self.drawn(claim, figure):
            (x, y), (x2, y2) = (places[str(end.get(row))] for end in (label, other))
            edges.append(
                {
                    "x": x,
                    "y": y,
                    "x2": x2,
                    "y2": y2,
                    "value": column.get(row),
                    "tip": f"{label.get(row)} – {other.get(row)} · {column.title}: {cell(column, column.get(row))}",
                    "href": HERE + (link(column, row) or ""),
                }
            )
        nodes = [{"name": _shortened(name), "x": x, "y": y, "value": weight[name]} for name, (x, y) in places.items()]
        across, up = (
            alt.Scale(domain=[min(ends) - margin, max(ends) + margin])
            for ends, margin in zip(zip(*places.values(), strict=True), (0.25, 0.12), strict=True)
        )
        x, y = alt.X("x:Q", axis=None, scale=across), alt.Y("y:Q", axis=None, scale=up)
        lines = (
            alt.Chart(alt.Data(values=edges))
            .mark_rule(color=PALETTE[1])
            .encode(
                x=x,
                y=y,
                x2="x2:Q",
                y2="y2:Q",
                strokeWidth=alt.StrokeWidth("value:Q", scale=alt.Scale(range=[1.5, 9]), legend=None),
                description="tip:N",
                href="href:N",
            )
        )
        base = alt.Chart(alt.Data(values=nodes)).encode(x=x, y=y)
        dots = base.mark_circle(color=PALETTE[0], opacity=1, aria=False).encode(
            size=alt.Size("value:Q", scale=alt.Scale(range=[60, 420]), legend=None)
        )
        names = base.mark_text(dy=-14, color=INK, fontSize=12, aria=False).encode(text="name:N")
        return (lines + dots + names).properties(width=WIDTH, height=520)
