"""Deals: the list, one deal, recording, correcting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import EDITING
from companies.models import Company, Raise
from deals import actions, basis, corrections, duplicates, history, merging, records
from deals.filters import DealFilter
from deals.forms import Participations, RecordForm, label_of
from deals.models import Deal, Introduction, Listing, Merge, PipelineCard
from investors.models import Investor
from taxonomy import display

PAGE_SIZE = 30
# How many lines for investors a press of "more lines" adds.
MORE = 3


@require_safe
@login_required
def deal_list(request):
    filters = DealFilter(request.GET, Deal.objects.visible_to(request.user), request=request)
    # An unknown value is named beside its field, and shows nothing rather than everything.
    found = filters.qs if filters.is_valid() else Deal.objects.none()
    page = Paginator(found.with_amount_shown(request.user).for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    part = "deals/_results.html" if request.htmx.target == "results" else "deals/list.html"
    context = {"filters": filters, "page": page, "may_record": may_record_any(request.user)}
    return render(request, part, context | {"narrowed": _narrowed(filters, request.user)})


def _narrowed(filters: DealFilter, user) -> str:
    """What the address narrows the list to without a field that shows it."""
    chosen = filters.form.cleaned_data if filters.is_valid() else {}
    named = {}
    for name, model in (("company", Company), ("investor", Investor), ("partner", Investor), ("beside", Investor)):
        if chosen.get(name):
            named[name] = model.objects.visible_to(user).filter(pk=chosen[name]).first() or "–"
    texts = {
        "company": _("deals of %(company)s"),
        "investor": _("deals of %(investor)s"),
        "partner": _("together with %(partner)s"),
        "beside": _("in companies of %(beside)s"),
    }
    said = [texts[name] % {name: party} for name, party in named.items()]
    if chosen.get("numbers"):
        said.append(_("the deals that a reason counts"))
    return pgettext("between the items of a list", ", ").join(said)


@require_safe
@login_required
def list_file(request, form: str):
    """The list under its filters as a file."""
    filters = DealFilter(request.GET, Deal.objects.visible_to(request.user), request=request)
    if not filters.is_valid():
        return render(request, "deals/statistics/wrong.html", {"filters": filters}, status=400)
    deals = filters.qs.with_amount_shown(request.user).for_list()
    about = [(_("List"), _("Deals")), *records.chosen(filters.form)]
    return records.respond("deals", deals, about, form, f"deals-{timezone.localdate()}")


def may_record_any(user) -> bool:
    """Whether `user` could be a party to some deal, or is an administrator."""
    return (
        user.is_administrator
        or user.company_roles.filter(role__in=EDITING).exists()
        or user.investor_roles.filter(role__in=EDITING).exists()
    )


@require_safe
@login_required
def detail(request, pk: int):
    if not request.user.is_administrator:
        # A record that was merged leads its parties to the deal that is kept.
        kept = Deal.objects.visible_to(request.user).filter(merged=pk).first()
        if kept:
            return redirect(kept)
    return page(request, visible(request, pk))


def visible(request, pk: int) -> Deal:
    """The deal as the reader may see it, with what its page shows."""
    deals = Deal.objects.visible_to(request.user).with_amount_shown(request.user).for_list()
    return get_object_or_404(
        deals.select_related("introduction", "recorded_by", "verified_by", "objected_by", "merged_into"), pk=pk
    )


def page(request, deal: Deal, status: int = 200, **forms):
    """The page of a deal; `forms` are those of `review_of` that were filled in."""
    user = request.user
    return render(
        request,
        "deals/detail.html",
        {
            "deal": deal,
            **forms,
            "raise_to_close": _raise_to_close(user, deal),
            "raise_is_own": deal.company.has_member(user),
            "suspicions": duplicates.beside(deal) if user.is_administrator and deal.is_present else [],
            "changes": history.changes(deal) if user.is_administrator else [],
            "merged": deal.merged.select_related("source"),
            "basis": basis.of_deal(deal, deal.amount_shown),
            "listing": Listing.objects.visible_to(user)
            .filter(offering=deal)
            .select_related("company", "board")
            .first(),
            **_merger(user, deal),
            "sees_introduction": deal.introduction_id
            and Introduction.objects.visible_to(user).filter(pk=deal.introduction_id).exists(),
        },
        status=status,
    )


def _merger(user, deal: Deal) -> dict:
    """How a merged deal was merged, and why that cannot be undone."""
    if not user.is_administrator or deal.status != Deal.Status.MERGED:
        return {}
    mergers = Merge.objects.standing().filter(dropped=deal)
    merger = mergers.select_related("kept", "dropped", "decided_by").first()
    changed = merging.changed_since(merger) if merger else []
    return {"merger": merger, "changed_since": pgettext("between the items of a list", ", ").join(changed)}


def _raise_to_close(user, deal: Deal) -> Raise | None:
    """The open raise that a deal most likely ended: of its company and its round, and opened before.

    Who speaks for the company is asked as soon as the company has said that there is the deal.
    """
    gone = deal.status in (Deal.Status.REJECTED, Deal.Status.MERGED)
    known = deal.status == Deal.Status.VERIFIED or (deal.company_confirmed_at and not gone)
    if not known or not deal.round_id or not deal.company.is_edited_by(user):
        return None
    return deal.company.raises.open().filter(round=deal.round_id, opened_on__lte=deal.announced.last).first()


@login_required
def record(request):
    user = request.user
    if not may_record_any(user):
        raise PermissionDenied(_("Only the parties of a deal and administrators may record it."))
    introduction, card = _introduction(request), _named(request, PipelineCard, "card")
    if introduction and (recorded := Deal.objects.visible_to(user).out_of(introduction).first()):
        messages.info(request, _("A deal is recorded from this introduction already."))
        return redirect(recorded)
    near = []
    if request.method == "POST" and "more" in request.POST:
        form, parts = _with_more_lines(request, user)
    elif request.method == "POST":
        form = RecordForm(request.POST, user=user)
        parts = Participations(request.POST, prefix="part", form_kwargs={"user": user})
        # Both are read, so that every mistake is shown at once.
        if form.is_valid() & parts.is_valid():
            near = duplicates.like(user, investors=parts.named(), **form.cleaned_data)
            if not near or form.cleaned_data["different"]:
                deal = _record(request, form, parts, introduction)
                if deal:
                    said = _("The deal is recorded. An administrator verifies it next.")
                    if deal.is_asserted:
                        said = _("The deal is recorded. It counts once the other side has confirmed it.")
                    messages.success(request, display.sentences(said, _amount_of(deal), _kept_back(form, deal)))
                    return redirect(card or deal)
    else:
        form, parts = _prefilled(request, user, introduction)
    return _form_page(request, form, parts, near, introduction=introduction, card=card)


def _amount_of(deal: Deal) -> str:
    """The amount as it was understood, so that a slip of the pen is seen at once."""
    return _("Amount: %(amount)s.") % {"amount": display.amount(deal.amount)}


def _kept_back(form: RecordForm, deal: Deal) -> str:
    """That the amount is not published as was asked for."""
    if form.cleaned_data["amount_audience"] == deal.amount_audience:
        return ""
    return _("%(company)s keeps its amounts back: it alone can publish this one.") % {"company": deal.company.name}


def _form_page(request, form: RecordForm, parts, near, **context):
    status = 400 if form.is_bound and (form.errors or parts.total_error_count()) else 200
    return render(
        request,
        "deals/record.html",
        {"form": form, "parts": parts, "near": near, **context},
        status=status,
    )


@login_required
def edit(request, pk: int):
    """Correct a deal that nobody verified yet."""
    user = request.user
    deal = get_object_or_404(Deal.objects.correctable_by(user).for_list(), pk=pk)
    near = []
    if request.method == "POST" and "more" in request.POST:
        form, parts = _with_more_lines(request, user)
    elif request.method == "POST":
        form = RecordForm(request.POST, user=user)
        parts = Participations(request.POST, prefix="part", form_kwargs={"user": user})
        if form.is_valid() & parts.is_valid():
            near = duplicates.like(user, pk=deal.pk, investors=parts.named(), **form.cleaned_data)
            if not near or form.cleaned_data["different"]:
                try:
                    corrected = _stored(
                        form, lambda data: corrections.correct(user, deal, investors=parts.named(), **data)
                    )
                except actions.TooLate as late:
                    messages.warning(request, late.messages[0])
                    return redirect(deal)
                if corrected:
                    said = (_("The deal is corrected."), _amount_of(corrected), _kept_back(form, corrected))
                    messages.success(request, display.sentences(*said))
                    return redirect(deal)
    else:
        form = RecordForm(initial=_typed(deal), user=user)
        named = [{"investor": label_of(part.investor), "is_lead": part.is_lead} for part in deal.participations.all()]
        parts = Participations(prefix="part", initial=named, form_kwargs={"user": user})
    return _form_page(request, form, parts, near, deal=deal)


def _typed(deal: Deal) -> dict:
    """The particulars of a deal as one would type them."""
    names = ("kind", "round", "announced", "amount_audience", "source_url", "note")
    return {
        **{name: getattr(deal, name) for name in names},
        "company": label_of(deal.company),
        "amount": deal.amount_text or display.amount(deal.amount),
        "currency": deal.currency_id or "CNY",
    }


@login_required
@require_POST
def withdraw(request, pk: int):
    deal = get_object_or_404(Deal.objects.correctable_by(request.user), pk=pk)
    try:
        corrections.withdraw(request.user, deal)
    except actions.TooLate as late:
        messages.warning(request, late.messages[0])
        return redirect(deal)
    messages.success(request, _("The deal is taken back and counts nowhere."))
    return redirect("deals:list")


def _introduction(request) -> Introduction | None:
    pk = request.GET.get("introduction", "")
    if not pk:
        return None
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404
    return get_object_or_404(Introduction.objects.visible_to(request.user).accepted().for_list(), pk=pk)


def _prefilled(request, user, introduction: Introduction | None):
    initial, investors = {}, []
    if introduction:
        initial |= _of_raise(introduction.company, introduction.raise_asked)
        investors = [{"investor": label_of(introduction.investor)}]
    else:
        mine = (
            _named(request, Company, "company")
            or Company.objects.filter(memberships__user=user, memberships__role__in=EDITING).first()
        )
        if (kind := request.GET.get("kind")) in Deal.Kind.values:
            initial["kind"] = kind
        ours = (
            _named(request, Investor, "investor")
            or Investor.objects.filter(memberships__user=user, memberships__role__in=EDITING).first()
        )
        if mine:
            initial |= _of_raise(mine, mine.raises.open().first())
        if ours:
            investors = [{"investor": label_of(ours)}]
    parts = Participations(prefix="part", initial=investors, form_kwargs={"user": user})
    return RecordForm(initial=initial, user=user), parts


def _of_raise(company: Company, asked: Raise | None) -> dict:
    """What the raise out of which a deal comes says of it; an amount that the company keeps back stays so."""
    found = {"company": label_of(company)}
    if asked:
        found |= {"round": asked.round_id, "currency": asked.currency_id}
        if asked.amount_audience != Raise.Audience.MEMBERS:
            found["amount_audience"] = Deal.Audience.PARTIES
    return found


def _named(request, model, side: str):
    """The company, the institution or the card of a pipeline that the address of the form names."""
    pk = request.GET.get(side, "")
    if not pk:
        return None
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404
    return get_object_or_404(model.objects.visible_to(request.user), pk=pk)


def _with_more_lines(request, user):
    """The forms as they were typed, nothing judged yet, with further lines for investors."""
    data = request.POST.copy()
    total = data.get("part-TOTAL_FORMS", "")
    count = min(int(total), Participations.max_num - MORE) if total.isdecimal() and len(total) < 4 else 0
    typed = [
        {"investor": data.get(f"part-{n}-investor", ""), "is_lead": f"part-{n}-is_lead" in data} for n in range(count)
    ]
    form = RecordForm(initial={name: data.get(name) for name in RecordForm.base_fields}, user=user)
    parts = Participations(prefix="part", initial=typed, form_kwargs={"user": user})
    return form, parts


def _record(request, form: RecordForm, parts, introduction: Introduction | None) -> Deal | None:
    return _stored(
        form,
        lambda data: actions.record_deal(request.user, investors=parts.named(), introduction=introduction, **data),
    )


def _stored(form: RecordForm, act) -> Deal | None:
    """Return what `act` makes of the typed particulars, or None with the refusal beside the form."""
    names = ("company", "kind", "round", "announced", "amount", "amount_audience", "source_url", "note")
    try:
        return act({name: form.cleaned_data[name] for name in names})
    except actions.TooLate:
        raise
    except actions.ActionError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
    except PermissionDenied as refusal:
        # Named among the parties is nobody for whom this person speaks: said beside the form, which keeps what was typed.
        form.add_error(None, str(refusal))
    return None


@require_safe
@login_required
def suggest(request, side: str):
    """Options for a field that names a company or an institution: what the reader has typed so far is `q`."""
    model, fields = {
        "companies": (Company, ("short_zh", "name_zh", "short_en", "name_en")),
        "investors": (Investor, ("name_zh", "name_en")),
    }[side]
    typed = next((value for key, value in request.GET.items() if value), "")[:100].strip()
    named = Q()
    for field in fields:
        named |= Q(**{f"{field}__icontains": typed})
    found = model.objects.visible_to(request.user).filter(named)[:8] if len(typed) > 1 else []
    return render(request, "deals/_suggestions.html", {"labels": [label_of(one) for one in found]})
