"""Figures of the study: a page for each topic, the study as a report, files, and the records behind each value."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deals import charts
from deals.models import Deal, PublicStatistics
from deals.records import respond
from deals.reports import summary
from deals.sheets import IMAGES, PAGES, STUDY_PAGE, sheet_of
from deals.statistics import doubts
from deals.statistics.asked import Asked, remember
from deals.statistics.claims import CLAIMS, FIGURES, STUDY, Claim, Unit
from deals.statistics.claims.words import cell
from deals.statistics.describing import address_of, described, title
from deals.statistics.evidence import behind
from deals.statistics.files import WRITERS, about
from deals.statistics.filters import ScopeFilter
from deals.statistics.kept import answer, recorded
from deals.statistics.scope import Scope
from deals.statistics.shared import together
from deals.statistics.state import kept_for, state
from deals.statistics.topics import PUBLIC_FIGURES, TOPICS
from deals.views.access import statistics_reader
from taxonomy import display
from taxonomy.models import Source

PAGE_SIZE = 30


def _asked(request) -> tuple[ScopeFilter, Scope | None]:
    filters = ScopeFilter(request.GET, Deal.objects.all(), request=request)
    return filters, filters.scope() if filters.is_valid() else None


def menu_of(scope: Scope | None, user) -> dict:
    """Return the ways from page to page that a reader may go; the filters stay on them."""
    query = f"?{address_of(scope)}" if scope else ""
    return {
        "overview": reverse("deals:statistics") + query,
        "study": reverse("deals:study") + query if user.is_authenticated else "",
        "topics": [
            {"code": topic.code, "name": topic.name, "address": reverse("deals:topic", args=[topic.code]) + query}
            for topic in TOPICS.values()
            if topic.public or user.is_authenticated
        ],
    }


def _panels(request, page: str, scope: Scope) -> dict:
    """Return the panels of a page, from the figure on that the address names; those that would keep the reader waiting
    are left to an address that the page asks for next."""
    remember(Asked(page, scope, get_language(), request.user.is_authenticated))
    signed_in = request.user.is_authenticated
    sheet = sheet_of(page, scope, signed_in)
    codes = [code for code in PAGES[page] if signed_in or code in PUBLIC_FIGURES] if scope.has_begun else []
    first = request.GET.get("from")
    parts, left = sheet.panels(codes[codes.index(first) :] if first in codes else codes)
    further = address_of(scope, **{"from": left[0]}) if left else ""
    return {
        "sheet": sheet,
        "scope": scope,
        "described": described(scope, sheet.recorded),
        "panels": parts,
        "further": f"{request.path}?{further}" if further else "",
        "goes_on": first in codes,
    }


@require_safe
@statistics_reader
@together()
def topic(request, code: str):
    chosen = TOPICS[code]
    if not chosen.public and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    filters, scope = _asked(request)
    context = {"filters": filters, "valid": scope is not None, "topic": chosen, "menu": menu_of(scope, request.user)}
    if scope:
        context |= _panels(request, code, scope)
    return _shown(request, context, "topic")


@require_safe
@login_required
@together()
def study(request):
    """Every question of the study for one scope: the study's own where the address names none."""
    given = request.GET if request.GET else QueryDict(address_of(STUDY))
    filters = ScopeFilter(given, Deal.objects.all(), request=request)
    scope = filters.scope() if filters.is_valid() else None
    context = {"filters": filters, "valid": scope is not None, "menu": menu_of(scope, request.user)}
    if scope:
        # The paper's values are compared where the market is drawn after it, and only for what it looked at.
        compared = scope == STUDY and Source.objects.filter(simulated=True).exists()
        context |= _panels(request, STUDY_PAGE, scope) | {"compared": compared, "title": title(scope)}
        parts = {part["claim"].code: part for part in context["panels"]}
        if compared:
            for part in parts.values():
                part["holds"] = part["claim"].holds(part["figure"])
        if scope.has_begun and not context["further"]:
            context["summary"] = summary(context["sheet"], compared)
        context["contents"] = [
            {"claim": claim, "value": parts[code]["value"] if code in parts else ""} for code, claim in FIGURES.items()
        ]
        context |= {"claims": CLAIMS, "today": timezone.localdate()}
    return _shown(request, context, "study")


def _shown(request, context: dict, name: str):
    """Render a page, or what a page that is open already asks for: its results under other filters, or further panels."""
    template = f"{name}.html"
    if context.get("goes_on"):
        template = "_panels.html"
    elif request.htmx.target == "results":
        template = f"_{name}.html"
    return render(request, f"deals/statistics/{template}", context, status=200 if context["valid"] else 400)


@require_safe
@statistics_reader
@together()
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
        # The value and the definition, and the rest in one paragraph.
        notes = [f"{label}: {value}" for label, value in about(claim, figure)[1:]]
        notes = [*notes[:2], *filter(None, [charts.reading(claim)]), " · ".join(notes[2:])]
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


def _behind(request, code: str, scope: Scope):
    """Return claim, figure, row, column and records of the value that the address names."""
    if code not in FIGURES:
        raise Http404
    claim, figure = FIGURES[code], answer(code, scope)
    key, name = request.GET.get("row", ""), request.GET.get("column", "")
    try:
        return claim, figure, *behind(claim, figure, key, name, request.user)
    except LookupError as error:
        raise Http404 from error


@require_safe
@login_required
@together()
def figure_rows(request, code: str):
    """The records behind one value of a figure, with their source and status."""
    filters, scope = _asked(request)
    if scope is None:
        return render(request, "deals/statistics/wrong.html", {"filters": filters}, status=400)
    claim, _figure, row, column, records = _behind(request, code, scope)
    # A reader may see fewer of them than another.
    what = f"{code}:{request.GET.get('row')}:{request.GET.get('column')}:{request.user.pk}"
    paginator = Paginator(records.rows.values_list("pk", flat=True), PAGE_SIZE)
    # Counted once, not for each page of them.
    paginator.count = kept_for(f"rows:{what}", scope, state(), records.rows.count)
    page = paginator.get_page(request.GET.get("page"))
    # Of all records the keys are put in order, and only those of the page are read.
    page.object_list = list(records.rows.filter(pk__in=list(page.object_list)))
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
            "described": described(scope, recorded(scope)),
            "doubtful": doubts.kept_among(what, scope, records.rows) if records.kind == "deals" else 0,
            "user": request.user,
        },
    )


@require_safe
@login_required
@together()
def figure_rows_file(request, code: str, form: str):
    """The records behind one value of a figure as a file, as far as the reader may see them."""
    filters, scope = _asked(request)
    if scope is None:
        return render(request, "deals/statistics/wrong.html", {"filters": filters}, status=400)
    claim, figure, row, column, records = _behind(request, code, scope)
    value = " · ".join([*filter(None, [_label(claim, row)]), f"{column.title}: {display.count(records.counted)}"])
    about = [
        (_("Figure"), f"{claim.code} · {claim.question}"),
        (_("Value"), value),
        (_("Definition"), str(claim.definition)),
        *described(figure.scope, recorded(figure.scope)),
    ]
    if hidden := records.counted - records.rows.count():
        about.append((_("Counted and not shown to you"), display.count(hidden)))
    name = f"{code}-{column.name}-{scope.first}-{scope.last}"
    return respond(records.kind, records.rows, about, form, name)
