"""Whether a profile is known to be right: its team confirms it, and is asked to once a month."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import mail
from accounts.models import EDITING, InvitationFields, Notification, Topic
from accounts.teams import in_both_languages

MONTH = timedelta(days=30)


def is_stale(party, now: datetime | None = None) -> bool:
    last = party.confirmed_at or party.created_at
    return last < (now or timezone.now()) - MONTH


def confirm(user, party) -> None:
    """A member of its team says that the profile is right; what an administrator changes is no word of theirs."""
    if party.has_member(user):
        type(party).objects.filter(pk=party.pk).update(confirmed_at=timezone.now())
        party.refresh_from_db(fields=["confirmed_at"])


def nudge(now: datetime) -> int:
    """Ask the teams of stale profiles, each once a month; return how many."""
    before, count = now - MONTH, 0
    for invitation in InvitationFields.__subclasses__():
        model = invitation._meta.get_field(invitation.side).related_model
        old = Q(confirmed_at__lt=before) | Q(confirmed_at=None, created_at__lt=before)
        due = model.objects.filter(old, Q(nudged_at=None) | Q(nudged_at__lt=before))
        for party in due.filter(memberships__role__in=EDITING, memberships__user__is_active=True).distinct():
            count += _nudge(party, now, before)
    return count


@transaction.atomic
def _nudge(party, now: datetime, before: datetime) -> bool:
    mine = type(party).objects.filter(Q(nudged_at=None) | Q(nudged_at__lt=before), pk=party.pk)
    if not mine.update(nudged_at=now):
        return False
    roles = party.memberships.filter(role__in=EDITING, user__is_active=True).select_related("user")
    people, path = [role.user for role in roles], party.get_absolute_url()
    Notification.objects.tell(people, "profile_stale", {"party": in_both_languages(party)}, path)
    for person in people:
        send = partial(mail.send, person, "accounts/emails/profile_stale.txt", path, {"party": party}, Topic.FRESHNESS)
        transaction.on_commit(send, robust=True)
    return True
