"""The field's terms in Chinese and in English, as concepts that both languages share."""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("glossary.csv")
# A term may run over so many words.
LONGEST = 4

_PARTS = re.compile(r"[a-z0-9+#]+|[\u3400-\u9fff\uf900-\ufaff]+")
# Words whose last letter is no plural.
_SINGULAR = ("ss", "us", "is", "ics", "ies", "news")


def is_han(word: str) -> bool:
    return word[0] >= "\u3400"


@lru_cache(maxsize=100_000)
def _parts(word: str) -> tuple[str, ...]:
    """A segmented word as it is looked up: hyphens divide, an English plural is its singular."""
    return tuple(part if is_han(part) else _singular(part) for part in _PARTS.findall(word.casefold()))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(_SINGULAR) else word


def _whole(words: list[str]) -> list[str]:
    """The words of a text segmented for search, without the shorter Chinese words before the one they are part of."""
    kept: list[str] = []
    for word in words:
        if len(word) > 2 and is_han(word):
            while kept and len(kept[-1]) < len(word) and kept[-1] in word:
                kept.pop()
        kept.append(word)
    return kept


def _joined(key: str, word: str) -> str:
    """English words keep the blank between them; Chinese is written without."""
    return f"{key} {word}" if key and not is_han(word) else key + word


class Glossary:
    """Concepts by any of their spellings. ``rows``: groups of spellings that mean the same, in any language."""

    def __init__(self, rows):
        self.concepts_: dict[str, int] = {}
        # How the file spells it, by the key under which it is looked up.
        self.spellings_: dict[str, str] = {}
        # What a term of several words may begin with.
        self.beginnings_: set[str] = set()
        self.size = 0
        for number, spellings in enumerate(rows):
            self.size = number + 1
            for spelling in spellings:
                parts = [part for word in spelling.split() for part in _parts(word)]
                key = ""
                for part in parts:
                    key = _joined(key, part)
                    # A text may divide a Chinese term anywhere.
                    self.beginnings_.update(key[:end] for end in range(1, len(key) + 1))
                if key:
                    # The first of two concepts keeps a spelling that both claim.
                    self.concepts_.setdefault(key, number)
                    self.spellings_.setdefault(key, spelling)

    def find(self, words: list[str]) -> list[int]:
        """The concepts named by a segmented text, once for each time, terms within terms included."""
        return [self.concepts_[key] for key in self._keys(words)]

    def named(self, words: list[str]) -> dict[int, set[str]]:
        """Concept → the spellings by which a segmented text names it."""
        found: dict[int, set[str]] = {}
        for key in self._keys(words):
            found.setdefault(self.concepts_[key], set()).add(self.spellings_[key])
        return found

    def _keys(self, words: list[str]) -> list[str]:
        """The spellings that occur, as they are looked up, once for each time."""
        run = [part for word in _whole(words) for part in _parts(word)]
        # The shorter words inside a long Chinese one are in the text, and not in the run.
        found = [word for word in words if word in self.concepts_ and is_han(word)]
        for first, word in enumerate(run):
            key = word
            if not is_han(word) and key in self.concepts_:
                found.append(key)
            for following in run[first + 1 : first + LONGEST]:
                if key not in self.beginnings_:
                    break
                key = _joined(key, following)
                if key in self.concepts_:
                    found.append(key)
        return found


def rows() -> list[list[str]]:
    """The spellings of each concept in the file."""
    with FILE.open(encoding="utf-8", newline="") as handle:
        return [[*row["zh"].split("|"), *row["en"].split("|")] for row in csv.DictReader(handle)]


@cache
def default() -> Glossary:
    """The glossary that the platform ships with."""
    return Glossary(rows())
