"""P3: supply and demand that do not find each other."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deals.statistics import gaps
from deals.statistics.claims import words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.fitting import CATEGORY, DEAL, REGION, ROUND, TICKET
from deals.statistics.gaps import GapRow, Near, UnmatchedRow
from deals.statistics.rows import Figure
from taxonomy import display

# So many gaps are told in words.
TOLD = 5
LACKS = {
    DEAL: gettext_lazy("fits by its thesis, closed no such round of late"),
    REGION: gettext_lazy("its thesis lacks the place"),
    TICKET: gettext_lazy("its ticket does not suit"),
    ROUND: gettext_lazy("its thesis lacks the round"),
    CATEGORY: gettext_lazy("its thesis lacks the sub-category"),
}


def _unmatched(figure: Figure[UnmatchedRow]) -> str:
    whole, unmatched, unspecialised = (
        sum(len(getattr(row, name)) for row in figure.rows) for name in ("raised", "unmatched", "unspecialised")
    )
    if not whole:
        return _("Nobody raises")
    said = ngettext(
        "%(part)s of %(all)s raise without a specialised institution, %(unmatched)s without any that fits",
        "%(part)s of %(all)s raises without a specialised institution, %(unmatched)s without any that fits",
        whole,
    )
    return said % {
        "part": display.count(unspecialised),
        "all": display.count(whole),
        "unmatched": display.count(unmatched),
    }


def _some_find_no_specialist(figure: Figure[UnmatchedRow]) -> bool | None:
    if not any(row.raised for row in figure.rows):
        return None
    return any(row.unspecialised for row in figure.rows)


def cell_name(row: GapRow) -> str:
    return " · ".join((row.category.name, row.round.name, row.region.name))


def _widest(figure: Figure[GapRow]) -> str:
    gaps = [row for row in figure.rows if row.unspecialised]
    if not gaps:
        return _("No gap") if figure.rows else _("Nobody raises")
    said = ngettext("%(number)s gap, the widest in %(cell)s", "%(number)s gaps, the widest in %(cell)s", len(gaps))
    return said % {"number": display.count(len(gaps)), "cell": cell_name(gaps[0])}


def _there_are_gaps(figure: Figure[GapRow]) -> bool | None:
    return any(row.unspecialised for row in figure.rows) if figure.rows else None


def near(one: Near) -> str:
    """Return an institution that is nearly there, what it lacks and what it did: Birch (lacks the place, 3 events)."""
    done = ngettext("%(number)s event in the category", "%(number)s events in the category", one.events) % {
        "number": display.count(one.events)
    }
    return _("%(name)s (%(lacks)s; %(done)s)") % {"name": one.name, "lacks": LACKS[one.lacks], "done": done}


def _nearest(figure: Figure[GapRow]) -> list[str]:
    """The widest gaps with the institutions nearest to closing them, a line each."""
    return [
        ngettext(
            "%(cell)s: %(part)s of %(all)s raise without a specialised institution; nearest: %(names)s",
            "%(cell)s: %(part)s of %(all)s raises without a specialised institution; nearest: %(names)s",
            len(row.raised),
        )
        % {
            "cell": cell_name(row),
            "part": display.count(len(row.unspecialised)),
            "all": display.count(len(row.raised)),
            "names": words.listed(near(one) for one in row.near),
        }
        for row in figure.rows[:TOLD]
        if row.unspecialised
    ]


FITTING = gettext_lazy(
    "An institution fits if one of its active theses, as they are today, names a category of the company or one above it, "
    "the round or no rounds, and the place, a larger one or no places, and if its ticket suits as far as both are open to "
    "all: what is asked reaches the smallest ticket and is at most ten of the largest. It also fits if in the 24 months "
    "before the day it took part in a round of a company in the same category (or one above or below it) at the same "
    "round or one next to it, as Pre-A and A+ are next to A. It is specialised if it fits by both. It never fits a "
    "category that one of its theses excludes. "
    "Unpublished companies and institutions are left out. A raise counts from its opening to its end, on the last day of "
    "the period."
)
SPECIALISED = Column(
    "unspecialised",
    gettext_lazy("Without a specialised one"),
    lambda row: len(row.unspecialised),
    behind=lambda scope, row: gaps.raises_of(row.unspecialised),
)
UNMATCHED = Claim(
    code="P3",
    question=gettext_lazy("Raising companies without a fitting active institution"),
    definition=FITTING,
    answer=gaps.unmatched_raises,
    columns=(
        Column("category", gettext_lazy("Category"), lambda row: row.name, Unit.TEXT),
        Column(
            "raises",
            gettext_lazy("Open raises"),
            lambda row: len(row.raised),
            behind=lambda scope, row: gaps.raises_of(row.raised),
        ),
        Column(
            "unmatched",
            gettext_lazy("Without a fitting institution"),
            lambda row: len(row.unmatched),
            behind=lambda scope, row: gaps.raises_of(row.unmatched),
        ),
        SPECIALISED,
        Column("share", gettext_lazy("Share"), lambda row: row.share, Unit.SHARE, rests_on="unmatched"),
        Column("asked", gettext_lazy("Amount asked"), lambda row: row.asked, Unit.MONEY, rests_on="raises"),
        Column(
            "asked_in_vain",
            gettext_lazy("Asked by these"),
            lambda row: row.asked_in_vain,
            Unit.MONEY,
            rests_on="unmatched",
        ),
    ),
    value=_unmatched,
    paper=gettext_lazy("companies that raise often find no specialised institution"),
    holds=_some_find_no_specialist,
)
GAPS = Claim(
    code="P3b",
    question=gettext_lazy("Demand beside capacity by category, round and region"),
    definition=gettext_lazy(
        "Each field in which somebody raises on the last day of the period, by primary category, round and statistical "
        "region, or province where a region is chosen. Amounts that are not open to all count as undisclosed. Fitting are "
        "the institutions that fit at least one of its raises as in P3; the ticket is the median of the middles that their theses state. Rounds closed are those of the twelve months before in the field, at the round or one next "
        "to it. Where a raise finds no specialised institution, nearest are those that only one thing keeps from it: they "
        "closed no such round of late, or their thesis lacks the place, then the ticket, the round, the sub-category; the "
        "events are theirs in the category within 24 months. The widest gaps come first."
    ),
    answer=gaps.gap_map,
    columns=(
        Column("category", gettext_lazy("Category"), lambda row: row.category.name, Unit.TEXT),
        Column("round", gettext_lazy("Round"), lambda row: row.round.name, Unit.TEXT),
        Column("region", gettext_lazy("Region"), lambda row: row.region.name, Unit.TEXT),
        Column(
            "raises",
            gettext_lazy("Open raises"),
            lambda row: len(row.raised),
            behind=lambda scope, row: gaps.raises_of(row.raised),
        ),
        Column(
            "unmatched",
            gettext_lazy("Without a fitting institution"),
            lambda row: len(row.unmatched),
            behind=lambda scope, row: gaps.raises_of(row.unmatched),
        ),
        SPECIALISED,
        Column("asked", gettext_lazy("Amount asked"), lambda row: row.asked, Unit.MONEY, rests_on="raises"),
        Column("investors", gettext_lazy("Fitting institutions"), lambda row: row.investors, behind=gaps.investors_of),
        Column("pressure", gettext_lazy("Raises for each"), lambda row: row.pressure, Unit.NUMBER),
        Column("deals", gettext_lazy("Rounds closed in 12 months"), lambda row: row.deals, behind=gaps.deals_of),
        Column("ticket", gettext_lazy("Median of the tickets stated"), lambda row: row.ticket, Unit.MONEY),
        Column(
            "near",
            gettext_lazy("Nearest institutions"),
            lambda row: words.listed(near(one) for one in row.near) if row.near else "",
            Unit.TEXT,
        ),
    ),
    value=_widest,
    paper=gettext_lazy("supply and demand of capital know too little of each other"),
    holds=_there_are_gaps,
    notes=_nearest,
)

CLAIMS: tuple[Claim, ...] = (UNMATCHED, GAPS)
