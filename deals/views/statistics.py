"""The sector overview."""

from datetime import date

from django.core.cache import cache
from django.db.models import Max
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals.charts import RELEASE
from deals.charts import overview as charts
from deals.models import Deal, PublicStatistics
from deals.statistics.describing import rows_query
from deals.statistics.filters import ScopeFilter, periods
from deals.statistics.kept import KEPT_SECONDS, key_of, state
from deals.statistics.overview import Overview, overview
from deals.statistics.scope import Scope
from deals.statistics.venture import deals_of
from deals.tiles import HEIGHT, WIDTH, tiles
from deals.views.access import statistics_reader
from deals.views.figures import menu_of
from investors.models import Investor
from taxonomy.models import Source

# How many companies with several rounds the page lists.
SEVERAL = 40
PERIOD_NAMES = {
    "last_12_months": lambda: _("Last 12 months"),
    "this_year": lambda: _("This year"),
    "last_year": lambda: _("Last year"),
    "latest_records": lambda: _("Latest recorded year"),
    "study": lambda: _("Jan–Sep 2020, as in the study"),
}


@require_safe
@statistics_reader
def statistics(request):
    filters = ScopeFilter(request.GET, Deal.objects.all(), request=request)
    scope = filters.scope() if filters.is_valid() else None
    context = {"filters": filters, "valid": filters.is_valid(), "menu": menu_of(scope, request.user)}
    if scope:
        at = state()
        figures = overview(scope, at)
        several = figures.several.rows[:SEVERAL]
        deals = _shown_deals(several, request.user)
        context |= {
            "scope": scope,
            "has_not_begun": scope.first > timezone.localdate(),
            "figures": figures,
            "charts": _charts(figures, key_of("charts", scope, at)),
            "tiles": tiles(figures.provinces),
            "tiles_width": WIDTH,
            "tiles_height": HEIGHT,
            "presets": _presets(request, scope),
            "investor_types": dict(Investor.Type.choices),
            "instruments": dict(Deal.Kind.choices),
            "several": [(row, [deals[pk] for pk in row.deals if pk in deals]) for row in several],
            "rows_query": urlencode(rows_query(scope)),
            "is_public": PublicStatistics.are_on(),
            "listing_table": _listing_table(figures),
        }
    status = 200 if context["valid"] else 400
    part = "deals/statistics/_figures.html" if request.htmx.target == "results" else "deals/statistics/page.html"
    return render(request, part, context, status=status)


def _shown_deals(several, user) -> dict[int, Deal]:
    """Return the deals behind rows of companies, by id, each with whether its amount may be shown to `user`."""
    deals = deals_of(several)
    public = {pk: deal.amount_audience == Deal.Audience.EVERYONE for pk, deal in deals.items()}
    if user.is_authenticated:
        visible = Deal.objects.filter(pk__in=deals).with_amount_shown(user)
        public |= dict(visible.values_list("pk", "amount_shown"))
    for pk, deal in deals.items():
        deal.amount_shown = public[pk]
    return deals


def _charts(figures: Overview, key: str) -> dict[str, str]:
    """Draw what there is to draw, in the reader's language; kept as long as the figures are."""
    key = f"charts:{RELEASE}:{get_language()}:{key}"
    found = cache.get(key)
    if found is None:
        found = {}
        if figures.events.row.events:
            types = {code: str(name) for code, name in Investor.Type.choices}
            found = {
                "monthly": charts.monthly(figures.monthly),
                "rounds": charts.rounds(figures.rounds),
                "categories": charts.categories(figures.categories),
            }
            if figures.investors.rows:
                found["investors"] = charts.investors(figures.investors, types)
        if figures.listings.rows:
            found["listings"] = charts.listings(figures.listings)
        cache.set(key, found, KEPT_SECONDS)
    return {name: mark_safe(svg) for name, svg in found.items()}


def _presets(request, scope: Scope) -> list[dict]:
    today = timezone.localdate()
    offered = periods(today, Deal.objects.standing().aggregate(latest=Max("announced_on"))["latest"])
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
    """The listings with a line for each year and a column for each board."""
    counts = {(row.year, row.key): row.numerator for row in figures.listings.rows}
    totals = {row.year: row.denominator for row in figures.listings.rows}
    boards = {row.key: row.name for row in figures.listings.rows}
    order = sorted(boards, key=lambda board: -sum(n for (_year, key), n in counts.items() if key == board))
    return {
        "boards": [boards[board] for board in order],
        "years": [(year, [counts.get((year, board), 0) for board in order], totals[year]) for year in sorted(totals)],
    }
