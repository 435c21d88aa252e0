"""An administrator looks at the site as somebody else sees it, for thirty minutes at most, and changes nothing.

Two locks, each enough: only reading requests pass, and whatever a page would write while it is read (that a notice was
read, that a document was opened, whom a list has shown) is rolled back with the transaction around it.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import log_change
from accounts.models import User, Viewing

KEY = "viewing"


def may_view(administrator, user: User) -> bool:
    return administrator.is_authenticated and administrator.is_administrator and user.is_active and not user.is_staff


@transaction.atomic
def begin(administrator: User, user: User, reason: str) -> Viewing:
    """Open a viewing; one of the same administrator that is open ends. Raises `PermissionDenied`, for one of their own too."""
    if not may_view(administrator, user):
        raise PermissionDenied(_("Only administrators look at the site as somebody else, and never as one another."))
    for row in Viewing.objects.open().filter(administrator=administrator):
        end(row)
    return Viewing.objects.create(administrator=administrator, user=user, reason=reason)


def end(row: Viewing) -> None:
    now = timezone.now()
    if Viewing.objects.open().filter(pk=row.pk).update(ended_at=now):
        log_change(row, {"ended_at": None}, {"ended_at": now}, row.administrator)


def of(request) -> Viewing | None:
    """The viewing that is open in this session, as long as its administrator is one and may see its user."""
    number = request.session.get(KEY)
    if number is None:
        return None
    row = Viewing.objects.open().filter(pk=number).select_related("user", "administrator").first()
    if row and request.user.pk == row.administrator_id and may_view(row.administrator, row.user):
        return row
    return None


def minutes_left(row: Viewing) -> int:
    """Whole minutes, at least one."""
    return max(1, round((row.started_at + Viewing.LONGEST - timezone.now()) / timedelta(minutes=1)))


def of_members(party, most: int = 20):
    """When administrators looked at the site as one of its members, since that one is a member: the newest first."""
    since = {member.user_id: member.created_at for member in party.memberships.all()}
    rows = Viewing.objects.filter(user__in=since).select_related("user", "administrator")[: 5 * most]
    return [row for row in rows if row.started_at >= since[row.user_id]][:most]
