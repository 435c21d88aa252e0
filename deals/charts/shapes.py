"""Kinds of chart that are no bars: points, fields, the provinces, days, a network."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import altair as alt
import networkx
from django.utils.translation import gettext as _

from deals.charts.drawing import HERE, INK, LINE, MUTED, PALETTE, PAPER, SCALE, Paper, in_lines, width_of
from deals.charts.kinds import HEIGHT, LABEL_LENGTH, Kind, number, scaled
from deals.charts.ladder import ladder
from deals.statistics.claims import Column, Unit
from deals.statistics.claims.words import cell
from deals.statistics.rows import Figure
from taxonomy import display
from taxonomy.dates import PartialDate

# Letters of a name beside a point.
NAME_LENGTH = 22
# Points from the foot of a name to that of the next one below.
LINE_HEIGHT = 16
# The height of a field, or of a day, below its name on a narrow paper.
FIELD = 28
# Column and row of each province.
PLACES = {
    "CN-HL": (8, 0),
    "CN-XJ": (0, 1), "CN-NM": (5, 1), "CN-JL": (8, 1),
    "CN-GS": (2, 2), "CN-NX": (3, 2), "CN-SX": (4, 2), "CN-HE": (5, 2), "CN-BJ": (6, 2), "CN-LN": (7, 2),
    "CN-QH": (1, 3), "CN-SN": (3, 3), "CN-HA": (4, 3), "CN-SD": (5, 3), "CN-TJ": (6, 3),
    "CN-XZ": (0, 4), "CN-SC": (2, 4), "CN-CQ": (3, 4), "CN-HB": (4, 4), "CN-AH": (5, 4), "CN-JS": (6, 4),
    "CN-SH": (7, 4),
    "CN-YN": (2, 5), "CN-GZ": (3, 5), "CN-HN": (4, 5), "CN-JX": (5, 5), "CN-ZJ": (6, 5),
    "CN-GX": (4, 6), "CN-GD": (5, 6), "CN-FJ": (6, 6), "CN-TW": (7, 6),
    "CN-HI": (4, 7), "CN-MO": (5, 7), "CN-HK": (6, 7),
}  # fmt: skip


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

    def chart(self, claim, figure, link, paper):
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
        named, middle = self.named // 2 if paper.narrow else self.named, max((row["x"] for row in rows), default=0) / 2
        for place, row in enumerate(sorted(rows, key=lambda row: -row["y"])):
            row["label"] = row["name"] if place < named else ""
            # On a narrow paper a name to the right of a point would leave it.
            row["left"] = paper.narrow and row["x"] > middle
        base = alt.Chart(alt.Data(values=rows)).encode(
            x=alt.X("x:Q", title=titles[0], axis=alt.Axis(tickCount=6, format=",~f")),
            y=alt.Y("y:Q", title=titles[1], axis=alt.Axis(tickCount=5, format=",~f")),
        )
        points = base.mark_circle(size=80, color=PALETTE[0], opacity=1).encode(description="tip:N", href="href:N")
        names = base.encode(text="label:N")
        right = names.transform_filter("!datum.left").mark_text(align="left", dx=8, color=INK, fontSize=12, aria=False)
        left = names.transform_filter("datum.left").mark_text(align="right", dx=-8, color=INK, fontSize=12, aria=False)
        return (points + right + left).properties(width=paper.width, height=HEIGHT + 70)


@dataclass(frozen=True)
class Heat(Kind):
    """A field for each row: `label` down, `across` along the width, darker where the value is larger."""

    across: str = ""
    # The field down may have a second name, the order across may be that of an attribute of the rows, and a field may
    # say its value as a part of another.
    also: str = ""
    order: str = ""
    whole: str = ""

    def reading(self, claim):
        if not self.whole:
            return ""
        part, whole = claim.column(self.values[0]).title, claim.column(self.whole).title
        said = _("A field says “%(part)s / %(whole)s”, and is the darker the larger the first number is.")
        return said % {"part": part, "whole": whole}

    def chart(self, claim, figure, link, paper):
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
                    "name": name,
                    "across": where,
                    "level": level,
                    "dark": level >= DARK,
                    "said": said,
                    "tip": f"{name} · {where}{tip} · {column.title}: {cell(column, column.get(row))}",
                }
            )
        if self.also:
            marks.sort(key=lambda mark: mark["name"])
        heads = sorted(heads, key=heads.get)
        if paper.narrow:
            return self._beneath_names(marks, heads, paper)
        for mark in marks:
            mark["name"] = "\n".join(in_lines(mark["name"], LABEL_LENGTH))
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
        fields, texts = self._fields(base), self._texts(base)
        return (fields + texts).properties(width=paper.width - 160, height=max(1, len(names)) * step)

    @staticmethod
    def _fields(base: alt.Chart) -> alt.Chart:
        return base.mark_rect(stroke=PAPER, strokeWidth=2, cornerRadius=4).encode(
            color=_levels(), description="tip:N", href="href:N"
        )

    @staticmethod
    def _texts(base: alt.Chart) -> alt.Chart:
        return base.mark_text(fontSize=12, aria=False).encode(
            text="said:N", color=alt.condition("datum.dark", alt.value(PAPER), alt.value(INK))
        )

    def _beneath_names(self, marks: list[dict], heads: list[str], paper: Paper) -> alt.LayerChart:
        """Each line of fields below its name."""
        width = paper.width - 12
        each, longest = width / len(heads), max(map(width_of, heads))
        steep = longest > each
        found = ladder(
            list(dict.fromkeys(mark["name"] for mark in marks)), FIELD, paper, int(longest * 0.9 if steep else 16) + 8
        )
        for mark in marks:
            left, top = heads.index(mark["across"]) * each, found.tops[mark["name"]]
            mark |= {"from": left, "to": left + each, "top": top, "bottom": top + FIELD}
            mark |= {"centre": left + each / 2, "middle": top + FIELD / 2}
        across = alt.Scale(domain=[0, width], nice=False)
        titles = [{"head": head, "x": (at + 0.5) * each, "y": found.start - 6} for at, head in enumerate(heads)]
        named = (
            alt.Chart(alt.Data(values=titles))
            .mark_text(
                angle=300 if steep else 0, align="left" if steep else "center", fontSize=12, color=MUTED, aria=False
            )
            .encode(x=alt.X("x:Q", axis=None, scale=across), y=found.y("y"), text="head:N")
        )
        base = alt.Chart(alt.Data(values=marks))
        fields = self._fields(base).encode(
            x=alt.X("from:Q", axis=None, scale=across), x2="to:Q", y=found.y("top"), y2="bottom:Q"
        )
        texts = self._texts(base).encode(x=alt.X("centre:Q", axis=None, scale=across), y=found.y("middle"))
        return (fields + texts + named + found.labels).properties(height=found.height)


# From this step on, letters are light on a light page and dark on a dark one.
DARK = 4


def _level(value: float, largest: float, steps: int = 5) -> int:
    """The step of a count, from 1 for the least to `steps` for the largest; a step is one at least, so that a single
    record is not shown as much."""
    return int(-(-value * steps // max(largest, steps))) if value > 0 else 0


def _levels() -> alt.Color:
    return alt.Color("level:O", scale=alt.Scale(domain=list(range(6)), range=SCALE), legend=None)


@dataclass(frozen=True)
class Provinces(Kind):
    """The provinces as a grid of tiles: neighbours lie near each other, and no outline is drawn."""

    small: ClassVar[bool] = True

    def reading(self, claim):
        said = _("A tile is a province at about its place, and is the darker the larger its number is: %(value)s.")
        return said % {"value": claim.column(self.values[0]).title}

    def drawn(self, claim, figure):
        return [row for row in figure.rows if row.key in PLACES]

    def chart(self, claim, figure, link, paper):
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
                "dark": level >= DARK,
            }
            for mark, row in zip(self.marks(claim, rows, link), rows, strict=True)
        ]
        base = alt.Chart(alt.Data(values=marks)).encode(
            x=alt.X("x:O", axis=None, scale=alt.Scale(domain=list(range(9)), paddingInner=0.07)),
            y=alt.Y("y:O", axis=None, scale=alt.Scale(domain=list(range(8)), paddingInner=0.07)),
        )
        colour = alt.condition("datum.dark", alt.value(PAPER), alt.value(INK))
        fields = base.mark_rect(stroke=LINE, cornerRadius=8).encode(color=_levels(), description="tip:N", href="href:N")
        name, value, apart, height = (11, 12, 7, 300) if paper.narrow else (13, 14, 10, 480)
        names = base.mark_text(fontSize=name, dy=1 - apart, aria=False).encode(text="short:N", color=colour)
        values = base.mark_text(fontSize=value, dy=apart, fontWeight=600, aria=False).encode(
            text="value:Q", color=colour
        )
        return (fields + names + values).properties(width=paper.width if paper.narrow else 540, height=height)


def _first_day(value: date | PartialDate) -> date:
    return value.first if isinstance(value, PartialDate) else value


@dataclass(frozen=True)
class TimeLine(Kind):
    """What happened when: a point on a line of days for each row, named beside it; a second value stands at the point."""

    def chart(self, claim, figure, link, paper):
        label, day, *others = (claim.column(name) for name in (self.label, *self.values))
        rows = [
            {
                "name": str(label.get(row)),
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
        x = alt.X(
            "day:T",
            title=None,
            scale=alt.Scale(nice=True, padding=16),
            axis=alt.Axis(format="%Y-%m", labelColor=MUTED, labelOverlap=True, tickCount=4 if paper.narrow else 6),
        )
        if paper.narrow:
            found = ladder([row["name"] for row in rows], FIELD, paper)
            for row in rows:
                row["middle"] = found.tops[row["name"]] + FIELD / 2
            base = alt.Chart(alt.Data(values=rows)).encode(x=x, y=found.y("middle"))
            layers, width, height = [*self._points(base), found.labels], paper.width, found.height
        else:
            for row in rows:
                row["name"] = "\n".join(in_lines(row["name"], 46))
            split = "split(datum.label, '\\n')"
            axis = alt.Axis(labelExpr=split, labelLineHeight=14, ticks=False, domain=False, grid=True)
            y = alt.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=axis)
            base = alt.Chart(alt.Data(values=rows)).encode(x=x, y=y)
            layers, width, height = self._points(base), paper.width - 260, max(1, len(rows)) * 34
        return alt.layer(*layers).properties(width=width, height=height)

    @staticmethod
    def _points(base: alt.Chart) -> list[alt.Chart]:
        return [
            base.mark_circle(size=110, color=PALETTE[0], opacity=1).encode(description="tip:N", href="href:N"),
            base.mark_text(align="left", dx=11, color=INK, fontSize=12, aria=False).encode(text="said:N"),
        ]


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

    def chart(self, claim, figure, link, paper):
        rows = self.drawn(claim, figure)
        texts, left = [], 0
        for column in claim.columns:
            cells = [cell(column, column.get(row)) for row in rows]
            texts += [
                {"x": left, "y": line, "said": said, "head": line == 0}
                for line, said in enumerate([str(column.title), *cells])
            ]
            left += max(width_of(said) for said in [str(column.title), *cells]) + 26
        lines = [{"y": line + 0.5, "x": 0, "end": left} for line in range(len(rows) + 1)]
        down = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.6, len(rows) + 0.6], reverse=True, nice=False))
        across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, left], nice=False))
        rules = alt.Chart(alt.Data(values=lines)).mark_rule(color=LINE, aria=False).encode(x=across, x2="end:Q", y=down)
        base = alt.Chart(alt.Data(values=texts)).encode(x=across, y=down, text="said:N")
        words = base.mark_text(align="left", baseline="middle", fontSize=12.5, aria=False).encode(
            color=alt.condition("datum.head", alt.value(MUTED), alt.value(INK))
        )
        return (rules + words).properties(width=left, height=(len(rows) + 1) * 26)


def _shortened(name: str, length: int) -> str:
    limit = length if name.isascii() else length // 2
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def _on_paper(value: float, ends: list[float], size: int) -> float:
    return (value - ends[0]) / (ends[1] - ends[0]) * size


def apart(names: Iterable[tuple[str, float, float, float]]) -> set[str]:
    """Those of the names, each with its point and its width, that do not touch one before them."""
    placed: dict[str, tuple[float, float, float]] = {}
    for name, x, y, width in names:
        if all(abs(x - x2) > (width + width2) / 2 or abs(y - y2) > LINE_HEIGHT for x2, y2, width2 in placed.values()):
            placed[name] = (x, y, width)
    return set(placed)


@dataclass(frozen=True)
class Network(Kind):
    """Who is joined with whom: `label` and `other` name the two ends, the value says how strongly. Of names that would lie
    on each other the one with more ties is written; the links say all of them."""

    other: str = ""
    shown: int = 50

    def drawn(self, claim, figure):
        return list(figure.rows[: self.shown])

    def chart(self, claim, figure, link, paper):
        label, other = claim.column(self.label), claim.column(self.other)
        column, *others = (claim.column(name) for name in self.values)
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
                    "tip": " · ".join(
                        [f"{label.get(row)} – {other.get(row)}"]
                        + [f"{each.title}: {cell(each, each.get(row))}" for each in (*others, column)]
                    ),
                    "href": HERE + (link(column, row) or ""),
                }
            )
        length = NAME_LENGTH // 2 + 2 if paper.narrow else NAME_LENGTH
        height = 440 if paper.narrow else 520
        across, up = (
            [min(ends) - margin, max(ends) + margin]
            for ends, margin in zip(zip(*places.values(), strict=True), (0.25, 0.12), strict=True)
        )
        said = {name: _shortened(name, length) for name in sorted(places, key=lambda name: -weight[name])}
        named = apart(
            (
                name,
                _on_paper(places[name][0], across, paper.width),
                _on_paper(places[name][1], up, height),
                width_of(text),
            )
            for name, text in said.items()
        )
        nodes = [
            {"name": said[name] if name in named else "", "x": x, "y": y, "value": weight[name]}
            for name, (x, y) in places.items()
        ]
        x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=across))
        y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=up))
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
        # Names are read above lines: each lies on a rim of the paper's colour.
        text = base.encode(text="name:N")
        rim = text.mark_text(dy=-14, fontSize=12, stroke=PAPER, strokeWidth=4, strokeJoin="round", aria=False)
        names = text.mark_text(dy=-14, fontSize=12, color=INK, aria=False)
        return (lines + dots + rim + names).properties(width=paper.width, height=height)
