"""Companies, and institutions, that share a spelling. They are kept: of a large market every name is read.

A task seeks them anew every ten minutes (`refresh`); where none runs, they last `KEPT_SECONDS`.
"""

from collections import defaultdict

from django.core.cache import cache

from companies.models import Company, CompanyAlias
from deals.models import Deal
from investors.models import Investor, InvestorAlias
from taxonomy.names import fold

# Companies of one name up to a number of groups.
GROUPS = 500
COMPANIES, INVESTORS, KEPT_SECONDS = "companies-of-one-name", "institutions-of-one-name", 1_800


def companies() -> list[list[int]]:
    """Companies with deals, grouped by a spelling that they share."""
    return cache.get_or_set(COMPANIES, _companies, KEPT_SECONDS)


def investors() -> dict[int, frozenset[int]]:
    """Each institution that shares a spelling with others, and these others."""
    return cache.get_or_set(INVESTORS, _investors, KEPT_SECONDS)


def refresh() -> None:
    cache.set(COMPANIES, _companies(), KEPT_SECONDS)
    cache.set(INVESTORS, _investors(), KEPT_SECONDS)


def _groups(rows, aliases) -> set[tuple[int, ...]]:
    """Group numbers by folded name: of `rows`, a number and its names, and of `aliases`, a number and a folded name."""
    bearers = defaultdict(set)
    for pk, *names in rows:
        for name in names:
            bearers[fold(name)].add(pk)
    for pk, folded in aliases:
        bearers[folded].add(pk)
    return {tuple(sorted(group)) for name, group in bearers.items() if name and len(group) > 1}


def _companies() -> list[list[int]]:
    invested = Deal.objects.present().values("company")
    rows = Company.objects.filter(pk__in=invested).values_list("pk", *Company.objects.all().name_fields)
    aliases = CompanyAlias.objects.filter(company__in=invested).values_list("company", "folded")
    return [list(group) for group in sorted(_groups(rows, aliases), reverse=True)[:GROUPS]]


def _investors() -> dict[int, frozenset[int]]:
    rows = Investor.objects.values_list("pk", *Investor.objects.all().name_fields)
    aliases = InvestorAlias.objects.values_list("investor", "folded")
    found = defaultdict(set)
    for group in _groups(rows, aliases):
        for pk in group:
            found[pk] |= set(group) - {pk}
    return {pk: frozenset(others) for pk, others in found.items()}
