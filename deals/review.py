"""What is said and decided about a recorded deal or listing: a party confirms it or objects, an administrator verifies
or rejects it.

As with `deals.actions`, pages and API call these; each is one transaction, and what is refused changes nothing.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, DateTimeField, F, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import log_change
from accounts.errors import ActionError, TooLate
from accounts.models import User
from deals import established, notices
from deals.actions import side_of
from deals.checks import check_text
from deals.models import Deal, Listing, Side
from deals.models.standing import ASSERTED, PRESENT, REJECTED, REPORTED, UNVERIFIED, VERIFIED

OBJECTION_LIMIT = 1000

Record = Deal | Listing

# --- By the parties -----------------------------------------------------------------------------------------------


def may_confirm(user, record: Record) -> str | None:
    """Return the side for which `user` could still confirm the record, or None. A verified one needs no more.

    Who speaks for both sides speaks for the company: two words are those of two people.
    """
    if record.status not in UNVERIFIED:
        return None
    side = side_of(user, record)
    if side == Side.COMPANY:
        return None if record.company_confirmed_at else side
    return side if side and record.awaits_investor else None


def keeps_amount(record: Record) -> bool:
    """Whether the record has an amount that is kept to its parties."""
    return isinstance(record, Deal) and record.amount_audience == Deal.Audience.PARTIES and bool(record.amount_low)


@transaction.atomic
def confirm(user: User, record: Record, publish_amount: bool = False) -> Record:
    """Confirm the record for the other party; an objection of that side is taken back by it, and a deal is established
    where one of the two is verified. With `publish_amount` the company shows the amount to everyone.

    Raises `PermissionDenied` for everyone else.
    """
    side = may_confirm(user, record)
    if not side:
        raise PermissionDenied(_("Only a party that has not confirmed yet may confirm."))
    field, now = f"{side}_confirmed_at", timezone.now()
    fields = {field: now}
    is_deal = isinstance(record, Deal)
    if is_deal:
        established.lock_parties([record])
    if side == Side.INVESTOR:
        fields["confirming_investor"] = record.institution_of(user)
    if publish_amount and is_deal and side == Side.COMPANY:
        fields["amount_audience"] = Deal.Audience.EVERYONE
    if record.objected_by and side_of(record.objected_by, record) == side:
        fields |= {"objection": "", "objected_at": None, "objected_by": None}
    before = {name: getattr(record, name) for name in fields}
    open_ = type(record).objects.unverified().filter(pk=record.pk, **{field: None})
    if open_.update(**fields, updated_at=now):
        log_change(record, before, fields, user)
        if is_deal:
            established.by_confirmation(record, user)
    record.refresh_from_db()
    return record


def may_object(user, record: Record) -> bool:
    """A party may say that a record is wrong: one that it cannot correct itself, and its own once it is verified."""
    if not record.is_present or not side_of(user, record):
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
    What counts goes on counting until an administrator has looked: nobody takes a figure away by objecting.

    Raises `PermissionDenied` for who is no party, and `ActionError` without a text.
    """
    if not may_object(user, record):
        raise PermissionDenied(_("Only a party may object."))
    objection = check_text(objection, "objection", OBJECTION_LIMIT)
    if not objection:
        raise ActionError(_("Say what is wrong: an administrator reads it."), "required", "objection")
    now = timezone.now()
    fields = {
        "status": ASSERTED if record.is_asserted else REPORTED,
        "verified_at": None,
        "verified_by": None,
        "objection": objection,
        "objected_at": now,
        "objected_by": user,
        f"{side_of(user, record)}_confirmed_at": None,
    }
    before = {name: getattr(record, name) for name in fields}
    still = type(record).objects.asserted() if record.is_asserted else type(record).objects.standing()
    if not still.filter(pk=record.pk).update(**fields, updated_at=now):
        raise TooLate(_("This was reviewed meanwhile. Below is how it stands."))
    log_change(record, before, fields, user)
    record.refresh_from_db()
    notices.objected(record)
    return record


# --- By an administrator ------------------------------------------------------------------------------------------


def verify(user: User, record: Record, note: str = "") -> Record:
    """Mark a record as verified, which establishes it. Raises `TooLate` if it is no longer waiting."""
    now = timezone.now()
    return _review(
        user,
        record,
        UNVERIFIED,
        status=VERIFIED,
        established_at=Coalesce("established_at", Value(now)),
        known_on=Case(When(status=ASSERTED, then=Value(timezone.localdate())), default=F("known_on")),
        verified_at=now,
        verified_by=user,
        review_note=check_text(note, "note"),
    )


def reject(user: User, record: Record, reason: str, note: str = "") -> Record:
    """Take a record out of every figure and out of the parties' lists, with one of `RejectReason.of_review()`; it lets go what it holds."""
    if reason not in dict(record.RejectReason.of_review()):
        raise ActionError(_("Choose why it is rejected."), "reason", "reject_reason")
    return _review(
        user,
        record,
        PRESENT,
        status=REJECTED,
        # What never counted has not left either.
        left_at=Case(When(status=ASSERTED, then=None), default=Value(timezone.now()), output_field=DateTimeField()),
        reject_reason=reason,
        review_note=check_text(note, "note"),
        **dict.fromkeys(record.RELEASED),
    )


def may_take_up(user, record: Record) -> bool:
    """Whether `user` may take a record up again that an administrator rejected; what was taken back stays with its party."""
    return user.is_administrator and record.status == REJECTED and record.reject_reason != record.RejectReason.WITHDRAWN


@transaction.atomic
def take_up(user: User, record: Record) -> Record:
    """Undo a rejection: the record stands as before and waits for review again. What it let go stays free.

    A figure as known on a day in between counts it from now on. Raises `TooLate` where another record has taken its
    place.
    """
    if not user.is_administrator:
        raise PermissionDenied(_("Only administrators verify and reject."))
    if not may_take_up(user, record):
        raise TooLate(_("Only what an administrator rejected can be taken up again. Below is how it stands."))
    fields = {
        "status": ASSERTED if record.established_at is None else REPORTED,
        "left_at": None,
        "reject_reason": "",
        "review_note": "",
        "verified_at": None,
        "verified_by": None,
    }
    before = {name: getattr(record, name) for name in fields}
    for name, value in fields.items():
        setattr(record, name, value)
    try:
        record.validate_constraints()
        with transaction.atomic():
            rejected = type(record).objects.filter(pk=record.pk, status=REJECTED)
            done = rejected.update(**fields, updated_at=timezone.now())
    except (ValidationError, IntegrityError) as taken:
        record.refresh_from_db()
        raise TooLate(_("Another record has taken its place since: merge or reject that one first.")) from taken
    record.refresh_from_db()
    if not done:
        raise TooLate(_("Another administrator was faster. Below is how it stands."))
    log_change(record, before, fields, user)
    notices.taken_up(record, user)
    return record


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
        if isinstance(record, Deal) and before["status"] == ASSERTED:
            established.counts(record, user)
        notices.verified(record)
    else:
        record.release_merged()
        notices.rejected(record, user)
    return record


def _decided(record: Record) -> dict:
    return {name: getattr(record, type(record)._meta.get_field(name).attname) for name in ("status", *record.RELEASED)}
