"""What is raised on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from companies.models import CompanyCategory, Raise
from deals.statistics.fields import Fields
from deals.statistics.rows import Money
from deals.statistics.scope import Scope
from taxonomy.amounts import CENT
from taxonomy.models import RateTable

# What tells raises apart for those who supply: categories, round, place, smallest and largest sum asked (None where it
# is not known to all readers).
Kind = tuple[tuple[int, ...], str, int | None, float | None, float | None]


@dataclass(frozen=True)
class Ask:
    """One open raise. `place` is that of its company's category among those shown, `kind` the number of its kind; `low`
    is in the currency of the scope, None where it is undisclosed or, then `unconverted`, in a currency without rate."""

    pk: int
    place: int
    round: str
    region: int | None
    kind: int
    low: Decimal | None
    is_open: bool
    is_unconverted: bool


class Demand:
    """The raises of a scope that are open on its day, of companies with one of its categories; `left_out` counts the
    others. `kinds` are all that differ for supply."""

    def __init__(self, scope: Scope, fields: Fields, rates: RateTable):
        self.asks: list[Ask] = []
        self.left_out = 0
        categories, numbers = self._categories(scope, fields), {}
        for pk, company, round_, region, low, high, currency, audience in scope.raises().values_list(
            "pk", "company", "round", "company__region", "amount_low", "amount_high", "currency", "amount_audience"
        ):
            own = categories.get(company)
            if own is None or own[0] not in fields.place:
                self.left_out += 1
                continue
            if audience != Raise.Audience.MEMBERS:
                # Neither a sum nor a gap may give away what is kept to investors.
                low = high = None
            ends = [
                None if end is None else rates.convert(end, currency, scope.day, scope.currency) for end in (low, high)
            ]
            known = [float(end) for end in ends if end is not None]
            kind = (tuple(sorted(own)), round_, region, known[0] if known else None, known[-1] if known else None)
            self.asks.append(
                Ask(
                    pk,
                    fields.place[own[0]],
                    round_,
                    region,
                    numbers.setdefault(kind, len(numbers)),
                    ends[0],
                    is_open=low is not None and low != high,
                    is_unconverted=low is not None and ends[0] is None,
                )
            )
        self.kinds: list[Kind] = list(numbers)

    @staticmethod
    def _categories(scope: Scope, fields: Fields) -> dict[int, list[int]]:
        """The categories of each company that raises, the one by which it counts first."""
        found: dict[int, list[int]] = {}
        for company, category in (
            CompanyCategory.objects.filter(
                company__in=scope.raises().values("company"), category__in=[one.pk for one in fields.everything]
            )
            .order_by("-is_primary", "pk")
            .values_list("company", "category")
        ):
            found.setdefault(company, []).append(category)
        return found


def asked(asks: Iterable[Ask], currency: str) -> Money:
    """Return what raises ask for together, as a lower bound: a range counts with its lower end."""
    asks = list(asks)
    known = [ask.low for ask in asks if ask.low is not None]
    unconverted = sum(ask.is_unconverted for ask in asks)
    return Money(
        low=sum(known, Decimal(0)).quantize(CENT),
        currency=currency,
        events=len(asks),
        undisclosed=len(asks) - len(known) - unconverted,
        open=sum(ask.is_open and not ask.is_unconverted for ask in asks),
        unconverted=unconverted,
    )
