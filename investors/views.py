"""Investors and their theses, for people."""

from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import drafts, freshness
from investors import actions, completeness
from investors.access import reader
from investors.filters import InvestorFilter
from investors.forms import InvestorForm, ThesisForm
from investors.models import Investor, Thesis
from taxonomy import display

PAGE_SIZE = 20


@require_safe
@login_required
def investor_list(request):
    filters = InvestorFilter(request.GET, Investor.objects.visible_to(request.user), request=request)
    found = filters.qs if filters.is_valid() else Investor.objects.none()
    if not filters.form["sort"].value():
        found = found.order_by("-created_at", "-pk")
    page = Paginator(found.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    part = "investors/_results.html" if request.htmx and not request.htmx.boosted else "investors/list.html"
    return render(request, part, {"filters": filters, "page": page})


@require_safe
@login_required
def detail(request, pk: int):
    investor = get_object_or_404(Investor.objects.visible_to(request.user).for_page(), pk=pk)
    may_edit, is_member = investor.is_edited_by(request.user), investor.has_member(request.user)
    return render(
        request,
        "investors/detail.html",
        {
            "investor": investor,
            "theses": investor.theses.visible_to(request.user).for_page(),
            "may_edit": may_edit,
            "is_member": is_member,
            "is_stale": freshness.is_stale(investor),
            "meter": completeness.of(investor) if is_member else None,
            "sees_contacts": reader(request).sees_contacts(investor),
        },
    )


@login_required
@require_POST
def confirm(request, pk: int):
    """Say that the profile is right as it stands."""
    investor = get_object_or_404(Investor.objects.editable_by(request.user), pk=pk)
    freshness.confirm(request.user, investor)
    messages.success(request, _("Thank you: readers see that the profile is up to date."))
    return redirect(investor)


@login_required
def edit(request, pk: int):
    investor = get_object_or_404(Investor.objects.editable_by(request.user), pk=pk)
    form = InvestorForm(request.POST or None, instance=investor, user=request.user)
    if request.method == "POST" and form.is_valid():
        actions.update_investor(form.save(commit=False))
        freshness.confirm(request.user, investor)
        messages.success(request, _("The profile is saved."))
        return redirect(investor)
    return render(request, "investors/form.html", {"form": form, "investor": investor})


def _recommendations(investor: Investor) -> str:
    """Where an institution goes once its thesis stands: to its companies, if this installation matches."""
    try:
        return reverse("matching:for_investor", args=[investor.pk])
    except NoReverseMatch:
        return investor.get_absolute_url()


def _save(form: ThesisForm) -> Thesis:
    data = form.cleaned_data
    return actions.save_thesis(
        form.save(commit=False), data["categories"], data["excluded"], data["rounds"], data["regions"]
    )


def _ticket(thesis: Thesis) -> str:
    """The ticket as it was understood, so that a slip of the pen is seen at once."""
    ticket = display.money_range(thesis.ticket_low, thesis.ticket_high, thesis.currency_id)
    return _("Ticket: %(amount)s.") % {"amount": ticket} if ticket else ""


def _proposed(given) -> dict:
    """What the address of the form proposes: categories, rounds and regions by their numbers, a ticket in whole units."""
    initial = {name: given.getlist(name) for name in ("categories", "rounds", "regions") if name in given}
    for name in ("ticket_low", "ticket_high"):
        if (number := given.get(name, "")).isdecimal() and len(number) <= 18:
            initial[name] = Decimal(number)
    if "currency" in given:
        initial["currency"] = given["currency"]
    return initial


@login_required
def thesis_create(request, pk: int):
    investor = get_object_or_404(Investor.objects.editable_by(request.user), pk=pk)
    kind = f"thesis:{investor.pk}"
    draft = drafts.of(request.user, kind)
    initial = (draft.values if draft else {}) | _proposed(request.GET)
    form = ThesisForm(request.POST or None, instance=Thesis(investor=investor), initial=initial)
    first = not investor.theses.exists()
    if request.method == "POST":
        if drafts.asks_to_keep(request):
            return drafts.kept(request, drafts.keep(request.user, kind, drafts.typed(form), begin=first))
        if form.is_valid():
            ticket = _ticket(_save(form))
            drafts.done(request.user, kind)
            said = _("The thesis is saved. The companies that fit appear here.")
            messages.success(request, display.sentences(said, ticket))
            return redirect(_recommendations(investor))
    context = {"form": form, "investor": investor, "first": first, "draft": draft}
    return render(request, "investors/thesis_form.html", context)


@login_required
def thesis_edit(request, pk: int):
    thesis = get_object_or_404(Thesis.objects.editable_by(request.user).select_related("investor"), pk=pk)
    form = ThesisForm(request.POST or None, instance=thesis)
    if request.method == "POST" and form.is_valid():
        messages.success(request, display.sentences(_("The thesis is saved."), _ticket(_save(form))))
        return redirect(thesis.investor)
    return render(request, "investors/thesis_form.html", {"form": form, "investor": thesis.investor, "thesis": thesis})


@login_required
@require_POST
def thesis_delete(request, pk: int):
    thesis = get_object_or_404(Thesis.objects.editable_by(request.user).select_related("investor"), pk=pk)
    thesis.delete()
    messages.success(request, _("The thesis is deleted."))
    return redirect(thesis.investor)
