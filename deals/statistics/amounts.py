"""Sums of amounts in several currencies, each at the rate of its day."""

from collections.abc import Hashable
from decimal import Decimal

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from deals.models import Deal
from deals.statistics.rows import Money
from taxonomy.amounts import CENT
from taxonomy.models import ExchangeRate, RateTable

# An amount that is kept to the parties counts as undisclosed: a sum must not give it away.
COUNTED = Q(amount_low__isnull=False, amount_audience=Deal.Audience.EVERYONE)


def money_by(deals, *keys: str, currency: str = "CNY", rates: RateTable | None = None) -> dict[Hashable, Money]:
    """Return the sum of `deals` for each value of `keys` (a tuple of values; `()` for all together).

    The database adds up the amounts of one currency and day; what is left to convert is at most one row for each
    day, currency and value.
    """
    rates = rates or ExchangeRate.objects.table()
    rows = (
        deals.annotate(
            counted_in=Case(When(COUNTED, then=F("currency")), default=Value("")),
            counted_on=Case(When(COUNTED, then=F("announced_on"))),
        )
        .values(*keys, "counted_in", "counted_on")
        .annotate(
            low=Coalesce(Sum("amount_low", filter=COUNTED), Value(Decimal(0))),
            events=Count("pk"),
            disclosed=Count("pk", filter=COUNTED),
            open=Count("pk", filter=COUNTED & ~Q(amount_kind="exact")),
        )
        .order_by()
    )
    sums: dict[Hashable, Money] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        low = Decimal(0)
        if row["disclosed"]:
            low = rates.convert(Decimal(row["low"]), row["counted_in"], row["counted_on"], currency)
        part = Money(
            # To the cent, so that every database gives the same.
            low=(low or Decimal(0)).quantize(CENT),
            currency=currency,
            events=row["events"],
            undisclosed=row["events"] - row["disclosed"],
            open=row["open"],
            unconverted=row["disclosed"] if low is None else 0,
        )
        sums[key] = sums[key] + part if key in sums else part
    return sums
