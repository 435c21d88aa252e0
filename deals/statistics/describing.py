"""A scope in the reader's words and as it stands in an address."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deals.statistics.claims.more import recorded_where
from deals.statistics.coverage import CoverageRow
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from investors.models import Investor
from taxonomy import display
from taxonomy.models import Category, Currency, Region, Round, Scheme


def described(scope: Scope, recorded: Figure[CoverageRow]) -> list[tuple[str, str]]:
    """Return what a scope keeps, as pairs of a label and its value; filters that keep everything are left out.

    `recorded` is the figure R4, which says since when events are recorded.
    """
    return [
        (label, value)
        for label, value in (
            (_("Period"), f"{display.partial_date(scope.first)} – {display.partial_date(scope.last)}"),
            (_("Sector"), _names(Scheme, "code", [scope.scheme]) or _("All companies")),
            (_("Category"), _names(Category.objects.filter(scheme__code=scope.scheme), "code", scope.categories)),
            (_("Place"), _names(Region, "code", scope.regions)),
            (_("Round"), _names(Round, "code", scope.rounds)),
            (
                _("Type of investor"),
                _listed(str(dict(Investor.Type.choices).get(code, code)) for code in scope.investor_types),
            ),
            (_("Deals"), _("Verified deals only") if scope.verified_only else _("Verified and reported deals")),
            (_("Currency"), _names(Currency, "code", [scope.currency])),
            (_("As known on"), display.partial_date(scope.as_of or timezone.localdate())),
            (_("Events recorded"), _recorded(scope, recorded)),
        )
        if value
    ]


def _recorded(scope: Scope, recorded: Figure[CoverageRow]) -> str:
    parts = [recorded_where(recorded)]
    if recorded.rows and scope.first < recorded.rows[0].since.first:
        parts.append(_("the period begins before them, and what lies there is missing or incomplete"))
    return pgettext("between two clauses", "; ").join(parts)


def title(scope: Scope) -> str:
    """Return what a report on a scope is called: its sector, category and place, and the period."""
    parts = [
        _names(Scheme, "code", [scope.scheme]) or _("All companies"),
        _names(Category.objects.filter(scheme__code=scope.scheme), "code", scope.categories),
        _names(Region, "code", scope.regions),
        f"{display.partial_date(scope.first)} – {display.partial_date(scope.last)}",
    ]
    return " · ".join(part for part in parts if part)


def _names(rows, field: str, codes) -> str:
    codes = [code for code in codes if code]
    if not codes:
        return ""
    manager = rows if hasattr(rows, "filter") else rows.objects
    names = {getattr(row, field): row.name for row in manager.filter(**{f"{field}__in": codes})}
    # In the order of the lists from which they are chosen; a code that nobody knows is shown as it was given.
    return _listed([*names.values(), *(code for code in codes if code not in names)])


def _listed(names: Iterable[str]) -> str:
    return pgettext("between the items of a list", ", ").join(names)


def query_of(scope: Scope) -> dict[str, str | list[str]]:
    """Return the parameters that give this scope back, its period included; those of which there may be several are
    lists."""
    given = {
        "since": scope.first.isoformat(),
        "until": scope.last.isoformat(),
        "scheme": scope.scheme,
        "category": [*scope.categories],
        "region": [*scope.regions],
        "round": [*scope.rounds],
        "investor_type": [*scope.investor_types],
        "verified": "true" if scope.verified_only else "",
        "currency": scope.currency if scope.currency != "CNY" else "",
        "as_of": scope.as_of.isoformat() if scope.as_of else "",
    }
    return {name: value for name, value in given.items() if value}


def address_of(scope: Scope, **more: str) -> str:
    """Return a scope as the query of an address, behind what else it says."""
    return urlencode(more | query_of(scope), doseq=True)


def records_address(code: str, column: str, scope: Scope, row: str = "") -> str:
    """Return the address of the records behind one value of a figure; `row` is the key of its row."""
    where = {"row": row, "column": column} if row else {"column": column}
    return f"{reverse('deals:figure_rows', args=[code])}?{address_of(scope, **where)}"
