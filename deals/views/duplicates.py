"""Deals that may be one: the queue, two side by side, merging and keeping apart, and taking either back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ActionError, TooLate
from companies.models import Company
from deals import comparing, duplicates, likeness, merging
from deals.forms import SuspectedForm
from deals.models import Deal, KeptApart, Merge

PAGE_SIZE = 20


def _administrators_only(request) -> None:
    if not request.user.is_administrator:
        raise PermissionDenied(_("Only administrators merge deals and keep them apart."))


# --- The queue ----------------------------------------------------------------------------------------------------


@require_safe
@login_required
def queue(request):
    _administrators_only(request)
    tab = request.GET.get("tab", "suspected")
    if tab not in ("suspected", "apart", "merged"):
        raise Http404
    form, pairs = SuspectedForm(request.GET), duplicates.suspected()
    decided = {
        "suspected": [],
        "apart": KeptApart.objects.select_related("decided_by"),
        "merged": Merge.objects.standing().select_related("decided_by"),
    }[tab]
    shown = _narrowed(pairs, form) if tab == "suspected" else decided
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "deals/duplicates.html",
        {
            "tab": tab,
            "tabs": [
                ("suspected", _("Possible duplicates"), len(pairs)),
                ("apart", _("Kept apart"), 0),
                ("merged", _("Merged"), 0),
            ],
            "form": form,
            "page": page,
            "rows": _rows(page, tab),
        },
    )


def _narrowed(pairs: list, form: SuspectedForm) -> list:
    # An unknown value is named beside its field, and shows nothing rather than everything.
    if not form.is_valid():
        return []
    strength, words = form.cleaned_data["strength"], form.cleaned_data["q"]
    if strength:
        pairs = [pair for pair in pairs if pair.strength == strength]
    if words:
        named = Deal.objects.filter(company__in=Company.objects.matching_words(words))
        found = set(named.filter(pk__in={pair.first for pair in pairs}).values_list("pk", flat=True))
        found |= set(named.filter(pk__in={pair.second for pair in pairs}).values_list("pk", flat=True))
        pairs = [pair for pair in pairs if found & {pair.first, pair.second}]
    return pairs


def _rows(page, tab: str) -> list[tuple]:
    """What the page shows, each with its two deals; a pair of which one is deleted meanwhile is left out."""
    one, other = {"suspected": ("first", "second"), "apart": ("first_id", "second_id")}.get(
        tab, ("kept_id", "dropped_id")
    )
    both = [(item, getattr(item, one), getattr(item, other)) for item in page]
    deals = Deal.objects.for_list().in_bulk({pk for _item, *pks in both for pk in pks})
    return [(item, (deals[a], deals[b])) for item, a, b in both if a in deals and b in deals]


# --- Two side by side ---------------------------------------------------------------------------------------------


def _two(pk: int, other: int) -> tuple[Deal, Deal]:
    deals = Deal.objects.for_list().select_related("recorded_by", "verified_by", "introduction").in_bulk([pk, other])
    if len(deals) < 2:
        raise Http404
    return deals[pk], deals[other]


@require_safe
@login_required
def compare(request, pk: int, other: int):
    _administrators_only(request)
    return _comparison(request, *_two(pk, other))


def _comparison(request, one: Deal, other: Deal, status: int = 200, typed=None):
    lines = comparing.lines(one, other)
    typed = typed or {}
    facts = likeness.facts([one.pk, other.pk])
    apart = KeptApart.objects.filter(first=min(one.pk, other.pk), second=max(one.pk, other.pk))
    return render(
        request,
        "deals/compare.html",
        {
            "deals": (one, other),
            "keep": int(typed.get("keep") or comparing.better(one, other).pk),
            "lines": [
                {
                    "line": line,
                    "chosen": typed.get(line.code, line.chosen),
                    "choices": list(zip((one.pk, other.pk), line.values, strict=True)),
                }
                for line in lines
            ],
            "reasons": likeness.Judge().reasons(facts[one.pk], facts[other.pk]),
            "seen": merging.seen(one, other),
            "standing": one.is_present and other.is_present,
            "apart": apart.select_related("decided_by").first(),
        },
        status=status,
    )


@login_required
@require_POST
def merge(request, pk: int, other: int):
    _administrators_only(request)
    one, two = _two(pk, other)
    chosen = {
        name: int(value)
        for name, value in request.POST.items()
        if name.partition("-")[0] in (*comparing.GROUPS, "lead", "own", "keep") and value in (str(pk), str(other))
    }
    typed = dict(chosen)
    keep = chosen.pop("keep", comparing.better(one, two).pk)
    kept, dropped = (one, two) if keep == pk else (two, one)
    try:
        merging.merge(request.user, kept, dropped, chosen, request.POST.get("seen", ""))
    except TooLate as late:
        messages.warning(request, late.messages[0])
        return _comparison(request, *_two(pk, other), status=409)
    except ActionError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return _comparison(request, one, two, status=400, typed=typed)
    messages.success(request, _("The two records are one deal now. The parties are told."))
    return redirect("deals:duplicates")


@login_required
@require_POST
def keep_apart(request, pk: int, other: int):
    _administrators_only(request)
    one, two = _two(pk, other)
    try:
        merging.keep_apart(request.user, one, two)
    except TooLate as late:
        messages.warning(request, late.messages[0])
        return _comparison(request, *_two(pk, other), status=409)
    messages.success(request, _("The two stay two deals and are not offered as duplicates again."))
    return redirect("deals:duplicates")


@login_required
@require_POST
def no_longer_apart(request, pk: int, other: int):
    _administrators_only(request)
    merging.no_longer_apart(request.user, *_two(pk, other))
    messages.success(request, _("Taken back: the pair is looked at again."))
    return redirect("deals:compare", pk, other)


@login_required
@require_POST
def unmerge(request, pk: int):
    """Undo the merger by which the deal `pk` was dropped."""
    _administrators_only(request)
    dropped = get_object_or_404(Deal, pk=pk)
    try:
        merger = merging.undo(request.user, merging.of_dropped(request.user, dropped))
    except ActionError as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return redirect(dropped)
    messages.success(request, _("The merger is undone: there are two deals again, each as it was."))
    return redirect("deals:compare", merger.kept_id, merger.dropped_id)
