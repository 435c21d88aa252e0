"""A deal that is recorded wrongly: who recorded it corrects it or takes it back, until an administrator verifies it."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ActionError, TooLate
from accounts.models import User
from deals import established, notices
from deals.actions import audience_for, may_record, move_cards, words_of
from deals.checks import check_date, check_kind, check_text, first_complaint
from deals.models import Deal, Participation
from investors.models import Investor
from taxonomy.amounts import Amount
from taxonomy.dates import PartialDate


def _open(user: User, deal: Deal) -> Deal:
    """Return the row, locked. Raises `PermissionDenied`, or `TooLate` where it was verified or taken back meanwhile."""
    if not user.is_administrator and deal.recorded_by_id != user.pk:
        raise PermissionDenied(_("Only who recorded a deal and administrators may correct it."))
    found = Deal.objects.select_for_update(no_key=True).unverified().filter(pk=deal.pk)
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

    What the other side confirmed was something else, and what it objected to is changed: both are cleared, and what a
    party corrects has to be established anew.
    """
    row, investors = _open(user, deal), list(investors)
    parties = [investor for investor, _lead in investors]
    if not may_record(user, fields["company"], parties):
        raise PermissionDenied(_("Only the parties of a deal and administrators may record it."))
    check_date(fields["company"], announced)
    check_kind(user, fields["company"], fields["kind"], fields["round"], announced)
    if row.introduction and not _is_between(row.introduction, fields["company"], parties):
        raise ActionError(_("The deal is not between the two sides of this introduction."), "introduction_of_others")
    for name, value in fields.items():
        setattr(row, name, value)
    if row.kind != Deal.Kind.VENTURE:
        row.round = None
    row.note = check_text(row.note, "note", 2000)
    row.announced_on, row.announced_precision, row.amount = announced.first, announced.precision, amount
    row.amount_audience = audience_for(user, row.company, row.amount_audience)
    changed = words_of(user, row.company, parties)
    if not user.is_administrator:
        changed |= established.by_recording(user)
    for name, value in changed.items():
        setattr(row, name, value)
    row.objection, row.objected_at, row.objected_by = "", None, None
    try:
        row.full_clean()
    except ValidationError as error:
        raise first_complaint(error) from error
    told = notices.parties(deal)
    row.save()
    _set_participations(row, investors)
    move_cards(row, user, parties)
    notices.changed(row, user, told)
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
    row.left_at = timezone.now() if row.is_standing else None
    row.status, row.reject_reason, row.introduction = Deal.Status.REJECTED, Deal.RejectReason.WITHDRAWN, None
    row.save(update_fields=["status", "left_at", "reject_reason", "introduction", "updated_at"])
    row.release_merged()
    notices.withdrawn(row, user)
    return row
