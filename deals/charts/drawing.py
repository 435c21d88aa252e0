"""Charts as SVG, drawn on the server in the reader's language.

Altair writes the specification and vl-convert draws it. On a page the SVG has presentation attributes only, as the
content security policy wants, and takes its colours from the style sheet; each mark says its value to a pointer and to
a screen reader, and leads to the records behind it. A file has colours of its own and says what it shows.
"""

import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

import altair as alt
import vl_convert
from altair.utils.schemapi import disable_debug_mode

from taxonomy.names import has_han

# Each part of a chart would be checked against the schema while it is put together, which takes as long as drawing it;
# the tests check whole charts.
disable_debug_mode()

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
# Vega needs real colours. Each stands for a variable of the style sheet on a page, and for the other colour in a file.
SERIES = [
    "#0b625d", "#8fa9a2", "#c8842f", "#5b7fa6", "#8d6a9f", "#7f9a52", "#b5574a", "#4d9fa8", "#a3916b", "#6d7681", "#d2b48c",
]  # fmt: skip
STEPS = ["#f3f5f4", "#d3e2e0", "#aac9c6", "#7eafab", "#357f7a", "#0b625d"]
PALETTE = [f"#0000{number:02x}" for number in range(1, 12)]
SCALE = [f"#0400{number:02x}" for number in range(6)]
INK, MUTED, LINE, PAPER = "#010000", "#020000", "#030000", "#050000"
ON_PAGE = (
    {colour: f"var(--chart-{number})" for number, colour in enumerate(PALETTE, start=1)}
    | {colour: f"var(--chart-step-{number})" for number, colour in enumerate(SCALE)}
    | {INK: "var(--rq-ink)", MUTED: "var(--rq-muted)", LINE: "var(--rq-line)", PAPER: "var(--rq-surface)"}
)
IN_FILE = (
    dict(zip(PALETTE, SERIES, strict=True))
    | dict(zip(SCALE, STEPS, strict=True))
    | {INK: "#16211f", MUTED: "#5a6663", LINE: "#d9dfdd", PAPER: "#ffffff"}
)
FONT = 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
# What a chart with its axis takes: the width at which letters have their own size.
VIEW = 820


@dataclass(frozen=True)
class Paper:
    """What a chart is drawn on: the width of the field of its marks. On a narrow one the axis lies within that width,
    and names stand above what they name."""

    width: int
    narrow: bool = False


# A page holds a chart for either, and the style sheet shows one of them.
DESK, PHONE = Paper(740), Paper(340, narrow=True)
# Letters of a line of notes; a Chinese character takes the room of two.
NOTE_LENGTH = 118
PNG_SCALE = 2
# Vega completes addresses that have no host, and links also what has none. With this one it leaves them alone.
HERE = "https://records.invalid"


def _styled(chart: alt.Chart, paper: Paper) -> alt.Chart:
    # Browsers set letters a little wider than the drawing measures them.
    beside = 10 if paper.narrow else 16
    if paper.narrow:
        chart = chart.properties(width=paper.width, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    return (
        chart.configure(
            background="transparent", font=FONT, padding={"left": beside, "right": beside, "top": 5, "bottom": 5}
        )
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=MUTED,
            titleColor=MUTED,
            domainColor=LINE,
            tickColor=LINE,
            gridColor=LINE,
            labelFontSize=12.5,
            titleFontSize=12.5,
            titleFontWeight="normal",
            # Labels are broken into lines, not cut.
            labelLimit=0,
        )
        .configure_legend(
            labelColor=INK, labelFontSize=12.5, labelLimit=0, title=None, orient="top", symbolType="square"
        )
        .configure_title(anchor="start", color=INK, subtitleColor=MUTED, fontSize=17, subtitleFontSize=11.5, offset=14)
    )


def draw(chart: Callable[[Paper], alt.Chart], title: str, small: bool = False) -> str:
    """Return what `chart` makes for a desk and for a telephone, as SVG for a page and named `title`.

    A `small` one need not take the whole width of a desk.
    """
    return "".join(
        in_page(vl_convert.vegalite_to_svg(_styled(chart(paper), paper).to_dict(validate=False)), title, paper, small)
        for paper in (DESK, PHONE)
    )


def in_page(svg: str, title: str, paper: Paper = DESK, small: bool = False) -> str:
    """Fit the SVG into a page: colours from the style sheet, a name, a title and a plain link on each mark."""
    root = ElementTree.fromstring(svg)
    width, height = float(root.attrib.pop("width")), float(root.attrib.pop("height"))
    # All others of a page are scaled alike, whatever the width of their labels.
    root.set("viewBox", f"0 0 {width if paper.narrow or small else max(width, VIEW):g} {height:g}")
    root.set("class", "phone" if paper.narrow else " ".join(["desk", *["small"] * small, *_upright(height)]))
    has_links = _plain_links(root)
    _without_hidden(root)
    for element in root.iter():
        for name in ("fill", "stroke"):
            if (value := element.get(name)) in ON_PAGE:
                element.set(name, ON_PAGE[value])
        if element.get("aria-roledescription") in ("axis", "legend"):
            # Vega words these in English; their own text says the same.
            element.attrib.pop("aria-label", None)
        if element.get("role") == "graphics-symbol" and element.get("aria-label"):
            tip = ElementTree.Element(f"{{{SVG}}}title")
            tip.text = element.attrib.pop("aria-label")
            element.insert(0, tip)
        for name in ("d", "transform"):
            if value := element.get(name):
                element.set(name, _LONG.sub(_shortened, value))
        for name in ("role", "aria-roledescription"):
            element.attrib.pop(name, None)
    # What has links inside is no image to a screen reader.
    root.set("role", "group" if has_links else "img")
    root.set("aria-label", title)
    return _written(root)


def _written(root: ElementTree.Element) -> str:
    """The drawing as text, its elements without a prefix: pages know no other. The prefixes that ElementTree gives are
    those of the whole process, and a library that draws too may have chosen its own."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
    root.set("xmlns", SVG)
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r"\s+xmlns:(xlink|ns\d)=\"[^\"]*\"", "", text)


def _upright(height: float) -> list[str]:
    """How a report that is printed tells charts that need more than a third of a page, and more than half of one."""
    return ["long"] if height > 1.1 * VIEW else ["tall"] if height > 0.6 * VIEW else []


def _without_hidden(root: ElementTree.Element) -> None:
    """Take away labels that Vega has only made transparent, where there is no room for them."""
    for parent in list(root.iter()):
        for text in parent.findall(f"{{{SVG}}}text[@opacity='0']"):
            parent.remove(text)


# More digits than a screen has points.
_LONG = re.compile(r"-?\d+\.\d{3,}(?!\d*e)")


def _shortened(number: re.Match) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _plain_links(root: ElementTree.Element) -> bool:
    """Make links of Vega plain ones, and take away those that lead nowhere. Returns whether any is left."""
    found = False
    for parent in list(root.iter()):
        for at, link in enumerate(list(parent)):
            if link.tag != f"{{{SVG}}}a":
                continue
            address = link.attrib.pop(f"{{{XLINK}}}href").removeprefix(HERE)
            link.attrib.clear()
            if address.startswith("/"):
                link.set("href", address)
                found = True
            else:
                (parent[at],) = link
    return found


def as_file(chart: alt.Chart, form: str, title: str, notes: list[str]) -> bytes:
    """Return `chart` as a file, `form` svg or png, with `title` above it and `notes` in lines below the title."""
    lines = [line for note in notes for line in in_lines(note, NOTE_LENGTH)]
    named = chart.properties(title=alt.TitleParams(text=title, subtitle=lines, subtitleLineHeight=16))
    spec = json.dumps(_styled(named, DESK).to_dict(validate=False))
    for colour, real in IN_FILE.items():
        spec = spec.replace(colour, real)
    spec = spec.replace('"background": "transparent"', '"background": "#ffffff"')
    if form == "png":
        return vl_convert.vegalite_to_png(spec, scale=PNG_SCALE)
    root = ElementTree.fromstring(vl_convert.vegalite_to_svg(spec))
    _plain_links(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + _written(root).encode()


def in_lines(text: str, length: int) -> list[str]:
    """Break a text into lines of about the same length, of at most `length` letters."""
    if has_han(text):
        half = length // 2
        # A line does not begin with punctuation.
        return re.findall(rf".{{1,{half}}}(?:[，。、；：）”》]{{1,2}})?", text)
    lines = -(-len(text) // length)
    if lines < 2:
        return [text]
    return textwrap.wrap(text, min(length, -(-len(text) // lines) + 8))


def width_of(text: str) -> float:
    """About how many points a text takes at the size of a label."""
    return sum(13 if has_han(letter) else 7.2 for letter in text)


def legend(series: list[str], paper: Paper) -> alt.Legend:
    """As many names beside each other as there is room for."""
    if not paper.narrow:
        return alt.Legend(columns=4, columnPadding=28)
    return alt.Legend(columns=max(1, int(paper.width // (max(map(width_of, series)) + 40))), columnPadding=12)
