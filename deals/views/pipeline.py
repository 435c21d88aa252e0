"""The pipeline of an institution: board, table, and one card with all that its people wrote about it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.errors import ActionError, TooLate
from deals import pipeline
from deals.actions import speaks_for
from deals.desk_forms import MoveForm, PipelineAddForm, PipelineCardForm, PipelineNoteForm, PipelineTaskForm
from deals.filters import PipelineFilter
from deals.models import Introduction, PassReason, PipelineCard, PipelineTask, Stage
from deals.models.pipeline import CLOSED, OPEN
from investors.models import Investor

PAGE_SIZE = 50
# A column shows so many cards, and the two ends so many of those that were moved there last; the table has all.
COLUMN_SIZE = 40
ENDED_SIZE = 6


def _institution(request, pk: int) -> Investor:
    return get_object_or_404(Investor.objects.of(request.user), pk=pk)


def _card(request, pk: int) -> PipelineCard:
    return get_object_or_404(PipelineCard.objects.visible_to(request.user).for_list().select_related("investor"), pk=pk)


@require_safe
@login_required
def board(request, pk: int):
    return _board_page(request, _institution(request, pk))


def _board_page(request, investor: Investor, status: int = 200, **context):
    """The board; `context` holds what a move came to: what is said of it, or the form that was refused."""
    cards = investor.pipeline.for_list()
    shown = [_column(stage, cards.filter(stage=stage).order_by("moved_at", "pk"), COLUMN_SIZE) for stage in OPEN]
    ends = [_column(stage, cards.filter(stage=stage).order_by("-moved_at", "-pk"), ENDED_SIZE) for stage in CLOSED]
    context |= {
        "investor": investor,
        "columns": shown,
        "ends": ends,
        "is_empty": not any(column["total"] for column in [*shown, *ends]),
        "may_write": speaks_for(request.user, investor),
        "stages": Stage.choices,
        "reasons": PassReason.choices,
    }
    part = "deals/pipeline/_board.html" if request.htmx.target == "board" else "deals/pipeline/board.html"
    # A part is swapped in only where the answer is no error.
    return render(request, part, context, status=200 if request.htmx else status)


def _column(stage: Stage, cards, size: int) -> dict:
    found = list(cards[: size + 1])
    total = len(found) if len(found) <= size else cards.count()
    return {"stage": stage, "cards": found[:size], "total": total, "more": total - len(found[:size])}


@require_safe
@login_required
def table(request, pk: int):
    investor = _institution(request, pk)
    filters = PipelineFilter(request.GET, investor.pipeline.all(), request=request)
    found = filters.qs if filters.is_valid() else PipelineCard.objects.none()
    if not filters.form["sort"].value():
        found = found.by_stage()
    page = Paginator(found.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "investor": investor,
        "filters": filters,
        "page": page,
        "may_write": speaks_for(request.user, investor),
        "is_empty": not investor.pipeline.exists(),
    }
    part = "deals/pipeline/_rows.html" if request.htmx.target == "results" else "deals/pipeline/table.html"
    return render(request, part, context)


@login_required
def add(request, pk: int):
    investor = _institution(request, pk)
    pipeline.check_writer(request.user, investor)
    initial = {"company": request.GET.get("company", ""), "stage": Stage.REVIEWING}
    form = PipelineAddForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        card, made = pipeline.add(request.user, investor, form.cleaned_data["company"], form.cleaned_data["stage"])
        if made:
            messages.success(request, _("%(company)s is in the pipeline.") % {"company": card.company})
        else:
            messages.info(request, _("%(company)s is in the pipeline already.") % {"company": card.company})
        return redirect(_back(request) or card.get_absolute_url())
    status = 400 if form.is_bound else 200
    return render(request, "deals/pipeline/add.html", {"form": form, "investor": investor}, status=status)


def _back(request) -> str:
    """Where the button stood, if that is a page of ours."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}) else ""


@require_safe
@login_required
def card(request, pk: int):
    return _card_page(request, _card(request, pk))


def _card_page(request, row: PipelineCard, status: int = 200, **context):
    user, investor = request.user, row.investor
    may_write = speaks_for(user, investor)
    between = pipeline.introduction_of(row)
    deal = pipeline.deal_of(row)
    return render(
        request,
        "deals/pipeline/card.html",
        {
            "card": row,
            "company": row.company,
            "investor": investor,
            "may_write": may_write,
            "move_form": MoveForm(initial={"stage": row.next_stage, "version": row.version, "reason": row.pass_reason}),
            "card_form": PipelineCardForm(card=row),
            "note_form": PipelineNoteForm(),
            "task_form": PipelineTaskForm(investor=investor),
            "stages": Stage.choices,
            "reasons": PassReason.choices,
            "notes": row.notes.select_related("author"),
            "tasks": row.tasks.select_related("assignee", "done_by"),
            "moves": row.moves.select_related("by"),
            "introduction": between,
            "deal": deal,
            "record_url": _record_url(row, between) if may_write and not deal else "",
            **context,
        },
        status=status,
    )


def _record_url(row: PipelineCard, between: Introduction | None) -> str:
    """The form of a deal, filled in with what is known; it leads back to the card."""
    if between and between.is_accepted:
        known = {"introduction": between.pk}
    else:
        known = {"company": row.company_id, "investor": row.investor_id}
    return f"{reverse('deals:record')}?{urlencode(known | {'card': row.pk})}"


@login_required
@require_POST
def move(request, pk: int):
    row = _card(request, pk)
    form, on_board = MoveForm(request.POST), request.POST.get("back") == "board"
    try:
        if not form.is_valid():
            return _refused(request, row, form, on_board, 400)
        data = form.cleaned_data
        pipeline.move(request.user, row, data["stage"], data["version"], data["reason"])
    except TooLate as late:
        row = _card(request, pk)
        form = MoveForm({**form.data.dict(), "version": row.version})
        form.add_error(None, late)
        return _refused(request, row, form, on_board, 409)
    except ActionError as refusal:
        form.add_error(refusal.field or None, refusal)
        return _refused(request, row, form, on_board, 400)
    return _moved(request, row, on_board)


def _refused(request, row: PipelineCard, form: MoveForm, on_board: bool, status: int):
    error = next(iter(form.errors.values()))[0]
    if on_board:
        return _board_page(request, row.investor, status, failed_form=form, failed_card=row.pk, failed_error=error)
    return _card_page(request, row, status, move_form=form, move_error=error)


def _moved(request, row: PipelineCard, on_board: bool):
    said = _("%(company)s: %(stage)s.") % {"company": row.company, "stage": row.get_stage_display()}
    if row.stage == Stage.INVESTED and not pipeline.deal_of(row):
        messages.success(request, said + " " + _("Record the deal with what is known; the company confirms it."))
        address = _record_url(row, pipeline.introduction_of(row))
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    if request.htmx:
        return _board_page(request, row.investor, said=said, moved=row)
    messages.success(request, said)
    return redirect(reverse("deals:pipeline", args=[row.investor_id]) if on_board else row)


@login_required
@require_POST
def undo(request, pk: int):
    """Bring a company that was passed on back to where it was."""
    row = _card(request, pk)
    version = request.POST.get("version", "")
    try:
        pipeline.undo_pass(request.user, row, int(version) if version.isdecimal() and len(version) < 10 else 0)
    except TooLate as late:
        messages.warning(request, late.messages[0])
        return _card_page(request, _card(request, pk), 409)
    return _moved(request, row, request.POST.get("back") == "board")


@login_required
@require_POST
def edit(request, pk: int):
    row = _card(request, pk)
    form = PipelineCardForm(request.POST, card=row)
    if not form.is_valid():
        return _card_page(request, row, 400, card_form=form)
    try:
        pipeline.edit(request.user, row, **form.cleaned_data)
    except TooLate as late:
        row = _card(request, pk)
        form = PipelineCardForm({**form.data.dict(), "version": row.version}, card=row)
        form.add_error(None, late)
        return _card_page(request, row, 409, card_form=form, stands=True)
    except ActionError as refusal:
        form.add_error(refusal.field or None, refusal)
        return _card_page(request, row, 400, card_form=form)
    messages.success(request, _("Saved."))
    return redirect(row)


@login_required
@require_POST
def note(request, pk: int):
    row = _card(request, pk)
    form = PipelineNoteForm(request.POST)
    if not form.is_valid():
        return _card_page(request, row, 400, note_form=form)
    pipeline.write_note(request.user, row, form.cleaned_data["text"])
    return redirect(row.get_absolute_url() + "#notes")


@login_required
@require_POST
def task(request, pk: int):
    row = _card(request, pk)
    form = PipelineTaskForm(request.POST, investor=row.investor)
    if not form.is_valid():
        return _card_page(request, row, 400, task_form=form)
    pipeline.add_task(request.user, row, **form.cleaned_data)
    return redirect(row.get_absolute_url() + "#tasks")


@login_required
@require_POST
def tick(request, pk: int):
    """Mark a task as done, or as to do again. Doing it twice changes nothing."""
    found = PipelineTask.objects.visible_to(request.user).select_related("card__investor", "card__company")
    row = get_object_or_404(found, pk=pk)
    pipeline.tick(request.user, row, request.POST.get("done") == "1")
    return redirect(_back(request) or row.card.get_absolute_url() + "#tasks")


@login_required
@require_POST
def remove(request, pk: int):
    row = _card(request, pk)
    pipeline.remove(request.user, row)
    messages.success(request, _("%(company)s is out of the pipeline.") % {"company": row.company})
    return redirect("deals:pipeline", row.investor_id)
