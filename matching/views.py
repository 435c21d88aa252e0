"""Pages of recommendations."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from companies.models import Company
from deals.actions import speaks_for
from deals.models import Side
from investors.models import Investor
from matching import actions, categorising, likeness, reading
from matching.forms import TAKE_BACK, FeedbackForm, NoteForm
from matching.models import Feedback

PER_PAGE = 15


@require_GET
@login_required
def for_company(request, pk):
    """The investors that fit a company's open raise."""
    company = get_object_or_404(reading.readable(Company.objects, request.user), pk=pk)
    feed = reading.for_company(company)
    return _feed(request, feed, {"company": company, "subject": company, "side": Side.COMPANY})


@require_GET
@login_required
def for_investor(request, pk):
    """The raising companies that fit an institution."""
    investor = get_object_or_404(reading.readable(Investor.objects, request.user), pk=pk)
    feed = reading.for_investor(investor)
    return _feed(request, feed, {"investor": investor, "subject": investor, "side": Side.INVESTOR})


def _feed(request, feed: reading.Feed, context: dict):
    show = request.GET.get("show", "")
    entries = feed.saved() if show == "saved" else feed.answered() if show == "answered" else feed.open()
    model = _like(feed, request.GET.get("like", ""))
    if model:
        entries = _in_order_of_likeness(entries, model)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = feed.shown(list(page.object_list))
    if model:
        _say_what_is_common(page.object_list, model, request.user)
    context |= {
        "feed": feed,
        "page": page,
        "show": show,
        "like": model,
        "may_edit": context["subject"].is_edited_by(request.user),
        "may_add": _may_add(request.user, context["subject"], context["side"]),
        "sees_notes": context["subject"].has_member(request.user),
        "pass_reasons": Feedback.PassReason.choices,
        # Where an answer leads back to without JavaScript.
        "here": f"{request.path}?{urlencode({'show': show, 'page': page.number} | ({'like': model.pk} if model else {}))}",
    }
    partial = request.htmx and request.GET.get("part") == "feed"
    return render(request, "matching/_feed.html" if partial else "matching/feed.html", context)


def _like(feed: reading.Feed, number: str) -> Company | Investor | None:
    """The party of the list that the others are ordered by, if the address names one."""
    return next((entry.target for entry in feed.entries if number == str(entry.target.pk)), None)


def _in_order_of_likeness(entries: list[reading.Entry], model) -> list[reading.Entry]:
    place = {pk: at for at, pk in enumerate(likeness.ranked(model, [entry.target.pk for entry in entries]))}
    return sorted(entries, key=lambda entry: place[entry.target.pk])


def _say_what_is_common(entries: list[reading.Entry], model, user) -> None:
    common = likeness.reasons(model, [entry.target for entry in entries if entry.target != model], user)
    for entry in entries:
        entry.common = common.get(entry.target.pk, [])


def _may_add(user, subject, side: str) -> bool:
    """Whether the reader writes into the institution's pipeline: administrators do not."""
    return side == Side.INVESTOR and speaks_for(user, subject)


@require_POST
@login_required
def feedback(request):
    """Save, pass, hide, or take an answer back."""
    form = FeedbackForm(request.POST, user=request.user)
    if not form.is_valid():
        if form.has_error("__all__", "forbidden"):
            raise PermissionDenied
        context = {"form": form, "back": _back(request)}
        return render(request, "matching/feedback_invalid.html", context, status=400)
    data = form.cleaned_data
    if data["kind"] == TAKE_BACK:
        actions.take_back(data["company"], data["investor"], data["side"], request.user)
        answer, said = None, _("Your answer is taken back.")
    else:
        answer = actions.answer(
            request.user, data["company"], data["investor"], data["side"], data["kind"], data["reason"]
        )
        said = _("Noted: %(answer)s.") % {"answer": answer.get_kind_display()}
    if request.htmx:
        return _answered(request, data, answer, said)
    messages.success(request, said)
    return redirect((_back(request) or _own_list(data)) + _anchor(data))


@require_POST
@login_required
def note(request):
    """Write a note to a saved entry of one's own list."""
    form = NoteForm(request.POST, user=request.user)
    if form.has_error("__all__", "forbidden"):
        raise PermissionDenied
    if not form.is_valid():
        return render(request, "matching/feedback_invalid.html", {"form": form, "back": _back(request)}, status=400)
    data = form.cleaned_data
    if actions.write_note(data["company"], data["investor"], data["side"], data["note"]):
        messages.success(request, _("The note is saved."))
    else:
        messages.info(request, _("Save the entry first: a note stands beside what is saved."))
    return redirect((_back(request) or _own_list(data)) + _anchor(data | {"kind": Feedback.Kind.SAVED}))


def _answered(request, data, answer: Feedback | None, said: str):
    """The entry as it stands after an answer, to take the place of the one that was answered."""
    side = data["side"]
    subject, target = (
        data[name] for name in (("company", "investor") if side == Side.COMPANY else ("investor", "company"))
    )
    context = {
        "side": side,
        "subject": subject,
        "target": target,
        "answer": answer,
        "said": said,
        "may_edit": True,
        "may_add": _may_add(request.user, subject, side),
        "sees_notes": subject.has_member(request.user),
        "pass_reasons": Feedback.PassReason.choices,
        "here": _back(request) or _own_list(data),
        "answered": True,
    }
    if not answer or answer.kind == Feedback.Kind.SAVED:
        feed = reading.for_company(subject) if side == Side.COMPANY else reading.for_investor(subject)
        context["entry"] = feed.entry(target)
    part = "matching/_entry.html" if context.get("entry") else "matching/_settled.html"
    return render(request, part, context)


def _anchor(data) -> str:
    """The entry that was answered, where it is still on its list; else the top of the list."""
    if data["kind"] in (Feedback.Kind.PASSED, Feedback.Kind.HIDDEN):
        return "#feed"
    return f"#match-{data['investor' if data['side'] == Side.COMPANY else 'company'].pk}"


def _own_list(data) -> str:
    if data["side"] == Side.COMPANY:
        return reverse("matching:for_company", args=[data["company"].pk])
    return reverse("matching:for_investor", args=[data["investor"].pk])


def _back(request) -> str:
    """Where the answer was given, if that is a page of ours."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}) else ""


@require_POST
@login_required
def suggest_categories(request):
    """Buttons for the categories that the description typed so far speaks of, a piece of the company's form."""
    typed = [
        request.POST.get(f"{part}_{language}", "") for part in ("summary", "description") for language in ("zh", "en")
    ]
    context = {"categories": categorising.suggest(*typed), "chosen": request.POST.get("primary", "")}
    return render(request, "matching/_suggested_categories.html", context)
