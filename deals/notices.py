"""Who is told what: a notification in the site and an email, both once the change is committed."""

from functools import partial

from django.db import transaction
from django.db.models import Q

from accounts.models import EDITING, Notification, User
from deals import emails
from deals.models import Deal, Introduction, Listing, Merge, PipelineCard, PipelineTask


def _both_names(company) -> dict[str, str]:
    """Return a name in both languages, so that the reader's is chosen when the notification is shown."""
    return {
        "zh": company.short_zh or company.name_zh or company.short_en or company.name_en,
        "en": company.short_en or company.name_en or company.short_zh or company.name_zh,
    }


def _both_names_of_investor(investor) -> dict[str, str]:
    return {"zh": investor.name_zh or investor.name_en, "en": investor.name_en or investor.name_zh}


def _names(introduction: Introduction) -> dict:
    return {
        "company": _both_names(introduction.company),
        "investor": _both_names_of_investor(introduction.investor),
    }


def speakers(party) -> list[User]:
    """Those who may act for a company or an institution; where nobody has joined, the administrators who mediate."""
    roles = party.memberships.filter(role__in=EDITING, user__is_active=True).select_related("user")
    return [role.user for role in roles] or list(User.objects.filter(is_active=True, is_staff=True))


def tell(people, kind: str, subject, values: dict, actor=None, path: str = "") -> None:
    """Notify `people` but the one who acted, and mail them once the change is committed.

    `subject` is the introduction, the deal or the listing; `path` leads elsewhere than to its page. A mail server that fails does not undo what was done: the failure is
    logged and the notification stands.
    """
    people = [person for person in people if actor is None or person.pk != actor.pk]
    path = path or subject.get_absolute_url()
    Notification.objects.bulk_create(
        Notification(user=person, kind=kind, values=values, path=path) for person in people
    )
    for person in people:
        transaction.on_commit(partial(emails.SENDERS[kind], person, subject), robust=True)


def introduction_asked(introduction: Introduction) -> None:
    values = _names(introduction) | {"asked_side": introduction.asked_side}
    tell(speakers(introduction.answering), "introduction_asked", introduction, values, introduction.asked_by)


def introduction_answered(introduction: Introduction) -> None:
    """To the side that asked: accepted, declined or expired."""
    values = _names(introduction) | {"asked_side": introduction.asked_side, "reason": introduction.decline_reason}
    kind = f"introduction_{introduction.status}"
    tell(speakers(introduction.asking), kind, introduction, values, introduction.answered_by)


def introduction_withdrawn(introduction: Introduction) -> None:
    values = _names(introduction) | {"asked_side": introduction.asked_side}
    tell(speakers(introduction.answering), "introduction_withdrawn", introduction, values, introduction.answered_by)


def parties(deal: Deal) -> list[User]:
    """The active people who may act for the company or for a participating institution, each once."""
    companies = Q(company_roles__company=deal.company_id, company_roles__role__in=EDITING)
    investors = Q(investor_roles__investor__participations__deal=deal, investor_roles__role__in=EDITING)
    return list(User.objects.filter(companies | investors, is_active=True).distinct())


def _deal_values(deal: Deal) -> dict:
    return {"company": _both_names(deal.company), "round": deal.round_id or "", "kind": deal.kind}


def deal_recorded(deal: Deal) -> None:
    """To the parties, and to the administrators, who verify."""
    tell(_with_administrators(parties(deal)), "deal_recorded", deal, _deal_values(deal), deal.recorded_by)


def _with_administrators(people) -> list[User]:
    administrators = User.objects.filter(is_active=True, is_staff=True)
    return list({person.pk: person for person in [*people, *administrators]}.values())


def deal_changed(deal: Deal, actor, before: list[User]) -> None:
    """To the parties, also to those of `before` who are none any more, and to the administrators."""
    tell(_with_administrators([*before, *parties(deal)]), "deal_changed", deal, _deal_values(deal), actor)


def deal_withdrawn(deal: Deal, actor) -> None:
    path = deal.company.get_absolute_url()
    tell(_with_administrators(parties(deal)), "deal_withdrawn", deal, _deal_values(deal), actor, path)


def deal_objected(deal: Deal) -> None:
    tell(_with_administrators(parties(deal)), "deal_objected", deal, _deal_values(deal), deal.objected_by)


def deal_verified(deal: Deal) -> None:
    tell(parties(deal), "deal_verified", deal, _deal_values(deal), deal.verified_by)


def deal_rejected(deal: Deal, actor) -> None:
    tell(parties(deal), "deal_rejected", deal, _deal_values(deal) | {"reason": deal.reject_reason}, actor)


def deals_merged(merger: Merge, actor, told: list[User]) -> None:
    """To `told`, the parties of either record before: theirs is now the one that is kept."""
    tell(told, "deals_merged", merger.kept, _deal_values(merger.kept), actor)


def merger_undone(merger: Merge, actor) -> None:
    people = {person.pk: person for person in [*parties(merger.kept), *parties(merger.dropped)]}
    tell(people.values(), "merger_undone", merger.kept, _deal_values(merger.kept), actor)


def _members(listing: Listing) -> list[User]:
    """The active people who may act for the company that is listed."""
    roles = {"company_roles__company": listing.company_id, "company_roles__role__in": EDITING}
    return list(User.objects.filter(**roles, is_active=True).distinct())


def _listing_values(listing: Listing) -> dict:
    board = {"zh": listing.board.name_zh, "en": listing.board.name_en}
    return {"company": _both_names(listing.company), "board": board}


def listing_recorded(listing: Listing) -> None:
    """To the company's people, and to the administrators, who verify."""
    people = _with_administrators(_members(listing))
    tell(people, "listing_recorded", listing, _listing_values(listing), listing.recorded_by)


def listing_changed(listing: Listing, actor) -> None:
    tell(_with_administrators(_members(listing)), "listing_changed", listing, _listing_values(listing), actor)


def listing_withdrawn(listing: Listing, actor) -> None:
    path = listing.company.get_absolute_url()
    people = _with_administrators(_members(listing))
    tell(people, "listing_withdrawn", listing, _listing_values(listing), actor, path)


def listing_verified(listing: Listing) -> None:
    tell(_members(listing), "listing_verified", listing, _listing_values(listing), listing.verified_by)


def listing_rejected(listing: Listing, actor) -> None:
    values = _listing_values(listing) | {"reason": listing.reject_reason}
    # Its own page is closed to them by now.
    tell(_members(listing), "listing_rejected", listing, values, actor, listing.company.get_absolute_url())


def pipeline_owner(card: PipelineCard, actor) -> None:
    """To the colleague who is now responsible for a company."""
    tell([card.owner], "pipeline_owner", card, {"company": _both_names(card.company)}, actor)


def pipeline_task(task: PipelineTask) -> None:
    """To the colleague who is to do it."""
    values = {"company": _both_names(task.card.company), "task": task.text}
    tell([task.assignee], "pipeline_task", task, values, task.added_by, task.card.get_absolute_url())
