"""Names in two languages, and the folding under which two spellings are the same."""

import re
import unicodedata

from django.utils.translation import get_language

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NOISE = re.compile(r"[\s\-_.,·•・'\"’“”()（）\[\]【】<>《》/\\&]+")


def is_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    return (get_language() or "zh").startswith("zh")


def in_language(zh: str, en: str) -> str:
    """Return the name in the reader's language, or the other one where that is empty."""
    return (zh or en) if is_chinese() else (en or zh)


def has_han(text: str) -> bool:
    return bool(HAN.search(text))


def fold(name: str) -> str:
    """Return the key under which spellings of one name meet: width, case, spaces and punctuation folded.

    >>> fold("ＳＦ Bay") == fold("sf-bay")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _NOISE.sub("", folded) or folded.strip()


def spellings(name: str) -> list[str]:
    """Return the spellings that one label holds: `险峰长青(险峰华兴)` names 险峰长青 and 险峰华兴."""
    match = re.fullmatch(r"\s*(.+?)\s*[(（]([^()（）]+)[)）]\s*", name)
    found = [match[1], match[2]] if match else re.split(r"(?<=[\u3400-\u9fff])-(?=[\u3400-\u9fff])", name)
    return [part.strip() for part in found if part.strip()]
