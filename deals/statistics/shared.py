"""What several figures of one page rest on is looked up once for all of them."""

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

Asked, Found = ParamSpec("Asked"), TypeVar("Found")

_found: ContextVar[dict | None] = ContextVar("found", default=None)


@contextmanager
def together():
    """Inside, what is marked `once` is computed once for the same arguments. Records must not change meanwhile."""
    if _found.get() is not None:
        yield
        return
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def once(compute: Callable[Asked, Found]) -> Callable[Asked, Found]:
    """Let `compute` answer the same arguments, such as a scope, once inside `together`, and each time outside."""

    @wraps(compute)
    def computed(*asked: Asked.args, **named: Asked.kwargs) -> Found:
        found, key = _found.get(), (compute, *asked, *sorted(named.items()))
        if found is None:
            return compute(*asked, **named)
        if key not in found:
            found[key] = compute(*asked, **named)
        return found[key]

    return computed
