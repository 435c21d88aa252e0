"""Figures are computed once for a scope and a state of the records."""

from collections.abc import Iterable

from django.core.cache import cache

from deals.statistics.claims import FIGURES
from deals.statistics.coverage import CoverageRow, whole
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from deals.statistics.shared import once, together
from deals.statistics.state import KEPT_SECONDS, key_of, state


class Kept:
    """Answers to questions, each a code and a scope: the kept ones are fetched together, the others are computed when
    they are asked for, and kept. Raises `KeyError` for an unknown code."""

    def __init__(self, questions: Iterable[tuple[str, Scope]], at: str | None = None):
        self.at = at or state()
        self._keys = {(code, scope): key_of(f"figure:{code}", scope, self.at) for code, scope in questions}
        self._found = cache.get_many(self._keys.values())

    def figure(self, code: str, scope: Scope) -> Figure:
        key = self._keys[code, scope]
        if key not in self._found:
            with together():
                self._found[key] = FIGURES[code].answer(scope)
            cache.set(key, self._found[key], KEPT_SECONDS)
        return self._found[key]


@once
def recorded(scope: Scope) -> Figure[CoverageRow]:
    """Return R4 for a scope, the same for all periods."""
    return answer("R4", whole(scope))


def answer(code: str, scope: Scope, at: str | None = None) -> Figure:
    """Return the figure of one question of the study. Raises `KeyError` for an unknown code."""
    return Kept([(code, scope)], at).figure(code, scope)
