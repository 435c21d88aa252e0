"""A market as its files state it: every cell checked, every reference resolved, nothing compared with the database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from deals.imports.reading import Folder, Line
from taxonomy import labels
from taxonomy.amounts import EXACT, LIMIT, UNDISCLOSED, Amount, AmountError, exact, parse_amount
from taxonomy.dates import PartialDate, parse_date

# Characters that fit: a row's own name, and the name, place and label columns of the models.
ID, NAME, CITY, LABEL, ROUND, AMOUNT_TEXT, KEYWORD, URL, TEXT = 50, 200, 100, 120, 60, 100, 300, 200, 5000
_is_url = URLValidator(["http", "https"])


@dataclass(frozen=True, slots=True)
class CompanyRow:
    ref: str
    line: int
    name: str
    description: str
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    country: str
    region: str
    city: str
    founded: PartialDate | None
    website: str


@dataclass(frozen=True, slots=True)
class InvestorRow:
    ref: str
    line: int
    name: str
    type: str
    description: str
    categories: tuple[str, ...]
    stages: tuple[str, ...]
    regions: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class DealRow:
    ref: str
    line: int
    company: str
    announced: PartialDate
    round: str
    amount: Amount | None


@dataclass(frozen=True, slots=True)
class RaiseRow:
    company: str
    line: int
    opened_on: date
    round: str
    amount: Amount | None

    @property
    def ref(self) -> str:
        return f"{self.company} {self.opened_on}"


@dataclass
class Market:
    """Rows by their id; participations as (deal, investor) with their line; raises by company."""

    companies: dict[str, CompanyRow] = field(default_factory=dict)
    investors: dict[str, InvestorRow] = field(default_factory=dict)
    deals: dict[str, DealRow] = field(default_factory=dict)
    participations: dict[tuple[str, str], int] = field(default_factory=dict)
    raises: dict[str, RaiseRow] = field(default_factory=dict)


def _day(line: Line, column: str, *, required: bool) -> PartialDate | None:
    cell = line.required(column, 40) if required else line.text(column, 40)
    if not cell:
        return None
    try:
        return parse_date(cell)
    except ValueError:
        line.bad("bad_date", column, value=cell)
        return None


def _website(line: Line) -> str:
    cell = line.text("website", URL)
    if not cell:
        return ""
    address = cell if "://" in cell else f"http://{cell}"
    try:
        _is_url(address)
    except ValidationError:
        line.notice("bad_website", cell)
        return ""
    return address[:URL]


def _number(line: Line, cell: str) -> Decimal | None:
    try:
        value = Decimal(cell.replace(",", ""))
    except InvalidOperation:
        line.bad("bad_amount", "amount", value=cell)
        return None
    if not value.is_finite():
        line.bad("bad_amount", "amount", value=cell)
    elif value < 0:
        line.bad("negative_amount", "amount", value=cell)
    elif value >= LIMIT:
        line.bad("too_large_amount", "amount", value=cell)
    else:
        return value
    return None


def _worded(line: Line, text: str, currency: str, unread: Callable[[str], None]) -> Amount | None:
    """The amount that `text` states, or None where it is refused. Words that say nothing are kept."""
    try:
        return parse_amount(text, currency)
    except AmountError as error:
        if error.code == "unreadable":
            unread(text)
            return Amount(UNDISCLOSED, text=text)
        line.bad(f"{error.code}_amount", "amount_text", value=text)
        return None


def _numbered(line: Line, cell: str, text: str, currency: str) -> Amount | None:
    """The amount that a number states, with its words beside it; the currency is theirs where the cell is empty."""
    value = _number(line, cell)
    if value is None:
        return None
    try:
        worded = parse_amount(text, currency) if text else None
    except AmountError:
        worded = None
    found = exact(value, currency or (worded.currency if worded else ""), text)
    if worded and worded.kind == EXACT and (worded.low, worded.currency) != (found.low, found.currency):
        line.notice("amounts_differ", f"{text} / {cell} {currency}")
    return found


def _amount(line: Line, currencies: labels.Lookup, unread: Callable[[str], None]) -> Amount | None:
    """What the three cells of an amount say together; None where all are empty, or wrong.

    The number comes before its words. Nothing raised, or money in a currency that nobody names, is not an amount:
    it is kept as undisclosed under the source's own words, and noticed.
    """
    text, cell = line.text("amount_text", AMOUNT_TEXT), line.text("amount", 40)
    code = line.text("currency", 40)
    known = currencies.find(code) if code else None
    if code and known is None:
        line.bad("unknown_currency", "currency", value=code)
    currency = known.code if known else ""
    if not text and not cell:
        return None
    found = _numbered(line, cell, text, currency) if cell else _worded(line, text, currency, unread)
    if found is None or found.kind == UNDISCLOSED:
        return found
    if code and known is None:
        return None
    if found.currency and not (found.kind == EXACT and not found.low):
        return found
    line.notice("zero_amount" if found.currency else "no_currency", text or cell)
    return Amount(UNDISCLOSED, text=text or cell)


def _name(line: Line, ref: str) -> str:
    name = line.text("name", NAME)
    if not name:
        line.notice("no_name", ref)
    return name


class Reader:
    """Reads a folder into a `Market`. `unread(column, label)` is told of labels that nobody could map."""

    def __init__(self, folder: Folder, unread: Callable[[str, str], None], progress: Callable[[str, int], None]):
        self.folder, self.progress = folder, progress
        self.currencies = labels.currencies()
        self.market = Market()
        self.today = timezone.localdate()
        # Ids with their lines, of bad rows too, so that one mistake is not told twice.
        self.lines: dict[str, dict] = {}
        self._amount = partial(_amount, currencies=self.currencies, unread=partial(unread, "amount_text"))

    def read(self) -> Market:
        for file, take in {
            "companies.csv": self._company,
            "investors.csv": self._investor,
            "deals.csv": self._deal,
            "participations.csv": self._participation,
            "raises.csv": self._raise,
        }.items():
            self.lines[file] = {}
            count = 0
            for count, line in enumerate(self.folder.lines(file), 1):
                take(line)
                if count % 2000 == 0:
                    self.progress(file, count)
            self.progress(file, count)
        return self.market

    def _id(self, line: Line, column: str) -> str:
        ref = line.required(column, ID)
        if ref:
            first = self.lines[line.file].setdefault(ref, line.line)
            if first != line.line:
                line.bad("duplicate_id", column, value=ref, first=first)
        return ref

    def _refers(self, line: Line, column: str, file: str, code: str) -> str:
        ref = line.required(column, ID)
        known = ref in self.lines[file] or ref in self.folder.loose[file]
        if ref and file not in self.folder.broken and not known:
            line.bad(code, column, value=ref)
        return ref

    def _company(self, line: Line) -> None:
        ref = self._id(line, "company_id")
        founded = _day(line, "founded_on", required=False)
        if founded and founded.first > self.today:
            line.notice("future_founding", line.cells["founded_on"])
        self.market.companies[ref] = CompanyRow(
            ref,
            line.line,
            _name(line, ref),
            line.text("description", TEXT),
            line.many("categories", LABEL),
            line.many("keywords", KEYWORD),
            line.text("country", 40),
            line.text("region", 76),
            line.text("city", CITY),
            founded,
            _website(line),
        )

    def _investor(self, line: Line) -> None:
        ref = self._id(line, "investor_id")
        self.market.investors[ref] = InvestorRow(
            ref,
            line.line,
            _name(line, ref),
            line.text("type", LABEL),
            line.text("description", TEXT),
            line.many("categories", LABEL),
            line.many("stages", LABEL),
            line.many("regions", LABEL),
            line.text("country", 40),
        )

    def _deal(self, line: Line) -> None:
        ref = self._id(line, "deal_id")
        company = self._refers(line, "company_id", "companies.csv", "unknown_company")
        announced = _day(line, "announced_on", required=True)
        if announced and announced.first > self.today:
            line.bad("future_date", "announced_on", value=line.cells["announced_on"])
        self.market.deals[ref] = DealRow(
            ref, line.line, company, announced, line.text("round", ROUND), self._amount(line)
        )

    def _participation(self, line: Line) -> None:
        deal = self._refers(line, "deal_id", "deals.csv", "unknown_deal")
        investor = self._refers(line, "investor_id", "investors.csv", "unknown_investor")
        first = self.market.participations.setdefault((deal, investor), line.line)
        if first != line.line and deal and investor:
            line.bad("duplicate_participation", "investor_id", value=investor, first=first)

    def _raise(self, line: Line) -> None:
        company = self._refers(line, "company_id", "companies.csv", "unknown_company")
        opened = _day(line, "opened_on", required=True)
        first = self.lines[line.file].setdefault(company, line.line)
        if company and first != line.line:
            line.bad("second_raise", "company_id", first=first)
        if opened:
            self.market.raises[company] = RaiseRow(
                company, line.line, opened.first, line.text("round", ROUND), self._amount(line)
            )
