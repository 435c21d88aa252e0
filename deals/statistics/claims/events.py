"""V1 to V6: venture events, when, in which rounds and in which categories."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Company
from deals.statistics.categories import by_category, companies_by_category, companies_of, events_of
from deals.statistics.claims import columns, places, stars, words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.rows import EventCount, Figure, MonthRow, RoundRow, ShareRow
from deals.statistics.scope import Scope
from deals.statistics.venture import by_round, early_events, events, in_a_month, monthly, total_amount
from taxonomy import display
from taxonomy.dates import PartialDate, last_day
from taxonomy.facts import DatePrecision


def _events_and_companies(figure: Figure[EventCount]) -> str:
    row = figure.row
    return _("%(events)s events, %(companies)s companies") % {
        "events": display.count(row.events),
        "companies": display.count(row.companies),
    }


def _month(row: MonthRow) -> PartialDate:
    return PartialDate(date(row.year, row.month, 1), row.precision)


def _in_month(scope: Scope, year: int, month: int):
    return in_a_month(scope.deals()).filter(announced_on__year=year, announced_on__month=month)


def _events_of_month(scope: Scope, row: MonthRow):
    return _in_month(scope, row.year, row.month)


def _events_of_month_before(scope: Scope, row: MonthRow):
    return _in_month(scope.year_before(), row.year - 1, row.month)


def _monthly(figure: Figure[MonthRow]) -> str:
    now, before = sum(row.events for row in figure.rows), [row.before for row in figure.rows]
    if None in before:
        return _("%(events)s events; the records do not reach back to the year before") % {"events": display.count(now)}
    before = sum(before)
    return _("%(events)s events, %(before)s a year before (%(change)s)") % {
        "events": display.count(now),
        "before": display.count(before),
        "change": words.change((now - before) / before if before else None),
    }


def partial_months(figure: Figure[MonthRow]) -> list[str]:
    """Say of the first and the last month how much of them the period holds, where that is not all."""
    scope = figure.scope
    first, last, rows = scope.first, scope.known_until, {(row.year, row.month) for row in figure.rows}
    said = []
    if first.day > 1 and (first.year, first.month) in rows:
        said.append(
            _("%(month)s counts from %(day)s on.")
            % {"month": display.partial_date(first, DatePrecision.MONTH), "day": display.partial_date(first)}
        )
    if last != last_day(last.replace(day=1), DatePrecision.MONTH) and (last.year, last.month) in rows:
        said.append(
            _("%(month)s counts up to %(day)s.")
            % {"month": display.partial_date(last, DatePrecision.MONTH), "day": display.partial_date(last)}
        )
    return said


def _falls_and_recovers(figure: Figure[MonthRow]) -> bool:
    """January to May together over 30% below the year before; each month from July on less so, and still below."""
    rows = {row.month: row for row in figure.rows}
    if set(rows) != set(range(1, 10)) or not all(row.before for row in figure.rows):
        return False
    spring, since_july = [rows[month] for month in range(1, 6)], [rows[month] for month in range(7, 10)]
    events, before = sum(row.events for row in spring), sum(row.before for row in spring)
    # In whole numbers, so that thirty per cent are not over thirty.
    return 10 * events < 7 * before and all(
        events * row.before < row.events * before and row.events < row.before for row in since_july
    )


def _events_of_round(scope: Scope, row: RoundRow):
    return scope.deals().filter(round=row.key)


def _events_of_category(scope: Scope, row: ShareRow):
    return events_of(scope, row.key)


def _services_lead(figure: Figure[ShareRow], by: str) -> bool:
    """Services have most, and the three with fewest are security, software and networks."""
    order = sorted(figure.rows, key=lambda row: -getattr(row, by))
    few = {row.key for row in order[-3:]}
    return order[0].key == "services" and getattr(order[0], by) > 0 and few == {"security", "software", "network"}


def _row_of_software(figure: Figure[ShareRow]) -> ShareRow | None:
    return next((row for row in figure.rows if row.key == SOFTWARE), None)


def _software(figure: Figure[ShareRow]) -> str:
    row = _row_of_software(figure)
    return words.part(row.companies, row.of_companies) if row else display.DASH


def _software_is_low(figure: Figure[ShareRow]) -> bool:
    row = _row_of_software(figure)
    lower = {other.key for other in figure.rows if row and other.companies < row.companies}
    return bool(row) and (row.companies, row.of_companies) == (19, 302) and lower == {"network"}


SOFTWARE = "software"
_BY_CATEGORY = gettext_lazy(
    "Venture events of each category, and the companies in them. A company counts once, in its primary category or else "
    "in the first one of the scheme; those without a category of the scheme are left out of the whole."
)
_CATEGORY_COLUMNS = columns.of_part(
    gettext_lazy("Category"), _events_of_category, lambda scope, row: companies_of(scope, row.key)
)

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
            Column("amount", gettext_lazy("Amount"), lambda row: row, Unit.MONEY, rests_on="events"),
            Column("events", gettext_lazy("Events"), lambda row: row.events, behind=lambda scope, row: scope.deals()),
            columns.undisclosed(lambda scope, row: scope.deals(), lambda row: row),
        ),
        value=lambda figure: words.money(figure.row),
        paper=gettext_lazy("over CNY 31 billion"),
        holds=lambda figure: figure.row.low > 31_000_000_000,
    ),
    Claim(
        code="V3",
        question=gettext_lazy("Venture events per month beside the year before"),
        definition=gettext_lazy(
            "Venture events of each month of the period, and those of the same days a year before. Events of which only "
            "the quarter or the year is known belong to no month."
        ),
        answer=monthly,
        columns=(
            Column("month", gettext_lazy("Month"), _month, Unit.DAY),
            columns.events(_events_of_month),
            Column("before", gettext_lazy("Year before"), lambda row: row.before, behind=_events_of_month_before),
            Column("change", gettext_lazy("Year on year"), lambda row: row.change, Unit.SHARE),
        ),
        value=_monthly,
        notes=partial_months,
        paper=gettext_lazy("January to May down over 30%; recovery from July, still below 2019"),
        holds=_falls_and_recovers,
    ),
    Claim(
        code="V4",
        question=gettext_lazy("Rounds of the venture events"),
        definition=gettext_lazy(
            "Venture events of each round, in the order of rounds. At A+ or earlier are those that come no later than A+ "
            "in it; rounds without a place in the order, such as strategic ones, count in the whole only."
        ),
        answer=by_round,
        columns=(
            columns.name(gettext_lazy("Round")),
            columns.events(_events_of_round),
            columns.share(lambda row: row.event_share, "events"),
            columns.companies(
                lambda scope, row: Company.objects.filter(pk__in=_events_of_round(scope, row).values("company"))
            ),
            columns.money(),
            columns.undisclosed(_events_of_round),
        ),
        value=lambda figure: _("%(part)s at A+ or earlier") % {"part": words.part(*early_events(figure))},
        paper=gettext_lazy("53.5% at A+ or earlier (170 of 318)"),
        holds=lambda figure: early_events(figure) == (170, 318),
    ),
    Claim(
        code="V5",
        question=gettext_lazy("Venture events by category"),
        definition=_BY_CATEGORY,
        answer=by_category,
        columns=_CATEGORY_COLUMNS,
        value=lambda figure: words.leaders(figure.rows, lambda row: row.events),
        paper=gettext_lazy("Services most; security, software and networks few"),
        holds=lambda figure: all(_services_lead(figure, by) for by in ("events", "companies")),
    ),
    Claim(
        code="V6",
        question=gettext_lazy("The share of industrial software among the companies that raised"),
        definition=_BY_CATEGORY,
        answer=lambda scope: companies_by_category(scope.of_all_categories()),
        columns=_CATEGORY_COLUMNS,
        value=_software,
        paper=gettext_lazy("19 of 302 companies (6.3%); only networks lower"),
        holds=_software_is_low,
    ),
    *places.CLAIMS,
    *stars.CLAIMS,
)
