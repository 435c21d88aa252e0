"""The documents of a raise: who sees and opens them, who is let in. Pages call these."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import uploads
from accounts.audit import log_change
from accounts.errors import ActionError, TooLate
from accounts.models import EDITING, User
from companies.models import Company, Raise
from deals import notices
from deals.models import Access, Block, Document, Introduction, Opening
from investors.models import Investor

MOST_DOCUMENTS = 30

Audience = Document.Audience


@dataclass(frozen=True)
class Shown:
    """A document as one reader sees it: whether it opens, and where asking for it stands."""

    document: Document
    opens: bool
    access: Access | None = None
    may_ask: bool = False


class Reader:
    """What one person may do with the documents of a company; each right is looked up once.

    With `firms` it is anybody who invests for these and no more: what the company's own people look at beforehand.
    """

    def __init__(self, user, company: Company, firms: list[Investor] | None = None):
        self.user, self.company = user, company
        if firms is not None:
            self.is_own = self.may_edit = False
            self._of(firms)
            return
        self.is_own = user.is_authenticated and (user.is_administrator or company.has_member(user))
        self.may_edit = user.is_authenticated and company.is_edited_by(user)
        kept_away = Block.objects.filter(company=company).values("investor")
        own = Investor.objects.of(user).exclude(pk__in=kept_away).order_by("pk")
        self._of([] if self.is_own else list(own))

    def _of(self, firms: list[Investor]) -> None:
        self.firms = firms
        known = [firm.pk for firm in firms if firm.pk]
        introduced = Introduction.objects.accepted().filter(company=self.company, investor__in=known)
        self.introduced = set(introduced.values_list("investor_id", flat=True)) if known else set()

    def shown(self, documents) -> list[Shown]:
        """What of `documents`, all of this company, the reader is told of; nothing to those who invest for nobody."""
        documents = list(documents)
        if self.is_own:
            return [Shown(document, True) for document in documents]
        if not self.firms:
            return []
        asked = Access.objects.filter(document__in=documents, investor__in=[firm.pk for firm in self.firms if firm.pk])
        accesses: dict[int, list[Access]] = {}
        for access in asked:
            accesses.setdefault(access.document_id, []).append(access)
        found = [self._one(document, accesses.get(document.pk, [])) for document in documents]
        return [one for one in found if one]

    def _one(self, document: Document, accesses: list[Access]) -> Shown | None:
        granted = [access for access in accesses if access.status == Access.Status.GRANTED]
        access = (granted or accesses or [None])[0]
        is_open = document.raise_shown.status == Raise.Status.OPEN
        opens = (
            bool(granted)
            or (document.audience != Audience.GRANTED and bool(self.introduced))
            or (document.audience == Audience.VERIFIED and is_open and any(map(_is_verified, self.firms)))
        )
        if not opens and (not is_open or (document.audience == Audience.GRANTED and not self.introduced)):
            return None
        may_ask = not opens and bool(self.introduced) and (access is None or access.status == Access.Status.REVOKED)
        return Shown(document, opens, access, may_ask and self._speaks())

    def _speaks(self) -> bool:
        return self.user.investor_roles.filter(investor__in=self.introduced, role__in=EDITING).exists()

    def acting_for(self, document: Document) -> Investor | None:
        """The institution for which a document is opened: the one that was let in, or introduced, or any."""
        granted = set(Access.objects.granted().filter(document=document).values_list("investor_id", flat=True))
        ranked = sorted(
            self.firms, key=lambda firm: (firm.pk not in granted, firm.pk not in self.introduced, not firm.verified_at)
        )
        return ranked[0] if ranked else None


def _is_verified(investor: Investor) -> bool:
    return bool(investor.verified_at and investor.is_published)


def add(user: User, raise_: Raise, file, title: str, kind: str, audience: str) -> Document:
    """Store a checked file with a raise."""
    _check_editor(user, raise_.company)
    if raise_.status != Raise.Status.OPEN:
        raise ActionError(_("This raise has ended: open a new one first."), "ended")
    if raise_.documents.kept().count() >= MOST_DOCUMENTS:
        raise ActionError(
            _("A raise holds at most %(most)d documents: remove one first."),
            "too_many",
            params={"most": MOST_DOCUMENTS},
        )
    document = Document(
        raise_shown=raise_,
        title=title or uploads.clean_name(file.name),
        kind=kind,
        audience=audience,
        file=file,
        name=uploads.clean_name(file.name),
        size=file.size,
        uploaded_by=user,
    )
    document.full_clean()
    document.save()
    return document


def _check_editor(user: User, company: Company) -> None:
    if not company.is_edited_by(user):
        raise PermissionDenied(_("Only owners and editors of a company manage its documents."))


def remove(user: User, document: Document) -> None:
    """Take a document away from everybody. Its log stays; the file is deleted once that is certain."""
    _check_editor(user, document.company)
    with transaction.atomic():
        if not Document.objects.kept().filter(pk=document.pk).update(removed_at=timezone.now()):
            raise TooLate(_("This document was removed meanwhile."))
        log_change(document, {"removed_at": None}, {"removed_at": timezone.now()}, user)
        storage, name = document.file.storage, document.file.name
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def open_for(user: User, document: Document):
    """The stored file, for whoever may open it; that is entered into the log. Raises `PermissionDenied`."""
    reader = Reader(user, document.company)
    (shown,) = reader.shown([document]) or [None]
    if not shown or not shown.opens:
        raise PermissionDenied(_("This document is not open to you."))
    Opening.objects.create(document=document, user=user, investor=reader.acting_for(document))
    return document.file


def was_closed_to(user: User, document: Document) -> bool:
    """Whether `user` could open it once, and access was taken back: a link of then leads here."""
    shut = document.accesses.filter(status=Access.Status.REVOKED, investor__in=Investor.objects.of(user))
    if not shut.exists():
        return False
    return not any(one.opens for one in Reader(user, document.company).shown([document]))


# --- Who is let in ------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(user: User, document: Document) -> Access:
    """Ask, for an institution that was introduced, to be let in."""
    reader = Reader(user, document.company)
    (shown,) = reader.shown([document]) or [None]
    if not shown or not shown.may_ask:
        raise PermissionDenied(_("Only institutions that were introduced ask to be let in, once."))
    firm = next(firm for firm in reader.firms if firm.pk in reader.introduced)
    now = timezone.now()
    try:
        with transaction.atomic():
            access, is_new = Access.objects.get_or_create(
                document=document, investor=firm, defaults={"status": Access.Status.ASKED, "asked_by": user}
            )
    except IntegrityError:
        raise TooLate from None
    if not is_new:
        revoked = Access.objects.filter(pk=access.pk, status=Access.Status.REVOKED)
        if not revoked.update(status=Access.Status.ASKED, asked_by=user, changed_at=now):
            raise TooLate
        access.refresh_from_db()
    notices.access_asked(access)
    return access


@transaction.atomic
def let_in(user: User, document: Document, investor: Investor) -> Access:
    """Let an institution in, asked or not."""
    _check_editor(user, document.company)
    access, _is_new = Access.objects.get_or_create(
        document=document, investor=investor, defaults={"status": Access.Status.ASKED}
    )
    return _set(user, access, Access.Status.GRANTED)


@transaction.atomic
def shut_out(user: User, access: Access) -> Access:
    """Refuse what was asked for, or take back what was granted: the next click fails."""
    _check_editor(user, access.document.company)
    return _set(user, access, Access.Status.REFUSED if access.status == Access.Status.ASKED else Access.Status.REVOKED)


def _set(user: User, access: Access, status: str) -> Access:
    before = access.status
    changed = Access.objects.filter(pk=access.pk, status=before).exclude(status=status)
    if changed.update(status=status, answered_by=user, changed_at=timezone.now()):
        log_change(access, {"status": before}, {"status": status}, user)
        access.refresh_from_db()
        notices.access_answered(access)
    return access
