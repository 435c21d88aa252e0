"""How many events of a figure may be recorded twice, as long as nobody has judged that."""

from django.db.models import QuerySet

from deals import duplicates
from deals.models import Deal
from deals.statistics.claims.base import Claim
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from deals.statistics.shared import once
from deals.statistics.state import kept_for, state

# The figures that count the venture events of the period, or sum them up.
COUNTING = frozenset(
    {"V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11", "V12", "P2"} | {"I1", "I2", "I3", "R2", "R3"}
)


def among(deals: QuerySet[Deal]) -> int:
    """Return how many of `deals` are suspected to be another of them, as far as pairs have been sought."""
    pairs = duplicates.sought()
    suspected = {pk for pair in pairs for pk in (pair.first, pair.second)}
    if not suspected:
        return 0
    there = set(deals.order_by().filter(pk__in=suspected).values_list("pk", flat=True))
    return len({pk for pair in pairs if {pair.first, pair.second} <= there for pk in (pair.first, pair.second)})


def kept_among(what: str, scope: Scope, deals: QuerySet[Deal]) -> int:
    """What `among` returns of `deals`, kept like a figure; `what` tells these deals from others of the scope."""
    return kept_for(f"doubts:{what}", scope, f"{state()}:{duplicates.version()}", lambda: among(deals))


@once
def in_scope(scope: Scope) -> int:
    """Return how many venture events of a scope are suspected to be another of them."""
    return kept_among("all", scope, scope.deals())


def of_figure(claim: Claim, figure: Figure) -> int:
    """Return how many events that a figure counts are suspected to be another; 0 where it counts no events."""
    return in_scope(figure.scope) if claim.code in COUNTING else 0
