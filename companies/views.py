"""Companies and their raises, for people."""

import mimetypes

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import drafts, freshness
from companies import actions, completeness, counts
from companies.access import reader
from companies.filters import CompanyFilter
from companies.forms import CompanyForm, RaiseForm
from companies.models import Company, Raise
from taxonomy import display

PAGE_SIZE = 20


@require_safe
@login_required
def company_list(request):
    filters = CompanyFilter(request.GET, Company.objects.visible_to(request.user), request=request)
    # An unknown value is named beside its field, and shows nothing rather than everything.
    found = filters.qs if filters.is_valid() else Company.objects.none()
    if not filters.form["sort"].value():
        found = found.order_by("-created_at", "-pk")
    page = Paginator(found.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    is_part = request.htmx and not request.htmx.boosted
    if filters.is_valid():
        counts.write_into(filters)
    context = {"filters": filters, "page": page, "swapped": counts.swapped(filters) if is_part else []}
    return render(request, "companies/_results.html" if is_part else "companies/list.html", context)


@require_safe
@login_required
def detail(request, pk: int):
    company = get_object_or_404(Company.objects.visible_to(request.user).for_page(), pk=pk)
    return render(
        request,
        "companies/detail.html",
        {
            "company": company,
            "raise": company.open_raise,
            "past_raises": [item for item in company.raises.all() if item.status != Raise.Status.OPEN],
            "may_edit": company.is_edited_by(request.user),
            "meter": completeness.of(company) if company.has_member(request.user) else None,
            "is_member": company.has_member(request.user),
            "is_stale": freshness.is_stale(company),
            "sees_contacts": reader(request).sees_contacts(company),
        },
    )


@require_safe
@login_required
def logo(request, pk: int):
    company = get_object_or_404(Company.objects.visible_to(request.user).exclude(logo=""), pk=pk)
    try:
        file = company.logo.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    kind = mimetypes.guess_type(company.logo.name)[0] or "application/octet-stream"
    return FileResponse(file, content_type=kind, headers={"Cache-Control": "private, max-age=86400"})


@login_required
@require_POST
def confirm(request, pk: int):
    """Say that the profile is right as it stands."""
    company = get_object_or_404(Company.objects.editable_by(request.user), pk=pk)
    freshness.confirm(request.user, company)
    messages.success(request, _("Thank you: readers see that the profile is up to date."))
    return redirect(company)


@login_required
def edit(request, pk: int):
    company = get_object_or_404(Company.objects.editable_by(request.user), pk=pk)
    form = CompanyForm(request.POST or None, request.FILES or None, instance=company, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_company(form.save(commit=False), form.cleaned_data["primary"], form.cleaned_data["further"])
        except IntegrityError:
            form.add_error("credit_code", _("A company with this unified social credit code is registered already."))
        else:
            freshness.confirm(request.user, company)
            messages.success(request, _("The profile is saved."))
            return redirect(company)
    return render(request, "companies/form.html", {"form": form, "company": company})


def _recommendations(company: Company) -> str:
    """Where a company goes once its raise is open: to its investors, if this installation matches."""
    try:
        return reverse("matching:for_company", args=[company.pk])
    except NoReverseMatch:
        return company.get_absolute_url()


def _amount_asked(asked: Raise) -> str:
    """The amount as it was understood, so that a slip of the pen is seen at once."""
    amount = display.money_range(asked.amount_low, asked.amount_high, asked.currency_id)
    return _("Amount asked: %(amount)s.") % {"amount": amount} if amount else ""


@login_required
def raise_create(request, pk: int):
    company = get_object_or_404(Company.objects.editable_by(request.user), pk=pk)
    standing = company.raises.open().first()
    if standing:
        if drafts.asks_to_keep(request):
            return drafts.kept(request, None)
        messages.info(request, _("This company has an open raise already: edit or close that one."))
        return redirect("companies:raise_edit", standing.pk)
    kind = f"raise:{company.pk}"
    draft = drafts.of(request.user, kind)
    form = RaiseForm(request.POST or None, instance=Raise(company=company), initial=draft.values if draft else {})
    if request.method == "POST":
        if drafts.asks_to_keep(request):
            return drafts.kept(request, drafts.keep(request.user, kind, drafts.typed(form)))
        if form.is_valid():
            try:
                actions.open_raise(form.save(commit=False))
            except IntegrityError:
                form.add_error(None, _("This company has an open raise already: edit or close that one."))
            else:
                drafts.done(request.user, kind)
                said = _("The raise is open. The investors that fit appear here.")
                messages.success(request, display.sentences(said, _amount_asked(form.instance)))
                return redirect(_recommendations(company))
    context = {"form": form, "company": company, "first": not company.raises.exists(), "draft": draft}
    return render(request, "companies/raise_form.html", context)


@login_required
def raise_edit(request, pk: int):
    asked = get_object_or_404(Raise.objects.editable_by(request.user).open().select_related("company"), pk=pk)
    form = RaiseForm(request.POST or None, instance=asked)
    if request.method == "POST" and form.is_valid():
        if actions.update_raise(form.save(commit=False), form.changed_data):
            messages.success(request, display.sentences(_("The raise is saved."), _amount_asked(form.instance)))
        else:
            messages.info(request, _("The raise had ended already."))
        return redirect(asked.company)
    return render(request, "companies/raise_form.html", {"form": form, "company": asked.company, "raise": asked})


@login_required
@require_POST
def raise_end(request, pk: int):
    asked = get_object_or_404(Raise.objects.editable_by(request.user).select_related("company"), pk=pk)
    status = request.POST.get("status")
    if status not in (Raise.Status.CLOSED, Raise.Status.WITHDRAWN):
        messages.error(request, _("Say whether the raise is closed or withdrawn."))
    elif actions.end_raise(asked, status):
        messages.success(request, _("The raise has ended."))
    else:
        messages.info(request, _("The raise had ended already."))
    return redirect(asked.company)
