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
    "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12, "": 1, "hundred": 100,
    "w": 10**4, "kw": 10**7, "k": 1000, "thousand": 1000, "m": 10**6, "mn": 10**6, "mm": 10**6, "mio": 10**6, "million": 10**6,
    "millions": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9, "billions": 10**9,
}  # fmt: skip
_CURRENCIES = [
    ("HKD", r"hkd|hk\$|港币|港元"),
    ("TWD", r"twd|nt\$|ntd|新台币|台币"),
    ("SGD", r"sgd|s\$|新加坡元|新币"),
    ("AUD", r"aud|a\$|澳元|澳大利亚元"),
    ("CAD", r"cad|c\$|加元|加拿大元"),
    ("USD", r"usd|us\$|美元|美金|us dollars?"),
    ("CNY", r"cny|rmb|cn¥|人民币|元人民币|yuan"),
    ("EUR", r"eur|€|欧元|euros?"),
    ("GBP", r"gbp|£|英镑"),
    ("JPY", r"jpy|jp¥|日元|円"),
    ("KRW", r"krw|₩|韩元"),
    ("INR", r"inr|₹|卢比"),
]
# Signs that several currencies share: they name one only where nothing else does.
_SHARED = [("USD", r"\$|dollars?"), ("CNY", r"¥|元")]
# Who else writes the sign that stands for the first.
_SIGN_SHARED_BY = {"USD": {"HKD", "TWD", "SGD", "AUD", "CAD", "NZD"}, "CNY": {"JPY"}}
# A smaller sum without a unit was most likely meant in 万 or millions.
_SURELY_WHOLE = Decimal(10_000)
_OTHER = re.compile(r"其他|其它|other currency")
_UNKNOWN = re.compile(
    r"^(|-+|/+|n\.?/?a\.?|tbd|(金额)?(未透露|未公开|未披露|不明确|未知|不详|保密|待披露)(金额)?"
    r"|(amount )?(undisclosed|unknown|not disclosed|confidential)( amount)?)$"
)
_CJK_UNIT = r"万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百|十"
_UNIT = rf"(?:{_CJK_UNIT}|thousand|millions?|billions?|mio|mn|mm|bn|kw|k|w|m|b)"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_ONE = re.compile(rf"^({_NUMBER}) ?({_UNIT})?$")
_TWO_UNITS = re.compile(rf"^({_NUMBER})亿({_NUMBER})万$")
_SPAN = re.compile(rf"^({_NUMBER}) ?({_UNIT})? ?(?:-|–|—|~|至|到|to) ?({_NUMBER}) ?({_UNIT})?$")
_HAS_UNIT = re.compile(
    rf"[\d一二两三四五六七八九零数几] ?(?:{_CJK_UNIT}|hundred|{_UNIT})|figure|位数|级|several|some|multi"
)
_NUMBERS = re.compile(r"\d[\d,.]*(?:\s*[-–—~至到]\s*\d[\d,.]*)?")
_NUMERAL = re.compile(r"^(?=.*[一二两三四五六七八九])[一二两三四五六七八九零十百千万亿]+$")
_SEVERAL = re.compile(
    rf"^(?:数|几|several |some |multi[- ])(十|百|千|hundred )?({_CJK_UNIT}|million|billion|thousand)?级?$"
)
_SEVERAL_EN = re.compile(r"^(tens|hundreds) of (thousand|million|billion)s?$")
_LEVEL = re.compile(rf"^({_CJK_UNIT})级别?$")
_FIGURES = re.compile(r"^([4-9]|1[0-5]|[四五六七八九十]|four|five|six|seven|eight|nine|ten)(?:位数|[- ]figures?)$")
_FIGURE_WORDS = dict(zip(["four", "five", "six", "seven", "eight", "nine", "ten"], range(4, 11), strict=True))
_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2}

# What stands before or behind a number and turns it into a bound.
_AT_LEAST_AROUND = re.compile(
    r"^(?:超过|超|逾|至少|不低于|不少于|过|上(?=[十百千万亿])|over|above|at least|no less than|more than|≥|>=|>) ?"
    r"|(?: ?(?:及以上|或以上|以上|起|or more|and above|\+))$"
)
_AT_MOST_AROUND = re.compile(
    r"^(?:不超过|不高于|至多|最多|up to|at most|less than|under|below|no more than|≤|<=|<) ?|(?:及以下|以下|以内|之内)$"
)
_NEARLY = re.compile(r"^(?:将近|接近|近|nearly|almost|close to) ?")
_ABOUT = re.compile(r"^(?:大约|约|approx\.?|approximately|about|around|~|≈) ?|(?:左右|上下)$")
# 2000余万, 千余万, 10多亿: somewhat more than that.
_AND_MORE = re.compile(r"(?<=[\d十百千万亿])(?:余|多)(?=[十百千万亿]|$)")
_BLANKS = re.compile(r"(?<=[\u3400-\u9fff]) +| +(?=[\u3400-\u9fff])")


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


def _sum(value: Decimal, text: str) -> Decimal:
    # Compared first: what has too many digits cannot be rounded to a cent.
    if value >= LIMIT or (value := value.quantize(CENT)) >= LIMIT:
        raise AmountError("too_large", text)
    return value


def _number(digits: str, unit: str | None) -> Decimal:
    if len(digits) > 40:
        raise AmountError("too_large", digits)
    return _sum(Decimal(digits.replace(",", "")) * _UNITS[unit or ""], digits)


def _numeral(text: str) -> Decimal:
    """The value of a number in Chinese characters: 一亿两千万."""
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "十百千":
            section, digit = section + (digit or 1) * _UNITS[char], 0
        elif char == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    return _sum(Decimal(total + section + digit), text)


def _take_currency(text: str, default: str) -> tuple[str, str]:
    """The currency that `text` names, else `default`, else the one that its sign suggests; and the rest of `text`."""
    text, other = _OTHER.subn(" ", text)
    found = ""
    for code, pattern in _CURRENCIES + _SHARED:
        text, count = re.subn(rf"(?<![a-z])(?:{pattern})(?![a-z])", " ", text)
        if count and not found:
            found = (default or ("" if other else code)) if (code, pattern) in _SHARED else code
    return found or default, _BLANKS.sub("", re.sub(r"\s+", " ", text)).strip().removesuffix(" of")


def exact(value: Decimal, currency: str, text: str = "") -> Amount:
    if value < 0:
        raise AmountError("negative", str(value))
    value = _sum(value, str(value))
    return Amount(EXACT, value, value, currency, text)


def _step(value: Decimal) -> Decimal:
    """One unit of the last digit that is written; a tenth of the number where that is a single 1."""
    digits, exponent = value.normalize().as_tuple()[1:]
    return Decimal(1).scaleb(exponent - (digits == (1,)))


def _around(value: Decimal, sense: str) -> tuple[str, Decimal, Decimal | None]:
    if sense == "nearly" and value:
        return RANGE, (value - _step(value)).quantize(CENT), value
    if sense == "at_most" and value:
        return RANGE, Decimal(0).quantize(CENT), value
    return (AT_LEAST, value, None) if sense == "at_least" else (EXACT, value, value)


def _band(unit: int, text: str) -> tuple[str, Decimal, Decimal]:
    return RANGE, _sum(Decimal(unit), text), _sum(Decimal(unit * 10), text)


def _read(body: str, sense: str) -> tuple[str, Decimal, Decimal | None] | None:
    """Kind, low and high of what is left once currency and bounds are taken off; None if it is no amount."""
    if match := _SPAN.match(body):
        low, high = _number(match[1], match[2] or match[4]), _number(match[3], match[4] or match[2])
        if low > high:
            raise AmountError("backwards", body)
        return EXACT if low == high else RANGE, low, high
    if match := _ONE.match(body):
        return _around(_number(match[1], match[2]), sense)
    if match := _TWO_UNITS.match(body):
        return _around(_sum(_number(match[1], "亿") + _number(match[2], "万"), body), sense)
    if _NUMERAL.match(body):
        return _around(_numeral(body), sense)
    if (match := _SEVERAL.match(body)) and (match[1] or match[2]):
        return _band(_UNITS[(match[1] or "").strip()] * _UNITS[match[2] or ""], body)
    if match := _SEVERAL_EN.match(body):
        return _band((10 if match[1] == "tens" else 100) * _UNITS[match[2]], body)
    if match := _FIGURES.match(body):
        figures = _FIGURE_WORDS.get(match[1]) or (int(match[1]) if match[1].isdigit() else int(_numeral(match[1])))
        return _band(10 ** (figures - 1), body)
    if match := _LEVEL.match(body):
        return _band(_UNITS[match[1]], body)
    if body in _UNITS:
        # A bare unit is where a band begins: 亿元及以上, 千万元.
        return _around(Decimal(_UNITS[body]).quantize(CENT), sense or "at_least")
    return None


def parse_amount(text: str, currency: str = "") -> Amount:
    """Read an amount as people and sources write it, in Chinese or English.

    `currency` is used where the text names none; a sign that currencies share, such as 元 or $, gives way to it.
    An amount in 其他 (another currency) has the currency "".

    "数百万" (several million) is the band from one unit to the next, here 1 to 10 million; "亿元及以上" is a lower
    bound. "近" (nearly) is what rounds up to the number as it is written: 近3亿 is 2 to 3, 近亿 0.9 to 1 hundred
    million. "不超过" (at most) begins at zero. "约" (about) is dropped: the number is kept as the nearest that is
    known. Raises `AmountError`.

    >>> parse_amount("9.5亿元").low
    Decimal('950000000.00')
    >>> parse_amount("数千万人民币").high
    Decimal('100000000.00')
    """
    written = text.strip()
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", written).casefold()).strip()
    if _UNKNOWN.match(plain):
        return Amount(UNDISCLOSED, text=written)
    money, body = _take_currency(plain, currency)
    if re.match(r"^[-−]\s*\d", body):
        raise AmountError("negative", written)
    body = _ABOUT.sub("", body)
    sense = ""
    for name, pattern in (
        ("at_most", _AT_MOST_AROUND),
        ("at_least", _AT_LEAST_AROUND),
        ("nearly", _NEARLY),
        ("at_least", _AND_MORE),
    ):
        body, count = pattern.subn("", body)
        sense = sense or (name if count else "")
    try:
        found = _read(_ABOUT.sub("", body).strip(), sense) if body else None
    except AmountError as error:
        raise AmountError(error.code, written) from None
    if found is None:
        raise AmountError("unreadable", written)
    return Amount(*found, money, written)


def bare_number(text: str) -> str:
    """The number in `text` where it is below 10,000 and has neither unit nor currency, such as 2000; else "".

    Raises `AmountError`.
    """
    found = parse_amount(text)
    if found.currency or not found.low or max(found.low, found.high or 0) >= _SURELY_WHOLE:
        return ""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if _HAS_UNIT.search(plain):
        return ""
    match = _NUMBERS.search(plain)
    return match[0].strip() if match else text.strip()


def agrees(text: str, currency: str) -> bool:
    """Whether the currency that `text` names, if it names one, can be `currency`: $ may be Hong Kong's.

    Raises `AmountError`.
    """
    named = parse_amount(text).currency
    if not named or named == currency:
        return True
    return parse_amount(text, currency).currency == currency and currency in _SIGN_SHARED_BY.get(named, ())
