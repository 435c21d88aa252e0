"""Claiming a company or an institution that is here already, and how that is confirmed.

As in `accounts.teams`: one transaction an action, `PermissionDenied` or `ActionError` for what is refused.
"""

from functools import partial
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import links, mail, teams
from accounts.audit import log_change
from accounts.errors import ActionError, TooLate
from accounts.models import ClaimFields, ClaimStatus, MemberRole, Notification, Topic, User

WAITING_LIMIT = 5
# An address of these says nothing about whom one works for, whatever website is given.
MAILBOXES = frozenset(
    [
        "126.com",
        "139.com",
        "163.com",
        "189.cn",
        "263.net",
        "aliyun.com",
        "foxmail.com",
        "gmail.com",
        "gmx.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "sina.cn",
        "sina.com",
        "sohu.com",
        "tom.com",
        "vip.163.com",
        "vip.qq.com",
        "vip.sina.com",
        "yahoo.com",
        "yeah.net",
    ]
)


def domain_of(party) -> str:
    """The domain whose addresses prove that one belongs to `party`: its website's, without www; empty if none does."""
    host = (urlsplit(party.website).hostname or "").lower().removeprefix("www.")
    return "" if host in MAILBOXES or "." not in host else host


def owners(party) -> list[User]:
    roles = party.memberships.filter(role=MemberRole.OWNER, user__is_active=True).select_related("user")
    return [role.user for role in roles]


def may_claim(user, party) -> bool:
    return user.is_authenticated and not party.has_member(user)


def may_decide(user, party) -> bool:
    return teams.may_manage(user, party)


def of(user, party) -> ClaimFields | None:
    """The claim of `user` that waits."""
    return party.claims.waiting().filter(user=user).first() if user.is_authenticated else None


def claim(user: User, party, position: str, note: str = "", proof_email: str = "") -> ClaimFields:
    """Say that one belongs to `party`. With an address of its domain, a link sent there confirms it at once."""
    if not may_claim(user, party):
        raise PermissionDenied(_("You are on this team already."))
    proof_email = proof_email.strip().lower()
    if proof_email and proof_email.rpartition("@")[2] != (domain := domain_of(party)):
        raise ActionError(
            _("Give an address that ends in @%(domain)s, or none.") if domain else _("Leave the address empty."),
            "domain",
            "proof_email",
            {"domain": domain},
        )
    model = party.claims.model
    if (count := len(waiting_of(user))) >= WAITING_LIMIT:
        raise ActionError(_("%(count)d of your claims wait already."), "limit", params={"count": count})
    row = model(**{model.side: party}, user=user, position=position, note=note, proof_email=proof_email)
    row.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            row.save()
            _tell_deciders(row)
            if proof_email:
                path = reverse(f"{party._meta.app_label}:claim_proof", args=[links.token(row)])
                context = {"claim": row, "party": party, "person": user}
                send = partial(
                    mail.send_to, proof_email, user.language, "accounts/emails/claim_proof.txt", path, context
                )
                transaction.on_commit(send, robust=True)
    except IntegrityError:
        raise ActionError(_("You have claimed this already: it waits for an answer."), "taken") from None
    return row


def _tell_deciders(row: ClaimFields) -> None:
    """The owners; where there is none, the administrators."""
    people = owners(row.party) or list(User.objects.filter(is_active=True, is_staff=True))
    path = reverse(f"{row._meta.app_label}:team", args=[row.party.pk])
    _tell(people, "claim_made", row, path)


def _tell(people, kind: str, row: ClaimFields, path: str) -> None:
    values = {"party": teams.in_both_languages(row.party), "person": str(row.user)}
    Notification.objects.tell(people, kind, values, path)
    context = {"claim": row, "party": row.party}
    for person in people:
        send = partial(mail.send, person, f"accounts/emails/{kind}.txt", path, context, Topic.TEAM)
        transaction.on_commit(send, robust=True)


def prove(user: User, row: ClaimFields) -> None:
    """Confirm by the link that was sent to the party's domain. Only whoever made the claim can."""
    if row.user_id != user.pk:
        raise PermissionDenied(_("This link was sent for another account."))
    _decide(row, ClaimStatus.CONFIRMED, user)


def decide(by: User, row: ClaimFields, confirmed: bool) -> None:
    if not may_decide(by, row.party):
        raise PermissionDenied(_("Only owners and administrators decide on a claim."))
    _decide(row, ClaimStatus.CONFIRMED if confirmed else ClaimStatus.REFUSED, by)


def withdraw(by: User, row: ClaimFields) -> None:
    if row.user_id != by.pk:
        raise PermissionDenied(_("Only whoever made the claim takes it back."))
    _decide(row, ClaimStatus.WITHDRAWN, by)


@transaction.atomic
def _decide(row: ClaimFields, status: str, by: User) -> None:
    party = row.party
    # Whoever joins first where nobody is becomes the owner: claims of one party are decided one after the other.
    type(party).objects.select_for_update(no_key=True).get(pk=party.pk)
    done = type(row).objects.waiting().filter(pk=row.pk)
    if not done.update(status=status, decided_at=timezone.now(), decided_by=by):
        raise TooLate(_("This claim was decided meanwhile."))
    log_change(row, {"status": ClaimStatus.WAITING}, {"status": status}, by)
    row.refresh_from_db()
    if status == ClaimStatus.CONFIRMED:
        role = MemberRole.EDITOR if owners(party) else MemberRole.OWNER
        party.memberships.get_or_create(user=row.user, defaults={"role": role})
    if status != ClaimStatus.WITHDRAWN and by.pk != row.user_id:
        _tell([row.user], f"claim_{status}", row, party.get_absolute_url())


def waiting_of(user: User) -> list[ClaimFields]:
    return [row for model in ClaimFields.__subclasses__() for row in model.objects.waiting().filter(user=user)]


def waiting() -> list[ClaimFields]:
    """The claims that nobody but an administrator can decide on, the oldest first."""
    found = []
    for model in ClaimFields.__subclasses__():
        owned = {
            f"{model.side}__memberships__role": MemberRole.OWNER,
            f"{model.side}__memberships__user__is_active": True,
        }
        found += (
            model.objects.waiting()
            .exclude(pk__in=model.objects.filter(**owned).values("pk"))
            .select_related(model.side, "user")
        )
    return sorted(found, key=lambda row: row.created_at)
