"""The search box, and the page of what it finds."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals import finding


@require_safe
@login_required
def find(request):
    """A page; for the box, while one types, the first of each kind."""
    typed = request.GET.get("q", "").strip()[: finding.LONGEST]
    is_part = request.htmx and not request.htmx.boosted
    groups = finding.offer(request.user, typed) if is_part else finding.find(request.user, typed)
    return render(
        request,
        "deals/finding/_offered.html" if is_part else "deals/finding/page.html",
        {"typed": typed, "groups": groups},
    )
