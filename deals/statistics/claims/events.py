"""V1 to V15: venture events."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.statistics.amounts import COUNTED
from deals.statistics.claims import words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.rows import EventCount, Figure
from deals.statistics.venture import events, total_amount
from taxonomy import display


def _events_and_companies(figure: Figure[EventCount]) -> str:
    row = figure.row
    return _("%(events)s events, %(companies)s companies") % {
        "events": display.count(row.events),
        "companies": display.count(row.companies),
    }


CLAIMS = (
    Claim(
        code="V1",
        question=gettext_lazy("Venture events and the companies that raised in them"),
        definition=gettext_lazy(
            "Standing venture rounds announced in the period, and the companies among them, each counted once."
        ),
        answer=events,
        columns=(
            Column("events", gettext_lazy("Events"), lambda row: row.events, behind=lambda scope, row: scope.deals()),
            Column(
                "companies",
                gettext_lazy("Companies"),
                lambda row: row.companies,
                behind=lambda scope, row: scope.companies(),
            ),
        ),
        value=_events_and_companies,
        paper=gettext_lazy("318 events, 302 companies"),
        holds=lambda figure: (figure.row.events, figure.row.companies) == (318, 302),
    ),
    Claim(
        code="V2",
        question=gettext_lazy("Total amount of the venture events"),
        definition=gettext_lazy(
            "The sum of the rounds of V1 as a lower bound: a range counts with its lower end, an undisclosed amount with "
            "nothing. Foreign amounts are converted at the rate of the day of the deal."
        ),
        answer=total_amount,
        columns=(
            Column("amount", gettext_lazy("Amount"), lambda row: row, Unit.MONEY),
            Column("events", gettext_lazy("Events"), lambda row: row.events, behind=lambda scope, row: scope.deals()),
            Column(
                "undisclosed",
                gettext_lazy("Undisclosed"),
                lambda row: row.undisclosed,
                behind=lambda scope, row: scope.deals().exclude(COUNTED),
            ),
        ),
        value=lambda figure: words.money(figure.row),
        paper=gettext_lazy("over CNY 31 billion"),
        holds=lambda figure: figure.row.low > 31_000_000_000,
    ),
)
