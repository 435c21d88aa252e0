"""The largest rounds as of a date."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from deals.models import Deal
from deals.statistics.amounts import COUNTED, converted
from deals.statistics.companies import DealRow, particulars
from deals.statistics.rows import Figure, Names
from deals.statistics.scope import Scope
from taxonomy.models import ExchangeRate, RateTable, Round

ALL = "all"


@dataclass(frozen=True)
class RecordRow(Names):
    """The largest round of a type at the end of the period, and the one that was the largest when the period began.

    `events` are all of the type up to the end; of the `undisclosed` any may have been larger.
    """

    deal: DealRow | None = None
    before: DealRow | None = None
    events: int = 0
    undisclosed: int = 0

    @property
    def is_broken(self) -> bool:
        """Whether the period brought a larger one."""
        return self.deal is not None and self.deal != self.before


def records(scope: Scope) -> Figure[RecordRow]:
    """V14: the largest venture event of all rounds together and of each round, by its lower bound.

    Among equals the earlier one holds the record. `left_out` counts events of companies whose profile is not
    published: they hold none.
    """
    rates = ExchangeRate.objects.table()
    now = _largest(scope, scope.history(), rates)
    before = _largest(scope, scope.history().filter(announced_on__lt=scope.first), rates)
    counts = {
        row["round"]: row
        for row in scope.history()
        .values("round")
        .annotate(n=Count("pk"), disclosed=Count("pk", filter=COUNTED), hidden=Count("pk", filter=_HIDDEN))
    }
    rows = [
        RecordRow(
            one.code,
            one.name_zh,
            one.name_en,
            deal=now.get(one.code),
            before=before.get(one.code),
            events=counts[one.code]["n"],
            undisclosed=counts[one.code]["n"] - counts[one.code]["disclosed"],
        )
        for one in Round.objects.all()
        if one.code in counts
    ]
    together = RecordRow(
        ALL,
        "全部轮次",
        "All rounds",
        deal=_largest_of(now),
        before=_largest_of(before),
        events=sum(row.events for row in rows),
        undisclosed=sum(row.undisclosed for row in rows),
    )
    return Figure("V14", scope, (together, *rows), sum(row["hidden"] for row in counts.values()))


_HIDDEN = Q(company__is_published=False)


def _largest(scope: Scope, deals, rates: RateTable) -> dict[str, DealRow]:
    """The largest deal of each round, by its code."""
    sized = deals.filter(COUNTED, company__is_published=True).annotate(bound=converted(scope.currency, rates))
    first = Window(RowNumber(), partition_by=F("round"), order_by=[F("bound").desc(), "announced_on", "pk"])
    best = sized.filter(bound__isnull=False).annotate(place=first).filter(place=1).values_list("pk", flat=True)
    found = Deal.objects.filter(pk__in=list(best)).select_related("company", "round")
    return {deal.round_id: DealRow(**particulars(deal, rates, scope.currency)) for deal in found}


def _largest_of(of_rounds: dict[str, DealRow]) -> DealRow | None:
    return min(of_rounds.values(), key=lambda row: (-row.money.low, row.announced.first, int(row.key)), default=None)
