"""How an administrator begins and ends to look at the site as somebody else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import viewing
from accounts.forms import ViewingForm
from accounts.models import User


@login_required
def begin(request, pk: int):
    user = get_object_or_404(User, pk=pk) if request.user.is_administrator else None
    if user is None or not viewing.may_view(request.user, user):
        raise PermissionDenied(_("Only administrators look at the site as somebody else, and never as one another."))
    form = ViewingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = viewing.begin(request.user, user, form.cleaned_data["reason"])
        request.session[viewing.KEY] = row.pk
        return redirect("home")
    return render(request, "accounts/view_as.html", {"person": user, "form": form})


@require_POST
def end(request):
    """By the button of the banner: the one thing that can be sent while one looks. See `ViewingMiddleware`."""
    row = getattr(request, "viewing", None)
    request.session.pop(viewing.KEY, None)
    if row is None:
        return redirect("home")
    viewing.end(row)
    messages.success(request, _("You see the site as yourself again."))
    return redirect("view_as", row.user_id)
