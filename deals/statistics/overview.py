"""The figures of the overview page, as they are answered elsewhere too."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from deals.statistics.companies import SeveralRow
from deals.statistics.coverage import CoverageRow, whole
from deals.statistics.listings import BOARDS_TOGETHER
from deals.statistics.rows import BoardRow, BoardYearRow, Figure, InstrumentRow, PopulationRow
from deals.statistics.scope import Scope
from deals.statistics.venture import early_events

CODES = ("V1", "V2", "V3", "V4", "V5", "V7", "V8", "V12", "L3", "L4", "L5", "I1", "I2", "R2")
DRAWN = ("V3", "V4", "V5", "V7", "L4", "I2")
TABLES = ("V3", "V4", "V5", "V7")


def beside(scope: Scope) -> tuple[tuple[str, Scope], ...]:
    """Return what the page asks of other scopes: the events of the year before, the verified ones, and since when they
    are recorded."""
    return ("V1", scope.year_before()), ("V1", replace(scope, verified_only=True)), ("R4", whole(scope))


@dataclass(frozen=True)
class Overview:
    """`figure` answers one of `CODES`, or of the questions `beside` the scope."""

    scope: Scope
    figure: Callable[..., Figure]

    @property
    def events(self) -> Figure:
        return self.figure("V1")

    @property
    def events_before(self) -> Figure:
        return self.figure("V1", self.scope.year_before())

    @property
    def events_verified(self) -> Figure:
        return self.figure("V1", replace(self.scope, verified_only=True))

    @property
    def events_per_company(self) -> float | None:
        row = self.events.row
        return row.events / row.companies if row.companies else None

    @property
    def total(self) -> Figure:
        return self.figure("V2")

    @property
    def monthly(self) -> Figure:
        return self.figure("V3")

    @property
    def rounds(self) -> Figure:
        return self.figure("V4")

    @property
    def categories(self) -> Figure:
        return self.figure("V5")

    @property
    def provinces(self) -> Figure:
        return self.figure("V7")

    @property
    def macro(self) -> Figure:
        return self.figure("V8")

    @property
    def listings(self) -> Figure[BoardYearRow]:
        return self.figure("L4")

    @property
    def boards(self) -> list[BoardRow]:
        """The boards one by one, without the row of several together."""
        return [row for row in self.figure("L3").rows if row.key != BOARDS_TOGETHER]

    @property
    def capital(self) -> list[InstrumentRow]:
        """The instruments one by one."""
        return [row for row in self.figure("L5").rows if row.kind]

    @property
    def activity(self) -> Figure:
        return self.figure("I1")

    @property
    def investors(self) -> Figure:
        return self.figure("I2")

    @property
    def league(self) -> Figure:
        return self.figure("R2")

    @property
    def change(self) -> float | None:
        """Growth of events over the same days of the year before; None where the records do not hold all of that."""
        before = self.events_before.row.events
        return (self.events.row.events - before) / before if before and self.holds_year_before else None

    @property
    def recorded(self) -> Figure[CoverageRow]:
        """Since when the events of the sector and the places are recorded."""
        return self.figure("R4", whole(self.scope))

    @property
    def holds_year_before(self) -> bool:
        rows = self.recorded.rows
        return not rows or rows[0].since.first <= self.scope.year_before().first

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
    def listed(self) -> int:
        """Companies that are listed."""
        return self.figure("L3").rows[-1].denominator

    @property
    def several(self) -> int:
        """Companies with several rounds in the period, also those that are not named."""
        return next((row.companies for row in self.figure("V12").rows), 0)

    def several_named(self, limit: int) -> dict[int, list[SeveralRow]]:
        """Return the rounds of the first companies with several, by the company's id."""
        found: dict[int, list[SeveralRow]] = {}
        for row in self.figure("V12").rows:
            if row.company not in found and len(found) == limit:
                break
            found.setdefault(row.company, []).append(row)
        return found
