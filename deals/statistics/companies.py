"""Companies that stand out: several rounds in the period, most money in all, a corporate parent.

Rows name single companies: those whose profile is not published are left out.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Sum

from companies.models import Company
from deals.models import Deal
from deals.statistics.amounts import COUNTED, converted, known_amount, money_by, money_of
from deals.statistics.categories import categories_of
from deals.statistics.rows import Figure, Money, Names
from deals.statistics.scope import Scope
from taxonomy.amounts import Amount
from taxonomy.dates import PartialDate
from taxonomy.models import ExchangeRate, RateTable
from taxonomy.names import in_language

# How many companies a figure names at most.
NAMED = 500


@dataclass(frozen=True)
class DealRow(Names):
    """A round, named by its company and keyed by its id. `money` is `amount` as a bound in the figure's currency."""

    company: int = 0
    round: str = ""
    round_zh: str = ""
    round_en: str = ""
    announced: PartialDate | None = None
    amount: Amount | None = None
    money: Money = field(default_factory=Money)

    @property
    def round_name(self) -> str:
        return in_language(self.round_zh, self.round_en)


@dataclass(frozen=True)
class SeveralRow(DealRow):
    """One of the several rounds of a company; `companies` are all with several, `rounds` those of this one."""

    category: str = ""
    category_zh: str = ""
    category_en: str = ""
    rounds: int = 0
    companies: int = 0

    @property
    def category_name(self) -> str:
        return in_language(self.category_zh, self.category_en)


@dataclass(frozen=True)
class CumulativeRow(Names):
    """All recorded venture events of a company up to the end of the period, `of_period` of them in it."""

    events: int = 0
    of_period: int = 0
    money: Money = field(default_factory=Money)


@dataclass(frozen=True)
class IncubatedRow(Names):
    """A company with the one that incubated it, and its venture events up to the end of the period."""

    parent: int = 0
    parent_zh: str = ""
    parent_en: str = ""
    events: int = 0
    money: Money = field(default_factory=Money)

    @property
    def parent_name(self) -> str:
        return in_language(self.parent_zh, self.parent_en)


def names_of(company: Company) -> tuple[str, str]:
    """The short names of a company, or else its legal ones, in Chinese and in English."""
    return company.short_zh or company.name_zh, company.short_en or company.name_en


def particulars(deal: Deal, rates: RateTable, currency: str) -> dict:
    """What a `DealRow` says of a deal. Reads its company and round."""
    name_zh, name_en = names_of(deal.company)
    return {
        "key": str(deal.pk),
        "name_zh": name_zh,
        "name_en": name_en,
        "company": deal.company_id,
        "round": deal.round_id,
        "round_zh": deal.round.name_zh,
        "round_en": deal.round.name_en,
        "announced": deal.announced,
        "amount": known_amount(deal),
        "money": money_of(deal, rates, currency),
    }


def several_rounds(scope: Scope, limit: int = NAMED) -> Figure[SeveralRow]:
    """V12: the rounds of companies with two or more of them in the period, company by company, oldest first.

    Companies with most rounds come first, `limit` of them at most; `left_out` counts the rounds of the others.
    """
    several = scope.deals().values("company").annotate(n=Count("pk")).filter(n__gte=2)
    totals = several.aggregate(companies=Count("company"), events=Sum("n"))
    shown = dict(
        several.filter(company__is_published=True).order_by("-n", "company").values_list("company", "n")[:limit]
    )
    deals = scope.deals().filter(company__in=shown).select_related("company", "round").order_by("announced_on", "pk")
    of: dict[int, list[Deal]] = {company: [] for company in shown}
    for deal in deals:
        of[deal.company_id].append(deal)
    categories, rates = categories_of(scope, shown), ExchangeRate.objects.table()
    rows = []
    for company, rounds in of.items():
        category = categories.get(company)
        rows += [
            SeveralRow(
                **particulars(deal, rates, scope.currency),
                category=category.code if category else "",
                category_zh=category.name_zh if category else "",
                category_en=category.name_en if category else "",
                rounds=len(rounds),
                companies=totals["companies"],
            )
            for deal in rounds
        ]
    return Figure("V12", scope, tuple(rows), (totals["events"] or 0) - len(rows))


def cumulative(scope: Scope, limit: int = NAMED) -> Figure[CumulativeRow]:
    """V13: what companies with an event in the period raised in all their events up to its end, most first.

    `limit` companies are named at most; `left_out` counts the events of the others.
    """
    rates = ExchangeRate.objects.table()
    raised = scope.history().filter(company__in=scope.deals().values("company"))
    bounds = raised.values_list("company").annotate(
        bound=Sum(converted(scope.currency, rates), filter=COUNTED), n=Count("pk")
    )
    # The order is made here: the same rows also say how many events there are in all.
    totals = sorted(bounds, key=lambda row: (row[1] is None, -(row[1] or 0), row[0]))
    largest = _first_published([company for company, _bound, _n in totals], limit)
    companies = {company.pk: company for company in largest}
    sums = money_by(raised.filter(company__in=companies), "company", currency=scope.currency, rates=rates)
    of_period = Counter(
        dict(scope.deals().filter(company__in=companies).values_list("company").annotate(n=Count("pk")))
    )
    rows = [
        CumulativeRow(str(pk), *names_of(company), sums[(pk,)].events, of_period[pk], sums[(pk,)])
        for pk, company in companies.items()
    ]
    rows.sort(key=lambda row: (-row.money.low, int(row.key)))
    return Figure("V13", scope, tuple(rows), sum(n for *_, n in totals) - sum(row.events for row in rows))


def _first_published(ids: list[int], limit: int) -> list[Company]:
    """Return the first `limit` of these companies whose profile is published."""
    found: list[Company] = []
    for start in range(0, len(ids), limit):
        part = ids[start : start + limit]
        published = Company.objects.filter(is_published=True).in_bulk(part)
        found += [published[pk] for pk in part if pk in published]
        if len(found) >= limit:
            break
    return found[:limit]


def incubated(scope: Scope, limit: int = NAMED) -> Figure[IncubatedRow]:
    """V15: companies that another incubated, by parent; with all their venture events up to the end of the period.

    Only categories and places narrow the companies, the rest of the scope their events. `left_out` counts companies
    that are not named: beyond `limit`, or not published like their parents.
    """
    of_scope = scope.profiles().filter(parent__isnull=False)
    named = list(
        of_scope.filter(is_published=True, parent__is_published=True)
        .select_related("parent")
        .order_by("parent", "pk")[:limit]
    )
    deals = scope.history().filter(company__in=[company.pk for company in named])
    sums = money_by(deals, "company", currency=scope.currency)
    rows = tuple(
        IncubatedRow(
            str(company.pk),
            *names_of(company),
            company.parent_id,
            *names_of(company.parent),
            events=money.events,
            money=money,
        )
        for company in named
        for money in [sums.get((company.pk,), Money(currency=scope.currency))]
    )
    return Figure("V15", scope, rows, of_scope.count() - len(rows))
