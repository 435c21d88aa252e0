"""A deal that is recorded wrongly: who recorded it corrects or takes it back, the other party objects.

What an administrator has verified stands, until a party objects: then it is back in the queue.
"""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from deals import notices
from deals.actions import may_record, side_of, speaks_for
from deals.audit import log_change
from deals.checks import check_date, check_kind, check_text, first_complaint
from deals.errors import ActionError, TooLate
from deals.models import Deal, Participation, PipelineCard
from investors.models import Investor
from taxonomy.amounts import Amount
from taxonomy.dates import PartialDate

OBJECTION_LIMIT = 1000


def may_correct(user, deal: Deal) -> bool:
    """Whether `user` recorded the deal, or is an administrator, and nobody verified it yet."""
    return Deal.objects.correctable_by(user).filter(pk=deal.pk).exists()


def _open(user: User, deal: Deal) -> Deal:
    """Return the row, locked. Raises `PermissionDenied`, or `TooLate` where it was verified or taken back meanwhile."""
    if not user.is_administrator and deal.recorded_by_id != user.pk:
        raise PermissionDenied(_("Only who recorded a deal and administrators may correct it."))
    found = Deal.objects.select_for_update(no_key=True).filter(pk=deal.pk, status=Deal.Status.REPORTED)
    if not (row := found.first()):
        raise TooLate(_("This deal was reviewed meanwhile. Below is how it stands."))
    if not user.is_administrator and row.merged.exists():
        # It is no longer only theirs: taking it back would take back the record of somebody else.
        raise TooLate(
            _("An administrator has made this record one with another. Object if something is wrong with it.")
        )
    return row


@transaction.atomic
def correct(
    user: User,
    deal: Deal,
    *,
    investors: Iterable[tuple[Investor, bool | None]],
    announced: PartialDate,
    amount: Amount,
    **fields,
) -> Deal:
    """Change the particulars of a deal that nobody verified; `fields` are those of `record_deal`.

    What the other side confirmed was something else, and what it objected to is changed: both are cleared.
    """
    row, investors = _open(user, deal), list(investors)
    parties = [investor for investor, _lead in investors]
    if not may_record(user, fields["company"], parties):
        raise PermissionDenied(_("Only the parties of a deal and administrators may record it."))
    check_date(fields["company"], announced)
    check_kind(fields["company"], fields["kind"], fields["round"], announced)
    if row.introduction and not _is_between(row.introduction, fields["company"], parties):
        raise ActionError(_("The deal is not between the two sides of this introduction."), "introduction_of_others")
    for name, value in fields.items():
        setattr(row, name, value)
    if row.kind != Deal.Kind.VENTURE:
        row.round = None
    row.note = check_text(row.note, "note", 2000)
    row.announced_on, row.announced_precision, row.amount = announced.first, announced.precision, amount
    now = timezone.now()
    row.company_confirmed_at = now if speaks_for(user, row.company) else None
    row.investor_confirmed_at = now if any(speaks_for(user, one) for one in parties) else None
    row.objection, row.objected_at, row.objected_by = "", None, None
    try:
        row.full_clean()
    except ValidationError as error:
        raise first_complaint(error) from error
    told = notices.parties(deal)
    row.save()
    _set_participations(row, investors)
    PipelineCard.objects.invested(row, user)
    notices.deal_changed(row, user, told)
    return row


def _is_between(introduction, company, parties) -> bool:
    return introduction.company_id == company.pk and introduction.investor_id in {one.pk for one in parties}


def _set_participations(deal: Deal, investors: list[tuple[Investor, bool | None]]) -> None:
    standing = {part.investor_id: part for part in deal.participations.all()}
    for investor, lead in investors:
        part = standing.pop(investor.pk, None) or Participation(deal=deal, investor=investor)
        if part.pk is None or part.is_lead != lead:
            part.is_lead = lead
            part.save()
    for part in standing.values():
        part.delete()


@transaction.atomic
def withdraw(user: User, deal: Deal) -> Deal:
    """Take a deal back that nobody verified: it counts nowhere, and its introduction can carry another one."""
    row = _open(user, deal)
    row.status, row.reject_reason, row.introduction = Deal.Status.REJECTED, Deal.RejectReason.WITHDRAWN, None
    row.left_at = timezone.now()
    row.save(update_fields=["status", "left_at", "reject_reason", "introduction", "updated_at"])
    row.release_merged()
    notices.deal_withdrawn(row, user)
    return row


def may_object(user, deal: Deal) -> bool:
    """A party may say that a deal is wrong: one that another recorded, and its own once it is verified or merged."""
    if not deal.is_standing or not side_of(user, deal):
        return False
    if deal.status == Deal.Status.VERIFIED:
        return True
    return not deal.objected_at and (deal.recorded_by_id != user.pk or deal.merged.exists())


@transaction.atomic
def object_to(user: User, deal: Deal, objection: str) -> Deal:
    """Say what is wrong with a deal: it goes back into the administrators' queue, unconfirmed by the side that objects.

    Raises `PermissionDenied` for who is no party, and `ActionError` without a text.
    """
    if not may_object(user, deal):
        raise PermissionDenied(_("Only a party to the deal may object."))
    objection = check_text(objection, "objection", OBJECTION_LIMIT)
    if not objection:
        raise ActionError(_("Say what is wrong: an administrator reads it."), "required", "objection")
    now = timezone.now()
    fields = {
        "status": Deal.Status.REPORTED,
        "verified_at": None,
        "verified_by": None,
        "objection": objection,
        "objected_at": now,
        "objected_by": user,
        f"{side_of(user, deal)}_confirmed_at": None,
    }
    before = {name: getattr(deal, name) for name in fields}
    if not Deal.objects.standing().filter(pk=deal.pk).update(**fields, updated_at=now):
        raise TooLate(_("This deal was reviewed meanwhile. Below is how it stands."))
    log_change(deal, before, fields, user)
    deal.refresh_from_db()
    notices.deal_objected(deal)
    return deal
