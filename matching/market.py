"""The market as the model sees it: one date and a handful of frames, whatever database they came from.

Column names are defined here once. Money is in one common currency (the caller's choice, the same
everywhere); codes are those of the taxonomy; unknown is ``""``, ``()``, ``NaN`` or ``NaT``.

companies       index company id: category, categories, keywords, country, region, city, founded_on, text
investors       index investor id: type, country, text
theses          index thesis id: investor, categories, excluded, rounds, regions, keywords, ticket_low,
                ticket_high, text (active theses only; an investor may have several)
deals           index deal id: company, date, round, round_order, amount, money, kind
participations  deal, investor, lead
raises          index raise id: company, opened_on, round, round_order, amount_low, amount_high, money (open ones)
blocks          company, investor: pairs that must never be recommended, for whatever reason
answers         company, investor, side (which of the two said it), kind, reason, at, and of the raise it was about
                round, amount_low, amount_high

``categories`` holds the primary category, the further ones and any ancestors; ``region`` is the place below
the country under one spelling; ``money`` holds exact amounts as stated, currency and figure in one word, since programmes
and funds pay the same sum again and again; ``text`` is already segmented, words joined by blanks. ``categories`` and
``excluded`` of a thesis meet the ``categories`` of a company, its ``regions`` meet region or country. A deal
whose date is known only to the month, quarter or year carries the first day of it. ``at`` is a moment of local time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

import numpy as np
import pandas as pd

# Columns, by frame.
CATEGORY = "category"
CATEGORIES = "categories"
KEYWORDS = "keywords"
COUNTRY = "country"
REGION = "region"
CITY = "city"
FOUNDED_ON = "founded_on"
TEXT = "text"
TYPE = "type"
INVESTOR = "investor"
COMPANY = "company"
DEAL = "deal"
EXCLUDED = "excluded"
ROUNDS = "rounds"
REGIONS = "regions"
TICKET_LOW = "ticket_low"
TICKET_HIGH = "ticket_high"
DATE = "date"
ROUND = "round"
ROUND_ORDER = "round_order"
AMOUNT = "amount"
MONEY = "money"
KIND = "kind"
LEAD = "lead"
OPENED_ON = "opened_on"
AMOUNT_LOW = "amount_low"
AMOUNT_HIGH = "amount_high"
SIDE = "side"
REASON = "reason"
AT = "at"

# Kinds of deal.
VENTURE = "venture"
ACQUISITION = "acquisition"
IPO = "ipo"
FOLLOW_ON = "follow_on"
RIGHTS_ISSUE = "rights_issue"

# Kinds of answer, and the sides that give them. "expired" is said by the side that did not answer.
SAVED, PASSED, HIDDEN = "saved", "passed", "hidden"
ASKED, ACCEPTED, DECLINED, WITHDRAWN, EXPIRED = "asked", "accepted", "declined", "withdrawn", "expired"
OF_COMPANY, OF_INVESTOR = "company", "investor"

_STR, _TUPLE, _FLOAT, _DATE, _ID, _FLAG = "str", "tuple", "float", "date", "id", "flag"

SCHEMA = {
    "companies": {
        CATEGORY: _STR,
        CATEGORIES: _TUPLE,
        KEYWORDS: _TUPLE,
        COUNTRY: _STR,
        REGION: _STR,
        CITY: _STR,
        FOUNDED_ON: _DATE,
        TEXT: _STR,
    },
    "investors": {TYPE: _STR, COUNTRY: _STR, TEXT: _STR},
    "theses": {
        INVESTOR: _ID,
        CATEGORIES: _TUPLE,
        EXCLUDED: _TUPLE,
        ROUNDS: _TUPLE,
        REGIONS: _TUPLE,
        KEYWORDS: _TUPLE,
        TICKET_LOW: _FLOAT,
        TICKET_HIGH: _FLOAT,
        TEXT: _STR,
    },
    "deals": {
        COMPANY: _ID,
        DATE: _DATE,
        ROUND: _STR,
        ROUND_ORDER: _FLOAT,
        AMOUNT: _FLOAT,
        MONEY: _TUPLE,
        KIND: _STR,
    },
    "participations": {DEAL: _ID, INVESTOR: _ID, LEAD: _FLAG},
    "raises": {
        COMPANY: _ID,
        OPENED_ON: _DATE,
        ROUND: _STR,
        ROUND_ORDER: _FLOAT,
        AMOUNT_LOW: _FLOAT,
        AMOUNT_HIGH: _FLOAT,
        MONEY: _TUPLE,
    },
    "blocks": {COMPANY: _ID, INVESTOR: _ID},
    "answers": {
        COMPANY: _ID,
        INVESTOR: _ID,
        SIDE: _STR,
        KIND: _STR,
        REASON: _STR,
        AT: _DATE,
        ROUND: _STR,
        AMOUNT_LOW: _FLOAT,
        AMOUNT_HIGH: _FLOAT,
    },
}
COMPANIES, INVESTORS, THESES, DEALS, PARTICIPATIONS, RAISES, BLOCKS, ANSWERS = SCHEMA

# These have no id of their own: their index means nothing.
_WITHOUT_ID = {PARTICIPATIONS, BLOCKS, ANSWERS}


def _tuple(value) -> tuple:
    if isinstance(value, tuple):
        return value
    if isinstance(value, (list, set, frozenset, np.ndarray)):
        return tuple(value)
    return (value,) if isinstance(value, str) and value else ()


def _flag(value):
    return None if value is None or pd.isna(value) else bool(value)


def _objects(values, index) -> pd.Series:
    cells = np.empty(len(index), dtype=object)
    cells[:] = values
    return pd.Series(cells, index=index, dtype=object)


def _convert(column: pd.Series, kind: str) -> pd.Series:
    if kind == _STR:
        return _objects(column.astype(object).where(column.notna(), "").tolist(), column.index)
    if kind == _TUPLE:
        return _objects([_tuple(v) for v in column], column.index)
    if kind == _FLAG:
        return _objects([_flag(v) for v in column], column.index)
    if kind == _DATE:
        return pd.to_datetime(column).astype("datetime64[s]")
    if kind == _ID:
        return column.astype(np.int64)
    return column.astype(float)


_UNKNOWN = {_STR: "", _TUPLE: None, _FLAG: None, _DATE: pd.NaT, _FLOAT: np.nan}


def frame(name: str, rows=(), index=None) -> pd.DataFrame:
    """A frame of the market with the right columns and dtypes.

    ``rows``: a list of dicts, or a DataFrame whose index holds the ids. Columns left out are unknown; an id
    column (``company``, ``investor``, ``deal``) left out of a frame that has rows is a KeyError. ``index``:
    the ids where rows are dicts (0, 1, … otherwise).
    """
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    if name in _WITHOUT_ID:
        given = given.reset_index(drop=True)
    elif index is not None:
        given = given.set_axis(list(index), axis=0)
    unknown_columns = set(given.columns) - set(SCHEMA[name])
    if unknown_columns:
        raise KeyError(f"{name} has no column {', '.join(sorted(map(str, unknown_columns)))}")
    ids = pd.Index(given.index.astype(np.int64), name="id")
    result = pd.DataFrame(index=ids)
    for column, kind in SCHEMA[name].items():
        if column in given:
            cells = given[column].set_axis(ids)
        elif kind == _ID and len(given):
            raise KeyError(f"{name} needs the column {column}")
        else:
            cells = pd.Series([_UNKNOWN.get(kind)] * len(ids), index=ids, dtype=object)
        result[column] = _convert(cells, kind)
    if name not in _WITHOUT_ID and not result.index.is_unique:
        raise ValueError(f"{name} holds an id twice")
    return result


def empty(name: str) -> pd.DataFrame:
    """The frame ``name`` without rows, with its columns and dtypes."""
    return frame(name)


@dataclass(frozen=True)
class Market:
    """Everything known on ``as_of``. Frames are read, never changed in place.

    ``now``: the moment at which a market of the present was read; its answers count up to then. Those of a past day
    count up to the beginning of ``as_of``.
    """

    as_of: date
    companies: pd.DataFrame = field(default_factory=partial(empty, COMPANIES))
    investors: pd.DataFrame = field(default_factory=partial(empty, INVESTORS))
    theses: pd.DataFrame = field(default_factory=partial(empty, THESES))
    deals: pd.DataFrame = field(default_factory=partial(empty, DEALS))
    participations: pd.DataFrame = field(default_factory=partial(empty, PARTICIPATIONS))
    raises: pd.DataFrame = field(default_factory=partial(empty, RAISES))
    blocks: pd.DataFrame = field(default_factory=partial(empty, BLOCKS))
    answers: pd.DataFrame = field(default_factory=partial(empty, ANSWERS))
    now: datetime | None = None

    @classmethod
    def build(cls, as_of: date, **rows) -> Market:
        """From lists of dicts (or loose DataFrames) per frame; ids 0, 1, … where dicts carry none.

        A dict may carry its own id under ``"id"``.
        """
        frames = {}
        for name, given in rows.items():
            if isinstance(given, pd.DataFrame):
                frames[name] = frame(name, given)
                continue
            given = [dict(row) for row in given]
            ids = [row.pop("id", number) for number, row in enumerate(given)]
            frames[name] = frame(name, given, ids)
        return cls(as_of=as_of, **frames)

    def validate(self) -> Market:
        """Itself; raises ValueError where a frame lacks a column or points at a row that is not there."""
        for name, columns in SCHEMA.items():
            missing = set(columns) - set(getattr(self, name).columns)
            if missing:
                raise ValueError(f"{name} lacks {', '.join(sorted(missing))}")
        for name, column, target in (
            (THESES, INVESTOR, INVESTORS),
            (DEALS, COMPANY, COMPANIES),
            (PARTICIPATIONS, DEAL, DEALS),
            (PARTICIPATIONS, INVESTOR, INVESTORS),
            (RAISES, COMPANY, COMPANIES),
        ):
            known = getattr(self, name)[column].isin(getattr(self, target).index)
            if not known.all():
                raise ValueError(f"{name}.{column} names {(~known).sum()} rows that {target} lacks")
        return self

    def before(self, day: date) -> Market:
        """The market as it was known on ``day``: deals and answers strictly before it, raises opened before it.

        Profiles and theses carry no history and stay as they are. A deal without a date is left out.
        """
        moment = pd.Timestamp(day)
        deals = self.deals[self.deals[DATE] < moment]
        return replace(
            self,
            as_of=moment.date(),
            deals=deals,
            participations=self.participations[self.participations[DEAL].isin(deals.index)].reset_index(drop=True),
            raises=self.raises[self.raises[OPENED_ON] < moment],
            answers=self.answers[self.answers[AT] < moment],
            now=None,
        )

    @property
    def standing_answers(self) -> pd.DataFrame:
        """The answers that count: see ``now``."""
        at = self.answers[AT]
        counts = at < pd.Timestamp(self.as_of) if self.now is None else at <= pd.Timestamp(self.now)
        return self.answers if counts.all() else self.answers[counts]

    def with_raises(self, raises: pd.DataFrame) -> Market:
        return replace(self, raises=raises)

    @property
    def active_investors(self) -> np.ndarray:
        """Sorted ids of investors with a recorded deal or an active thesis: those who are ranked."""
        ids = np.union1d(self.participations[INVESTOR].unique(), self.theses[INVESTOR].unique())
        return ids[np.isin(ids, self.investors.index)].astype(np.int64)

    def sizes(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in SCHEMA}
