"""What people do with listings: record one, correct it, take it back.

As with deals, pages and API call these; each is one transaction, and what is refused changes nothing.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ActionError, TooLate
from accounts.models import User
from companies.models import Company
from deals import duplicates, established, notices
from deals.actions import record_deal, speaks_for
from deals.checks import check_founding, check_text, save_checked
from deals.models import Deal, Listing
from taxonomy import display
from taxonomy.amounts import EXACT, UNDISCLOSED, Amount
from taxonomy.dates import PartialDate
from taxonomy.models import Board

# Shares may be listed on several boards whose name a source does not give.
UNKNOWN_BOARD = "unknown"


def may_record_any(user) -> bool:
    """Whether `user` edits some company, or is an administrator."""
    return user.is_administrator or Company.objects.editable_by(user).exists()


def offerings_of(company: Company, listing: Listing | None = None):
    """The IPO deals of a company that are the offering of no listing but this one."""
    taken = Listing.objects.present().filter(offering__isnull=False).exclude(pk=listing and listing.pk)
    deals = Deal.objects.present().filter(company=company, kind=Deal.Kind.IPO)
    return deals.exclude(pk__in=taken.values("offering"))


@transaction.atomic
def record(user: User, *, company: Company, **particulars) -> Listing:
    """Record a listing; what the company records is asserted until an administrator verifies it. `particulars` are
    those of `_fill`.

    Raises `PermissionDenied` for who does not edit the company, and `ActionError` naming the input at fault.
    """
    if not company.is_edited_by(user):
        raise PermissionDenied(_("Only owners and editors of the company and administrators may record its listings."))
    listing = Listing(company=company, recorded_by=user, **established.by_recording(user))
    _fill(user, listing, **particulars)
    notices.recorded(listing)
    return listing


@transaction.atomic
def correct(user: User, listing: Listing, **particulars) -> Listing:
    """Change the particulars of a listing that nobody verified; its company stays.

    What the company had confirmed was something else, and what it objected to is changed: both are cleared.
    """
    row = _open(user, listing)
    if not user.is_administrator:
        for name, value in established.by_recording(user).items():
            setattr(row, name, value)
    _fill(user, row, **particulars)
    notices.changed(row, user)
    return row


@transaction.atomic
def withdraw(user: User, listing: Listing) -> Listing:
    """Take a listing back that nobody verified: it counts nowhere. What was raised stays recorded as a deal."""
    row = _open(user, listing)
    row.left_at = timezone.now() if row.is_standing else None
    row.status, row.reject_reason = Listing.Status.REJECTED, Listing.RejectReason.WITHDRAWN
    row.save(update_fields=["status", "reject_reason", "left_at", "updated_at"])
    notices.withdrawn(row, user)
    return row


def _open(user: User, listing: Listing) -> Listing:
    """Return the row, locked. Raises `PermissionDenied`, or `TooLate` where it was reviewed or taken back meanwhile."""
    allowed = listing.company.is_edited_by(user) and (user.is_administrator or not listing.source_id)
    if not allowed:
        raise PermissionDenied(_("Only owners and editors of the company and administrators may correct a listing."))
    row = Listing.objects.select_for_update(no_key=True).unverified().filter(pk=listing.pk).first()
    if not row:
        raise TooLate(_("This listing was reviewed meanwhile. Below is how it stands."))
    return row


def _fill(
    user: User,
    listing: Listing,
    *,
    board: Board,
    listed: PartialDate,
    ticker: str = "",
    filed_on: date | None = None,
    cleared_on: date | None = None,
    offering: Deal | None = None,
    raised: Amount | None = None,
    market_value: Amount | None = None,
    market_value_on: date | None = None,
    source_url: str = "",
    note: str = "",
) -> None:
    """Write the particulars and save. `raised` records the offering as a new IPO deal of the day of the listing."""
    _check_dates(listing.company, board, listed, filed_on, cleared_on)
    _check_board(listing, board)
    _set_market_value(listing, market_value, market_value_on)
    listing.board, listing.ticker = board, ticker.strip()
    listing.listed_on, listing.listed_precision = listed.first, listed.precision
    listing.filed_on, listing.cleared_on = filed_on, cleared_on
    listing.source_url, listing.note = source_url, check_text(note, "note", 2000)
    if raised:
        offering = _record_offering(user, listing, listed, raised, offering)
    elif offering and not offerings_of(listing.company, listing).filter(pk=offering.pk).exists():
        raise ActionError(
            _("Choose an initial public offering of this company that belongs to no other listing."),
            "offering_of_others",
            "offering",
        )
    listing.offering = offering
    listing.company_confirmed_at = timezone.now() if speaks_for(user, listing.company) else None
    listing.objection, listing.objected_at, listing.objected_by = "", None, None
    save_checked(listing, _listed_already(listing.company, board), "board")


def _check_dates(
    company: Company, board: Board, listed: PartialDate, filed_on: date | None, cleared_on: date | None
) -> None:
    if listed.first > timezone.localdate():
        message = _("The date lies in the future: record a listing once trading has begun.")
        raise ActionError(message, "future", "listed")
    check_founding(company, listed, "listed")
    if board.opened_on and listed.last < board.opened_on:
        raise ActionError(
            _("%(board)s has traded since %(opened)s only. Correct the date, or choose another board."),
            "before_opening",
            "listed",
            {"board": board.name, "opened": display.partial_date(board.opened_on)},
        )
    if filed_on and filed_on > listed.last:
        raise ActionError(
            _("The filing lies after the listing. Correct one of the two dates."), "filed_late", "filed_on"
        )
    if cleared_on and (cleared_on > listed.last or (filed_on and cleared_on < filed_on)):
        message = _("The clearance lies before the filing or after the listing. Correct one of the dates.")
        raise ActionError(message, "cleared_outside", "cleared_on")


def _check_board(listing: Listing, board: Board) -> None:
    if on_board(listing.company, board, listing):
        raise ActionError(_listed_already(listing.company, board), "listed_already", "board")


def on_board(company: Company, board: Board, but: Listing | None = None) -> Listing | None:
    """The listing of a company on a board, other than `but`."""
    if board.pk == UNKNOWN_BOARD:
        return None
    listings = Listing.objects.present().filter(company=company, board=board)
    return listings.exclude(pk=but and but.pk).first()


def _listed_already(company: Company, board: Board) -> str:
    known = on_board(company, board)
    return _(
        "%(company)s is listed on %(board)s already (listing #%(number)s). Correct that listing, or choose another board."
    ) % {"company": company.name, "board": board.name, "number": known.pk if known else "–"}


def _set_market_value(listing: Listing, value: Amount | None, day: date | None) -> None:
    if value is None or value.kind == UNDISCLOSED:
        listing.market_value = listing.market_value_currency = listing.market_value_on = None
        return
    if value.kind != EXACT:
        message = _("Give the market value as one number, such as 120亿元 or USD 1.5 billion.")
        raise ActionError(message, "one_number", "market_value")
    if day is None:
        message = _("Say of which day the market value is.")
        raise ActionError(message, "value_without_day", "market_value_on")
    if day > timezone.localdate():
        raise ActionError(
            _("The day of the market value lies in the future: choose a day that is past."), "future", "market_value_on"
        )
    listing.market_value, listing.market_value_currency_id, listing.market_value_on = value.low, value.currency, day


def _record_offering(user: User, listing: Listing, listed: PartialDate, raised: Amount, chosen: Deal | None) -> Deal:
    company = listing.company
    if chosen:
        message = _("Choose a recorded offering or type what was raised, not both.")
        raise ActionError(message, "offering_twice", "raised")
    free = offerings_of(company, listing)
    like = duplicates.like(user, company=company, kind=Deal.Kind.IPO, round=None, announced=listed)
    if near := next((deal for deal in like if free.filter(pk=deal.pk).exists()), None):
        raise ActionError(
            _(
                "An offering of that time is recorded already: #%(number)d %(deal)s. Choose it instead of typing it again."
            ),
            "offering_recorded",
            "offering",
            {"number": near.pk, "deal": str(near)},
        )
    return record_deal(
        user,
        company=company,
        kind=Deal.Kind.IPO,
        announced=listed,
        amount=raised,
        source_url=listing.source_url,
    )
