"""Charts of a run, drawn by the helpers of `deals.charts`."""

import altair as alt
from django.utils.translation import gettext as _

from deals.charts.drawing import MUTED, PALETTE, Paper, draw, legend

# Green-blue, ochre and blue: they stay apart for everybody.
COLOURS = (PALETTE[0], PALETTE[2], PALETTE[3])


def reliability(calibration: list[dict]) -> str:
    """What was predicted against what happened, in per cent, a line per direction and one for both; the diagonal is perfect."""
    names = [direction["name"] for direction in calibration]
    rows = [
        {
            "series": direction["name"],
            "predicted": 100 * cell["predicted"],
            "observed": 100 * cell["observed"],
            "tip": _("%(direction)s: %(predicted)s predicted, %(observed)s observed, %(pairs)s pairs")
            % {
                "direction": direction["name"],
                "predicted": f"{100 * cell['predicted']:.2f}%",
                "observed": f"{100 * cell['observed']:.2f}%",
                "pairs": cell["n"],
            },
        }
        for direction in calibration
        for cell in direction["bins"]
    ]
    end = max([row[axis] for row in rows for axis in ("predicted", "observed")] + [0.1])
    scale = alt.Scale(domain=[0, end], nice=False)
    perfect = (
        alt.Chart(alt.Data(values=[{"x": 0, "y": 0}, {"x": end, "y": end}]))
        .mark_line(strokeDash=[5, 4], color=MUTED, strokeWidth=1.5, clip=True)
        .encode(x=alt.X("x:Q", scale=scale), y=alt.Y("y:Q", scale=scale))
    )
    colours = alt.Scale(domain=names, range=list(COLOURS[: len(names)]))
    foretold = alt.X("predicted:Q", title=_("Predicted, %"), scale=scale, axis=alt.Axis(tickCount=6, grid=False))
    observed = alt.Y("observed:Q", title=_("Observed, %"), scale=scale, axis=alt.Axis(tickCount=5, domain=False))

    def chart(paper: Paper) -> alt.LayerChart:
        colour = alt.Color("series:N", sort=names, scale=colours, legend=legend(names, paper))
        base = alt.Chart(alt.Data(values=rows)).encode(x=foretold, y=observed, color=colour)
        lines = base.mark_line(strokeWidth=1.5)
        points = base.mark_point(filled=True, size=55, opacity=1).encode(description="tip:N")
        return (perfect + lines + points).properties(width=paper.width, height=260)

    return draw(chart, _("What was predicted against what happened"))
