"""Who is told what: a notification in the site and an email, both once the change is committed."""

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import EDITING, Notification, User
from accounts.teams import in_both_languages
from deals import emails
from deals.models import Access, Deal, Introduction, Listing, Merge, Message, Report, Side


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
    Notification.objects.tell(people, kind, values, path)
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


def message_received(message: Message) -> None:
    """To the other side's people, each once until they look at the thread."""
    introduction = message.introduction
    other = introduction.investor if message.side == Side.COMPANY else introduction.company
    people = other.memberships.filter(role__in=EDITING, user__is_active=True).select_related("user")
    path = introduction.get_absolute_url()
    waiting = Notification.objects.unread().filter(kind="message_received", path=path)
    told = set(waiting.values_list("user_id", flat=True))
    values = _names(introduction) | {"side": message.side}
    tell([role.user for role in people if role.user_id not in told], "message_received", message, values, path=path)


def _administrators() -> list[User]:
    return list(User.objects.filter(is_active=True, is_staff=True))


def _party_values(report: Report) -> dict:
    return {"party": in_both_languages(report.party), "status": report.status}


def reported(report: Report) -> None:
    """To the administrators, who settle it."""
    tell(_administrators(), "reported", report, _party_values(report), report.reporter, reverse("deals:reports"))


def report_settled(report: Report) -> None:
    """To whoever reported."""
    people = [report.reporter] if report.reporter and report.reporter.is_active else []
    tell(people, "report_settled", report, _party_values(report), path=reverse("home"))


def _access_values(access: Access) -> dict:
    return {
        "company": _both_names(access.document.company),
        "investor": _both_names_of_investor(access.investor),
        "document": access.document.title,
    }


def access_asked(access: Access) -> None:
    people = speakers(access.document.company)
    path = access.document.get_absolute_url()
    tell(people, "access_asked", access, _access_values(access), access.asked_by, path)


def access_answered(access: Access) -> None:
    """To the institution's people: let in, refused, or no longer let in."""
    people = [role.user for role in access.investor.memberships.filter(user__is_active=True).select_related("user")]
    path = access.document.company.get_absolute_url()
    tell(people, f"access_{access.status}", access, _access_values(access), access.answered_by, path)


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
    return list({person.pk: person for person in [*people, *_administrators()]}.values())


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
