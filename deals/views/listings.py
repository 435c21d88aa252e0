"""Listings: the list, one listing, recording, correcting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ActionError, TooLate
from companies.models import Company
from deals import basis, history, listings, records
from deals.filters import ListingFilter
from deals.forms import ListingForm, label_of
from deals.models import Deal, Listing
from taxonomy import display

PAGE_SIZE = 30


@require_safe
@login_required
def listing_list(request):
    user = request.user
    filters = ListingFilter(request.GET, Listing.objects.visible_to(user), request=request)
    # An unknown value is named beside its field, and shows nothing rather than everything.
    found = filters.qs if filters.is_valid() else Listing.objects.none()
    page = Paginator(found.with_offerings(user).for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    part = "deals/_listings.html" if request.htmx.target == "results" else "deals/listings.html"
    return render(request, part, {"filters": filters, "page": page, "may_record": listings.may_record_any(user)})


@require_safe
@login_required
def list_file(request, form: str):
    """The list under its filters as a file."""
    filters = ListingFilter(request.GET, Listing.objects.visible_to(request.user), request=request)
    if not filters.is_valid():
        return render(request, "deals/statistics/wrong.html", {"filters": filters}, status=400)
    about = [(_("List"), _("Listings")), *records.chosen(filters.form)]
    return records.respond("listings", filters.qs.for_list(), about, form, f"listings-{timezone.localdate()}")


@require_safe
@login_required
def detail(request, pk: int):
    return page(request, visible(request, pk))


def visible(request, pk: int) -> Listing:
    """The listing as the reader may see it, with what its page shows."""
    found = (
        Listing.objects.visible_to(request.user).for_list().select_related("recorded_by", "verified_by", "objected_by")
    )
    return get_object_or_404(found, pk=pk)


def page(request, listing: Listing, status: int = 200, **forms):
    """The page of a listing; `forms` are those of `review_of` that were filled in."""
    user = request.user
    offering = Deal.objects.visible_to(user).with_amount_shown(user).filter(pk=listing.offering_id).first()
    return render(
        request,
        "deals/listing.html",
        {
            "listing": listing,
            **forms,
            "offering": offering,
            "basis": basis.of_listing(listing),
            "may_record_raise": listing.is_present and listing.company.is_edited_by(user),
            "changes": history.changes(listing) if user.is_administrator else [],
        },
        status=status,
    )


@login_required
def record(request):
    user = request.user
    if not listings.may_record_any(user):
        message = _("Only owners and editors of the company and administrators may record its listings.")
        raise PermissionDenied(message)
    if request.method != "POST":
        form = ListingForm(initial=_prefilled(request), user=user)
        return _form_page(request, form)
    form = ListingForm(request.POST, user=user)
    if not form.is_valid():
        return _form_page(request, form)
    if form.has_unseen_offerings:
        return _form_page(request, form, choose=True)
    company, board = form.cleaned_data["company"], form.cleaned_data["board"]
    listing = _stored(form, lambda data: listings.record(user, company=company, **data))
    if not listing:
        known = listings.on_board(company, board) if "board" in form.errors else None
        return _form_page(request, form, known=known)
    messages.success(request, _("The listing is recorded. An administrator verifies it next."))
    return redirect(listing)


def _prefilled(request) -> dict:
    """The company that the address names, else one's own."""
    companies, named = Company.objects.editable_by(request.user), request.GET.get("company", "")
    if named:
        if not named.isdecimal() or len(named) > 18:
            raise Http404
        return {"company": label_of(get_object_or_404(companies, pk=named))}
    own = companies.of(request.user).first()
    return {"company": label_of(own)} if own else {}


def _form_page(request, form: ListingForm, **context):
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "deals/listing_form.html", {"form": form, **context}, status=status)


@login_required
def edit(request, pk: int):
    """Correct a listing that nobody verified yet."""
    user = request.user
    listing = get_object_or_404(Listing.objects.correctable_by(user).for_list(), pk=pk)
    if request.method != "POST":
        return _form_page(request, ListingForm(initial=_typed(listing), user=user, listing=listing), listing=listing)
    form = ListingForm(request.POST, user=user, listing=listing)
    if not form.is_valid():
        return _form_page(request, form, listing=listing)
    board = form.cleaned_data["board"]
    try:
        corrected = _stored(form, lambda data: listings.correct(user, listing, **data))
    except TooLate as late:
        messages.warning(request, late.messages[0])
        return redirect(listing)
    if not corrected:
        known = listings.on_board(listing.company, board, listing) if "board" in form.errors else None
        return _form_page(request, form, listing=listing, known=known)
    messages.success(request, _("The listing is corrected."))
    return redirect(listing)


def _typed(listing: Listing) -> dict:
    """The particulars of a listing as one would type them."""
    names = (
        "board", "ticker", "listed", "filed_on", "cleared_on", "offering", "market_value_on", "source_url", "note"
    )  # fmt: skip
    return {
        **{name: getattr(listing, name) for name in names},
        "market_value": display.amount(listing.worth) if listing.worth else "",
        "currency": listing.market_value_currency_id or "CNY",
    }


def _stored(form: ListingForm, act) -> Listing | None:
    """Return what `act` makes of the typed particulars, or None with the refusal beside the form."""
    data = {name: value for name, value in form.cleaned_data.items() if name not in ("company", "currency")}
    try:
        return act(data)
    except TooLate:
        raise
    except ActionError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
    except PermissionDenied as refusal:
        # Not of a company that this person edits: said beside the form, which keeps what was typed.
        form.add_error("company", str(refusal))
    return None


@login_required
@require_POST
def withdraw(request, pk: int):
    listing = get_object_or_404(Listing.objects.correctable_by(request.user), pk=pk)
    try:
        listings.withdraw(request.user, listing)
    except TooLate as late:
        messages.warning(request, late.messages[0])
        return redirect(listing)
    messages.success(request, _("The listing is taken back and counts nowhere."))
    return redirect("deals:listings")
