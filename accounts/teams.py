"""Who acts for a company or an institution: colleagues are invited, given roles, and leave.

`party` is a company or an institution with `memberships` and `invitations`. Each action is one transaction; whoever is
not entitled gets `PermissionDenied`, what the present state does not allow raises `ActionError` and changes nothing.
"""

from datetime import timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import links, mail
from accounts.audit import log_change
from accounts.errors import ActionError, TooLate
from accounts.models import InvitationFields, MemberRole, MembershipFields, Notification, User

SENT_A_DAY = 20


def may_manage(user, party) -> bool:
    """Owners and administrators."""
    if not user.is_authenticated:
        return False
    return user.is_administrator or party.memberships.filter(user=user, role=MemberRole.OWNER).exists()


def _check_manager(user, party) -> None:
    if not may_manage(user, party):
        raise PermissionDenied(_("Only owners manage the team."))


def _check_role(role: str) -> None:
    if role not in MemberRole.values:
        raise ActionError(_("Choose one of the roles."), "role", "role")


def _locked(party) -> None:
    """Whoever changes the same team at this moment queues here."""
    type(party).objects.select_for_update(no_key=True).get(pk=party.pk)


# --- Invitations --------------------------------------------------------------------------------------------------


def invite(by: User, party, email: str, role: str) -> InvitationFields:
    """Ask the owner of an address to join; asking again sends it anew with the role given last."""
    _check_manager(by, party)
    _check_role(role)
    email = email.strip().lower()
    people = User.objects.filter(
        Q(email__iexact=email) | Q(emailaddress__email__iexact=email, emailaddress__verified=True)
    )
    if party.memberships.filter(user__in=people).exists():
        raise ActionError(_("%(email)s is a member already."), "member", "email", {"email": email})
    now, model = timezone.now(), party.invitations.model
    with transaction.atomic():
        _locked(party)
        if party.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= SENT_A_DAY:
            raise ActionError(
                _("%(count)d invitations were sent within a day: go on tomorrow."),
                "limit",
                params={"count": SENT_A_DAY},
            )
        row = party.invitations.pending().filter(email=email).first() or model(**{model.side: party}, email=email)
        row.role, row.invited_by, row.created_at, row.expires_at = role, by, now, now + model.VALID
        row.full_clean()
        row.save()
        reader = people.order_by("pk").first()
        language = reader.language if reader else translation.get_language()
        path = reverse(f"{party._meta.app_label}:invitation", args=[links.token(row)])
        context = {"invitation": row, "party": party, "inviter": by}
        transaction.on_commit(
            partial(mail.send_to, email, language, "accounts/emails/invitation.txt", path, context), robust=True
        )
    return row


def withdraw(by: User, invitation: InvitationFields) -> None:
    _check_manager(by, invitation.party)
    now = timezone.now()
    pending = type(invitation).objects.pending().filter(pk=invitation.pk)
    if not pending.update(withdrawn_at=now):
        raise TooLate(_("This invitation was accepted or withdrawn meanwhile."))
    log_change(invitation, {"withdrawn_at": None}, {"withdrawn_at": now}, by)


def invitations_of(user: User) -> list[InvitationFields]:
    """What waits for `user` to accept, sent to an address that was confirmed."""
    return [row for model in InvitationFields.__subclasses__() for row in model.objects.open().to(user)]


def is_for(user: User, invitation: InvitationFields) -> bool:
    return type(invitation).objects.to(user).filter(pk=invitation.pk).exists()


@transaction.atomic
def accept(user: User, invitation: InvitationFields) -> MembershipFields:
    """Join. Only whoever has confirmed the invited address can; a member keeps the role that is held."""
    if not is_for(user, invitation):
        raise PermissionDenied(_("This invitation was sent to another address."))
    party, now = invitation.party, timezone.now()
    _locked(party)
    if not type(invitation).objects.open().filter(pk=invitation.pk).update(accepted_at=now, accepted_by=user):
        raise TooLate(_("This invitation holds no more: ask for a new one."))
    log_change(invitation, {"accepted_at": None}, {"accepted_at": now}, user)
    joined, is_new = party.memberships.get_or_create(user=user, defaults={"role": invitation.role})
    if is_new:
        owners = party.memberships.filter(role=MemberRole.OWNER).exclude(user=user).select_related("user")
        _tell([owner.user for owner in owners], "member_joined", party, joined)
    return joined


# --- Members ------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_role(by: User, member: MembershipFields, role: str) -> None:
    _check_manager(by, member.party)
    _check_role(role)
    _locked(member.party)
    member = _present(member)
    if member.role != role:
        if role != MemberRole.OWNER:
            _check_owner_left(member)
        member.role = role
        member.save(update_fields=["role"])
        if member.user_id != by.pk:
            _tell([member.user], "member_role", member.party, member)


@transaction.atomic
def remove(by: User, member: MembershipFields) -> None:
    """Take somebody off the team, or leave it. The last owner stays."""
    if member.user_id != by.pk:
        _check_manager(by, member.party)
    _locked(member.party)
    member = _present(member)
    _check_owner_left(member)
    if member.user_id != by.pk:
        _tell([member.user], "member_removed", member.party, member)
    member.delete()


def _present(member: MembershipFields) -> MembershipFields:
    """The row as it is now that nobody else can change it."""
    found = type(member).objects.select_related("user").filter(pk=member.pk).first()
    if not found:
        raise TooLate(_("This person has left the team meanwhile."))
    return found


def _check_owner_left(member: MembershipFields) -> None:
    others = member.party.memberships.filter(role=MemberRole.OWNER, user__is_active=True).exclude(pk=member.pk)
    if member.role == MemberRole.OWNER and not others.exists():
        raise ActionError(_("The last owner stays: make a colleague an owner first."), "last_owner")


def _tell(people: list[User], kind: str, party, member: MembershipFields) -> None:
    values = {"party": in_both_languages(party), "person": str(member.user), "role": member.role}
    Notification.objects.tell(people, kind, values, party.get_absolute_url())


def in_both_languages(party) -> dict[str, str]:
    """The name of a party for each reader of a notification: the filter `bilingual` chooses."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[key] = party.name
    return found
