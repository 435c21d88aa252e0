"""Verifying a company or an institution: its owner asks, an administrator answers.

As in `accounts.claims`: one transaction an action, `PermissionDenied` or `ActionError` for what is refused. What was
verified is a name, and with it what `Fact` lists: a profile of another name or code is not verified (`Party.save`).
"""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import claims, mail, teams, uploads
from accounts.audit import log_change
from accounts.errors import ActionError, TooLate
from accounts.models import MemberRole, Notification, Topic, User
from accounts.parties import party_verified, verification_lapsed
from accounts.verified import Fact, RefusalReason, VerificationFields, VerificationStatus

Status = VerificationStatus


def may_ask(user, party) -> bool:
    """Owners, as long as it is not verified."""
    return (
        user.is_authenticated
        and not party.verified_at
        and party.memberships.filter(user=user, role=MemberRole.OWNER).exists()
    )


def of(party) -> VerificationFields | None:
    """The request of a party that waits."""
    return party.verifications.waiting().select_related("asked_by").first()


@transaction.atomic
def ask(user: User, party, credit_code: str = "", website: str = "", note: str = "", file=None) -> VerificationFields:
    """Ask for it, with what shows who one is. A request that waits is taken back first."""
    # Who verifies it at this moment queues here: what is verified is not asked for.
    party = type(party).objects.select_for_update(no_key=True).get(pk=party.pk)
    if not may_ask(user, party):
        raise PermissionDenied(_("Only owners ask for a verification, once."))
    own_code = getattr(party, "credit_code", "")
    if own_code and credit_code and own_code != credit_code:
        message = _("The profile says another code: correct one of the two.")
        raise ActionError(message, "other_code", "credit_code")
    model = party.verifications.model
    row = model(
        **{model.side: party}, asked_by=user, credit_code=credit_code, website=website, note=note, file=file or ""
    )
    row.name = uploads.clean_name(file.name) if file else ""
    row.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise ActionError(_("A request waits already: its answer comes by mail."), "taken") from None
    _tell(User.objects.filter(is_active=True, is_staff=True), "verification_asked", row)
    return row


@transaction.atomic
def withdraw(user: User, row: VerificationFields) -> None:
    if not teams.may_manage(user, row.party):
        raise PermissionDenied(_("Only owners take a request back."))
    _decide(user, row, Status.WITHDRAWN)


@transaction.atomic
def verify(by: User, party, facts: list[str], answer: str = "") -> None:
    """Verify what `facts` name, at least the name; a request that waits is answered by it.

    Raises `TooLate` where it is verified already, `ActionError` where its code is that of another profile.
    """
    locked = _locked(by, party)
    if locked.verified_at:
        raise TooLate(_("This is verified already."))
    if Fact.NAME not in facts or not set(facts) <= set(Fact.values):
        raise ActionError(_("Without the name nothing is verified: check at least that."), "name", "facts")
    row = of(party) or _unasked(party)
    code = row.credit_code if Fact.CREDIT_CODE in facts else ""
    if Fact.CREDIT_CODE in facts and not (code or getattr(locked, "credit_code", "")):
        raise ActionError(_("No credit code is given: it cannot be verified."), "no_code", "facts")
    if code and hasattr(locked, "credit_code") and not locked.credit_code:
        locked.credit_code = code
        try:
            with transaction.atomic():
                locked.save(update_fields=["credit_code", "updated_at"])
        except IntegrityError:
            message = _("Another profile bears this credit code: refuse it, or take the code from the other one.")
            raise ActionError(message, "taken", "facts") from None
    _set(by, locked, timezone.now(), [fact for fact in Fact.values if fact in facts])
    _decide(by, row, Status.VERIFIED, facts=locked.verified_facts, answer=answer)
    party_verified.send(type(locked), party=locked, actor=by)
    _tell(claims.owners(party), "verification_verified", row)


@transaction.atomic
def refuse(by: User, party, reason: str, answer: str = "") -> None:
    """Answer a request with one of `RefusalReason`; the owner can ask again."""
    _locked(by, party)
    if reason not in RefusalReason.values:
        raise ActionError(_("Choose why it is refused: the owner reads it."), "reason", "reason")
    row = of(party)
    if not row:
        raise TooLate(_("Another administrator was faster. Below is how it stands."))
    _decide(by, row, Status.REFUSED, reason=reason, answer=answer)
    _tell(claims.owners(party), "verification_refused", row)


@transaction.atomic
def take(by: User, party, answer: str = "") -> None:
    """Take a verification away. What it has established stays established."""
    locked = _locked(by, party)
    if not locked.verified_at:
        raise TooLate(_("This is not verified."))
    _set(by, locked, None, [])
    row = _unasked(party)
    _decide(by, row, Status.ENDED, answer=answer)
    _tell(claims.owners(party), "verification_ended", row)


def _locked(by: User, party):
    """The party's row, locked: whoever confirms a deal of it, edits or verifies it at this moment queues here."""
    if not by.is_administrator:
        raise PermissionDenied(_("Only administrators verify."))
    return type(party).objects.select_for_update(no_key=True).get(pk=party.pk)


def _unasked(party) -> VerificationFields:
    model = party.verifications.model
    return model.objects.create(**{model.side: party})


def _set(by: User, party, moment, facts: list[str]) -> None:
    party.verified_at, party.verified_facts = moment, facts
    party.save(update_fields=["verified_at", "verified_facts", "updated_at"])


def _decide(by: User | None, row: VerificationFields, status: str, **fields) -> None:
    fields |= {"status": status, "decided_by": by, "decided_at": timezone.now()}
    if not type(row).objects.waiting().filter(pk=row.pk).update(**fields):
        raise TooLate(_("This request was answered meanwhile."))
    log_change(row, {"status": Status.WAITING}, {"status": status}, by)
    row.refresh_from_db()


@receiver(verification_lapsed)
def _lapsed(sender, party, **kwargs) -> None:
    row = _unasked(party)
    _decide(None, row, Status.LAPSED)
    _tell(claims.owners(party), "verification_lapsed", row)


def page_of(party) -> str:
    return reverse(f"{party._meta.app_label}:verification", args=[party.pk])


def _tell(people, kind: str, row: VerificationFields) -> None:
    path, people = page_of(row.party), list(people)
    Notification.objects.tell(people, kind, {"party": teams.in_both_languages(row.party), "reason": row.reason}, path)
    context = {"verification": row, "party": row.party}
    for person in people:
        send = partial(mail.send, person, f"accounts/emails/{kind}.txt", path, context, Topic.TEAM)
        transaction.on_commit(send, robust=True)


# --- The queue ----------------------------------------------------------------------------------------------------


def waiting() -> list[VerificationFields]:
    """The requests that wait for an administrator, the oldest first."""
    rows = [
        row
        for model in VerificationFields.__subclasses__()
        for row in model.objects.waiting().select_related(model.side, "asked_by")
    ]
    return sorted(rows, key=lambda row: row.asked_at)


def unasked() -> list:
    """Parties with members that are neither verified nor have asked, the newest first."""
    found = []
    for model in VerificationFields.__subclasses__():
        party = model._meta.get_field(model.side).related_model
        asked = model.objects.waiting().values(model.side)
        found += party.objects.filter(verified_at=None, memberships__isnull=False).exclude(pk__in=asked).distinct()
    return sorted(found, key=lambda party: party.created_at, reverse=True)
