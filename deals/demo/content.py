"""The written material, kept in `content/*.toml` as phrases "Chinese | English", and how it becomes a profile."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent / "content"
ROOTS = ("devices", "automation", "network", "platform", "software", "security", "services")

Phrase = tuple[str, str]


@cache
def load(name: str) -> dict:
    """Return a file of the folder as it stands."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def phrase(text: str) -> Phrase:
    """Return both halves of "Chinese | English".

    >>> phrase("工业视觉 | machine vision")
    ('工业视觉', 'machine vision')
    """
    zh, _, en = text.partition("|")
    return zh.strip(), en.strip()


@dataclass(frozen=True)
class Leaf:
    """What companies of one sub-category are made of."""

    code: str
    suffixes: tuple[Phrase, ...]
    legal: tuple[Phrase, ...]
    products: tuple[Phrase, ...]
    methods: tuple[Phrase, ...]
    customers: tuple[Phrase, ...]
    pains: tuple[Phrase, ...]
    gains: tuple[Phrase, ...]
    keywords: tuple[Phrase, ...]

    @property
    def root(self) -> str:
        return self.code.split("-", 1)[0]


@cache
def leaves() -> dict[str, Leaf]:
    return {
        code: Leaf(code, **{key: tuple(phrase(text) for text in texts) for key, texts in parts.items()})
        for root in ROOTS
        for code, parts in load(root).items()
    }


@cache
def sentences(part: str) -> tuple[Phrase, ...]:
    return tuple(phrase(text) for text in load("prose")[part])


@cache
def translations() -> dict[str, Phrase]:
    """Return every keyword in both languages, by either."""
    pairs = [pair for leaf in leaves().values() for pair in leaf.keywords]
    return {word: pair for pair in pairs for word in pair}


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """Return a title as it stands within a sentence.

    >>> lowered("Industrial data and IoT platforms")
    'industrial data and IoT platforms'
    """
    return " ".join(word.lower() if word[1:].islower() else word for word in text.split())


def filled(template: Phrase, slots: dict[str, Phrase]) -> Phrase:
    """Return a sentence in both languages; `{P1}` is `{p1}` with a capital, and so is what begins a sentence."""
    zh = template[0].format_map({key: value[0] for key, value in slots.items()})
    en = template[1].format_map(
        {key: value[1] for key, value in slots.items()}
        | {key.capitalize(): capital(value[1]) for key, value in slots.items()}
    )
    return zh, capital(en)


@dataclass(frozen=True)
class Profile:
    """The words of one company. `slots` are those that its sentences used, for further sentences about it."""

    summary: Phrase
    description: Phrase
    business_model: Phrase
    keywords: tuple[str, ...]
    slots: dict[str, Phrase]


def profile(rng: Random, leaf: Leaf, name: Phrase, city: Phrase, other_city: Phrase, founded: date) -> Profile:
    """Draw the words of a company of `leaf`: both languages say the same."""
    models = load("prose")["models"]
    p1, p2 = rng.sample(leaf.products, 2)
    c1, c2, c3 = rng.sample(leaf.customers, 3)
    m1, m2 = rng.sample(leaf.methods, 2)
    gain, gain2 = rng.sample(leaf.gains, 2)
    model = phrase(rng.choice(models.get(leaf.code) or models[leaf.root]))
    count, patents, percent = rng.randrange(20, 320, 10), rng.randrange(8, 90), rng.randrange(28, 72)
    slots = {
        "name": name,
        "p1": p1,
        "p2": p2,
        "c1": c1,
        "c2": c2,
        "c3": c3,
        "m1": m1,
        "m2": m2,
        "pain": rng.choice(leaf.pains),
        "gain": gain,
        "gain2": gain2,
        "city": city,
        "city2": other_city,
        "model": model,
        "year": (str(founded.year),) * 2,
        "n": (str(count),) * 2,
        "patents": (str(patents),) * 2,
        "percent": (str(percent),) * 2,
    }
    parts = [filled(rng.choice(sentences(part)), slots) for part in ("opening", "method", "traction")]
    if rng.random() < 0.65:
        parts.append(filled(rng.choice(sentences("team")), slots))
    keywords = rng.sample(leaf.keywords, 3)
    words = dict.fromkeys([zh for zh, _ in keywords] + [en for _, en in keywords])
    return Profile(
        summary=filled(rng.choice(sentences("summary")), slots),
        description=("".join(zh for zh, _ in parts), " ".join(en for _, en in parts)),
        business_model=model,
        keywords=tuple(words),
        slots=slots,
    )
