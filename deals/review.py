"""What is said and decided about a recorded deal or listing: a party confirms it or objects, an administrator verifies
or rejects it.

As with `deals.actions`, pages and API call these; each is one transaction, and what is refused changes nothing.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import log_change
from accounts.errors import ActionError, TooLate
from accounts.models import User
from deals import notices
from deals.actions import side_of, speaks_for
from deals.checks import check_text
from deals.models import Deal, Listing, Side
from deals.models.standing import REJECTED, REPORTED, STANDING, VERIFIED

OBJECTION_LIMIT = 1000

Record = Deal | Listing

# --- By the parties -----------------------------------------------------------------------------------------------


def may_confirm(user, record: Record) -> str | None:
    """Return the side for which `user` could still confirm the record, or None. A verified one needs no more."""
    if not user.is_authenticated or record.status != REPORTED:
        return None
    if not record.company_confirmed_at and speaks_for(user, record.company):
        return Side.COMPANY
    return Side.INVESTOR if record.awaits_investor and record.is_invested_by(user) else None


@transaction.atomic
def confirm(user: User, record: Record) -> Record:
    """Confirm the record for the other party; an objection of that side is taken back by it.

    Raises `PermissionDenied` for everyone else.
    """
    side = may_confirm(user, record)
    if not side:
        raise PermissionDenied(_("Only a party that has not confirmed yet may confirm."))
    field, now = f"{side}_confirmed_at", timezone.now()
    fields = {field: now}
    if record.objected_by and side_of(record.objected_by, record) == side:
        fields |= {"objection": "", "objected_at": None, "objected_by": None}
    before = {name: getattr(record, name) for name in fields}
    reported = type(record).objects.reported().filter(pk=record.pk, **{field: None})
    if reported.update(**fields, updated_at=now):
        log_change(record, before, fields, user)
    record.refresh_from_db()
    return record


def may_object(user, record: Record) -> bool:
    """A party may say that a record is wrong: one that it cannot correct itself, and its own once it is verified."""
    if not record.is_standing or not side_of(user, record):
        return False
    if record.status == VERIFIED:
        return True
    return not record.objected_at and not may_correct(user, record)


def may_correct(user, record: Record) -> bool:
    """Whether `user` may correct the record or take it back, which ends when it is verified."""
    return type(record).objects.correctable_by(user).filter(pk=record.pk).exists()


@transaction.atomic
def object_to(user: User, record: Record, objection: str) -> Record:
    """Say what is wrong with it: it goes back into the administrators' queue, unconfirmed by the side that objects.

    Raises `PermissionDenied` for who is no party, and `ActionError` without a text.
    """
    if not may_object(user, record):
        raise PermissionDenied(_("Only a party may object."))
    objection = check_text(objection, "objection", OBJECTION_LIMIT)
    if not objection:
        raise ActionError(_("Say what is wrong: an administrator reads it."), "required", "objection")
    now = timezone.now()
    fields = {
        "status": REPORTED,
        "verified_at": None,
        "verified_by": None,
        "objection": objection,
        "objected_at": now,
        "objected_by": user,
        f"{side_of(user, record)}_confirmed_at": None,
    }
    before = {name: getattr(record, name) for name in fields}
    if not type(record).objects.standing().filter(pk=record.pk).update(**fields, updated_at=now):
        raise TooLate(_("This was reviewed meanwhile. Below is how it stands."))
    log_change(record, before, fields, user)
    record.refresh_from_db()
    notices.objected(record)
    return record


# --- By an administrator ------------------------------------------------------------------------------------------


def verify(user: User, record: Record, note: str = "") -> Record:
    """Mark a reported record as verified. Raises `TooLate` if it is no longer waiting."""
    return _review(
        user,
        record,
        (REPORTED,),
        status=VERIFIED,
        verified_at=timezone.now(),
        verified_by=user,
        review_note=check_text(note, "note"),
    )


def reject(user: User, record: Record, reason: str, note: str = "") -> Record:
    """Take a record out of every list and figure, with one of `RejectReason.of_review()`; it lets go what it holds."""
    if reason not in dict(record.RejectReason.of_review()):
        raise ActionError(_("Choose why it is rejected."), "reason", "reject_reason")
    return _review(
        user,
        record,
        STANDING,
        status=REJECTED,
        left_at=timezone.now(),
        reject_reason=reason,
        review_note=check_text(note, "note"),
        **dict.fromkeys(record.RELEASED),
    )


@transaction.atomic
def _review(user: User, record: Record, from_statuses: tuple[str, ...], **fields) -> Record:
    if not user.is_administrator:
        raise PermissionDenied(_("Only administrators verify and reject."))
    before = _decided(record)
    fields["updated_at"] = timezone.now()
    done = type(record).objects.filter(pk=record.pk, status__in=from_statuses).update(**fields)
    record.refresh_from_db()
    if not done:
        raise TooLate(_("Another administrator was faster. Below is how it stands."))
    log_change(record, before, _decided(record), user)
    if record.status == VERIFIED:
        notices.verified(record)
    else:
        record.release_merged()
        notices.rejected(record, user)
    return record


def _decided(record: Record) -> dict:
    return {name: getattr(record, type(record)._meta.get_field(name).attname) for name in ("status", *record.RELEASED)}
