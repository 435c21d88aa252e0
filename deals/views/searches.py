"""The searches for companies that an institution keeps."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ActionError
from deals import searches
from deals.actions import speaks_for
from deals.desk_forms import SearchForm, SearchNameForm
from deals.models import SavedSearch
from investors.models import Investor


@require_safe
@login_required
def search_list(request, pk: int):
    investor = get_object_or_404(Investor.objects.of(request.user), pk=pk)
    return _list_page(request, investor)


def _list_page(request, investor: Investor, status: int = 200, failed: SearchNameForm | None = None, at: int = 0):
    rows = [
        {
            "search": search,
            "described": searches.described(search, request.user),
            "form": failed if search.pk == at else SearchNameForm.of(search),
        }
        for search in investor.searches.select_related("created_by")
    ]
    may_write = speaks_for(request.user, investor)
    context = {"investor": investor, "rows": rows, "may_write": may_write}
    return render(request, "deals/searches/list.html", context, status=status)


@login_required
@require_POST
def save(request, pk: int):
    investor = get_object_or_404(Investor.objects.of(request.user), pk=pk)
    searches.check_writer(request.user, investor)
    form = SearchForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        query = QueryDict(data["query"].lstrip("?")).dict()
        try:
            search = searches.save(request.user, investor, data["name"], query, data["alerts"])
        except ActionError as refusal:
            form.add_error(None if refusal.field == "query" else "name", refusal)
        else:
            messages.success(request, _("“%(name)s” is saved for all members.") % {"name": search})
            return redirect(search)
    back = f"?{urlencode(searches.cleaned(QueryDict(str(form['query'].value() or '').lstrip('?'))))}"
    context = {"form": form, "investor": investor, "back": back}
    return render(request, "deals/searches/save.html", context, status=400)


def _search(request, pk: int) -> SavedSearch:
    return get_object_or_404(SavedSearch.objects.visible_to(request.user).select_related("investor"), pk=pk)


@login_required
@require_POST
def change(request, pk: int):
    search = _search(request, pk)
    form = SearchNameForm(request.POST, auto_id=f"search_{search.pk}_%s")
    if form.is_valid():
        try:
            searches.change(request.user, search, **form.cleaned_data)
        except ActionError as refusal:
            form.add_error("name", refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("deals:searches", search.investor_id)
    return _list_page(request, search.investor, 400, form, search.pk)


@login_required
@require_POST
def delete(request, pk: int):
    search = _search(request, pk)
    searches.remove(request.user, search)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": search})
    return redirect("deals:searches", search.investor_id)
