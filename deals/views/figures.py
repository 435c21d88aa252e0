"""Figures of the study: a page for each topic, the study as a report, files, and the records behind each value."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deals import charts
from deals.models import Deal, PublicStatistics
from deals.statistics.claims import CLAIMS, FIGURES, STUDY, Claim, Unit, key_of
from deals.statistics.claims.words import cell
from deals.statistics.describing import described, query_of, title
from deals.statistics.evidence import behind
from deals.statistics.files import WRITERS, about
from deals.statistics.filters import ScopeFilter
from deals.statistics.kept import KEPT_SECONDS, answer, state
from deals.statistics.kept import key_of as cache_key_of
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from deals.statistics.topics import PUBLIC_FIGURES, TOPICS
from deals.views.access import statistics_reader
from taxonomy.models import Source

PAGE_SIZE = 30
# Rows of a table on a page; all are in the files.
SHOWN_ROWS = 40
# Letters from which on a cell may be broken into lines.
LONG_TEXT = 28
IMAGES = {"svg": "image/svg+xml", "png": "image/png"}
NUMBERS = (Unit.COUNT, Unit.NUMBER, Unit.SHARE, Unit.MONEY, Unit.YEAR)


def panel(claim: Claim, scope: Scope, at: str, opens_records: bool = True) -> dict:
    """Return what a page shows of one figure; its numbers lead to their records where the reader may open these."""
    figure = answer(claim.code, scope, at)
    query = urlencode(query_of(scope))

    def link(column, row) -> str | None:
        column = claim.counting(column)
        if not opens_records or column is None or not column.get(row):
            return None
        where = {"row": key_of(row), "column": column.name}
        address = reverse("deals:figure_rows", args=[claim.code])
        return f"{address}?{urlencode({name: value for name, value in where.items() if value})}&{query}"

    return {
        "claim": claim,
        "figure": figure,
        "value": claim.value(figure),
        "not_applied": _not_applied(figure, scope),
        "chart": _chart(claim, figure, link, f"{at}:{opens_records}"),
        "columns": [{"title": column.title, "number": column.unit in NUMBERS} for column in claim.columns],
        "rows": [
            [
                {
                    "text": (text := cell(column, column.get(row))),
                    "long": len(text) > LONG_TEXT,
                    "number": column.unit in NUMBERS,
                    "link": link(column, row),
                }
                for column in claim.columns
            ]
            for row in figure.rows[:SHOWN_ROWS]
        ],
        "files": [
            {"form": form.upper(), "address": f"{reverse('deals:figure_file', args=[claim.code, form])}?{query}"}
            for form in (*WRITERS, *(IMAGES if claim.code in charts.CHARTS else ()))
        ],
    }


def _not_applied(figure: Figure, scope: Scope) -> str:
    """Which filter of a page does not narrow one of its figures."""
    if figure.scope.region != scope.region:
        return _("This figure compares places with each other; the place chosen does not narrow it.")
    if figure.scope.categories != scope.categories:
        return _("This figure compares categories with each other; the category chosen does not narrow it.")
    return ""


def _chart(claim: Claim, figure: Figure, link, at: str) -> str:
    """Draw a figure in the reader's language; kept as long as the figure is."""
    key = cache_key_of(f"chart:{charts.RELEASE}:{get_language()}:{claim.code}", figure.scope, at)
    drawn = cache.get(key)
    if drawn is None:
        drawn = charts.on_page(claim, figure, link)
        cache.set(key, drawn, KEPT_SECONDS)
    return mark_safe(drawn)


def _asked(request) -> tuple[ScopeFilter, Scope | None]:
    filters = ScopeFilter(request.GET, Deal.objects.all(), request=request)
    return filters, filters.scope() if filters.is_valid() else None


def menu_of(scope: Scope | None, user) -> dict:
    """Return the ways from page to page that a reader may go; the filters stay on them."""
    query = f"?{urlencode(query_of(scope))}" if scope else ""
    return {
        "overview": reverse("deals:statistics") + query,
        "study": reverse("deals:study") + query if user.is_authenticated else "",
        "topics": [
            {"code": topic.code, "name": topic.name, "address": reverse("deals:topic", args=[topic.code]) + query}
            for topic in TOPICS.values()
            if topic.public or user.is_authenticated
        ],
    }


@require_safe
@statistics_reader
def topic(request, code: str):
    chosen = TOPICS[code]
    if not chosen.public and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    filters, scope = _asked(request)
    context = {"filters": filters, "valid": scope is not None, "topic": chosen, "menu": menu_of(scope, request.user)}
    if scope:
        at = state()
        context |= {
            "scope": scope,
            "described": described(scope),
            "panels": [
                panel(FIGURES[figure], scope, at, request.user.is_authenticated)
                for figure in chosen.figures
                if figure in FIGURES
            ],
        }
    part = "deals/statistics/_topic.html" if request.htmx.target == "results" else "deals/statistics/topic.html"
    return render(request, part, context, status=200 if scope else 400)


@require_safe
@login_required
def study(request):
    """Every question of the study for one scope: the study's own where the address names none."""
    given = request.GET if request.GET else query_of(STUDY)
    filters = ScopeFilter(given, Deal.objects.all(), request=request)
    scope = filters.scope() if filters.is_valid() else None
    context = {"filters": filters, "valid": scope is not None, "menu": menu_of(scope, request.user)}
    if scope:
        at = state()
        # The paper's values are compared where the market is drawn after it, and only for what it looked at.
        compared = scope == STUDY and Source.objects.filter(simulated=True).exists()
        parts = []
        for claim in CLAIMS.values():
            part = panel(claim, scope, at)
            parts.append(part | {"holds": claim.holds(part["figure"]) if compared else None})
        context |= {
            "scope": scope,
            "described": described(scope),
            "title": title(scope),
            "panels": parts,
            "compared": compared,
            "holding": sum(part["holds"] is True for part in parts),
        }
    part = "deals/statistics/_study.html" if request.htmx.target == "results" else "deals/statistics/study.html"
    return render(request, part, context, status=200 if scope else 400)


@require_safe
@statistics_reader
def figure_file(request, code: str, form: str):
    """One figure as a file with its definition, filters and as-of date inside."""
    if code not in FIGURES:
        raise Http404
    if code not in PUBLIC_FIGURES and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    filters, scope = _asked(request)
    if scope is None:
        return render(request, "deals/statistics/wrong.html", {"filters": filters}, status=400)
    claim, figure = FIGURES[code], answer(code, scope)
    if form in WRITERS:
        written = WRITERS[form](claim, figure)
        content, content_type = written.content, written.content_type
    else:
        notes = [f"{label}: {value}" for label, value in about(claim, figure)[1:]]
        content, content_type = charts.in_file(claim, figure, form, notes), IMAGES[form]
        if content is None:
            raise Http404
    name = f"rongqiao-{code}-{scope.first}-{scope.last}.{form}"
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
@login_required
def public_statistics(request):
    """Open the public part of the statistics, or close it (administrators)."""
    if not request.user.is_administrator:
        raise PermissionDenied
    on = request.POST.get("on") == "true"
    PublicStatistics.switch(on, request.user)
    messages.success(
        request,
        _("The public part of the statistics is open to everybody.")
        if on
        else _("The statistics are closed to readers without an account."),
    )
    return redirect("deals:statistics")


def _label(claim: Claim, row) -> str:
    """What a row is called, by its first two texts: a company and its round, one institution and another."""
    texts = [cell(column, column.get(row)) for column in claim.columns if column.unit == Unit.TEXT]
    return " · ".join(texts[:2])


@require_safe
@login_required
def figure_rows(request, code: str):
    """The records behind one value of a figure, with their source and status."""
    filters, scope = _asked(request)
    if code not in FIGURES:
        raise Http404
    if scope is None:
        return render(request, "deals/statistics/wrong.html", {"filters": filters}, status=400)
    claim = FIGURES[code]
    key, name = request.GET.get("row", ""), request.GET.get("column", "")
    try:
        row, column, records = behind(claim, answer(code, scope), key, name, request.user)
    except LookupError as error:
        raise Http404 from error
    page = Paginator(records.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "deals/statistics/rows.html",
        {
            "claim": claim,
            "column": column,
            "label": _label(claim, row),
            "menu": menu_of(scope, request.user),
            "records": records,
            "page": page,
            "hidden": records.counted - page.paginator.count,
            "described": described(scope),
            "user": request.user,
        },
    )
