"""Categories: shares of companies, of events and of capital."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Count, QuerySet

from companies.models import Company, CompanyCategory
from deals.models import Deal
from deals.statistics.amounts import money_by
from deals.statistics.fields import Fields
from deals.statistics.rows import Figure, Money, PartRow, ShareRow
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from deals.statistics.venture import event_count
from taxonomy.models import Category

CATEGORY = "company__category_links__category"


@once
def by_category(scope: Scope) -> Figure[ShareRow]:
    """V5: events, companies and capital of each category, largest first.

    A company counts once, in its primary category or else in the first one of the scheme. Categories are the roots,
    or the children of the one category that the scope names. Those without events are shown with zero; companies
    without a category of the scheme are not in the denominators, and `left_out` counts their events.
    """
    fields = Fields.of(scope)
    if fields.scheme is None:
        return Figure("V5", scope, (), event_count(scope))
    # One link for each company, so that joining it neither doubles an event nor loses one.
    deals = fields.narrowed(scope).deals().filter(fields.counted())
    companies = [0] * len(fields.shown)
    money = [Money(currency=scope.currency)] * len(fields.shown)
    for pk, number in deals.values_list(CATEGORY).annotate(n=Count("company", distinct=True)):
        companies[fields.place[pk]] += number
    for (pk,), part in money_by(deals, CATEGORY, currency=scope.currency, period=scope.period).items():
        money[fields.place[pk]] += part
    events = sum(one.events for one in money)
    rows = [
        ShareRow(
            key=category.code,
            name_zh=category.name_zh,
            name_en=category.name_en,
            events=money[place].events,
            of_events=events,
            companies=companies[place],
            of_companies=sum(companies),
            money=money[place],
        )
        for place, category in enumerate(fields.shown)
    ]
    rows.sort(key=lambda row: -row.events)
    return Figure("V5", scope, tuple(rows), event_count(scope) - events)


def companies_by_category(scope: Scope) -> Figure[ShareRow]:
    """V6: `by_category`, most companies first."""
    figure = by_category(scope)
    return replace(figure, code="V6", rows=tuple(sorted(figure.rows, key=lambda row: -row.companies)))


def listed_by_category(scope: Scope) -> Figure[PartRow]:
    """L8: companies listed by the end of the period by category, most first, counted as in `by_category`.

    `left_out` counts listed companies without a category of the scheme.
    """
    fields, listed = Fields.of(scope), scope.listed_companies()
    if fields.scheme is None:
        return Figure("L8", scope, (), listed.count())
    companies = [0] * len(fields.shown)
    links = CompanyCategory.objects.filter(fields.counted(links=""), company__in=scope.listings().values("company"))
    for pk, number in links.order_by().values_list("category").annotate(n=Count("pk")):
        companies[fields.place[pk]] += number
    total = sum(companies)
    rows = [
        PartRow(one.code, one.name_zh, one.name_en, companies[place], total) for place, one in enumerate(fields.shown)
    ]
    rows.sort(key=lambda row: -row.numerator)
    return Figure("L8", scope, tuple(rows), listed.count() - total)


def categories_of(scope: Scope, companies: Iterable[int]) -> dict[int, Category]:
    """Return the category in which each of the companies counts, by their ids; those without one are not there."""
    fields = Fields.of(scope)
    if fields.scheme is None:
        return {}
    links = CompanyCategory.objects.filter(fields.counted(links=""), company__in=companies)
    return {company: fields.shown[fields.place[pk]] for company, pk in links.values_list("company", "category")}


def companies_in(scope: Scope, code: str) -> QuerySet[Company]:
    """The companies that count in one category of the figures by category."""
    fields = Fields.of(scope)
    links = CompanyCategory.objects.filter(fields.counted(fields.places_of(code), links=""))
    return Company.objects.filter(pk__in=links.values("company"))


def events_of(scope: Scope, code: str) -> QuerySet[Deal]:
    """The events of the period that count in a category."""
    fields = Fields.of(scope)
    return scope.deals().filter(fields.counted(fields.places_of(code)))


def companies_of(scope: Scope, code: str) -> QuerySet[Company]:
    """The companies with an event in the period that count in a category."""
    return Company.objects.filter(pk__in=events_of(scope, code).values("company"))
