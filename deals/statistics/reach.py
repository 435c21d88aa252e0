"""How widely each side asks to meet the other, how often it is answered, and how long it waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, Min, Q, QuerySet

from companies.models import Company
from deals.models import Introduction, Side
from deals.models.standing import end_of
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from investors.models import Investor

ACCEPTED, DECLINED = Introduction.Status.ACCEPTED, Introduction.Status.DECLINED
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class ReachRow:
    """Requests of the institutions of a type, or with the key "company" those of start-ups.

    `asked` requests of `askers` reached `reached` different ones of the other side. `answered` of them were accepted or
    declined by the day, `accepted` are the former; `waiting` were open still, `lapsed` expired or were withdrawn.
    """

    key: str
    asked: int
    askers: int
    reached: int
    answered: int
    accepted: int
    waiting: int

    @property
    def lapsed(self) -> int:
        return self.asked - self.answered - self.waiting

    @property
    def each(self) -> float | None:
        """Requests of each who asked."""
        return self.asked / self.askers if self.askers else None

    @property
    def answered_share(self) -> float | None:
        return self.answered / self.asked if self.asked else None

    @property
    def accepted_share(self) -> float | None:
        return self.accepted / self.asked if self.asked else None


@dataclass(frozen=True)
class WaitRow:
    """How long the institutions of a type, or with the key "company" start-ups, wait from their first request of the
    period to the first that is accepted, in days.

    `replied` of `askers` had one by the day, `waiting` had not. The quartiles count these for as long as they have waited
    (Kaplan and Meier 1958); one is None where fewer than that part have had a reply.
    """

    key: str
    askers: int
    replied: int
    quartiles: tuple[float | None, float | None, float | None]

    @property
    def waiting(self) -> int:
        return self.askers - self.replied


def known(scope: Scope) -> Q:
    """Introductions that were settled by the end of the day: until then they wait, whatever became of them later."""
    return Q(answered_at__lt=end_of(scope.day))


def asked_by(scope: Scope, key: str) -> QuerySet[Introduction]:
    """The introductions of a period that start-ups, or the institutions of a type, asked for."""
    if key == Side.COMPANY:
        return scope.introductions().filter(asked_side=Side.COMPANY)
    return scope.introductions().filter(asked_side=Side.INVESTOR, investor__type=key)


def answered(scope: Scope, key: str, *statuses: str) -> QuerySet[Introduction]:
    return asked_by(scope, key).filter(known(scope), status__in=statuses or (ACCEPTED, DECLINED))


def waiting(scope: Scope, key: str) -> QuerySet[Introduction]:
    return asked_by(scope, key).exclude(known(scope))


def lapsed(scope: Scope, key: str) -> QuerySet[Introduction]:
    return asked_by(scope, key).filter(known(scope)).exclude(status__in=(ACCEPTED, DECLINED))


def askers(scope: Scope, key: str) -> QuerySet[Company] | QuerySet[Investor]:
    return _parties(asked_by(scope, key), key == Side.COMPANY)


def reached(scope: Scope, key: str) -> QuerySet[Company] | QuerySet[Investor]:
    return _parties(asked_by(scope, key), key != Side.COMPANY)


def replied(scope: Scope, key: str, had: bool = True) -> QuerySet[Company] | QuerySet[Investor]:
    """Those who asked and `had` a request accepted by the day, or had not."""
    accepted = _parties(answered(scope, key, ACCEPTED), key == Side.COMPANY).values("pk")
    return askers(scope, key).filter(pk__in=accepted) if had else askers(scope, key).exclude(pk__in=accepted)


def _parties(asked: QuerySet[Introduction], are_companies: bool) -> QuerySet[Company] | QuerySet[Investor]:
    if are_companies:
        return Company.objects.filter(pk__in=asked.values("company"))
    return Investor.objects.filter(pk__in=asked.values("investor"))


def reach(scope: Scope) -> Figure[ReachRow]:
    """P3: the requests of the period by who asked: start-ups first, then the types of institution that asked.

    They are as they stood on the last day of the period. Verification does not narrow them; rounds are those of the
    raise that a request is about.
    """
    counts = {
        "asked": Count("pk"),
        "answered": Count("pk", filter=known(scope) & Q(status__in=(ACCEPTED, DECLINED))),
        "accepted": Count("pk", filter=known(scope) & Q(status=ACCEPTED)),
        "waiting": Count("pk", filter=~known(scope)),
    }
    parties = Count("company", distinct=True), Count("investor", distinct=True)
    started = scope.introductions().filter(asked_side=Side.COMPANY)
    rows = [ReachRow(Side.COMPANY.value, **started.aggregate(askers=parties[0], reached=parties[1], **counts))]
    for row in (
        scope.introductions()
        .filter(asked_side=Side.INVESTOR)
        .values("investor__type")
        .annotate(askers=parties[1], reached=parties[0], **counts)
    ):
        rows.append(ReachRow(row.pop("investor__type"), **row))
    return Figure("P3c", scope, tuple(sorted(rows, key=lambda row: _order(row.key))))


def first_reply(scope: Scope) -> Figure[WaitRow]:
    """P3: the days from somebody's first request of the period to the first one that was accepted, by who asked.

    They are as they stood on the last day of the period; see `reach` for what narrows them.
    """
    accepted = Min("answered_at", filter=known(scope) & Q(status=ACCEPTED))
    times: dict[str, list[tuple[datetime, datetime | None]]] = {Side.COMPANY.value: []}
    for _, first, reply in (
        scope.introductions()
        .filter(asked_side=Side.COMPANY)
        .values_list("company")
        .annotate(first=Min("asked_at"), reply=accepted)
    ):
        times[Side.COMPANY].append((first, reply))
    for _, kind, first, reply in (
        scope.introductions()
        .filter(asked_side=Side.INVESTOR)
        .values_list("investor", "investor__type")
        .annotate(first=Min("asked_at"), reply=accepted)
    ):
        times.setdefault(kind, []).append((first, reply))
    end = end_of(scope.day)
    rows = [
        WaitRow(
            key=key,
            askers=len(own),
            replied=sum(reply is not None for _, reply in own),
            quartiles=quartiles(
                [((reply or end) - first).total_seconds() / SECONDS_A_DAY for first, reply in own],
                [reply is not None for _, reply in own],
            ),
        )
        for key, own in times.items()
    ]
    return Figure("P3d", scope, tuple(sorted(rows, key=lambda row: _order(row.key))))


def _order(key: str) -> int:
    return -1 if key == Side.COMPANY else Investor.Type.values.index(key)


def quartiles(
    durations: Iterable[float], ended: Iterable[bool], parts: tuple[float, ...] = (0.25, 0.5, 0.75)
) -> tuple[float | None, ...]:
    """Return by when each part of all had ended, those that have not yet counted as long as they were seen.

    Kaplan and Meier's estimate: at each end, that part of those still under way ends. None where a part is not reached.

    >>> quartiles([1, 2, 3, 4], [True, True, True, True])
    (1.0, 2.0, 3.0)
    >>> quartiles([1, 2, 3, 4], [True, False, True, False])
    (1.0, 3.0, None)
    """
    durations, ended = np.array(list(durations), dtype=float), np.array(list(ended), dtype=bool)
    times, ends = np.unique(durations[ended], return_counts=True)
    under_way = len(durations) - np.searchsorted(np.sort(durations), times, side="left")
    left = np.cumprod(1 - ends / np.maximum(under_way, 1))
    found = []
    for part in parts:
        # What is left is a product of fractions, and may miss a quarter by its last digit.
        at = np.flatnonzero(left <= 1 - part + 1e-9)
        found.append(float(times[at[0]]) if len(at) else None)
    return tuple(found)
