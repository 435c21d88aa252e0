"""The sector overview."""

from datetime import date
from functools import partial

from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals import charts
from deals.models import Deal, PublicStatistics
from deals.sheets import OVERVIEW, sheet_of
from deals.statistics.asked import Asked, remember
from deals.statistics.claims import FIGURES
from deals.statistics.companies import SeveralRow
from deals.statistics.coverage import CoverageRow
from deals.statistics.describing import described
from deals.statistics.doubts import in_scope
from deals.statistics.filters import ScopeFilter, periods
from deals.statistics.overview import DRAWN, TABLES, Overview
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from deals.statistics.shared import together
from deals.views.access import statistics_reader
from deals.views.figures import menu_of
from investors.models import Investor
from taxonomy.models import Source

# How many companies with several rounds the page lists.
SEVERAL = 40
# From top to bottom.
SECTIONS = ("glance", "months", "categories", "provinces", "rounds", "listings", "institutions", "several")
PERIOD_NAMES = {
    "last_12_months": lambda: _("Last 12 months"),
    "this_year": lambda: _("This year"),
    "last_year": lambda: _("Last year"),
    "latest_records": lambda: _("Latest recorded year"),
    "study": lambda: _("Jan–Sep 2020, as in the study"),
}


@require_safe
@statistics_reader
@together()
def statistics(request):
    filters = ScopeFilter(request.GET, Deal.objects.all(), request=request)
    scope = filters.scope() if filters.is_valid() else None
    context = {"filters": filters, "valid": filters.is_valid(), "menu": menu_of(scope, request.user)}
    if scope:
        signed_in = request.user.is_authenticated
        remember(Asked(OVERVIEW, scope, get_language(), signed_in))
        sheet = sheet_of(OVERVIEW, scope, signed_in)
        figures = Overview(scope, sheet.figure)
        context |= {
            "request": request,
            "user": request.user,
            "scope": scope,
            "described": described(scope, sheet.recorded),
            "doubtful": partial(in_scope, scope),
            "has_not_begun": not scope.has_begun,
            "figures": figures,
            "sheet": sheet,
            # Asked for by the section that shows them.
            "charts": {code: partial(sheet.chart, code) for code in DRAWN},
            "readings": {code: charts.reading(FIGURES[code]) for code in DRAWN},
            "monthly_notes": lambda: FIGURES["V3"].notes(figures.monthly),
            "tables": {code: partial(sheet.table, code) for code in TABLES},
            "presets": _presets(request, scope, sheet.recorded),
            "investor_types": dict(Investor.Type.choices),
            "instruments": dict(Deal.Kind.choices),
            "several": partial(_several, figures, request.user),
            "is_public": PublicStatistics.are_on(),
            "listing_table": lambda: _listing_table(figures),
        }
        first = request.GET.get("from")
        names = SECTIONS[SECTIONS.index(first) :] if first in SECTIONS else SECTIONS
        if not signed_in:
            # Single deals are for those who are logged in.
            names = [name for name in names if name != "several"]
        context["sections"], left = sheet.in_time(
            () if context["has_not_begun"] else names,
            lambda name: render_to_string(f"deals/statistics/overview/{name}.html", context),
        )
        further = request.GET.copy()
        further["from"] = left[0] if left else ""
        context["further"] = f"{request.path}?{further.urlencode()}" if left else ""
        if first in SECTIONS:
            return render(request, "deals/statistics/overview/further.html", context)
    status = 200 if context["valid"] else 400
    part = "deals/statistics/_figures.html" if request.htmx.target == "results" else "deals/statistics/page.html"
    return render(request, part, context, status=status)


def _several(figures: Overview, user) -> list[tuple[SeveralRow, list[Deal]]]:
    """Return the companies with several rounds, each with its deals as `user` may see them."""
    several = figures.several_named(SEVERAL)
    deals = _shown_deals([int(row.key) for rows in several.values() for row in rows], user)
    return [(rows[0], [deals[int(row.key)] for row in rows if int(row.key) in deals]) for rows in several.values()]


def _shown_deals(ids: list[int], user) -> dict[int, Deal]:
    """Return deals by their ids, each with whether its amount may be shown to `user`, who is logged in."""
    deals = Deal.objects.filter(pk__in=ids).with_amount_shown(user).select_related("round", "currency")
    return {deal.pk: deal for deal in deals}


def _presets(request, scope: Scope, recorded: Figure[CoverageRow]) -> list[dict]:
    today = timezone.localdate()
    offered = periods(today, recorded.rows[0].last if recorded.rows else None)
    if Source.objects.filter(simulated=True).exists():
        offered.append(("study", date(2020, 1, 1), date(2020, 9, 30)))
    links = []
    for code, first, last in offered:
        query = request.GET.copy()
        query["since"], query["until"] = first.isoformat(), last.isoformat()
        links.append(
            {
                "name": PERIOD_NAMES[code](),
                "query": query.urlencode(),
                "active": (first, last) == (scope.first, scope.last),
            }
        )
    return links


def _listing_table(figures: Overview) -> dict:
    """The listings with a line for each year and a column for each board; any row of a year knows the whole of it."""
    rows = {(row.year, row.board): row for row in figures.listings.rows}
    years = {row.year: row for row in figures.listings.rows}
    boards = {row.board: row.name for row in figures.listings.rows}
    order = sorted(boards, key=lambda board: -sum(row.numerator for (_year, of), row in rows.items() if of == board))
    return {
        "boards": [boards[board] for board in order],
        "years": [(year, [rows.get((year, board)) for board in order], years[year]) for year in sorted(years)],
    }
