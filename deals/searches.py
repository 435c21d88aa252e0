"""Searches for companies that an institution keeps. Pages and the daily task call these."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ActionError
from accounts.models import User
from companies.filters import CompanyFilter
from companies.models import Company
from deals import notices
from deals.actions import speaks_for
from deals.checks import check_text, save_checked
from deals.models import Block, SavedSearch, SearchHit
from investors.models import Investor
from taxonomy import display

LIMIT = 50
# What orders a list narrows nothing.
ORDER = "sort"
LONGEST_VALUE = 200


def cleaned(query: Mapping[str, str]) -> dict[str, str]:
    """Return the filters of the list of companies that a query sets, and nothing else of it."""
    given = {name: str(query.get(name, "")).strip()[:LONGEST_VALUE] for name in CompanyFilter.base_filters}
    return {name: value for name, value in given.items() if value}


def filters_of(query: Mapping[str, str], user) -> CompanyFilter:
    """The filters of a query as `user` may use them: what an amount is asked, not everybody may know."""
    companies = Company.objects.visible_to(user).published()
    return CompanyFilter(query, companies, request=SimpleNamespace(user=user))


def check_writer(user, investor: Investor) -> None:
    if not speaks_for(user, investor):
        raise PermissionDenied(_("Only owners and editors of the institution change its saved searches."))


@transaction.atomic
def save(user: User, investor: Investor, name: str, query: Mapping[str, str], alerts: bool = False) -> SavedSearch:
    """Keep a search for all members of an institution."""
    check_writer(user, investor)
    query = cleaned(query)
    if not query.keys() - {ORDER}:
        raise ActionError(_("Set a filter first: a search for everything is not kept."), "empty", "query")
    if not filters_of(query, user).is_valid():
        raise ActionError(_("One of the filters cannot be understood. Correct it in the list first."), "query", "query")
    if investor.searches.count() >= LIMIT:
        raise ActionError(_("%(count)d searches are kept. Delete one first."), "limit", "name", {"count": LIMIT})
    search = SavedSearch(investor=investor, name=_name(name), query=query, alerts=alerts, created_by=user)
    save_checked(search, _("A search of this name is saved already."), "name")
    if alerts:
        _know_present_ones(search, user)
    return search


@transaction.atomic
def change(user: User, search: SavedSearch, name: str, alerts: bool) -> SavedSearch:
    """Rename a search, or switch its alerts: from then on, not of what fits already."""
    check_writer(user, search.investor)
    begins = alerts and not search.alerts
    search.name, search.alerts = _name(name), alerts
    save_checked(search, _("A search of this name is saved already."), "name")
    if begins:
        _know_present_ones(search, user)
    return search


def remove(user: User, search: SavedSearch) -> None:
    check_writer(user, search.investor)
    search.delete()


def _name(name: str) -> str:
    name = " ".join(check_text(name, "name", 80).split())
    if not name:
        raise ActionError(_("Give the search a name."), "required", "name")
    return name


def described(search: SavedSearch, user) -> list[tuple[str, str]]:
    """Return what a search narrows, in the reader's words: pairs of a label and a value, empty for a mark."""
    filters = filters_of(search.query, user)
    if not filters.is_valid():
        return []
    found = []
    for field in filters.form:
        value = filters.form.cleaned_data[field.name]
        if field.name != ORDER and value not in (None, "", False):
            found.append((str(field.label), _worded(field.name, value)))
    return found


def _worded(name: str, value) -> str:
    if value is True:
        return ""
    if name.startswith("amount"):
        return display.money(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# --- Alerts -------------------------------------------------------------------------------------------------------


def _new_ones(search: SavedSearch, user) -> QuerySet[Company]:
    """The companies that fit and of which the institution was not told; none that keeps it away, or that it does."""
    filters = filters_of(search.query, user)
    if not filters.is_valid():
        # A category or a place that is gone since.
        return Company.objects.none()
    known = SearchHit.objects.filter(search=search).values("company")
    apart = Block.objects.filter(investor=search.investor).values("company")
    return filters.without(ORDER).exclude(pk__in=known).exclude(pk__in=apart).distinct()


def _know(search: SavedSearch, companies: list[int]) -> None:
    hits = (SearchHit(search=search, company_id=pk) for pk in companies)
    SearchHit.objects.bulk_create(hits, batch_size=1000, ignore_conflicts=True)


def _know_present_ones(search: SavedSearch, user) -> None:
    _know(search, list(_new_ones(search, user).values_list("pk", flat=True)))


def alert(day: date | None = None) -> int:
    """Tell institutions which companies newly fit their searches; return how many searches had some.

    Once a day for each search and once for each company, however often this runs and however many run it.
    """
    day = day or timezone.localdate()
    due = SavedSearch.objects.due(day).order_by("pk").values_list("pk", flat=True)
    return sum(_alert(pk, day) for pk in due)


@transaction.atomic
def _alert(pk: int, day: date) -> bool:
    if not SavedSearch.objects.filter(pk=pk).due(day).update(alerted_on=day):
        return False
    search = SavedSearch.objects.select_related("investor", "created_by").get(pk=pk)
    people = list(User.objects.filter(investor_roles__investor=search.investor, is_active=True).order_by("pk"))
    if not people:
        return False
    # Looked at as who saved it would, if still a member.
    reader = search.created_by if search.created_by in people else people[0]
    found = list(_new_ones(search, reader).order_by("-created_at", "-pk"))
    if not found:
        return False
    _know(search, [company.pk for company in found])
    notices.search_found(search, found, people)
    return True
