"""R1 and on: figures that the study does not ask for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.models import Company
from deals.models import Participation
from deals.statistics.claims import words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.coverage import ALL, HERE, CoverageRow, coverage, events_of
from deals.statistics.investors import league
from deals.statistics.lag import LagRow, month_end, reporting_lag
from deals.statistics.rows import Figure, LeagueRow
from deals.statistics.syndicates import PairRow, co_investment, deals_of_pair, led_of_pair
from deals.statistics.venture import IN_A_MONTH
from investors.models import Investor
from taxonomy import display


def _still_to_come(figure: Figure[LagRow]) -> str:
    told = [row for row in figure.rows if row.expected is not None]
    if not told:
        return _("The records do not say how late events become known")
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


INVESTOR_TYPES = dict(Investor.Type.choices)


def _deals_of(scope, row: LeagueRow):
    return scope.deals().filter(pk__in=Participation.objects.filter(investor=int(row.key)).values("deal"))


def _led_by(scope, row: LeagueRow):
    led = Participation.objects.filter(investor=int(row.key), is_lead=True)
    return scope.deals().filter(pk__in=led.values("deal"))


def _companies_of(scope, row: LeagueRow):
    return Company.objects.filter(pk__in=_deals_of(scope, row).values("company"))


def _most_active(figure: Figure[LeagueRow]) -> str:
    if not figure.rows:
        return display.DASH
    first = figure.rows[0]
    return ngettext("%(name)s leads with %(number)s event", "%(name)s leads with %(number)s events", first.deals) % {
        "name": first.name,
        "number": display.count(first.deals),
    }


def _closest(figure: Figure[PairRow]) -> str:
    if not figure.rows:
        return _("No two institutions in one event")
    first = figure.rows[0]
    return ngettext(
        "%(first)s and %(second)s: %(number)s event together, %(expected)s expected by chance",
        "%(first)s and %(second)s: %(number)s events together, %(expected)s expected by chance",
        first.together,
    ) % {
        "first": first.first.name,
        "second": first.second.name,
        "number": display.count(first.together),
        "expected": f"{first.expected:.1f}",
    }


# So many sources are named in few words.
NAMED = 3
SOURCES = {ALL: gettext_lazy("All sources"), HERE: gettext_lazy("Recorded here")}


def source_name(row: CoverageRow) -> str:
    return row.name if row.names_source else str(SOURCES[row.key])


def recorded(figure: Figure[CoverageRow]) -> str:
    if not figure.rows:
        return _("No venture event is recorded")
    row = figure.rows[0]
    return ngettext(
        "Since %(month)s: %(number)s venture event", "Since %(month)s: %(number)s venture events", row.events
    ) % {"month": words.when(row.since), "number": display.count(row.events)}


def recorded_where(figure: Figure[CoverageRow]) -> str:
    """Return since when events are recorded, and how many in the sources with most of them."""
    parts = [f"{source_name(row)} {display.count(row.events)}" for row in figure.rows[1:]]
    more = "…" if len(parts) > NAMED else ""
    return " · ".join(filter(None, [recorded(figure), words.listed(parts[:NAMED]) + more if parts else ""]))


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
            Column("taught", gettext_lazy("Learned from earlier events"), lambda row: row.taught),
            Column("expected", gettext_lazy("Expected"), lambda row: _rounded(row.expected)),
            Column("low", gettext_lazy("At least"), lambda row: _rounded(row.low)),
            Column("high", gettext_lazy("At most"), lambda row: _rounded(row.high)),
        ),
        value=_still_to_come,
        paper="",
        holds=lambda figure: None,
    ),
    Claim(
        code="R2",
        question=gettext_lazy("Institutions with most venture events"),
        definition=gettext_lazy(
            "Institutions by the number of venture events of the period in which they took part; among equals the one "
            "that led more."
        ),
        answer=league,
        columns=(
            Column("institution", gettext_lazy("Institution"), lambda row: row.name, Unit.TEXT),
            Column("type", gettext_lazy("Type"), lambda row: str(INVESTOR_TYPES[row.type]), Unit.TEXT),
            Column("events", gettext_lazy("Events"), lambda row: row.deals, behind=_deals_of),
            Column("led", gettext_lazy("Led"), lambda row: row.led, behind=_led_by),
            Column("companies", gettext_lazy("Companies"), lambda row: row.companies, behind=_companies_of),
        ),
        value=_most_active,
        paper="",
        holds=lambda figure: None,
    ),
    Claim(
        code="R3",
        question=gettext_lazy("Who invests with whom"),
        definition=gettext_lazy(
            "Of the institutions with at least three venture events in the period, the two hundred most active at most, "
            "each two that were in one event together, in how many, and who led these. Expected are the joint events if "
            "the participations in the events of a round were dealt out at random among the events of that round; the "
            "ratio says how many times as often the two meet. The first five hundred pairs."
        ),
        answer=co_investment,
        columns=(
            Column("first", gettext_lazy("Institution"), lambda row: row.first.name, Unit.TEXT),
            Column("second", gettext_lazy("And"), lambda row: row.second.name, Unit.TEXT),
            Column("together", gettext_lazy("Events together"), lambda row: row.together, behind=deals_of_pair),
            Column("expected", gettext_lazy("Expected by chance"), lambda row: row.expected, Unit.NUMBER),
            Column("lift", gettext_lazy("Ratio to chance"), lambda row: row.lift, Unit.NUMBER),
            Column(
                "led_by_first",
                gettext_lazy("Led by the first"),
                lambda row: row.led_by_first,
                behind=lambda scope, row: led_of_pair(scope, row, row.first),
            ),
            Column(
                "led_by_second",
                gettext_lazy("Led by the second"),
                lambda row: row.led_by_second,
                behind=lambda scope, row: led_of_pair(scope, row, row.second),
            ),
            Column("first_events", gettext_lazy("Events of the first"), lambda row: row.first.deals),
            Column("second_events", gettext_lazy("Events of the second"), lambda row: row.second.deals),
        ),
        value=_closest,
        paper="",
        holds=lambda figure: None,
    ),
    Claim(
        code="R4",
        question=gettext_lazy("Since when venture events are recorded, and in which sources"),
        definition=gettext_lazy(
            "Venture events of all time in the sector and the places chosen, verified or reported; categories, rounds, "
            "types of investor and the period do not narrow them. Going back from the busiest year, the records are "
            "taken for complete as long as each year holds at least a twentieth of its events, and begin with the month "
            "of the first event of the last such year. Of places with fewer than twenty events in their busiest year "
            "the beginning of the sector's records is taken, of such sources their first event."
        ),
        answer=coverage,
        columns=(
            Column("source", gettext_lazy("Source"), source_name, Unit.TEXT),
            Column("events", gettext_lazy("Events"), lambda row: row.events, behind=events_of),
            Column("since", gettext_lazy("Recorded since"), lambda row: row.since, Unit.DAY),
            Column("last", gettext_lazy("Latest event"), lambda row: row.last, Unit.DAY),
        ),
        value=recorded,
        paper="",
        holds=lambda figure: None,
    ),
)
