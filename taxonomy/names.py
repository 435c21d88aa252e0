"""Names in two languages, and the folding under which two spellings are the same."""

import re
import unicodedata
from functools import lru_cache

from django.utils.translation import get_language
from pypinyin import lazy_pinyin

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NOISE = re.compile(r"[\s\-_.,·•・'\"’“”()（）\[\]【】<>《》/\\&]+")

# What precedes a name without being part of it, a ticker, and bracketed words that are no name (folded).
_BEFORE = re.compile(
    r"^(?:(?:formerly(?: known as)?|fka|f\.k\.a\.|aka|a\.k\.a\.|f\.|now|previously)[\s:]+"
    r"|(?:曾用名|又名|现名|原名|原)[\s:：]*)(?=\S)",
    re.IGNORECASE,
)
_TICKER = re.compile(r"[A-Z]{2,8}:\s?[A-Z]?\d+", re.IGNORECASE)
_NOBODY = {
    "有限合伙", "普通合伙", "集团", "控股", "中国", "海外", "亚洲", "全球", "已上市", "已被收购", "已关闭",
    "closed", "acquired", "defunct", "deadpooled", "chapter11", "proprietary", "private", "pvt", "company", "group",
    "holding", "holdings", "capital", "fund", "familyfund", "venturecapitalfund", "accelerator", "grant", "loan",
    "asia", "europe", "global", "international", "uk", "us", "usa", "uae", "eu",
}  # fmt: skip


def is_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    return (get_language() or "zh").startswith("zh")


def in_language(zh: str, en: str) -> str:
    """Return the name in the reader's language, or the other one where that is empty."""
    return (zh or en) if is_chinese() else (en or zh)


def has_han(text: str) -> bool:
    return bool(HAN.search(text))


def in_letters(name: str) -> str:
    """Return a Chinese place name as English texts write it: 武汉 as Wuhan, 西安 as Xi'an; a name in letters as it is."""
    if not has_han(name):
        return name
    syllables = lazy_pinyin(name.removesuffix("市"))
    # An apostrophe parts a syllable that begins with a vowel from the one before it.
    joined = "".join(f"'{one}" if at and one[0] in "aeo" else one for at, one in enumerate(syllables))
    return joined[:1].upper() + joined[1:]


@lru_cache(maxsize=4096)
def _syllables(name: str) -> tuple[str, ...]:
    """The sounds of a name; what is written in letters is one of them. A name is asked for several times in a row."""
    return tuple(lazy_pinyin(name))


def sounds(name: str) -> tuple[str, str]:
    """Return a Chinese name as it is typed by its sounds, whole and by initials: 融桥 as rongqiao and rq; else nothing."""
    if not has_han(name):
        return "", ""
    syllables = _syllables(name)
    return fold("".join(syllables)), fold("".join(one[:1] for one in syllables))


def sort_key(name: str) -> str:
    """Return what a name is sorted by: Chinese by its sounds; small letters and digits alone, which every database sorts alike."""
    letters = unicodedata.normalize("NFKD", "".join(_syllables(name)) if has_han(name) else name).casefold()
    return "".join(char for char in letters if char.isascii() and char.isalnum()) or fold(name)


def fold(name: str) -> str:
    """Return the key under which spellings of one name meet: width, case, spaces and punctuation folded.

    >>> fold("ＳＦ Bay") == fold("sf-bay")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    # What is left may combine anew, as an accent does that stood behind a blank.
    return unicodedata.normalize("NFKC", _NOISE.sub("", folded)).casefold() or folded.strip()


def spellings(name: str) -> list[str]:
    """Return the spellings that one label holds: `险峰长青(险峰华兴)` names 险峰长青 and 险峰华兴.

    What stands in brackets but names nobody, such as `(有限合伙)` or `(Closed)`, is left out.
    """
    match = re.fullmatch(r"\s*(.+?)\s*[(（]([^()（）]+)[)）]\s*", name)
    if match:
        parts = [match[1], _BEFORE.sub("", match[2].strip())]
    else:
        parts = re.split(r"(?<=[\u3400-\u9fff])-(?=[\u3400-\u9fff])", name)
    return [part for part in map(str.strip, parts) if _names_someone(part)]


def _names_someone(part: str) -> bool:
    return len(part) > 1 and part[0] != "$" and not _TICKER.fullmatch(part) and fold(part) not in _NOBODY
