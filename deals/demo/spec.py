"""The records of a drawn market, before any database knows them. References are the names in the source."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from taxonomy.amounts import Amount

DEMONSTRATION, STUDY = "demonstration", "ztetj-202006009"


@dataclass
class Company:
    ref: str
    category: str
    province: str
    city: str
    founded_on: date | None
    founded_precision: str = "day"
    further: tuple[str, ...] = ()
    name_zh: str = ""
    name_en: str = ""
    short_zh: str = ""
    short_en: str = ""
    aliases: tuple[str, ...] = ()
    credit_code: str = ""
    parent: str = ""
    website: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    description_zh: str = ""
    description_en: str = ""
    business_model: str = ""
    keywords: tuple[str, ...] = ()
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    known_on: date | None = None
    source: str = DEMONSTRATION

    @property
    def root(self) -> str:
        return self.category.split("-", 1)[0]


@dataclass
class Event:
    """A venture round of a company before its amount and its investors are drawn."""

    company: str
    round: str
    on: date


@dataclass
class Deal:
    ref: str
    company: str
    kind: str
    on: date
    known_on: date
    amount: Amount
    round: str = ""
    precision: str = "day"
    verified: bool = True
    investors: list[tuple[str, bool]] = field(default_factory=list)
    introduction: str = ""
    company_confirmed: bool = False
    investor_confirmed: bool = False
    source_url: str = ""
    note: str = ""
    source: str = DEMONSTRATION


@dataclass
class Listing:
    ref: str
    company: str
    board: str
    ticker: str
    listed_on: date
    filed_on: date | None = None
    cleared_on: date | None = None
    offering: str = ""
    market_value: Decimal | None = None
    market_value_on: date | None = None
    source: str = DEMONSTRATION


@dataclass
class Thesis:
    ref: str
    title: str
    categories: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    ticket: tuple[int, int] | None = None
    keywords: tuple[str, ...] = ()
    text: str = ""
    active: bool = True
    source: str = DEMONSTRATION


@dataclass(eq=False)
class Investor:
    """`focus` maps sub-categories to appetite (1 is the institution's own field); `since` is its first day in the
    sector and `until` its last, where it left. `circle` is shared by those who often invest together."""

    ref: str
    type: str
    name_zh: str
    name_en: str
    province: str
    city: str
    focus: dict[str, float]
    rounds: tuple[str, ...]
    since: date
    until: date | None = None
    home: float = 0.0
    ticket: tuple[int, int] = (0, 0)
    activity: float = 1.0
    leads: float = 0.5
    circle: int = 0
    aliases: tuple[str, ...] = ()
    assets: int | None = None
    founded_year: int | None = None
    website: str = ""
    description_zh: str = ""
    description_en: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    theses: list[Thesis] = field(default_factory=list)
    source: str = DEMONSTRATION


@dataclass
class Raise:
    ref: str
    company: str
    round: str
    low: int
    high: int
    opened_on: date
    closes_on: date
    use_of_funds: str
    audience: str
    status: str = "open"
    ended_on: date | None = None


@dataclass
class Introduction:
    ref: str
    company: str
    investor: str
    raised: str
    asked_side: str
    message: str
    status: str
    asked_at: datetime
    expires_on: date
    decline_reason: str = ""
    answer_note: str = ""
    answered_at: datetime | None = None


@dataclass
class Market:
    """All that is drawn. `founder` and `manager` are the references of those for whom there are log-ins."""

    companies: list[Company]
    investors: list[Investor]
    deals: list[Deal]
    listings: list[Listing]
    raises: list[Raise]
    introductions: list[Introduction]
    founder: str
    manager: str
