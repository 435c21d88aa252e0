"""Companies and institutions that are like one."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from companies.models import Company
from investors.models import Investor
from matching import likeness


@require_GET
@login_required
def companies_like(request, pk):
    return _like(request, get_object_or_404(Company.objects.visible_to(request.user).for_list(), pk=pk), "company")


@require_GET
@login_required
def investors_like(request, pk):
    return _like(request, get_object_or_404(Investor.objects.visible_to(request.user).for_list(), pk=pk), "investor")


def _like(request, party: Company | Investor, side: str):
    """A page; for a profile, a piece of it."""
    context = {"party": party, "side": side, "found": likeness.alike(party, request.user)}
    is_part = request.htmx and not request.htmx.boosted
    return render(request, "matching/_alike.html" if is_part else "matching/alike.html", context)
