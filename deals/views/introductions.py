"""Asking for an introduction, and answering."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import EDITING, Notification
from companies.models import Company
from deals import actions, conversation
from deals.contacts import contact_of
from deals.filters import IntroductionFilter
from deals.forms import AcceptForm, AskForm, DeclineForm, MessageForm
from deals.models import Deal, Introduction, Side
from investors.models import Investor

PAGE_SIZE = 20
TABS = ("received", "sent", "accepted", "history")


@require_safe
@login_required
def inbox(request):
    user = request.user
    received = Introduction.objects.asked_of_side_of(user).awaiting()
    sent = Introduction.objects.asked_by_side_of(user).awaiting()
    accepted = Introduction.objects.visible_to(user).accepted()
    history = Introduction.objects.visible_to(user).exclude(status=Introduction.Status.ASKED)
    counts = {"received": received.count(), "sent": sent.count()}
    tab = request.GET.get("tab")
    if tab not in TABS:
        # Who only waits for answers sees for which.
        tab = "sent" if counts["sent"] and not counts["received"] else "received"
    filters = IntroductionFilter(request.GET, history, request=request)
    rows = {
        "received": received.order_by("expires_on", "pk"),
        "sent": sent,
        "accepted": accepted.order_by("-answered_at", "-pk"),
        "history": filters.qs,
    }[tab]
    page = Paginator(rows.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    tabs = [
        ("received", _("Waiting for you"), counts["received"]),
        ("sent", _("Sent by you"), counts["sent"]),
        ("accepted", _("Introduced"), None),
        ("history", _("History"), None),
    ]
    return render(
        request,
        "deals/introductions.html",
        {"page": page, "tab": tab, "tabs": tabs, "filters": filters, "today": timezone.localdate()},
    )


def _one(model, user, pk: str):
    """The visible company or investor of that number, None where none is given."""
    if not pk:
        return None
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404
    return get_object_or_404(model.objects.visible_to(user), pk=pk)


def _own_parties(user, model):
    return model.objects.filter(memberships__user=user, memberships__role__in=EDITING).order_by("pk")


@login_required
def ask(request):
    user = request.user
    company = _one(Company, user, request.GET.get("company", ""))
    investor = _one(Investor, user, request.GET.get("investor", ""))
    if not company and not investor:
        return redirect("deals:introductions")
    if not company or not investor:
        # The other side of the request is one of the reader's own: chosen where there are several.
        own = list(_own_parties(user, Investor if company else Company))
        if not own:
            raise PermissionDenied(_("Only owners and editors of a start-up or of an institution may ask."))
        if len(own) > 1:
            return render(
                request, "deals/introduction_choose.html", {"company": company, "investor": investor, "own": own}
            )
        company, investor = company or own[0], investor or own[0]
    side = _side_or_none(user, company, investor)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            introduction = actions.ask_introduction(user, company, investor, form.cleaned_data["message"])
        except actions.ActionError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
        else:
            said = _("Your request is on its way to %(name)s.")
            if not introduction.answering.memberships.exists():
                said = _("Your request is noted. Nobody from %(name)s is here yet: an administrator passes it on.")
            messages.success(request, said % {"name": introduction.answering})
            return redirect(introduction)
    between = Introduction.objects.visible_to(user).filter(company=company, investor=investor)
    return render(
        request,
        "deals/introduction_ask.html",
        {
            "company": company,
            "investor": investor,
            "side": side,
            "asking": company if side == Side.COMPANY else investor,
            "answering": investor if side == Side.COMPANY else company,
            "raise": company.raises.open().select_related("round", "currency").first(),
            "form": form,
            "standing": between.filter(status__in=["asked", "accepted"]).first(),
            "declined": between.filter(status="declined").order_by("-answered_at").first(),
            "days": actions.ANSWER_DAYS,
            "waiting": (company if side == Side.COMPANY else investor)
            .introductions.awaiting()
            .filter(asked_side=side)
            .count(),
            "limit": actions.WAITING_LIMIT,
            "absent": not (investor if side == Side.COMPANY else company).memberships.exists(),
        },
    )


def _side_or_none(user, company, investor) -> str:
    try:
        return actions.asking_side(user, company, investor)
    except actions.ActionError:
        # Someone on both sides reads why it is refused once they send the form.
        return Side.COMPANY


@require_safe
@login_required
def introduction(request, pk: int):
    row = _visible(request, pk)
    Notification.objects.seen(request.user, request.path)
    return page(request, row)


def _visible(request, pk: int) -> Introduction:
    return get_object_or_404(Introduction.objects.visible_to(request.user).for_list(), pk=pk)


def page(request, row: Introduction, status: int = 200, **forms):
    """The page of an introduction; `forms` are those that were sent and refused."""
    user = request.user
    on_company, on_investor = row.company.has_member(user), row.investor.has_member(user)
    sides = [
        side
        for side, shown in [
            (Side.INVESTOR, on_company or user.is_administrator),
            (Side.COMPANY, on_investor or user.is_administrator),
        ]
        if shown
    ]
    deal = Deal.objects.visible_to(user).out_of(row).first()
    return render(
        request,
        "deals/introduction.html",
        {
            "introduction": row,
            "accept_form": forms.get("accept_form") or AcceptForm(),
            "decline_form": forms.get("decline_form") or DeclineForm(),
            "declining": "decline_form" in forms,
            "may_answer": row.is_waiting and actions.may_answer(user, row),
            "may_withdraw": row.is_waiting and actions.may_withdraw(user, row),
            "contacts": [(row.party(side), contact_of(row, side)) for side in sides] if row.is_accepted else [],
            "deal": deal,
            "may_record": row.is_accepted and not deal and actions.may_record(user, row.company, [row.investor]),
            "thread": row.thread.select_related("author").prefetch_related("attachments") if row.is_accepted else [],
            "message_form": forms.get("message_form") or MessageForm(),
            "may_write": conversation.may_write(user, row),
            "our_side": conversation.side_of(user, row),
            "today": timezone.localdate(),
        },
        status=status,
    )


def _answered(request, row: Introduction, act, done: str, **forms):
    """Carry an answer out. Who came second gets the page as it stands, with a word on what happened."""
    try:
        act()
    except actions.TooLate as late:
        messages.warning(request, late.messages[0])
        return page(request, _visible(request, row.pk), status=409)
    except actions.ActionError as refusal:
        messages.error(request, refusal.messages[0])
        return page(request, _visible(request, row.pk), status=400, **forms)
    messages.success(request, done)
    return redirect(row)


@login_required
@require_POST
def accept(request, pk: int):
    row = _visible(request, pk)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return page(request, row, status=400, accept_form=form)
    done = _("Accepted: you can reach each other now.")
    return _answered(request, row, lambda: actions.accept(request.user, row, form.cleaned_data["note"]), done)


@login_required
@require_POST
def decline(request, pk: int):
    row = _visible(request, pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return page(request, row, status=400, decline_form=form)
    data = form.cleaned_data
    return _answered(
        request,
        row,
        lambda: actions.decline(request.user, row, data["decline_reason"], data["note"]),
        _("Declined. Thank you for the reason: it makes the next recommendations better."),
        decline_form=form,
    )


@login_required
@require_POST
def withdraw(request, pk: int):
    row = _visible(request, pk)
    return _answered(request, row, lambda: actions.withdraw(request.user, row), _("The request is taken back."))
