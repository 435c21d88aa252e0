"""P1 to P3: the three problems that the study found, each a figure to watch."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.statistics import categories, concentration, shortboards
from deals.statistics.amounts import COUNTED
from deals.statistics.claims import encounters, supply, words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.concentration import ConcentrationRow
from deals.statistics.rows import Figure
from deals.statistics.shortboards import ShortBoardRow
from taxonomy import display

LEADERS = {"CN-BJ", "CN-GD", "CN-SH", "CN-JS"}
SHORT_BOARDS = {"security", "software", "network"}


def _concentrated(figure: Figure[ConcentrationRow]) -> str:
    told = [row for row in figure.rows if row.events]
    if not told:
        return display.DASH
    first, last = told[0], told[-1]
    parts = [
        _("Leading four provinces in %(year)s: %(share)s")
        % {"year": row.year, "share": words.share(row.share(row.four))}
        for row in ([last] if first is last else [last, first])
    ]
    return " · ".join(parts)


def _east_and_four_lead(figure: Figure[ConcentrationRow]) -> bool | None:
    row = figure.rows[-1] if figure.rows else None
    if row is None or not row.events:
        return None
    return row.share(row.east) > 0.7 and {name.key for name in row.leaders} == LEADERS


def _short(figure: Figure[ShortBoardRow]) -> str:
    short = [row.name for row in figure.rows if row.is_short]
    return words.listed(short) if short else _("none")


def _as_found(figure: Figure[ShortBoardRow]) -> bool | None:
    if not any(row.events for row in figure.rows):
        return None
    return {row.key for row in figure.rows if row.is_short} == SHORT_BOARDS


REGIONS = Claim(
    code="P1",
    question=gettext_lazy("Regional imbalance through time"),
    definition=gettext_lazy(
        "Venture events of each of the ten years up to the end of the period, as far as the records reach back (see "
        "R4), by the province of the company; the last year reaches to that day. Shares are of the events in Chinese provinces; others stand beside them. Gini and "
        "Herfindahl are over all 34 provinces, those without events included: 0 would be an even spread for Gini, 1 is "
        "everything in one place."
    ),
    answer=concentration.concentration,
    columns=(
        Column("year", gettext_lazy("Year"), lambda row: row.year, Unit.YEAR),
        Column(
            "events",
            gettext_lazy("Events"),
            lambda row: row.events,
            behind=lambda scope, row: concentration.events_in(scope, row.year),
        ),
        Column(
            "leaders",
            gettext_lazy("Leading provinces"),
            lambda row: words.listed(name.name for name in row.leaders) if row.leaders else "",
            Unit.TEXT,
        ),
        Column("first_share", gettext_lazy("Share of the first"), lambda row: row.share(row.first), Unit.SHARE),
        Column("four_share", gettext_lazy("Share of the four"), lambda row: row.share(row.four), Unit.SHARE),
        Column("gini", gettext_lazy("Gini"), lambda row: row.gini, Unit.NUMBER),
        Column("herfindahl", gettext_lazy("Herfindahl"), lambda row: row.herfindahl, Unit.NUMBER),
        Column(
            "east",
            gettext_lazy("Events in the East"),
            lambda row: row.east,
            behind=lambda scope, row: concentration.events_in(scope, row.year, concentration.EAST),
        ),
        Column(
            "east_share",
            gettext_lazy("Share of the East"),
            lambda row: row.share(row.east),
            Unit.SHARE,
            rests_on="east",
        ),
        Column(
            "elsewhere",
            gettext_lazy("Province not known or abroad"),
            lambda row: row.elsewhere,
            behind=lambda scope, row: concentration.events_elsewhere(scope, row.year),
        ),
    ),
    value=_concentrated,
    paper=gettext_lazy("Beijing, Guangdong, Shanghai and Jiangsu lead; the East has over 70%"),
    holds=_east_and_four_lead,
)
CATEGORIES = Claim(
    code="P2",
    question=gettext_lazy("Short-board categories"),
    definition=gettext_lazy(
        "The share of each category in companies with a round, in rounds and in capital of the period; a company counts "
        "in its primary category. A category is a short board if its shares of companies and of rounds both lie below "
        "two thirds of the average share, which is one divided by the number of categories. Capital is a lower bound "
        "and does not decide."
    ),
    answer=shortboards.short_boards,
    columns=(
        Column("category", gettext_lazy("Category"), lambda row: row.name, Unit.TEXT),
        Column(
            "companies",
            gettext_lazy("Companies"),
            lambda row: row.companies,
            behind=lambda scope, row: categories.companies_of(scope, row.key),
        ),
        Column(
            "company_share",
            gettext_lazy("Share of companies"),
            lambda row: row.company_share,
            Unit.SHARE,
            rests_on="companies",
        ),
        Column(
            "events",
            gettext_lazy("Events"),
            lambda row: row.events,
            behind=lambda scope, row: categories.events_of(scope, row.key),
        ),
        Column(
            "event_share", gettext_lazy("Share of events"), lambda row: row.event_share, Unit.SHARE, rests_on="events"
        ),
        Column("money", gettext_lazy("Amount"), lambda row: row.money, Unit.MONEY, rests_on="events"),
        Column(
            "money_share", gettext_lazy("Share of capital"), lambda row: row.money_share, Unit.SHARE, rests_on="events"
        ),
        Column(
            "undisclosed",
            gettext_lazy("Undisclosed"),
            lambda row: row.money.undisclosed,
            behind=lambda scope, row: categories.events_of(scope, row.key).exclude(COUNTED),
        ),
        Column("average", gettext_lazy("Average share"), lambda row: row.average, Unit.SHARE),
        Column("short", gettext_lazy("Short board"), lambda row: _("Short board") if row.is_short else "", Unit.TEXT),
    ),
    value=_short,
    paper=gettext_lazy("security, industrial software, networks and identifiers"),
    holds=_as_found,
)

CLAIMS: tuple[Claim, ...] = (REGIONS, CATEGORIES, *supply.CLAIMS, *encounters.CLAIMS)
