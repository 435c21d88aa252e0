"""Blocking somebody, reporting somebody, and the administrators' queue of reports."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ActionError
from accounts.models import EDITING
from companies.models import Company
from deals import conduct
from deals.forms import ReportForm, SettleForm
from deals.models import Block, Introduction, Report, Side
from investors.models import Investor

PAGE_SIZE = 20


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


@require_safe
@login_required
def blocks(request):
    return render(request, "deals/blocks.html", {"blocks": conduct.blocks_of(request.user)})


@login_required
@require_POST
def block(request):
    user = request.user
    company = get_object_or_404(Company.objects.visible_to(user), pk=_number(request.POST.get("company", "")))
    investor = get_object_or_404(Investor.objects.visible_to(user), pk=_number(request.POST.get("investor", "")))
    try:
        row = conduct.block(user, company, investor)
    except ActionError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        said = _("%(name)s cannot write to you any more, and you are no longer recommended to each other.")
        messages.success(request, said % {"name": row.blocked.name})
    return redirect("deals:blocks")


@login_required
@require_POST
def unblock(request, pk: int):
    row = get_object_or_404(Block.objects.select_related("company", "investor"), pk=pk)
    conduct.unblock(request.user, row)
    messages.success(request, _("%(name)s may write to you again.") % {"name": row.blocked.name})
    return redirect("deals:blocks")


@login_required
def report(request, side: str, pk: int):
    user = request.user
    party = get_object_or_404((Company if side == Side.COMPANY else Investor).objects.visible_to(user), pk=pk)
    if not conduct.may_report(user, party):
        raise PermissionDenied(_("This is your own profile."))
    met = Introduction.objects.involving(user).filter(**{side: party}).order_by("-asked_at").first()
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conduct.report(user, party, form.cleaned_data["reason"], form.cleaned_data["text"], met)
        except ActionError as refusal:
            form.add_error(refusal.field or None, refusal)
        else:
            messages.success(request, _("Thank you. An administrator looks into it, and you are told what came of it."))
            return redirect(party)
    context = {"form": form, "party": party, "side": side, "met": met, "own": _own(user, side)}
    return render(request, "deals/report.html", context)


def _own(user, side: str):
    """The companies or institutions of `user` from which somebody of that side can be kept away."""
    model = Investor if side == Side.COMPANY else Company
    return model.objects.filter(memberships__user=user, memberships__role__in=EDITING).order_by("pk")


@require_safe
@login_required
def reports(request):
    _administrators_only(request.user)
    return _queue(request)


def _administrators_only(user) -> None:
    if not user.is_administrator:
        raise PermissionDenied(_("Only administrators settle reports."))


def _queue(request, failed: Report | None = None, form: SettleForm | None = None):
    settled = request.GET.get("settled") == "1"
    rows = Report.objects.select_related("company", "investor", "introduction", "reporter", "settled_by")
    rows = rows.exclude(status="open").order_by("-settled_at", "-pk") if settled else rows.open()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        row.form = form if failed and row.pk == failed.pk else SettleForm(prefix=str(row.pk))
    context = {"page": page, "settled": settled, "open": Report.objects.open().count()}
    return render(request, "deals/reports.html", context)


@login_required
@require_POST
def settle(request, pk: int):
    _administrators_only(request.user)
    row = get_object_or_404(Report.objects.select_related("company", "investor"), pk=pk)
    form = SettleForm(request.POST, prefix=str(pk))
    if form.is_valid():
        try:
            conduct.settle(request.user, row, **form.cleaned_data)
        except ActionError as refusal:
            messages.warning(request, refusal.messages[0])
        else:
            messages.success(request, _("The report is settled."))
        return redirect("deals:reports")
    return _queue(request, row, form)
