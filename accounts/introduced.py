"""Which companies and institutions a person has been introduced to.

Introductions are kept in an upper room. It registers here how they are looked up, and the rooms below ask without
knowing it. Until it does, nobody has been introduced to anybody.
"""

from collections.abc import Callable

_lookups: dict[str, Callable] = {}


def register(side: str, lookup: Callable) -> None:
    """`lookup(user)` returns the ids of the companies, or of the investors, that have accepted `user`'s side."""
    _lookups[side] = lookup


def companies(user) -> set[int]:
    return set(_lookups["company"](user)) if "company" in _lookups and user.is_authenticated else set()


def investors(user) -> set[int]:
    return set(_lookups["investor"](user)) if "investor" in _lookups and user.is_authenticated else set()
