"""Who was in deals with whom, as far as a reader may see the deals."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from companies.models import Company
from deals.models import Deal, Participation
from investors.models import Investor

SHOWN = 8


@dataclass(frozen=True)
class Partner:
    """An institution that was in `number` deals, the latest `last`: of a company, or together with an institution."""

    investor: Investor
    number: int
    last: date


def of_company(company: Company, user) -> list[Partner]:
    """Its investors, who was in most of its deals first."""
    return _counted(Deal.objects.visible_to(user).standing().filter(company=company), user)


def of_investor(investor: Investor, user) -> list[Partner]:
    """With whom an institution invests, most often first."""
    deals = Deal.objects.visible_to(user).standing().filter(participations__investor=investor)
    return _counted(deals, user, but=investor)


def _counted(deals, user, but: Investor | None = None) -> list[Partner]:
    parts = Participation.objects.filter(deal__in=deals.values("pk"), investor__in=Investor.objects.visible_to(user))
    if but:
        parts = parts.exclude(investor=but)
    counted = parts.order_by().values_list("investor").annotate(number=Count("deal"), last=Max("deal__announced_on"))
    rows = list(counted.order_by("-number", "-last", "investor")[:SHOWN])
    known = Investor.objects.in_bulk([pk for pk, _number, _last in rows])
    return [Partner(known[pk], number, last) for pk, number, last in rows]
