"""What several figures of one page rest on is looked up once for all of them."""

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TypeVar

from deals.statistics.scope import Scope

Found = TypeVar("Found")

_found: ContextVar[dict | None] = ContextVar("found", default=None)


@contextmanager
def together():
    """Inside, what is marked `once` is computed once for each scope. Records must not change meanwhile."""
    if _found.get() is not None:
        yield
        return
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def once(compute: Callable[[Scope], Found]) -> Callable[[Scope], Found]:
    """Let `compute` answer the same scope once inside `together`, and each time outside."""

    @wraps(compute)
    def computed(scope: Scope) -> Found:
        found = _found.get()
        if found is None:
            return compute(scope)
        if (compute, scope) not in found:
            found[compute, scope] = compute(scope)
        return found[compute, scope]

    return computed
