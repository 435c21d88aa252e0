"""Pages about one pair: why it is recommended or not, whom one looks up, and what would help most."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from companies.models import Company
from deals.models import Side
from investors.models import Investor
from matching import advice, artefacts, consequences, reading, shortlists, why_not
from matching.models import Feedback


def _company(request, pk: int) -> Company:
    return get_object_or_404(reading.readable(Company.objects, request.user), pk=pk)


def _investor(request, pk: int) -> Investor:
    return get_object_or_404(reading.readable(Investor.objects, request.user), pk=pk)


@require_GET
@login_required
def investor_for_company(request, pk, investor):
    """How an institution stands to one's own company."""
    company = _company(request, pk)
    target = get_object_or_404(Investor.objects.visible_to(request.user).for_list(), pk=investor)
    return _pair(request, why_not.look(company, target))


@require_GET
@login_required
def company_for_investor(request, pk, company):
    """How a company stands to one's own institution."""
    investor = _investor(request, pk)
    target = get_object_or_404(Company.objects.visible_to(request.user).for_list(), pk=company)
    return _pair(request, why_not.look(investor, target))


def _pair(request, pair: why_not.Pair):
    context = {
        "pair": pair,
        "may_edit": pair.subject.is_edited_by(request.user),
        **advice.sorted_out(pair.advice),
        **_about(pair.subject, pair.side),
    }
    return render(request, "matching/pair.html", context)


@require_GET
@login_required
def pass_on_investor(request, pk, investor):
    """What it would change in a company's list to pass on an institution."""
    company = _company(request, pk)
    target = get_object_or_404(Investor.objects.visible_to(request.user).for_list(), pk=investor)
    return _pass(request, reading.for_company(company), target)


@require_GET
@login_required
def pass_on_company(request, pk, company):
    """What it would change in an institution's list to pass on a company."""
    investor = _investor(request, pk)
    target = get_object_or_404(Company.objects.visible_to(request.user).for_list(), pk=company)
    return _pass(request, reading.for_investor(investor), target)


def _pass(request, feed: reading.Feed, target):
    found = consequences.of_passing(feed, target)
    context = {
        "target": target,
        "found": [(label, found[reason]) for reason, label in Feedback.PassReason.choices],
        "chosen": found.get(request.GET.get("reason", "")),
        **_about(feed.subject, feed.side),
    }
    return render(request, "matching/_pass.html" if request.htmx else "matching/pass.html", context)


@require_GET
@login_required
def compare(request, pk):
    """Up to four institutions beside each other."""
    company = _company(request, pk)
    chosen = _marked(request, Investor.objects.visible_to(request.user).for_list())
    if len(chosen) < 2:
        messages.info(request, _("Mark two to four institutions on the list first."))
        return redirect("matching:for_company", company.pk)
    columns = shortlists.beside(company, chosen, request.user)
    return _beside(request, company, Side.COMPANY, chosen, columns, "matching/compare.html")


@require_GET
@login_required
def compare_companies(request, pk):
    """Up to four companies beside each other."""
    investor = _investor(request, pk)
    chosen = _marked(request, Company.objects.visible_to(request.user).for_list())
    if len(chosen) < 2:
        messages.info(request, _("Mark two to four companies on the list first."))
        return redirect("matching:for_investor", investor.pk)
    columns = shortlists.companies_beside(investor, chosen, request.user)
    return _beside(request, investor, Side.INVESTOR, chosen, columns, "matching/compare_companies.html")


def _marked(request, visible) -> list:
    """Those that the address names, in its order."""
    asked = [int(number) for number in request.GET.getlist("with") if number.isdecimal() and len(number) < 18]
    return sorted(visible.filter(pk__in=asked), key=lambda one: asked.index(one.pk))


def _beside(request, subject, side: str, chosen: list, columns: list, template: str):
    context = {
        "columns": columns,
        "left_out": max(len(chosen) - shortlists.MOST, 0),
        "may_edit": subject.is_edited_by(request.user),
        "sees_notes": subject.has_member(request.user),
        **_about(subject, side),
    }
    return render(request, template, context)


@require_GET
@login_required
def look_up_investor(request, pk):
    """Institutions by name, to see how they stand to one's company."""
    company = _company(request, pk)
    found = Investor.objects.visible_to(request.user).for_list()
    return _look_up(request, company, Side.COMPANY, found, "matching:investor_for_company")


@require_GET
@login_required
def look_up_company(request, pk):
    """Companies that raise, by name, to see how they stand to one's institution."""
    investor = _investor(request, pk)
    found = Company.objects.visible_to(request.user).raising().for_list()
    return _look_up(request, investor, Side.INVESTOR, found, "matching:company_for_investor")


def _look_up(request, subject, side: str, queryset, address: str):
    typed = request.GET.get("q", "").strip()
    found = why_not.named(queryset, typed)
    if len(found) == 1 and not request.htmx:
        return redirect(address, subject.pk, found[0].pk)
    context = {
        "typed": typed,
        "found": [(one, reverse(address, args=[subject.pk, one.pk])) for one in found],
        **_about(subject, side),
    }
    return render(request, "matching/_found.html" if request.htmx else "matching/look_up.html", context)


@require_GET
@login_required
def advice_for_company(request, pk):
    """What a company could state that would raise the first of its list most."""
    return _advice(request, reading.for_company(_company(request, pk)))


@require_GET
@login_required
def advice_for_investor(request, pk):
    """What an institution could state that would raise the first of its list most."""
    return _advice(request, reading.for_investor(_investor(request, pk)))


def _advice(request, feed: reading.Feed):
    try:
        found = advice.for_list(feed)
    except artefacts.ArtefactError:
        found = None
    context = {
        "feed": feed,
        "is_measured": found is not None,
        **advice.sorted_out(found or []),
        "first": min(advice.FIRST, len(feed.open())),
        "may_edit": feed.subject.is_edited_by(request.user),
        **_about(feed.subject, feed.side),
    }
    return render(request, "matching/_advice_line.html" if request.htmx else "matching/advice.html", context)


def _about(subject: Company | Investor, side: str) -> dict:
    """What all these pages know: whose list it is, and the way back to it."""
    kind = "company" if side == Side.COMPANY else "investor"
    return {"subject": subject, "side": side, "own_list": reverse(f"matching:for_{kind}", args=[subject.pk])}
