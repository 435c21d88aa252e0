"""Pages of model runs: what they were fed, how well they rank, which of them readers see. For administrators."""

from auditlog.models import LogEntry
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from matching import actions, artefacts, charts, publication, quality, runs, side_by_side, tasks
from matching.forms import AttentionForm, CompareForm
from matching.models import AttentionSettings, ModelRun

PER_PAGE = 30


def _administrators_only(request):
    if not request.user.is_administrator:
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
@login_required
def run_list(request):
    """Model runs; a POST asks for a new one."""
    _administrators_only(request)
    if request.method == "POST":
        run = tasks.request_run(user=request.user)
        return redirect("matching:run", pk=run.pk)
    return _runs(request, AttentionForm(instance=AttentionSettings.current()))


@require_POST
@login_required
def attention(request):
    """Change how the next runs spread attention."""
    _administrators_only(request)
    form = AttentionForm(request.POST, instance=AttentionSettings())
    if not form.is_valid():
        return _runs(request, form, status=400)
    actions.spread_attention(form.instance)
    messages.success(request, _("Saved. It counts from the next run on."))
    return redirect("matching:runs")


def _runs(request, attention: AttentionForm, status: int = 200):
    page = Paginator(ModelRun.objects.select_related("requested_by"), PER_PAGE).get_page(request.GET.get("page"))
    for run in page:
        run.key_figures = quality.model_figures(run)
    form = CompareForm()
    context = {
        "page": page,
        "form": form if form.offers_two else None,
        "attention": attention,
        "attention_history": quality.attention_history(),
    }
    return render(request, "matching/runs.html", context, status=status)


@require_GET
@login_required
def run_detail(request, pk):
    """One run; while it is under way the page looks again by itself."""
    _administrators_only(request)
    run = get_object_or_404(ModelRun.objects.select_related("requested_by"), pk=pk)
    stage, done, total = runs.progress(run)
    context = {
        "run": run,
        "stage": stage,
        "done": done,
        "total": total,
        "percent": round(100 * done / total) if total else 0,
    }
    if request.htmx and request.GET.get("part") == "progress":
        answer = render(request, "matching/_progress.html", context)
        if not run.is_unfinished:
            # The figures below the bar are there now.
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "matching/run.html", context | _figures(run))


def _figures(run: ModelRun) -> dict:
    decided = run.figures.get("promotion") or {}
    before = ModelRun.objects.filter(pk=decided.get("against")).first()
    calibration = quality.calibration(run)
    return {
        "decided": decided,
        "why": quality.why(run),
        "before": before,
        "comparison": quality.comparison(run),
        "window": (run.figures.get("quality") or {}).get("window"),
        "directions": quality.directions(run),
        "measures": quality.MEASURES,
        "nothing_measured": quality.nothing_measured(run),
        "fallback": quality.fallback(run),
        "calibration": calibration,
        "chart": mark_safe(charts.reliability(calibration)) if calibration else "",
        "exposure": [
            (_("Region"), quality.groups(run, "by_region")),
            (_("Category"), quality.groups(run, "by_category")),
        ],
        "sizes": quality.sizes(before, run),
        "known": quality.known(run),
        "drift": quality.drift(before, run),
        "steps": quality.cost(run),
        "cost": run.figures.get("cost", {}),
        "attention": quality.attention(run.figures["attention"]) if "attention" in run.figures else "",
        "lists": run.lists.count(),
        "history": [
            (entry, dict(ModelRun.Status.choices).get(entry.changes["status"][1], ""))
            for entry in LogEntry.objects.get_for_object(run).select_related("actor").order_by("timestamp")
        ],
    }


@require_GET
@login_required
def run_compare(request):
    """Two runs side by side."""
    _administrators_only(request)
    form = CompareForm(request.GET if {"one", "two"} & set(request.GET) else None)
    context = {"form": form}
    if form.is_bound and form.is_valid():
        one, two = form.cleaned_data["one"], form.cleaned_data["two"]
        context |= {
            "one": one,
            "two": two,
            "pair": [one, two],
            "blocks": side_by_side.blocks(one, two),
            "same_months": side_by_side.measured_on_the_same_months(one, two),
            "paired": side_by_side.paired(one, two),
            "sizes": list(zip(quality.sizes(None, one), quality.sizes(one, two), strict=False)),
            "drift": quality.drift(one, two),
        }
    return render(request, "matching/run_compare.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def run_publish(request, pk):
    """Show a run to readers that was held back."""
    return _decided(
        request,
        pk,
        publication.publish_held,
        _("Readers now see run #%(run)s."),
        _("Run #%(run)s is not held back: somebody was quicker."),
    )


@require_POST
@login_required
def run_discard(request, pk):
    """Give up a run that was held back."""
    return _decided(
        request,
        pk,
        publication.discard,
        _("Run #%(run)s is discarded; its figures stay."),
        _("Run #%(run)s is not held back: somebody was quicker."),
    )


@require_POST
@login_required
def run_roll_back(request, pk):
    """Lead readers back to an earlier run."""
    return _decided(
        request,
        pk,
        publication.roll_back,
        _("Readers see run #%(run)s again. What changed since it was made is being matched anew."),
        _("Readers cannot be led to run #%(run)s: they see it already, or its lists are gone."),
    )


def _decided(request, pk: int, act, done: str, too_late: str):
    _administrators_only(request)
    try:
        if act(pk, request.user):
            messages.success(request, done % {"run": pk})
        else:
            messages.error(request, too_late % {"run": pk})
    except artefacts.ArtefactError as error:
        text = _("The model of run #%(run)s can no longer be opened: %(error)s")
        messages.error(request, text % {"run": pk, "error": error})
    return redirect("matching:run", pk=pk)
