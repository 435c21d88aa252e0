"""The figures of the overview page together, computed once for a scope and a state of the records."""

from dataclasses import dataclass, replace

from deals.statistics.categories import by_category
from deals.statistics.investors import active_investors, league
from deals.statistics.kept import kept
from deals.statistics.listings import listed_by_board, listings_per_year
from deals.statistics.offerings import capital_raised
from deals.statistics.regions import by_macro_region, by_province
from deals.statistics.rows import (
    BoardRow,
    BoardYearRow,
    CompanyRounds,
    EventCount,
    Figure,
    InstrumentRow,
    InvestorTypeRow,
    LeagueRow,
    Money,
    MonthRow,
    PopulationRow,
    RoundRow,
    ShareRow,
)
from deals.statistics.scope import Scope
from deals.statistics.venture import by_round, early_events, events, monthly, multi_round, total_amount


@dataclass(frozen=True)
class Overview:
    scope: Scope
    events: Figure[EventCount]
    events_before: Figure[EventCount]
    events_verified: Figure[EventCount]
    total: Figure[Money]
    monthly: Figure[MonthRow]
    rounds: Figure[RoundRow]
    categories: Figure[ShareRow]
    provinces: Figure[ShareRow]
    macro: Figure[PopulationRow]
    listings: Figure[BoardYearRow]
    boards: Figure[BoardRow]
    capital: Figure[InstrumentRow]
    investors: Figure[InvestorTypeRow]
    league: Figure[LeagueRow]
    several: Figure[CompanyRounds]

    @property
    def change(self) -> float | None:
        """Growth of events over the same days of the year before."""
        before = self.events_before.row.events
        return (self.events.row.events - before) / before if before else None

    @property
    def early(self) -> tuple[int, int]:
        return early_events(self.rounds)

    @property
    def early_share(self) -> float | None:
        part, whole = self.early
        return part / whole if whole else None

    @property
    def east(self) -> PopulationRow | None:
        return next((row for row in self.macro.rows if row.key == "CN-EAST"), None)

    @property
    def active(self) -> int:
        return sum(row.active for row in self.investors.rows)

    @property
    def new(self) -> int:
        return sum(row.new for row in self.investors.rows)

    @property
    def listed(self) -> int:
        return self.boards.rows[0].denominator if self.boards.rows else 0

    @property
    def listed_in_period(self) -> int:
        """New listings of the years of the period, as a whole: L2 beside a period that is a year."""
        return sum(row.numerator for row in self.listings.rows if row.year == self.scope.last.year)


def overview(scope: Scope, at: str | None = None) -> Overview:
    """Return the figures of a scope, from the cache where nothing has changed since."""
    return kept("overview", scope, compute, at)


def compute(scope: Scope) -> Overview:
    return Overview(
        scope=scope,
        events=events(scope),
        events_before=events(scope.year_before()),
        events_verified=events(replace(scope, verified_only=True)),
        total=total_amount(scope),
        monthly=monthly(scope),
        rounds=by_round(scope),
        categories=by_category(scope),
        provinces=by_province(scope),
        macro=by_macro_region(scope),
        listings=listings_per_year(scope),
        boards=listed_by_board(scope),
        capital=capital_raised(scope),
        investors=active_investors(scope),
        league=league(scope),
        several=multi_round(scope),
    )
