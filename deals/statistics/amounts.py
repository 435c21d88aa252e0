"""Sums of amounts in several currencies, each at the rate of its day."""

from collections.abc import Hashable
from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, DateField, DecimalField, F, Q, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from deals.models import Deal
from deals.statistics.rows import Money
from taxonomy.amounts import CENT, EXACT, UNDISCLOSED, Amount
from taxonomy.models import ExchangeRate, RateTable

# An amount that is kept to the parties counts as undisclosed: a sum must not give it away.
COUNTED = Q(amount_low__isnull=False, amount_audience=Deal.Audience.EVERYONE)
RATE = DecimalField(max_digits=20, decimal_places=6)


def money_by(
    deals,
    *keys: str,
    currency: str = "CNY",
    rates: RateTable | None = None,
    period: tuple[date, date] = (date.min, date.max),
) -> dict[Hashable, Money]:
    """Return the sum of `deals` for each value of `keys` (a tuple of values; `()` for all together).

    The database adds up the amounts of one currency between two changes of its rate; what is left to convert is one
    row for each of these and value. `period` is one in which all `deals` lie: the shorter it is, the fewer rates the
    database has to tell apart.
    """
    rates = (rates or ExchangeRate.objects.table()).during(*period)
    rows = (
        by_rate(deals, currency, rates)
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


def by_rate(deals, currency: str, rates: RateTable):
    """`deals` with `counted_in` and `counted_on`: a currency and a day by whose rates all of one such pair convert."""
    return deals.annotate(
        counted_in=Case(When(COUNTED, then=F("currency")), default=Value("")),
        counted_on=_day_of_rate(rates, currency),
    )


def known_amount(deal: Deal | None) -> Amount:
    """The amount of a deal as everyone may read it."""
    if deal is None or deal.amount_audience != Deal.Audience.EVERYONE:
        return Amount(UNDISCLOSED)
    return deal.amount


def money_of(deal: Deal | None, rates: RateTable, currency: str = "CNY") -> Money:
    """The amount of one deal as `money_by` counts it; of None as of an event whose amount is undisclosed."""
    amount = known_amount(deal)
    if deal is None or amount.low is None:
        return Money(currency=currency, events=1, undisclosed=1)
    low = rates.convert(amount.low, amount.currency, deal.announced_on, currency)
    return Money(
        low=(low or Decimal(0)).quantize(CENT),
        currency=currency,
        events=1,
        open=int(amount.kind != EXACT),
        unconverted=int(low is None),
    )


def converted(currency: str, rates: RateTable) -> Combinable:
    """The lower bound of a deal in `currency` at the rate of its day, for the database to compare; NULL without one.

    Exact on PostgreSQL and to fifteen digits on SQLite: good for an order, not for a sum that is shown.
    """
    origin = Case(
        When(currency="CNY", then=_decimal(Decimal(1))),
        *(When(currency=code, then=_on_its_day(steps)) for code, steps in rates.steps.items()),
        output_field=RATE,
    )
    if currency == "CNY":
        return F("amount_low") * origin
    steps = rates.steps.get(currency)
    return F("amount_low") * origin / (_on_its_day(steps) if steps else Value(None, output_field=RATE))


def _day_of_rate(rates: RateTable, currency: str) -> Case:
    """The day since which the rates by which a deal is converted into `currency` are those of its own day."""
    into = [day for day, _rate in rates.steps.get(currency, [])]
    days = {code: sorted({day for day, _rate in steps} | set(into)) for code, steps in rates.steps.items()}
    days["CNY"] = into
    return Case(
        # First what most deals are: without an amount, or in a currency that is converted into itself, at any rate.
        When(~COUNTED | Q(currency=currency), then=_day(date.min)),
        *(
            When(
                currency=code,
                then=Case(*(When(announced_on__gte=day, then=_day(day)) for day in reversed(of)), default=_day(of[0])),
            )
            for code, of in days.items()
            if of and code != currency
        ),
        default=_day(date.min),
    )


def _day(day: date) -> Value:
    return Value(day, output_field=DateField())


def _decimal(rate: Decimal) -> Value:
    return Value(rate, output_field=RATE)


def _on_its_day(steps: list[tuple[date, Decimal]]) -> Case:
    """The rate of a deal's day, as `RateTable.cny` finds it."""
    latest_first = [When(announced_on__gte=day, then=_decimal(rate)) for day, rate in reversed(steps)]
    return Case(*latest_first, default=_decimal(steps[0][1]), output_field=RATE)
