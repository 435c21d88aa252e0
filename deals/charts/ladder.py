"""Names that stand above what they name: how charts on a narrow paper lay out their lines."""

from dataclasses import dataclass
from functools import cached_property

import altair as alt

from deals.charts.drawing import INK, Paper, in_lines
from taxonomy.names import has_han

# The height of a line of letters, and what lies between one name's body and the next name.
LINE, GAP = 15, 9
# What a letter of a label takes; a Chinese character takes the room of two of `in_lines`.
LETTER, HAN = 7.5, 13


@dataclass(frozen=True)
class Ladder:
    """`lines` are the names as they are broken, each with its place; `tops` says where the body of a name begins."""

    lines: list[dict]
    tops: dict[str, int]
    start: int
    height: int

    def y(self, field: str) -> alt.Y:
        """The encoding of a field of places."""
        return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[self.height, 0], nice=False))

    @cached_property
    def labels(self) -> alt.Chart:
        return (
            alt.Chart(alt.Data(values=self.lines))
            .mark_text(
                align="left", baseline="top", lineBreak="\n", lineHeight=LINE, fontSize=12.5, color=INK, aria=False
            )
            .encode(x=alt.value(0), y=self.y("at"), text="label:N")
        )


def ladder(names: list[str], body: int, paper: Paper, start: int = 0) -> Ladder:
    """Lay out `names`, each above a body of so many points, from `start` on."""
    at, lines, tops = start, [], {}
    for name in names:
        broken = in_lines(name, int(2 * paper.width / HAN) if has_han(name) else int(paper.width / LETTER))
        lines.append({"label": "\n".join(broken), "at": at})
        tops[name] = at + len(broken) * LINE + 2
        at = tops[name] + body + GAP
    return Ladder(lines, tops, start, max(at, 1))
