"""An amount of money as it is known: exact, a lower bound, a range or undisclosed.

Pure functions on text and `Decimal`; the database fields that hold the result are in `taxonomy.facts`.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

EXACT, AT_LEAST, RANGE, UNDISCLOSED = "exact", "at_least", "range", "undisclosed"
CENT = Decimal("0.01")
# The largest sum that the database field holds: 20 digits, two of them after the point.
LIMIT = Decimal(10) ** 18

_UNITS = {
    "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8,
    "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12, "": 1,
    "k": 1000, "thousand": 1000, "m": 10**6, "mn": 10**6, "mm": 10**6, "mio": 10**6, "million": 10**6,
    "millions": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9, "billions": 10**9,
}  # fmt: skip
_CURRENCIES = [
    ("HKD", r"hkd|hk\$|港币|港元"),
    ("TWD", r"twd|nt\$|ntd|新台币|台币"),
    ("SGD", r"sgd|s\$|新加坡元|新币"),
    ("AUD", r"aud|a\$|澳元|澳大利亚元"),
    ("CAD", r"cad|c\$|加元|加拿大元"),
    ("USD", r"usd|us\$|\$|美元|美金|dollars?"),
    ("CNY", r"cny|rmb|cn¥|人民币|元人民币|yuan"),
    ("EUR", r"eur|€|欧元|euros?"),
    ("GBP", r"gbp|£|英镑"),
    ("JPY", r"jpy|日元|円"),
    ("KRW", r"krw|₩|韩元"),
    ("INR", r"inr|₹|卢比"),
    ("CNY", r"¥|元"),
]
_UNKNOWN = re.compile(r"^(|-+|/+|n/?a|未透露|未公开|未披露|不明确|金额未知|未知|undisclosed|unknown|not disclosed)$")
_CJK_UNIT = r"万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百|十"
_UNIT = rf"(?:{_CJK_UNIT}|thousand|millions?|billions?|mio|mn|mm|bn|k|m|b)"
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_ONE = re.compile(rf"^({_NUMBER})\s*({_UNIT})?$")
_SPAN = re.compile(rf"^({_NUMBER})\s*({_UNIT})?\s*(?:-|–|—|~|～|至|到|to)\s*({_NUMBER})\s*({_UNIT})?$")
_SEVERAL = re.compile(rf"^(?:数|几|several|some)\s*(十|百|千)?({_CJK_UNIT}|million|billion|thousand)?$")
_SEVERAL_EN = re.compile(r"^(tens|hundreds) of (thousand|million|billion)s?$")
_ABOVE = re.compile(r"(及以上|以上|起|或以上|or more|\+)$")
_ABOVE_FRONT = re.compile(r"^(超过|超|逾|至少|不低于|近?过|over|above|at least|more than|≥|>=|>)\s*")
_ABOUT = re.compile(r"^(约|近|approx\.?|about|around|~|≈)\s*")


@dataclass(frozen=True)
class Amount:
    """`low` and `high` in whole units of `currency` (ISO 4217); either is None where it is not known."""

    kind: str
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""
    text: str = ""


class AmountError(ValueError):
    """The text is not an amount; `code` says why: `unreadable`, `negative`, `too_large` or `backwards`."""

    def __init__(self, code: str, text: str):
        super().__init__(f"{code}: {text!r}")
        self.code, self.text = code, text


def _number(digits: str, unit: str | None) -> Decimal:
    value = (Decimal(digits.replace(",", "")) * _UNITS[(unit or "").lower()]).quantize(CENT)
    if value >= LIMIT:
        raise AmountError("too_large", digits)
    return value


def _take_currency(text: str) -> tuple[str, str]:
    for code, pattern in _CURRENCIES:
        boundary = rf"(?<![a-z])(?:{pattern})(?![a-z])"
        if re.search(boundary, text):
            return code, re.sub(boundary, " ", text).strip()
    return "", text


def exact(value: Decimal, currency: str, text: str = "") -> Amount:
    if value < 0:
        raise AmountError("negative", str(value))
    if value >= LIMIT:
        raise AmountError("too_large", str(value))
    return Amount(EXACT, value.quantize(CENT), value.quantize(CENT), currency, text)


def parse_amount(text: str, currency: str = "") -> Amount:
    """Read an amount as people and sources write it, in Chinese or English.

    `currency` is used where the text names none. "数百万" (several million) is the band from one unit to the
    next, here 1 to 10 million; "亿元及以上" is a lower bound. "约" and "近" are dropped: the number is kept as the
    nearest that is known. Raises `AmountError`.

    >>> parse_amount("9.5亿元").low
    Decimal('950000000.00')
    >>> parse_amount("数千万人民币").high
    Decimal('100000000.00')
    """
    written = text.strip()
    plain = unicodedata.normalize("NFKC", written).casefold().strip()
    if _UNKNOWN.match(plain):
        return Amount(UNDISCLOSED, currency="", text=written)
    found, body = _take_currency(plain)
    money = found or currency
    if _UNKNOWN.match(body) and not body:
        raise AmountError("unreadable", written)
    if re.match(r"^[-−]\s*\d", body):
        raise AmountError("negative", written)
    bound = bool(_ABOVE.search(body) or _ABOVE_FRONT.search(body))
    body = _ABOVE_FRONT.sub("", _ABOVE.sub("", body)).strip()
    body = _ABOUT.sub("", body).strip()
    again, body = _take_currency(body)
    money = money or again
    if match := _SPAN.match(body):
        low_unit = match[2] or match[4]
        low, high = _number(match[1], low_unit), _number(match[3], match[4] or match[2])
        if low > high:
            raise AmountError("backwards", written)
        return Amount(EXACT if low == high else RANGE, low, high, money, written)
    if match := _ONE.match(body):
        value = _number(match[1], match[2])
        return Amount(AT_LEAST, value, None, money, written) if bound else Amount(EXACT, value, value, money, written)
    if match := _SEVERAL.match(body):
        unit = Decimal(_UNITS[match[1] or ""] * _UNITS[match[2] or ""]).quantize(CENT)
        if unit > 1:
            return Amount(RANGE, unit, unit * 10, money, written)
    if match := _SEVERAL_EN.match(body):
        unit = Decimal((10 if match[1] == "tens" else 100) * _UNITS[match[2]]).quantize(CENT)
        return Amount(RANGE, unit, unit * 10, money, written)
    if body in _UNITS and body:
        # A bare unit is where a band begins: 亿元及以上, 千万级.
        return Amount(AT_LEAST, Decimal(_UNITS[body]).quantize(CENT), None, money, written)
    if match := re.match(rf"^({_CJK_UNIT})级$", body):
        unit = Decimal(_UNITS[match[1]]).quantize(CENT)
        return Amount(RANGE, unit, unit * 10, money, written)
    raise AmountError("unreadable", written)
