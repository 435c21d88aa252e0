"""The categories by which a scope is cut, and how a query tells companies apart by them."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Exists, Min, OuterRef, Q

from companies.models import CompanyCategory
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from taxonomy.models import Category, Scheme


def scheme_of(scope: Scope) -> Scheme | None:
    """The scheme by which a scope is cut: its own, or the one offered first, or else one that companies are in."""
    if scope.scheme:
        return Scheme.objects.filter(code=scope.scheme).first()
    used = CompanyCategory.objects.filter(category__scheme=OuterRef("pk"))
    return Scheme.objects.annotate(used=Exists(used)).order_by("-used", "-is_default", "pk").first()


@dataclass(frozen=True)
class Fields:
    """Categories of one scheme. `shown` are its roots, or the children of the one category that a scope names and that
    category itself, or the several that it names; `everything` are all categories of the scheme."""

    scheme: Scheme | None
    shown: tuple[Category, ...]
    everything: tuple[Category, ...]

    @staticmethod
    @once
    def of(scope: Scope) -> "Fields":
        scheme = scheme_of(scope)
        if scheme is None:
            return Fields(None, (), ())
        everything = tuple(scheme.categories.all())
        roots = tuple(category for category in everything if category.parent_id is None)
        named = tuple(category for category in everything if category.code in scope.categories)
        if len(named) > 1:
            return Fields(scheme, named, everything)
        children = tuple(category for category in everything if named and category.parent_id == named[0].pk)
        return Fields(scheme, (*children, *named) if children else roots, everything)

    @cached_property
    def place(self) -> dict[int, int]:
        """By the id of a category, its place among `shown`: that of the deepest one on its way to the root."""
        places = {category.path: place for place, category in enumerate(self.shown)}
        found = {}
        for category in self.everything:
            way = [*category.ancestor_paths, category.path]
            known = [places[path] for path in way if path in places]
            if known:
                found[category.pk] = known[-1]
        return found

    @cached_property
    def members(self) -> list[list[int]]:
        """The ids of the categories that count as each of `shown`."""
        found: list[list[int]] = [[] for _ in self.shown]
        for category, place in self.place.items():
            found[place].append(category)
        return found

    def places_of(self, code: str) -> list[int]:
        """The place among `shown` of the category with this code; none where it is not there."""
        return [place for place, one in enumerate(self.shown) if one.code == code]

    def wanted(self, category: int) -> set[int]:
        """The places among `shown` that somebody who names a category means: its own, or all below it."""
        if category in self.place:
            found = {self.place[category]}
            if self.shown[self.place[category]].pk != category:
                return found
        path = next((one.path for one in self.everything if one.pk == category), None)
        return {place for place, one in enumerate(self.shown) if path and f"{one.path}/".startswith(f"{path}/")}

    def counted(
        self, places: list[int] | None = None, everywhere: bool = False, links: str = "company__category_links"
    ) -> Q:
        """Return the condition that keeps, beside each row's `company`, the one link by which it counts here.

        `links` leads from a row to the links of its company; it is empty for links themselves.

        A company counts in its primary category, or else in its first one of the scheme. `places` keeps companies that
        count as these of `shown`; `everywhere` those in any category of the scheme, also beside a drilled one.
        """
        to = f"{links}__" if links else ""
        chosen = range(len(self.shown)) if places is None else places
        ids = [category for place in chosen for category in self.members[place]]
        if everywhere:
            ids = [category.pk for category in self.everything]
        counts = Q(**{f"{to}is_primary": True})
        if not self._are_all_marked:
            first = self._unmarked.order_by().values("company").annotate(first=Min("pk")).values("first")
            counts |= Q(**{f"{to}pk__in": first})
        return counts & Q(**{f"{to}category__in": ids})

    @staticmethod
    def narrowed(scope: Scope) -> Scope:
        """Return `scope` without what `counted` implies: its scheme, which each row would be looked up for again."""
        return scope if scope.categories else replace(scope, scheme="")

    @cached_property
    def _are_all_marked(self) -> bool:
        return not self._unmarked.exists()

    @property
    def _unmarked(self):
        """Links of companies without a primary category of this scheme; most markets have none."""
        links = CompanyCategory.objects.filter(category__in=[category.pk for category in self.everything])
        primary = links.filter(company=OuterRef("company"), is_primary=True)
        return links.filter(~Exists(primary), is_primary=False)
