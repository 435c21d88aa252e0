"""Which statistics readers asked for of late."""

from dataclasses import dataclass
from time import time

from django.core.cache import cache

from deals.statistics.scope import Scope

# So many of each page are remembered, for so long.
LATEST, ASKED_SECONDS = 20, 4 * 3600
# One that stands there already is not noted again before this time.
FRESH_SECONDS = 600


@dataclass(frozen=True)
class Asked:
    """A page of a scope as somebody reads it."""

    page: str
    scope: Scope
    language: str
    opens_records: bool


def remember(asked: Asked) -> None:
    """Note that somebody reads a page. Of two at the same moment one may be forgotten."""
    known = _known(asked.page)
    if time() - known.get(asked, 0) < FRESH_SECONDS:
        return
    known.pop(asked, None)
    latest = {asked: time()} | known
    cache.set(_key(asked.page), dict(list(latest.items())[:LATEST]), ASKED_SECONDS)


def latest(page: str) -> list[Asked]:
    """Return what was asked of a page in the last hours, the latest first."""
    return list(_known(page))


def _known(page: str) -> dict[Asked, float]:
    found = cache.get(_key(page)) or {}
    return {asked: when for asked, when in found.items() if time() - when < ASKED_SECONDS}


def _key(page: str) -> str:
    return f"asked:{page}"
