"""Invented names, codes and addresses, none of them twice."""

from random import Random

from pypinyin import lazy_pinyin
from stdnum.cn import uscc

from deals.demo.content import load, phrase

_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def pinyin(text: str) -> str:
    """Return Chinese in Latin letters, as one capitalised word.

    >>> pinyin("岚拓")
    'Lantuo'
    """
    return "".join(lazy_pinyin(text)).capitalize()


def _pairs(first: str, second: str, taken: str, rng: Random) -> list[tuple[str, str]]:
    """All combinations that nobody has taken, in drawn order, each sound once."""
    words = [a + b for a in first for b in second if a != b]
    rng.shuffle(words)
    forbidden, sounds, found = set(taken.split()), set(), []
    for word in words:
        sound = pinyin(word)
        if word not in forbidden and sound not in sounds:
            sounds.add(sound)
            found.append((word, sound))
    return found


class Names:
    """A stock of names: every call hands out what was not handed out before."""

    def __init__(self, rng: Random):
        parts = load("names")
        self._rng = rng
        self._brands = _pairs(parts["first"], parts["second"], parts["taken"], rng)
        self._funds = _pairs(parts["fund_first"], parts["fund_second"], parts["fund_taken"], rng)
        self._surnames, self._given = parts["surnames"], parts["given"]
        self._codes: set[str] = set()

    def brand(self) -> tuple[str, str]:
        return self._brands.pop()

    def fund(self) -> tuple[str, str]:
        return self._funds.pop()

    def person(self) -> tuple[str, str]:
        surname, given = self._rng.choice(self._surnames), self._rng.choice(self._given)
        return surname + given, f"{pinyin(given)} {pinyin(surname)}"

    def credit_code(self, gb_code: str) -> str:
        """Return a code with a valid check digit in a county number (99) that no authority uses: never a real one."""
        while True:
            body = f"91{gb_code[:2]}0099MA" + "".join(self._rng.choices(_CODE_CHARACTERS, k=7))
            if body not in self._codes:
                self._codes.add(body)
                return body + uscc.calc_check_digit(body)

    def phone(self, area: str) -> str:
        return f"{area}-5550 {self._rng.randrange(10_000):04d}"


def city(rng: Random, province: str) -> tuple[str, str, str]:
    """Return a city of a province: its name, its English name, its area code."""
    rows = load("places")[province]
    zh, en, area, _ = rng.choices(rows, [row[3] for row in rows])[0]
    return zh, en, area


def company_names(rng: Random, brand: tuple[str, str], leaf, place: tuple[str, str], listed: bool) -> dict[str, str]:
    """Return the four names of a company: legal and short, in both languages."""
    suffix, legal = rng.choice(leaf.suffixes), rng.choice(leaf.legal)
    kind = ("股份有限公司", "Co., Ltd.") if listed else ("有限公司", "Co., Ltd.")
    return {
        "short_zh": brand[0] + suffix[0],
        "short_en": f"{brand[1]} {suffix[1]}",
        "name_zh": f"{place[0]}{brand[0]}{legal[0]}{kind[0]}",
        "name_en": f"{place[1]} {brand[1]} {legal[1]} {kind[1]}",
    }


def fund_words(type_: str) -> list[tuple[str, str]]:
    return [phrase(text) for text in load("investors")["words"][type_]]
