"""Keeping others away, and telling the administrators of what is wrong. Pages call these."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import log_change
from accounts.errors import ActionError, TooLate
from accounts.models import EDITING, User
from companies.models import Company
from deals import actions, notices
from deals.checks import check_text
from deals.models import Block, Introduction, Report
from investors.models import Investor


def is_blocked(company: Company, investor: Investor) -> bool:
    """Whether either side keeps the other away."""
    return Block.objects.between(company, investor).exists()


def blocks_of(user):
    """The blocks that `user` may lift."""
    return Block.objects.by_sides_of(user, EDITING).select_related("company", "investor", "user")


@transaction.atomic
def block(user: User, company: Company, investor: Investor) -> Block:
    """Keep the other side away: what waits between the two is closed. The other side is not told."""
    side = actions.asking_side(user, company, investor)
    row, is_new = Block.objects.get_or_create(company=company, investor=investor, side=side, defaults={"user": user})
    if is_new:
        waiting = Introduction.objects.awaiting().filter(company=company, investor=investor)
        for introduction in waiting.select_related("company", "investor"):
            if introduction.asked_side == side:
                actions.withdraw(user, introduction)
            else:
                actions.decline(user, introduction, Introduction.DeclineReason.OTHER)
    return row


def unblock(user: User, row: Block) -> None:
    if not blocks_of(user).filter(pk=row.pk).exists():
        raise PermissionDenied(_("Only the side that set the block may lift it."))
    row.delete()


def may_report(user, party) -> bool:
    """Whoever speaks for somebody here, about others than oneself."""
    return user.is_authenticated and not party.has_member(user)


def report(
    user: User, party: Company | Investor, reason: str, text: str, introduction: Introduction | None = None
) -> Report:
    """Tell the administrators. One open report a person and party."""
    if not may_report(user, party):
        raise PermissionDenied(_("This is your own profile."))
    if reason not in Report.Reason.values:
        raise ActionError(_("Choose what is wrong."), "reason", "reason")
    text = check_text(text, "text", 2000)
    if not text:
        raise ActionError(_("Say what happened: an administrator reads it."), "required", "text")
    side = "company" if isinstance(party, Company) else "investor"
    try:
        with transaction.atomic():
            row = Report.objects.create(
                **{side: party}, reporter=user, reason=reason, text=text, introduction=introduction
            )
            notices.reported(row)
    except IntegrityError:
        raise ActionError(_("You have reported this already; an administrator looks into it."), "taken") from None
    return row


@transaction.atomic
def settle(user: User, row: Report, status: str, answer: str = "", hide: bool = False) -> Report:
    """Uphold a report or not; `hide` takes the party's profile off the site. Raises `TooLate` if it was settled before."""
    if not user.is_administrator:
        raise PermissionDenied(_("Only administrators settle reports."))
    if status not in (Report.Status.UPHELD, Report.Status.DISMISSED):
        raise ActionError(_("Choose whether the report is upheld."), "status", "status")
    fields = {
        "status": status,
        "answer": check_text(answer, "answer"),
        "settled_at": timezone.now(),
        "settled_by": user,
    }
    if not Report.objects.open().filter(pk=row.pk).update(**fields):
        raise TooLate(_("Another administrator was faster. Below is how it stands."))
    log_change(row, {"status": Report.Status.OPEN}, {"status": status}, user)
    row.refresh_from_db()
    if hide and status == Report.Status.UPHELD and row.party.is_published:
        row.party.is_published = False
        row.party.save(update_fields=["is_published", "updated_at"])
    notices.report_settled(row)
    return row
