"""What figures are made of."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from deals.statistics.scope import Scope
from taxonomy.dates import MONTH
from taxonomy.names import in_language

Row = TypeVar("Row")


@dataclass(frozen=True)
class Figure(Generic[Row]):
    """The answer to one question. `code` names its definition; `left_out` counts events that no row could hold."""

    code: str
    scope: Scope
    rows: tuple[Row, ...]
    left_out: int = 0

    @property
    def row(self) -> Row:
        """The only row of a figure that has one."""
        (row,) = self.rows
        return row


@dataclass(frozen=True)
class Money:
    """A sum in whole units of `currency`, as a lower bound.

    `events` are all that count, `undisclosed` those without an amount (or whose amount is kept to the parties),
    `open` those of which only a lower bound is known, `unconverted` those in a currency without a rate. Foreign
    amounts are converted at the rate of the deal's date.
    """

    low: Decimal = Decimal(0)
    currency: str = "CNY"
    events: int = 0
    undisclosed: int = 0
    open: int = 0
    unconverted: int = 0

    @property
    def is_bound(self) -> bool:
        return bool(self.undisclosed or self.open or self.unconverted)

    def __add__(self, other: "Money") -> "Money":
        return Money(
            self.low + other.low,
            self.currency,
            self.events + other.events,
            self.undisclosed + other.undisclosed,
            self.open + other.open,
            self.unconverted + other.unconverted,
        )


@dataclass(frozen=True)
class Names:
    """A thing in both languages, so that a figure computed once is shown in either."""

    key: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


@dataclass(frozen=True)
class EventCount:
    events: int
    companies: int


@dataclass(frozen=True)
class MonthRow:
    """Events of one month of the period, or of the quarter or year that begins with it, and of the same days a year
    before: None where the records do not reach back to all of them."""

    year: int
    month: int
    events: int
    before: int | None
    precision: str = MONTH

    @property
    def key(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def change(self) -> float | None:
        """Growth over the year before: -0.3 is thirty per cent fewer. None without events then."""
        return (self.events - self.before) / self.before if self.before else None


@dataclass(frozen=True)
class ShareRow(Names):
    """A part of the events, of the companies and of the money: a category, a province, a round.

    The denominators are those of the figure's rows together.
    """

    events: int = 0
    of_events: int = 0
    companies: int = 0
    of_companies: int = 0
    money: Money = field(default_factory=Money)

    @property
    def event_share(self) -> float | None:
        return self.events / self.of_events if self.of_events else None

    @property
    def company_share(self) -> float | None:
        return self.companies / self.of_companies if self.of_companies else None


@dataclass(frozen=True)
class RoundRow(ShareRow):
    """`order` is the round's place from seed to pre-IPO, None where it has none."""

    order: int | None = None


@dataclass(frozen=True)
class PopulationRow(Names):
    """Companies of a region among `listed`, `funded` or `both` (one or the other)."""

    listed: int = 0
    of_listed: int = 0
    funded: int = 0
    of_funded: int = 0
    either: int = 0
    of_either: int = 0

    @property
    def listed_share(self) -> float | None:
        return self.listed / self.of_listed if self.of_listed else None

    @property
    def funded_share(self) -> float | None:
        return self.funded / self.of_funded if self.of_funded else None

    @property
    def either_share(self) -> float | None:
        return self.either / self.of_either if self.of_either else None


@dataclass(frozen=True)
class PartRow(Names):
    """A part of a whole that is counted."""

    numerator: int = 0
    denominator: int = 0

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class BoardYearRow(PartRow):
    """New listings of a year on a board; `denominator` are those of the year on all boards."""

    year: int = 0

    @property
    def board(self) -> str:
        """The code of the board, also where the key names the year before it."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True)
class BoardRow(PartRow):
    """Companies listed on a board, of all that are listed."""


@dataclass(frozen=True)
class InstrumentRow:
    """Money raised on boards by one instrument, or by all where `kind` is empty; each company counts once."""

    kind: str
    companies: int
    money: Money

    @property
    def key(self) -> str:
        return self.kind or "all"


@dataclass(frozen=True)
class LeagueRow(Names):
    type: str = ""
    deals: int = 0
    led: int = 0
    companies: int = 0
