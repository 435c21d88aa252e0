"""Categories: shares of companies, of events and of capital."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Count, Exists, Min, OuterRef, Q

from companies.models import Company, CompanyCategory
from deals.statistics.amounts import money_by
from deals.statistics.rows import Figure, Money, PartRow, ShareRow
from deals.statistics.scope import Scope
from taxonomy.models import Category, Scheme

PATH = "company__category_links__category__path"


def scheme_of(scope: Scope) -> Scheme | None:
    """The scheme by which a scope is cut: its own, or the one offered first, or else one that companies are in."""
    if scope.scheme:
        return Scheme.objects.filter(code=scope.scheme).first()
    used = CompanyCategory.objects.filter(category__scheme=OuterRef("pk"))
    return Scheme.objects.annotate(used=Exists(used)).order_by("-used", "-is_default", "pk").first()


def by_category(scope: Scope) -> Figure[ShareRow]:
    """V5: events, companies and capital of each category, largest first.

    A company counts once, in its primary category or else in the first one of the scheme. Categories are the roots,
    or the children of the one category that the scope names. Those without events are shown with zero; companies
    without a category of the scheme are not in the denominators, and `left_out` counts their events.
    """
    scheme = scheme_of(scope)
    if scheme is None:
        return Figure("V5", scope, (), scope.deals().count())
    shown = _shown(scope, scheme)
    paths = {category.path: category for category in shown}
    # One link for each company, so that joining it neither doubles an event nor loses one.
    deals = scope.deals().filter(company__category_links__in=_counted_links(scheme))
    events, companies, money = {}, {}, {}
    sums = money_by(deals, PATH, currency=scope.currency)
    for row in deals.values(PATH).annotate(n=Count("pk"), c=Count("company", distinct=True)):
        category = _bucket(row[PATH], paths)
        if category is None:
            continue
        key = category.pk
        events[key] = events.get(key, 0) + row["n"]
        companies[key] = companies.get(key, 0) + row["c"]
        part = sums[(row[PATH],)]
        money[key] = money[key] + part if key in money else part
    rows = [
        ShareRow(
            key=category.code,
            name_zh=category.name_zh,
            name_en=category.name_en,
            events=events.get(category.pk, 0),
            of_events=sum(events.values()),
            companies=companies.get(category.pk, 0),
            of_companies=sum(companies.values()),
            money=money.get(category.pk, Money(currency=scope.currency)),
        )
        for category in shown
    ]
    rows.sort(key=lambda row: -row.events)
    return Figure("V5", scope, tuple(rows), scope.deals().count() - sum(events.values()))


def companies_by_category(scope: Scope) -> Figure[ShareRow]:
    """V6: `by_category`, most companies first."""
    figure = by_category(scope)
    return replace(figure, code="V6", rows=tuple(sorted(figure.rows, key=lambda row: -row.companies)))


def listed_by_category(scope: Scope) -> Figure[PartRow]:
    """L8: companies listed by the end of the period by category, most first, counted as in `by_category`.

    `left_out` counts listed companies without a category of the scheme.
    """
    scheme, listed = scheme_of(scope), scope.listed_companies()
    if scheme is None:
        return Figure("L8", scope, (), listed.count())
    shown = _shown(scope, scheme)
    paths = {category.path: category for category in shown}
    companies: dict[str, int] = {}
    links = _counted_links(scheme).filter(company__in=listed.values("pk")).values("category__path")
    for path, number in links.annotate(n=Count("pk")).values_list("category__path", "n"):
        if category := _bucket(path, paths):
            companies[category.code] = companies.get(category.code, 0) + number
    total = sum(companies.values())
    rows = [PartRow(one.code, one.name_zh, one.name_en, companies.get(one.code, 0), total) for one in shown]
    rows.sort(key=lambda row: -row.numerator)
    return Figure("L8", scope, tuple(rows), listed.count() - total)


def categories_of(scope: Scope, companies: Iterable[int]) -> dict[int, Category]:
    """Return the category in which each of the companies counts, by their ids; those without one are not there."""
    scheme = scheme_of(scope)
    if scheme is None:
        return {}
    paths = {category.path: category for category in _shown(scope, scheme)}
    links = _counted_links(scheme).filter(company__in=companies).values_list("company", "category__path")
    return {company: category for company, path in links if (category := _bucket(path, paths))}


def companies_in(scope: Scope, code: str):
    """The companies that count in one category of the figures by category."""
    scheme = scheme_of(scope)
    if scheme is None:
        return Company.objects.none()
    shown = _shown(scope, scheme)
    paths = {category.path: category for category in shown}
    inside = [
        path
        for path in scheme.categories.values_list("path", flat=True)
        if (category := _bucket(path, paths)) and category.code == code
    ]
    links = _counted_links(scheme).filter(category__scheme=scheme, category__path__in=inside)
    return Company.objects.filter(pk__in=links.values("company"))


def _shown(scope: Scope, scheme: Scheme) -> list[Category]:
    """The roots of the scheme, or the children of the one category that the scope names, and itself at the end."""
    if len(scope.categories) == 1:
        base = Category.objects.filter(scheme=scheme, code=scope.categories[0], children__isnull=False).first()
        if base:
            # What is tagged with the chosen category itself, and with none of its children.
            return [*base.children.all(), base]
    return list(scheme.categories.roots())


def _counted_links(scheme: Scheme):
    """The link by which each company counts in a scheme: its primary one, or else the first."""
    links = CompanyCategory.objects.filter(category__scheme=scheme).order_by()
    primary = links.filter(is_primary=True)
    others = links.exclude(company__in=primary.values("company")).values("company").annotate(first=Min("pk"))
    return CompanyCategory.objects.filter(Q(pk__in=primary.values("pk")) | Q(pk__in=others.values("first")))


def _bucket(path: str | None, paths: dict[str, Category]) -> Category | None:
    """Return the shown category on the way from `path` to the root that lies deepest."""
    while path:
        if path in paths:
            return paths[path]
        path = path.rpartition("/")[0]
    return None
