"""A company's own people look at its profile as an institution sees it."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.models import Company, Raise
from deals import conduct, documents
from deals.forms import PreviewForm
from deals.models import Document, Introduction
from investors.models import Investor


@require_safe
@login_required
def preview(request, pk: int):
    own = Company.objects.all() if request.user.is_administrator else Company.objects.of(request.user)
    company = get_object_or_404(own.for_page(), pk=pk)
    form = PreviewForm(request.GET or None, company=company)
    investor = form.cleaned_data["investor"] if form.is_bound and form.is_valid() else None
    met = _met(company, investor)
    asked = company.open_raise
    kept = Document.objects.kept().filter(raise_shown__company=company).select_related("raise_shown")
    # Somebody who was never met: of all rights only those that every institution has.
    reader = documents.Reader(request.user, company, [investor or Investor(verified_at=timezone.now())])
    blocked = investor is not None and conduct.is_blocked(company, investor)
    return render(
        request,
        "deals/preview.html",
        {
            "company": company,
            "form": form,
            "investor": investor,
            "met": met,
            "blocked": blocked,
            "raise": asked,
            "sees_amount": asked and (asked.amount_audience != Raise.Audience.INTRODUCED or met),
            "shown": [] if blocked else reader.shown(kept.order_by("raise_shown", "kind", "pk")),
        },
    )


def _met(company: Company, investor: Investor | None) -> bool:
    introduced = Introduction.objects.accepted().filter(company=company)
    return investor is not None and introduced.filter(investor=investor).exists()
