"""Short-board categories: those that lag behind the others."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from deals.statistics.categories import by_category
from deals.statistics.rows import Figure, ShareRow
from deals.statistics.scope import Scope

# A short board has less than this part of the average share.
BELOW = Fraction(2, 3)
# So few companies say nothing of a category.
JUDGED_FROM = 30


@dataclass(frozen=True)
class ShortBoardRow(ShareRow):
    """A category beside the average of all `categories` of the figure; `of_low` is the money of all of them."""

    categories: int = 0
    of_low: Decimal = Decimal(0)

    @property
    def average(self) -> float:
        return 1 / self.categories

    @property
    def money_share(self) -> float | None:
        return float(self.money.low / self.of_low) if self.of_low else None

    @property
    def is_short(self) -> bool:
        """Whether its shares of companies and of events both lie below two thirds of the average share."""
        if self.of_companies < JUDGED_FROM:
            return False
        return self.lags(self.companies, self.of_companies) and self.lags(self.events, self.of_events)

    def lags(self, part: int, whole: int) -> bool:
        return part * self.categories < BELOW * whole


def short_boards(scope: Scope) -> Figure[ShortBoardRow]:
    """P2: each category's share of companies, events and capital beside the average share, as `by_category` counts.

    Categories do not narrow it. None is judged where fewer than thirty companies raised.
    """
    scope = scope.of_all_categories()
    figure = by_category(scope)
    total = sum((row.money.low for row in figure.rows), Decimal(0))
    rows = tuple(ShortBoardRow(**vars(row), categories=len(figure.rows), of_low=total) for row in figure.rows)
    return Figure("P2", scope, rows, figure.left_out)
