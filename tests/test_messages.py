"""Whatever `makemessages` would find has a Chinese translation, which takes the same values."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOMS = ("accounts", "companies", "config", "deals", "investors", "matching", "taxonomy", "templates")
# Each function with how many texts it takes; those that name a context take it first.
ASKING = {"_": 1, "gettext": 1, "gettext_noop": 1, "ngettext": 2, "pgettext": 1, "npgettext": 2}
ASKING |= {f"{name}_lazy": ASKING[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")}
VALUE = re.compile(r"%\((\w+)\)|%[ds]")

# (context, singular, plural)
Message = tuple[str | None, str, str | None]


def in_program(text: str) -> Iterator[Message]:
    """Also what is asked for within a formatted string, which `makemessages` passes over."""
    for node in ast.walk(ast.parse(text)):
        name = getattr(getattr(node, "func", None), "id", "")
        if name in ASKING and isinstance(node.args[0], ast.Constant):
            said = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            context = said.pop(0) if "pgettext" in name else None
            yield context, said[0], said[1] if ASKING[name] == 2 else None


def in_template(text: str) -> Iterator[Message]:
    # What Django leaves between the messages is no Python: no line of it may be indented by chance.
    source = re.sub(r"^\s+", "", templatize(text), flags=re.M)
    for _line, said, _comments, context in extract("python", BytesIO(source.encode()), DEFAULT_KEYWORDS):
        yield (context, said, None) if isinstance(said, str) else (context, *said[-2:])


def asked_for() -> dict[Message, str]:
    """Every message of ours, with a file that asks for it."""
    readers = {".py": in_program, ".html": in_template, ".txt": in_template}
    return {
        message: str(path.relative_to(settings.BASE_DIR))
        for room in ROOMS
        for path in Path(settings.BASE_DIR, room).rglob("*")
        if path.suffix in readers
        for message in readers[path.suffix](path.read_text())
    }


@pytest.fixture(scope="module")
def catalogue():
    with Path(settings.LOCALE_PATHS[0], "zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def texts(of: str | tuple[str, ...]) -> tuple[str, ...]:
    """All forms of what a catalogue holds as one text, or as one for each number."""
    return of if isinstance(of, tuple) else (of,)


def test_every_message_is_translated(catalogue):
    messages = asked_for()
    assert len(messages) > 2000
    missing = []
    for (context, singular, plural), file in messages.items():
        found = catalogue.get(singular, context)
        forms = (singular, plural) if plural else (singular,)
        if not found or found.fuzzy or texts(found.id) != forms or not all(texts(found.string)):
            missing.append(f"{file}: {singular}")
    assert missing == []


def test_a_translation_takes_the_values_of_its_message(catalogue):
    wrong = [
        message.id
        for message in catalogue
        if message.id
        for values in [{value for text in texts(message.id) for value in VALUE.findall(text)}]
        if any(set(VALUE.findall(text)) != values for text in texts(message.string))
    ]
    assert wrong == []
