"""The charts of the overview."""

import textwrap

import altair as alt
from django.utils.translation import gettext as _

from deals.charts.drawing import PALETTE, WIDTH, draw
from deals.statistics.rows import BoardYearRow, Figure, InvestorTypeRow, MonthRow, ShareRow
from taxonomy import display

SHOWN = 15
# Letters of a label's line; a Chinese character takes the room of two.
LINE_LENGTH = 26


def _bars(rows: list[dict], value: str, series: list[str], height: int | None = None) -> alt.Chart:
    """Horizontal bars, one group for each `name` in the order given."""
    rows = [row | {"name": _in_lines(row["name"])} for row in rows]
    names = list(dict.fromkeys(row["name"] for row in rows))
    colour = alt.Color(
        "series:N",
        sort=series,
        scale=alt.Scale(domain=series, range=PALETTE[: len(series)]),
        legend=None if len(series) == 1 else alt.Legend(),
    )
    step = 38 if len(series) > 1 or any("\n" in name for name in names) else 26
    labels = alt.Axis(
        ticks=False, domain=False, labelPadding=8, labelExpr="split(datum.label, '\\n')", labelLineHeight=14
    )
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            y=alt.Y("name:N", sort=names, title=None, axis=labels),
            yOffset=alt.YOffset("series:N", sort=series) if len(series) > 1 else alt.Undefined,
            x=alt.X("value:Q", title=value, axis=alt.Axis(tickCount=6, format="~s" if value != "%" else "")),
            color=colour,
            description="tip:N",
        )
        .properties(width=WIDTH - 160, height=height or max(1, len(names)) * step)
    )


def _in_lines(name: str) -> str:
    """Break a long name into lines of about the same length."""
    if not name.isascii():
        half = LINE_LENGTH // 2
        return "\n".join(name[at : at + half] for at in range(0, len(name), half))
    lines = -(-len(name) // LINE_LENGTH)
    return "\n".join(textwrap.wrap(name, max(LINE_LENGTH, 1) if lines == 1 else max(-(-len(name) // lines) + 4, 12)))


def _per_bar(rows: tuple[MonthRow, ...]) -> dict[str, tuple[int, int]]:
    """Months for a period of up to two years, quarters up to seven, years beyond: events now and the year before."""
    if len(rows) <= 26:
        named = [(row.key, row) for row in rows]
    elif len(rows) <= 84:
        named = [(f"{row.year} Q{(row.month + 2) // 3}", row) for row in rows]
    else:
        named = [(str(row.year), row) for row in rows]
    bars: dict[str, tuple[int, int]] = {}
    for name, row in named:
        now, before = bars.get(name, (0, 0))
        bars[name] = (now + row.events, before + row.before)
    return bars


def monthly(figure: Figure[MonthRow]) -> str:
    """V3: a bar for each month, quarter or year and a paler one for the same time a year before."""
    now, before = _("This period"), _("A year before")
    bars = _per_bar(figure.rows)
    rows = [
        {"month": name, "series": series, "value": value, "tip": f"{name} · {series}: {value}"}
        for name, values in bars.items()
        for series, value in zip((now, before), values, strict=True)
    ]
    labels = alt.Axis(title=None, labelAngle=0 if len(bars) <= 13 else -45, labelOverlap=True, ticks=False, grid=False)
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
        .encode(
            x=alt.X("month:O", sort=list(bars), axis=labels, scale=alt.Scale(paddingInner=0.25)),
            xOffset=alt.XOffset("series:N", sort=[now, before]),
            y=alt.Y("value:Q", title=_("Events"), axis=alt.Axis(tickCount=5, tickMinStep=1, domain=False, ticks=False)),
            color=alt.Color(
                "series:N",
                sort=[now, before],
                scale=alt.Scale(domain=[now, before], range=PALETTE[:2]),
                legend=alt.Legend(),
            ),
            description="tip:N",
        )
        .properties(width=WIDTH, height=230)
    )
    return draw(chart, _("Venture events per month, beside the year before"))


def rounds(figure: Figure[ShareRow]) -> str:
    """V4: events of each round."""
    series = _("Events")
    rows = [
        {
            "name": row.name,
            "series": series,
            "value": row.events,
            "tip": f"{row.name}: {row.events} ({_percent(row.event_share)})",
        }
        for row in figure.rows
    ]
    return draw(_bars(rows, series, [series]), _("Events by round"))


def categories(figure: Figure[ShareRow]) -> str:
    """V5: each category's share of companies and of events, in per cent."""
    companies, events = _("Companies"), _("Events")
    rows = [
        {
            "name": row.name,
            "series": series,
            "value": round(100 * (share or 0), 2),
            "tip": f"{row.name} · {series}: {number} ({_percent(share)})",
        }
        for row in figure.rows[:SHOWN]
        for series, number, share in (
            (companies, row.companies, row.company_share),
            (events, row.events, row.event_share),
        )
    ]
    return draw(_bars(rows, "%", [companies, events]), _("Share of companies and of events by category"))


def listings(figure: Figure[BoardYearRow]) -> str:
    """L4: new listings of each year, stacked by board."""
    boards = list(dict.fromkeys(row.name for row in sorted(figure.rows, key=lambda row: -row.numerator)))
    rows = [
        {
            "year": str(row.year),
            "series": row.name,
            "value": row.numerator,
            "tip": f"{row.year} · {row.name}: {row.numerator}",
        }
        for row in figure.rows
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X("year:O", axis=alt.Axis(title=None, labelAngle=0, ticks=False)),
            y=alt.Y(
                "value:Q", title=_("New listings"), axis=alt.Axis(tickCount=5, tickMinStep=1, domain=False, ticks=False)
            ),
            color=alt.Color(
                "series:N",
                sort=boards,
                scale=alt.Scale(domain=boards, range=PALETTE[: len(boards)]),
                legend=alt.Legend(columns=4),
            ),
            description="tip:N",
        )
        .properties(width=WIDTH, height=230)
    )
    return draw(chart, _("New listings per year by board"))


def investors(figure: Figure[InvestorTypeRow], names: dict[str, str]) -> str:
    """I1, I2: active institutions by type, and those of them that are new."""
    active, new = _("Active in the period"), _("New in the period")
    rows = [
        {"name": names[row.type], "series": series, "value": value, "tip": f"{names[row.type]} · {series}: {value}"}
        for row in figure.rows
        for series, value in ((active, row.active), (new, row.new))
    ]
    return draw(_bars(rows, _("Institutions"), [active, new]), _("Active and new institutions by type"))


def _percent(share: float | None) -> str:
    return display.DASH if share is None else f"{100 * share:.1f}%"
