"""L10 to L12: single listings, how fast they came, and the policy that they followed."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Deal
from deals.statistics.claims import columns, words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.listings import STAR
from deals.statistics.offerings import OfferingRow, PaceRow, listings_of_period, pace
from deals.statistics.policy import MilestoneRow, listings_after, milestones
from deals.statistics.rows import Figure
from taxonomy import display

MILESTONES = {
    "star-announced": "2018-11",
    "star-rules": "2019-01",
    "star-system": "2019-04",
    "star-opened": "2019-06-13",
    "star-trading": "2019-07-22",
}


def _listings_of_period(figure: Figure[OfferingRow]) -> str:
    """The largest offering of the period, beside how many listings there are."""
    if not figure.rows:
        return _("No listings")
    row = max(figure.rows, key=lambda row: row.money.low)
    return _("%(number)s listings; largest offering %(company)s: %(board)s, %(date)s, %(amount)s") % {
        "number": display.count(len(figure.rows)),
        "company": row.name,
        "board": row.board_name,
        "date": words.when(row.listed),
        "amount": display.amount(row.amount),
    }


def _qi_an_xin(figure: Figure[OfferingRow]) -> bool:
    return any(
        (row.board, row.listed.text) == (STAR, "2020-07-22") and row.money.low >= 5_000_000_000
        for row in figure.rows
        if row.name_zh.startswith("奇安信")
    )


def _pace(figure: Figure[PaceRow]) -> str:
    """The fastest clearance of those listed, and the fastest listing."""
    if not figure.rows:
        return _("No listing with a filing date")
    fastest = figure.rows[0]
    cleared = [row for row in figure.rows if row.days_to_clear is not None]
    text = _("%(company)s was listed %(days)s days after filing") % {
        "company": fastest.name,
        "days": display.count(fastest.days_to_list),
    }
    if not cleared:
        return text
    row = min(cleared, key=lambda row: row.days_to_clear)
    first = _("%(company)s was cleared %(days)s days after filing") % {
        "company": row.name,
        "days": display.count(row.days_to_clear),
    }
    return _("%(first)s; %(second)s") % {"first": first, "second": text}


def _foxconn(figure: Figure[PaceRow]) -> bool:
    """Thirty-odd days in 2018: the study counts up to the clearance, which others mean by a fast listing too."""
    return any(
        row.listed.first.year == 2018 and any(30 <= (days or 0) < 40 for days in (row.days_to_clear, row.days_to_list))
        for row in figure.rows
        if row.name_zh.startswith("工业富联")
    )


def _milestones(figure: Figure[MilestoneRow]) -> str:
    if not figure.rows:
        return _("No milestones")
    row = figure.rows[-1]
    return _("%(number)s milestones; %(part)s listings on the board since “%(milestone)s”, %(date)s") % {
        "number": display.count(len(figure.rows)),
        "part": words.part(row.numerator, row.denominator),
        "milestone": row.name,
        "date": words.when(row.when),
    }


def _milestones_stand(figure: Figure[MilestoneRow]) -> bool | None:
    """None where no listing follows a milestone: nothing is laid over anything."""
    if not any(row.denominator for row in figure.rows):
        return None
    return {row.key: row.when.text for row in figure.rows} == MILESTONES


CLAIMS = (
    Claim(
        code="L10",
        question=gettext_lazy("A company’s listing"),
        definition=gettext_lazy(
            "Each listing whose first day of trading lies in the period, with its board and what its initial public "
            "offering raised, as exactly as it is known. Companies whose profile is not published are left out."
        ),
        answer=listings_of_period,
        columns=(
            columns.name(gettext_lazy("Company")),
            Column("date", gettext_lazy("Date"), lambda row: row.listed, Unit.DAY),
            Column("board", gettext_lazy("Board"), lambda row: row.board_name, Unit.TEXT),
            Column("raised", gettext_lazy("Raised"), lambda row: display.amount(row.amount), Unit.TEXT),
            columns.money(title=gettext_lazy("Lower bound"), rests_on="offering"),
            Column(
                "offering",
                gettext_lazy("Offerings"),
                lambda row: int(row.offering is not None),
                behind=lambda scope, row: Deal.objects.filter(pk=row.offering),
            ),
        ),
        value=_listings_of_period,
        paper=gettext_lazy("Qi An Xin: STAR Market, 22 July 2020, over CNY 5 billion"),
        holds=_qi_an_xin,
    ),
    Claim(
        code="L11",
        question=gettext_lazy("Days from filing to listing"),
        definition=gettext_lazy(
            "Days from the filing of the application to its clearance by the review and to the first day of trading, for "
            "the listings up to the end of the period that came fastest. Those without an exact date of either end are "
            "left out."
        ),
        answer=pace,
        columns=(
            columns.name(gettext_lazy("Company")),
            Column("board", gettext_lazy("Board"), lambda row: row.board_name, Unit.TEXT),
            Column("filed", gettext_lazy("Filed"), lambda row: row.filed_on, Unit.DAY),
            Column("cleared", gettext_lazy("Cleared by review"), lambda row: row.cleared_on, Unit.DAY),
            Column("listed", gettext_lazy("Listed on"), lambda row: row.listed, Unit.DAY),
            Column("days_to_clear", gettext_lazy("Days to clearance"), lambda row: row.days_to_clear),
            Column("days_to_list", gettext_lazy("Days to listing"), lambda row: row.days_to_list),
        ),
        value=_pace,
        paper=gettext_lazy("Foxconn Industrial Internet, 2018: 30-odd days"),
        holds=_foxconn,
    ),
    Claim(
        code="L12",
        question=gettext_lazy("Milestones of policy over the listings"),
        definition=gettext_lazy(
            "Each milestone up to the end of the period, with the new listings from its first day to the day before the "
            "next one: those on its board of those on all boards. A milestone of which only the month is known begins on "
            "the first of it."
        ),
        answer=milestones,
        columns=(
            Column("date", gettext_lazy("Date"), lambda row: row.when, Unit.DAY),
            columns.name(gettext_lazy("Milestone")),
            columns.numerator(
                gettext_lazy("Listings on the board until the next"),
                lambda scope, row: listings_after(scope, row).filter(**({"board": row.board} if row.board else {})),
            ),
            columns.denominator(gettext_lazy("All boards"), listings_after),
            columns.share(),
            Column("source", gettext_lazy("Source"), lambda row: row.source and row.source.name, Unit.TEXT),
        ),
        value=_milestones,
        paper=gettext_lazy(
            "STAR Market announced in November 2018; rules from January 2019; system in place in April 2019; opened on "
            "13 June 2019; first trading on 22 July 2019"
        ),
        holds=_milestones_stand,
    ),
)
