"""What is said and decided about a deal or a listing, from its page or from the queue; `kind` is `deal` or `listing`."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.errors import TooLate
from deals import review
from deals.forms import ObjectForm, RejectForm
from deals.models import Deal, Listing
from deals.views import deals, listings


@dataclass(frozen=True)
class Kind:
    """How a record of a kind is fetched for the reader, how its page is shown, and what is said of a decision."""

    visible: Callable
    page: Callable
    verified: str | Promise
    rejected: str | Promise
    taken_up: str | Promise


KINDS = {
    "deal": Kind(
        deals.visible,
        deals.page,
        gettext_lazy("The deal is verified."),
        gettext_lazy("The deal is rejected and counts nowhere."),
        gettext_lazy("The deal is taken up again and waits to be verified."),
    ),
    "listing": Kind(
        listings.visible,
        listings.page,
        gettext_lazy("The listing is verified."),
        gettext_lazy("The listing is rejected and counts nowhere."),
        gettext_lazy("The listing is taken up again and waits to be verified."),
    ),
}


def _done(request, kind: str, record: Deal | Listing, act: Callable, said):
    try:
        act()
    except TooLate as late:
        messages.warning(request, late.messages[0])
        return KINDS[kind].page(request, KINDS[kind].visible(request, record.pk), status=409)
    messages.success(request, said)
    return redirect("deals:queue" if request.POST.get("next") == "queue" else record)


@login_required
@require_POST
def confirm(request, pk: int, kind: str):
    record = KINDS[kind].visible(request, pk)
    publish = "publish_amount" in request.POST
    said = _("Confirmed. Thank you.")
    return _done(request, kind, record, lambda: review.confirm(request.user, record, publish), said)


@login_required
@require_POST
def object_to(request, pk: int, kind: str):
    record = KINDS[kind].visible(request, pk)
    if not review.may_object(request.user, record):
        raise PermissionDenied
    form = ObjectForm(request.POST)
    if not form.is_valid():
        return KINDS[kind].page(request, record, status=400, object_form=form)
    return _done(
        request,
        kind,
        record,
        lambda: review.object_to(request.user, record, form.cleaned_data["objection"]),
        _("Your objection is noted. The administrators and the other party are told."),
    )


@login_required
@require_POST
def verify(request, pk: int, kind: str):
    record = KINDS[kind].visible(request, pk)
    return _done(request, kind, record, lambda: review.verify(request.user, record), KINDS[kind].verified)


@login_required
@require_POST
def take_up(request, pk: int, kind: str):
    record = KINDS[kind].visible(request, pk)
    return _done(request, kind, record, lambda: review.take_up(request.user, record), KINDS[kind].taken_up)


@login_required
@require_POST
def reject(request, pk: int, kind: str):
    record = KINDS[kind].visible(request, pk)
    if not request.user.is_administrator:
        raise PermissionDenied
    form = RejectForm(request.POST, record=record)
    if not form.is_valid():
        return KINDS[kind].page(request, record, status=400, reject_form=form)
    data = form.cleaned_data
    return _done(
        request,
        kind,
        record,
        lambda: review.reject(request.user, record, data["reject_reason"], data["note"]),
        KINDS[kind].rejected,
    )
