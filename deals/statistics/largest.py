"""The largest rounds as of a date."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, Max, Q, Value, When

from deals.models import Deal
from deals.statistics.amounts import COUNTED, by_rate
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


@dataclass
class _Round:
    """What is known of a round type before its deals are read: its events, and the largest sizes now and before."""

    events: int = 0
    undisclosed: int = 0
    hidden: int = 0
    now: Decimal | None = None
    before: Decimal | None = None


def records(scope: Scope) -> Figure[RecordRow]:
    """V14: the largest venture event of all rounds together and of each round, by its lower bound.

    Among equals the earlier one holds the record. `left_out` counts events of companies whose profile is not
    published: they hold none.
    """
    rates = ExchangeRate.objects.table()
    rounds, amounts = _sizes(scope, rates)
    now, before = _holders(scope, rates, rounds, amounts)
    rows = [
        RecordRow(
            one.code,
            one.name_zh,
            one.name_en,
            deal=now.get(one.code),
            before=before.get(one.code),
            events=rounds[one.code].events,
            undisclosed=rounds[one.code].undisclosed,
        )
        for one in Round.objects.all()
        if one.code in rounds
    ]
    together = RecordRow(
        ALL,
        "全部轮次",
        "All rounds",
        deal=_largest(now),
        before=_largest(before),
        events=sum(row.events for row in rows),
        undisclosed=sum(row.undisclosed for row in rows),
    )
    return Figure("V14", scope, (together, *rows), sum(of.hidden for of in rounds.values()))


def _sizes(scope: Scope, rates: RateTable) -> tuple[dict[str, _Round], dict[str, set[Decimal]]]:
    """Return the rounds by code, and the amounts, in any currency, among which their records are."""
    early = Case(When(announced_on__lt=scope.first, then=Value(True)), default=Value(False))
    groups = (
        by_rate(scope.history().annotate(early=early), scope.currency, rates)
        .values("round", "early", "company__is_published", "counted_in", "counted_on")
        .annotate(n=Count("pk"), disclosed=Count("pk", filter=COUNTED), most=Max("amount_low", filter=COUNTED))
    )
    rounds: dict[str, _Round] = {}
    sized: list[tuple[str, Decimal, Decimal]] = []
    for group in groups:
        of = rounds.setdefault(group["round"], _Round())
        of.events += group["n"]
        of.undisclosed += group["n"] - group["disclosed"]
        if not group["company__is_published"]:
            of.hidden += group["n"]
        elif group["most"] is not None:
            size = rates.convert(group["most"], group["counted_in"], group["counted_on"], scope.currency)
            if size is None:
                continue
            sized.append((group["round"], size, group["most"]))
            of.now = max(size, of.now or size)
            if group["early"]:
                of.before = max(size, of.before or size)
    amounts: dict[str, set[Decimal]] = {}
    for code, size, amount in sized:
        if size in (rounds[code].now, rounds[code].before):
            amounts.setdefault(code, set()).add(amount)
    return rounds, amounts


def _holders(
    scope: Scope, rates: RateTable, rounds: dict[str, _Round], amounts: dict[str, set[Decimal]]
) -> tuple[dict[str, DealRow], dict[str, DealRow]]:
    """Return the record of each round, by its code: at the end of the period, and when it began."""
    wanted = Q(pk__in=[])
    for code, of_round in amounts.items():
        wanted |= Q(round=code, amount_low__in=of_round)
    deals = scope.history().filter(COUNTED & wanted, company__is_published=True).select_related("company", "round")
    now: dict[str, Deal] = {}
    before: dict[str, Deal] = {}
    for deal in deals.order_by("announced_on", "pk"):
        of = rounds[deal.round_id]
        size = rates.convert(deal.amount_low, deal.currency_id, deal.announced_on, scope.currency)
        # The first of a size comes first: what the period brought cannot take the record of before.
        if size is not None and size == of.now:
            now.setdefault(deal.round_id, deal)
        if size is not None and size == of.before:
            before.setdefault(deal.round_id, deal)
    return tuple(
        {code: DealRow(**particulars(deal, rates, scope.currency)) for code, deal in found.items()}
        for found in (now, before)
    )


def _largest(of_rounds: dict[str, DealRow]) -> DealRow | None:
    return min(of_rounds.values(), key=lambda row: (-row.money.low, row.announced.first, int(row.key)), default=None)
