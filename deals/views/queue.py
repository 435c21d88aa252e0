"""The verification queue: what waits for an administrator, in one place."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals import waiting

PAGE_SIZE = 20


@require_safe
@login_required
def queue(request):
    if not request.user.is_administrator:
        raise PermissionDenied(_("Only administrators verify deals and listings."))
    kind = request.GET.get("kind", "")
    if kind not in ("", waiting.ONE_SIDED, *waiting.MODELS):
        raise Http404
    page = Paginator(waiting.line(kind), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = waiting.counts()
    return render(
        request,
        "deals/queue.html",
        {
            "kind": kind,
            "tabs": [
                ("", _("All"), counts["deal"] + counts["listing"]),
                (waiting.ONE_SIDED, _("Said by one side"), counts[waiting.ONE_SIDED]),
                ("deal", _("Deals"), counts["deal"]),
                ("listing", _("Listings"), counts["listing"]),
            ],
            "page": page,
            "rows": waiting.described(list(page)),
        },
    )
