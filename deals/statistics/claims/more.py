"""R1 and on: figures that the study does not ask for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.lag import LagRow, month_end, reporting_lag
from deals.statistics.rows import Figure
from deals.statistics.venture import IN_A_MONTH
from taxonomy import display


def _still_to_come(figure: Figure[LagRow]) -> str:
    told = [row for row in figure.rows if row.expected is not None]
    if not told:
        return _("too little is recorded of the past to say")
    known, expected = sum(row.known for row in told), sum(row.expected for row in told)
    return _("%(known)s events known, about %(expected)s to be expected") % {
        "known": display.count(known),
        "expected": display.count(expected),
    }


def _events_of_month(scope, row: LagRow):
    first = month_end(row.year, row.month).replace(day=1)
    month = scope.in_period(first, month_end(row.year, row.month))
    return month.deals().filter(announced_precision__in=IN_A_MONTH)


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


MORE = (
    Claim(
        code="R1",
        question=gettext_lazy("How much recent months usually still grow"),
        definition=gettext_lazy(
            "Events become known late. Of the events of earlier months, so many were known at the age that each recent "
            "month has now; at that pace it will grow to the number expected. The band leaves out the fastest and the "
            "slowest tenth of the earlier months."
        ),
        answer=reporting_lag,
        columns=(
            Column("month", gettext_lazy("Month"), lambda row: row.key, Unit.TEXT),
            Column("known", gettext_lazy("Known"), lambda row: row.known, behind=_events_of_month),
            Column("complete", gettext_lazy("Usually known by now"), lambda row: row.complete, Unit.SHARE),
            Column("expected", gettext_lazy("Expected"), lambda row: _rounded(row.expected)),
            Column("low", gettext_lazy("At least"), lambda row: _rounded(row.low)),
            Column("high", gettext_lazy("At most"), lambda row: _rounded(row.high)),
        ),
        value=_still_to_come,
        paper="",
        holds=lambda figure: None,
    ),
)
