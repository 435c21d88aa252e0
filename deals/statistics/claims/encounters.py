"""P3: whether those who ask to meet are answered, and when."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from deals.models import Side
from deals.statistics import reach
from deals.statistics.claims import words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.reach import ReachRow, WaitRow
from deals.statistics.rows import Figure
from investors.models import Investor
from taxonomy import display


def asker(key: str) -> str:
    return _("Start-ups") if key == Side.COMPANY else str(Investor.Type(key).label)


def _together(rows: list[ReachRow]) -> ReachRow:
    """The institutions of all types as one."""
    names = ("asked", "askers", "reached", "answered", "accepted", "waiting")
    return ReachRow("", *(sum(getattr(row, name) for row in rows) for name in names))


def _sides(figure: Figure[ReachRow]) -> tuple[ReachRow, ReachRow]:
    started = next(row for row in figure.rows if row.key == Side.COMPANY)
    return started, _together([row for row in figure.rows if row.key != Side.COMPANY])


def _reach(figure: Figure[ReachRow]) -> str:
    parts = []
    for name, row in zip((_("Start-ups"), pgettext("who asks", "Institutions")), _sides(figure), strict=True):
        if row.asked:
            said = ngettext(
                "%(name)s: %(asked)s request, %(each).1f each, %(share)s accepted",
                "%(name)s: %(asked)s requests, %(each).1f each, %(share)s accepted",
                row.asked,
            )
            parts.append(
                said
                % {
                    "name": name,
                    "asked": display.count(row.asked),
                    "each": row.each,
                    "share": words.share(row.accepted_share),
                }
            )
    return " · ".join(parts) or _("Nobody asked")


def _wide_net(figure: Figure[ReachRow]) -> bool | None:
    """Whether institutions ask more each than start-ups do, and less of it is accepted."""
    started, institutions = _sides(figure)
    if not started.asked or not institutions.asked:
        return None
    return institutions.each > started.each and institutions.accepted_share < started.accepted_share


def _wait(figure: Figure[WaitRow]) -> str:
    row = next(row for row in figure.rows if row.key == Side.COMPANY)
    if not row.askers:
        return _("Nobody asked")
    median = row.quartiles[1]
    if median is None:
        return _("Start-ups: fewer than half of %(askers)s have had one") % {"askers": display.count(row.askers)}
    return _("Start-ups: half within %(days).1f days, %(waiting)s of %(askers)s still waiting") % {
        "days": median,
        "waiting": display.count(row.waiting),
        "askers": display.count(row.askers),
    }


def _some_wait(figure: Figure[WaitRow]) -> bool | None:
    """Whether somebody who asked has waited in vain so far."""
    return any(row.waiting for row in figure.rows) if any(row.askers for row in figure.rows) else None


ASKER = Column("asker", gettext_lazy("Who asks"), lambda row: asker(row.key), Unit.TEXT)
ASKERS = Column(
    "askers",
    gettext_lazy("Asking"),
    lambda row: row.askers,
    behind=lambda scope, row: reach.askers(scope, row.key),
    of_requests=True,
)
REACH = Claim(
    code="P3c",
    question=gettext_lazy("How widely each side asks, and how often it is answered"),
    definition=gettext_lazy(
        "Requests to meet that were sent in the period, as they stood at its end, by start-ups and by each type of "
        "institution. Answered are those that the other side accepted or declined; the rest waits, expired or was "
        "withdrawn."
    ),
    answer=reach.reach,
    columns=(
        ASKER,
        ASKERS,
        Column(
            "asked",
            gettext_lazy("Requests"),
            lambda row: row.asked,
            behind=lambda scope, row: reach.asked_by(scope, row.key),
        ),
        Column("each", gettext_lazy("Requests each"), lambda row: row.each, Unit.NUMBER),
        Column(
            "reached",
            gettext_lazy("Reached"),
            lambda row: row.reached,
            behind=lambda scope, row: reach.reached(scope, row.key),
            of_requests=True,
        ),
        Column(
            "answered",
            gettext_lazy("Answered"),
            lambda row: row.answered,
            behind=lambda scope, row: reach.answered(scope, row.key),
        ),
        Column("answered_share", gettext_lazy("Share answered"), lambda row: row.answered_share, Unit.SHARE),
        Column(
            "accepted",
            gettext_lazy("Accepted"),
            lambda row: row.accepted,
            behind=lambda scope, row: reach.answered(scope, row.key, reach.ACCEPTED),
        ),
        Column("accepted_share", gettext_lazy("Share accepted"), lambda row: row.accepted_share, Unit.SHARE),
        Column(
            "waiting",
            gettext_lazy("Waiting"),
            lambda row: row.waiting,
            behind=lambda scope, row: reach.waiting(scope, row.key),
        ),
        Column(
            "lapsed",
            gettext_lazy("Expired or withdrawn"),
            lambda row: row.lapsed,
            behind=lambda scope, row: reach.lapsed(scope, row.key),
        ),
    ),
    value=_reach,
    paper=gettext_lazy("institutions cast a wide net"),
    holds=_wide_net,
    rule=gettext_lazy(
        "A wide net is cast if institutions send more requests each than start-ups do and a smaller part of them is accepted."
    ),
)
WAIT = Claim(
    code="P3d",
    question=gettext_lazy("Time to the first qualified reply"),
    definition=gettext_lazy(
        "Days from the first request that somebody sent in the period to the first of their requests that the other side "
        "accepted; a decline is an answer, but no qualified one. Whoever has none yet at the end of the period counts as "
        "waiting for as long as that is (Kaplan–Meier), and is not left out; a quartile that is not reached yet is "
        "not known."
    ),
    answer=reach.first_reply,
    columns=(
        ASKER,
        ASKERS,
        Column(
            "replied",
            gettext_lazy("With a qualified reply"),
            lambda row: row.replied,
            behind=lambda scope, row: reach.replied(scope, row.key),
            of_requests=True,
        ),
        Column(
            "waiting",
            gettext_lazy("Still without one"),
            lambda row: row.waiting,
            behind=lambda scope, row: reach.replied(scope, row.key, had=False),
            of_requests=True,
        ),
        Column("first_quarter", gettext_lazy("A quarter within days"), lambda row: row.quartiles[0], Unit.NUMBER),
        Column("median", gettext_lazy("Half within days"), lambda row: row.quartiles[1], Unit.NUMBER),
        Column("third_quarter", gettext_lazy("Three quarters within days"), lambda row: row.quartiles[2], Unit.NUMBER),
    ),
    value=_wait,
    paper=gettext_lazy("capital is allocated late and inefficiently"),
    holds=_some_wait,
)

CLAIMS: tuple[Claim, ...] = (REACH, WAIT)
