"""What the search box finds: companies, institutions, deals, fields and places, as far as the reader may see them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.naming import names_text
from companies.models import Company
from deals.models import Deal
from investors.models import Investor
from taxonomy.models import Category, Region
from taxonomy.names import fold

LONGEST = 100
# So many companies and institutions are offered while one types, and of other kinds; so many of each stand on the page.
OFFERED, OFFERED_BESIDE, SHOWN = 5, 3, 10


@dataclass(frozen=True)
class Group:
    """Findings of one kind; `rows` are companies, institutions, deals, categories or regions. `more` leads to all."""

    kind: str
    heading: Promise
    rows: list
    more: str = ""


def offer(user, typed: str) -> list[Group]:
    """Return what the box offers while one types: who and what is called so, the exact name before all."""
    return _found(user, typed, OFFERED, OFFERED_BESIDE, lambda named, parties: named)


def find(user, typed: str, most: int = SHOWN) -> list[Group]:
    """Return what the words bring, at most `most` of each kind, empty kinds left out.

    Names come first, the exact one before all; companies and institutions whose text has the words fill up.
    """
    return _found(user, typed, most, most, lambda named, parties: _filled(named, parties, typed, most))


def _found(user, typed: str, most: int, beside: int, filled: Callable) -> list[Group]:
    typed = typed.strip()[:LONGEST]
    if not typed:
        return []
    companies, institutions = Company.objects.visible_to(user), Investor.objects.visible_to(user)
    named = companies.for_list().called(typed, most)
    firms = institutions.for_list().called(typed, most)
    deals = Deal.objects.visible_to(user).filter(company__in=[one.pk for one in named]).for_list()
    asked = urlencode({"q": typed})
    groups = [
        Group("company", _("Companies"), filled(named, companies), f"{reverse('companies:list')}?{asked}"),
        Group("investor", _("Investors"), filled(firms, institutions), f"{reverse('investors:list')}?{asked}"),
        Group("deal", _("Deals"), list(deals.order_by("-announced_on", "-pk")[:beside])),
        Group("category", _("Fields"), _labelled(Category.objects.offered(), typed, beside)),
        Group("region", _("Places"), _labelled(Region.objects.exclude(kind=Region.Kind.AREA), typed, beside)),
    ]
    return [group for group in groups if group.rows]


def _filled(named: list, parties, typed: str, most: int) -> list:
    """Those that are called so, then those whose text speaks of it."""
    room = most - len(named)
    if room <= 0 or len(fold(typed)) < 2:
        return named
    others = parties.matching_words(typed).exclude(pk__in=[one.pk for one in named])
    return named + list(others.for_list().order_by("-created_at", "-pk")[:room])


@lru_cache(maxsize=2000)
def _forms(*names: str) -> str:
    return names_text(names)


def _labelled(queryset, typed: str, most: int) -> list:
    """Categories or regions, some hundreds: the exact one first, then those that begin so, then those that hold it."""
    key = fold(typed)
    if not key:
        return []
    found = []
    for position, row in enumerate(queryset):
        forms = _forms(row.name_zh, row.name_en, *row.aliases)
        if key in forms and (len(key) > 1 or not key.isascii()):
            nearness = 0 if f"|{key}|" in forms else 1 if f"|{key}" in forms else 2
            found.append((nearness, position, row))
    return [row for _nearness, _position, row in sorted(found, key=lambda one: one[:2])[:most]]
