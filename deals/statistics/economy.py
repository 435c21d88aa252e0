"""Venture activity beside the economic level of the provinces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation

from deals.statistics.regions import by_province
from deals.statistics.rows import Figure, Money, Names
from deals.statistics.scope import Scope
from taxonomy.models import GrossProduct, Source


@dataclass(frozen=True)
class EconomyRow(Names):
    """Events of a province beside what it produced in `year`, in CNY at the prices of that year."""

    events: int = 0
    of_events: int = 0
    companies: int = 0
    year: int = 0
    product: Money | None = None
    source: Names | None = None


@dataclass(frozen=True)
class Correlation:
    """Pearson's coefficient of the values and Spearman's of the ranks over `n` provinces, from -1 to 1.

    None where one side does not vary, or fewer than three provinces are compared.
    """

    n: int
    pearson: float | None
    spearman: float | None


def activity_and_product(scope: Scope) -> Figure[EconomyRow]:
    """V11: events of each province beside its gross product of the last whole year on file, largest product first.

    Provinces are those of which a product is on file: Hong Kong, Macao and Taiwan are not. `left_out` counts the
    events that lie in none of them. A place does not narrow it.
    """
    scope = scope.everywhere()
    figure = by_province(scope)
    year = GrossProduct.objects.latest_before(scope.known_until)
    on_file = GrossProduct.objects.filter(year=year).select_related("province", "source") if year else []
    products = {product.province.code: product for product in on_file}
    rows = [
        EconomyRow(
            key=row.key,
            name_zh=row.name_zh,
            name_en=row.name_en,
            events=row.events,
            of_events=row.of_events,
            companies=row.companies,
            year=products[row.key].year,
            product=Money(low=products[row.key].value, events=1),
            source=_names(products[row.key].source),
        )
        for row in figure.rows
        if row.key in products
    ]
    rows.sort(key=lambda row: -row.product.low)
    outside = sum(row.events for row in figure.rows if row.key not in products)
    return Figure("V11", scope, tuple(rows), figure.left_out + outside)


def _names(source: Source) -> Names:
    return Names(source.code, source.name, source.name_en)


def correlation_of(rows: Iterable[EconomyRow]) -> Correlation:
    """V11: how events go with the gross product over the provinces of a figure."""
    rows = list(rows)
    events = [float(row.events) for row in rows]
    products = [float(row.product.low) for row in rows]
    return Correlation(len(rows), _correlation(events, products), _correlation(ranks(events), ranks(products)))


def _correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    if len(xs) < 3:
        return None
    try:
        return correlation(xs, ys)
    except StatisticsError:
        # One side does not vary.
        return None


def ranks(values: Sequence[float]) -> list[float]:
    """Return the place of each value from the smallest, 1; equal values share the middle of their places."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) + 1) / 2 for value in values]
