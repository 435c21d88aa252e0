"""What people do here: ask for an introduction, answer it, record a deal.

Pages and API call these. Each is one transaction; whoever is not entitled gets `PermissionDenied`, what the present
state does not allow raises `ActionError` and changes nothing.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import log_change
from accounts.errors import ActionError, TooLate
from accounts.models import EDITING, User
from companies.models import Company, Raise
from deals import established, notices
from deals.checks import check_date, check_kind, check_text, save_checked
from deals.models import Block, Deal, Introduction, Listing, Participation, PipelineCard, Side
from investors.models import Investor
from taxonomy.amounts import Amount
from taxonomy.dates import PartialDate
from taxonomy.models import Round

WAITING_LIMIT = 10
ANSWER_DAYS = 14


def speaks_for(user, party) -> bool:
    """Whether `user` acts for a company or an institution as its owner or editor."""
    return user.is_authenticated and party.memberships.filter(user=user, role__in=EDITING).exists()


# --- Introductions ------------------------------------------------------------------------------------------------


def asking_side(user, company: Company, investor: Investor) -> str:
    """Return the side for which `user` may ask. Raises `PermissionDenied`, or `ActionError` for someone on both."""
    ours, theirs = speaks_for(user, company), speaks_for(user, investor)
    if ours and theirs:
        raise ActionError(_("You speak for both sides: no introduction is needed."), "both_sides")
    if not ours and not theirs:
        raise PermissionDenied(_("Only owners and editors of the start-up or of the institution may ask."))
    return Side.COMPANY if ours else Side.INVESTOR


def ask_introduction(
    user: User, company: Company, investor: Investor, message: str, raise_: Raise | None = None
) -> Introduction:
    """Ask the other side to meet, for the side on which `user` stands.

    A start-up needs an open raise, which is attached if `raise_` names none; an investor may ask at any time.
    """
    side = asking_side(user, company, investor)
    asking = company if side == Side.COMPANY else investor
    raise_ = raise_ or company.raises.open().first()
    if raise_ and (raise_.company_id != company.pk or raise_.status != Raise.Status.OPEN):
        raise ActionError(_("This raise is not open, or not of this company."), "raise_not_open", "raise_")
    if side == Side.COMPANY and not raise_:
        raise ActionError(_("Open a raise first: investors answer to what you seek now."), "no_open_raise")
    with transaction.atomic():
        # Colleagues who ask at the same moment queue here, so that the limit holds.
        type(asking).objects.select_for_update(no_key=True).get(pk=asking.pk)
        if Block.objects.between(company, investor).exists():
            raise ActionError(_("One of the two sides takes no requests from the other."), "blocked")
        between = Introduction.objects.filter(company=company, investor=investor)
        for overdue in between.overdue(timezone.localdate()):
            _expire(overdue)
        if between.accepted().exists():
            raise ActionError(_("You are introduced to each other already."), "introduced")
        waiting = asking.introductions.awaiting().filter(asked_side=side).count()
        if waiting >= WAITING_LIMIT:
            raise ActionError(
                _("%(count)d of your requests are waiting for an answer. Withdraw one, or wait for an answer."),
                "limit",
                params={"count": waiting},
            )
        introduction = Introduction(
            company=company,
            investor=investor,
            raise_asked=raise_,
            asked_side=side,
            asked_by=user,
            message=check_text(message, "message", 1500),
            expires_on=timezone.localdate() + timedelta(ANSWER_DAYS),
        )
        save_checked(introduction, _("A request between these two is waiting for an answer already."))
        notices.introduction_asked(introduction)
    return introduction


def accept(user: User, introduction: Introduction, note: str = "") -> Introduction:
    """Say yes for the side that was asked. Raises `TooLate` if it was answered before."""
    return _answer(user, introduction, Introduction.Status.ACCEPTED, answer_note=check_text(note, "note"))


def decline(user: User, introduction: Introduction, reason: str, note: str = "") -> Introduction:
    """Say no with one of `Introduction.DeclineReason`. Raises `TooLate` if it was answered before."""
    if reason not in Introduction.DeclineReason.values:
        raise ActionError(_("Choose a reason: it is what the other side learns from."), "reason", "decline_reason")
    return _answer(
        user, introduction, Introduction.Status.DECLINED, decline_reason=reason, answer_note=check_text(note, "note")
    )


def _answer(user: User, introduction: Introduction, status: str, **fields) -> Introduction:
    if not may_answer(user, introduction):
        raise PermissionDenied(_("Only the side that was asked may answer."))
    with transaction.atomic():
        _move(introduction, status, user, **fields)
        if introduction.is_accepted:
            PipelineCard.objects.introduced(introduction)
        notices.introduction_answered(introduction)
    return introduction


def withdraw(user: User, introduction: Introduction) -> Introduction:
    """Take a request back. Raises `TooLate` if it was answered before."""
    if not may_withdraw(user, introduction):
        raise PermissionDenied(_("Only the side that asked may withdraw."))
    with transaction.atomic():
        _move(introduction, Introduction.Status.WITHDRAWN, user)
        notices.introduction_withdrawn(introduction)
    return introduction


def may_answer(user, introduction: Introduction) -> bool:
    """Owners and editors of the side that was asked; an administrator mediates where that side has no members."""
    party = introduction.answering
    return speaks_for(user, party) or (user.is_administrator and not party.memberships.exists())


def may_withdraw(user, introduction: Introduction) -> bool:
    return speaks_for(user, introduction.asking)


def expire_overdue(day: date | None = None) -> int:
    """Close the requests whose deadline lies before `day` (today); return how many. Safe to run twice at once."""
    overdue = Introduction.objects.overdue(day or timezone.localdate()).select_related("company", "investor")
    return sum(_expire(introduction) for introduction in overdue)


@transaction.atomic
def _expire(introduction: Introduction) -> bool:
    try:
        _move(introduction, Introduction.Status.EXPIRED, None)
    except TooLate:
        return False
    notices.introduction_answered(introduction)
    return True


def _move(introduction: Introduction, status: str, actor: User | None, **fields) -> None:
    if not introduction.answered(status, answered_by=actor, **fields):
        raise TooLate
    log_change(introduction, {"status": Introduction.Status.ASKED}, {"status": status}, actor)


# --- Deals --------------------------------------------------------------------------------------------------------


def may_record(user, company: Company, investors: Iterable[Investor]) -> bool:
    """Owners and editors of the company or of a participating institution, and administrators."""
    if not user.is_authenticated:
        return False
    return user.is_administrator or speaks_for(user, company) or any(speaks_for(user, one) for one in investors)


def record_deal(
    user: User,
    *,
    company: Company,
    announced: PartialDate,
    amount: Amount,
    kind: str = Deal.Kind.VENTURE,
    round: Round | None = None,
    investors: Iterable[tuple[Investor, bool | None]] = (),
    introduction: Introduction | None = None,
    source_url: str = "",
    note: str = "",
    amount_audience: str = Deal.Audience.EVERYONE,
) -> Deal:
    """Record a closed deal, confirmed by the side that records it; what a party records is asserted until established.

    `investors` are pairs of an investor and whether it led (None: not known). `introduction` is the accepted one out
    of which the deal came; it carries one deal. An amount that the company keeps back is shown to the parties, whatever
    another party says.
    """
    investors = list(investors)
    parties = [investor for investor, _lead in investors]
    if not may_record(user, company, parties):
        raise PermissionDenied(_("Only the parties of a deal and administrators may record it."))
    check_date(company, announced)
    check_kind(user, company, kind, round, announced)
    if len({investor.pk for investor in parties}) < len(parties):
        raise ActionError(
            _("%(name)s is named twice among the investors: name each once."),
            "investor_twice",
            "investors",
            {"name": next(one.name for one in parties if parties.count(one) > 1)},
        )
    if introduction:
        _check_introduction(introduction, company, parties)
    deal = Deal(
        company=company,
        kind=kind,
        round=round if kind == Deal.Kind.VENTURE else None,
        announced_on=announced.first,
        announced_precision=announced.precision,
        introduction=introduction,
        source_url=source_url,
        note=check_text(note, "note", 2000),
        amount_audience=audience_for(user, company, amount_audience),
        recorded_by=user,
        **established.by_recording(user),
        **words_of(user, company, parties),
    )
    deal.amount = amount
    with transaction.atomic():
        save_checked(deal, _("A deal is recorded from this introduction already."))
        Participation.objects.bulk_create(
            Participation(deal=deal, investor=investor, is_lead=lead) for investor, lead in investors
        )
        move_cards(deal, user, parties)
        notices.recorded(deal)
    return deal


def words_of(user: User, company: Company, investors: list[Investor]) -> dict:
    """The fields by which whoever records or corrects a deal confirms it. One person's word is that of one side."""
    now, own = timezone.now(), [one for one in investors if speaks_for(user, one)]
    if speaks_for(user, company):
        return {"company_confirmed_at": now, "investor_confirmed_at": None, "confirming_investor": None}
    confirming = next((one for one in own if one.verified_at), own[0] if own else None)
    return {
        "company_confirmed_at": None,
        "investor_confirmed_at": now if confirming else None,
        "confirming_investor": confirming,
    }


def keeps_amounts_back(company: Company) -> bool:
    """Whether the company shows the amount of its latest raise to some only."""
    latest = company.raises.order_by("-opened_on", "-pk").first()
    return latest is not None and latest.amount_audience != Raise.Audience.MEMBERS


def audience_for(user: User, company: Company, wanted: str) -> str:
    """To whom the amount is shown when `user` records or corrects a deal: another party publishes nothing kept back."""
    if user.is_administrator or speaks_for(user, company) or not keeps_amounts_back(company):
        return wanted
    return Deal.Audience.PARTIES


def move_cards(deal: Deal, user: User, investors: list[Investor]) -> None:
    """To invested, in the pipelines of those who say so themselves; in all of them once the deal counts."""
    saying = None if deal.is_standing else [one for one in investors if speaks_for(user, one)]
    PipelineCard.objects.invested(deal, user, saying)


def _check_introduction(introduction: Introduction, company: Company, parties: list[Investor]) -> None:
    if not introduction.is_accepted:
        raise ActionError(_("This introduction was not accepted."), "introduction_not_accepted", "introduction")
    if Deal.objects.filter(introduction=introduction).exists():
        raise ActionError(_("A deal is recorded from this introduction already."), "taken", "introduction")
    if introduction.company_id != company.pk or introduction.investor_id not in {one.pk for one in parties}:
        raise ActionError(
            _("The deal is not between the two sides of this introduction."), "introduction_of_others", "introduction"
        )


def side_of(user, record: Deal | Listing) -> str | None:
    """Return the side of a deal or a listing for which `user` speaks, or None. The company's for someone on both."""
    if not user.is_authenticated:
        return None
    if speaks_for(user, record.company):
        return Side.COMPANY
    return Side.INVESTOR if record.is_invested_by(user) else None


__all__ = [
    "ANSWER_DAYS",
    "WAITING_LIMIT",
    "ActionError",
    "TooLate",
    "accept",
    "ask_introduction",
    "asking_side",
    "audience_for",
    "decline",
    "expire_overdue",
    "keeps_amounts_back",
    "may_answer",
    "may_record",
    "may_withdraw",
    "move_cards",
    "record_deal",
    "side_of",
    "speaks_for",
    "words_of",
]
