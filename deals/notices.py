"""Who is told what: a notification in the site and an email, both once the change is committed."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import EDITING, Notification, User
from accounts.teams import in_both_languages
from companies.models import Company
from deals import emails
from deals.models import (
    Access,
    Deal,
    Introduction,
    Listing,
    Merge,
    Message,
    PipelineCard,
    PipelineTask,
    Report,
    SavedSearch,
    Side,
)


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


def parties(record: Deal | Listing) -> list[User]:
    """The active people who may act for the company or for a participating institution, each once."""
    who = Q(company_roles__company=record.company_id, company_roles__role__in=EDITING)
    if isinstance(record, Deal):
        who |= Q(investor_roles__investor__participations__deal=record, investor_roles__role__in=EDITING)
    return list(User.objects.filter(who, is_active=True).distinct())


def _with_administrators(people) -> list[User]:
    return list({person.pk: person for person in [*people, *_administrators()]}.values())


def _deal_values(deal: Deal) -> dict:
    return {"company": _both_names(deal.company), "round": deal.round_id or "", "kind": deal.kind}


def _listing_values(listing: Listing) -> dict:
    board = {"zh": listing.board.name_zh, "en": listing.board.name_en}
    return {"company": _both_names(listing.company), "board": board}


def _tell_of(people, what: str, record: Deal | Listing, actor, path: str = "", **values) -> None:
    named = {Deal: _deal_values, Listing: _listing_values}[type(record)](record)
    tell(people, f"{record._meta.model_name}_{what}", record, named | values, actor, path)


def recorded(record: Deal | Listing) -> None:
    """To the parties, and to the administrators, who verify."""
    _tell_of(_with_administrators(parties(record)), "recorded", record, record.recorded_by)


def changed(record: Deal | Listing, actor, before: Iterable[User] = ()) -> None:
    """To the parties, also to those of `before` who are none any more, and to the administrators."""
    _tell_of(_with_administrators([*before, *parties(record)]), "changed", record, actor)


def withdrawn(record: Deal | Listing, actor) -> None:
    # Its own page is closed to the parties by now.
    path = record.company.get_absolute_url()
    _tell_of(_with_administrators(parties(record)), "withdrawn", record, actor, path)


def objected(record: Deal | Listing) -> None:
    _tell_of(_with_administrators(parties(record)), "objected", record, record.objected_by)


def established(deal: Deal) -> None:
    """To both parties: it counts from now on."""
    _tell_of(parties(deal), "established", deal, None)


def verified(record: Deal | Listing) -> None:
    _tell_of(parties(record), "verified", record, record.verified_by)


def rejected(record: Deal | Listing, actor) -> None:
    path = record.company.get_absolute_url()
    _tell_of(parties(record), "rejected", record, actor, path, reason=record.reject_reason)


def taken_up(record: Deal | Listing, actor) -> None:
    _tell_of(parties(record), "taken_up", record, actor)


def deals_merged(merger: Merge, actor, told: list[User]) -> None:
    """To `told`, the parties of either record before: theirs is now the one that is kept."""
    tell(told, "deals_merged", merger.kept, _deal_values(merger.kept), actor)


def merger_undone(merger: Merge, actor) -> None:
    people = {person.pk: person for person in [*parties(merger.kept), *parties(merger.dropped)]}
    tell(people.values(), "merger_undone", merger.kept, _deal_values(merger.kept), actor)


def pipeline_owner(card: PipelineCard, actor) -> None:
    """To the colleague who is now responsible for a company."""
    tell([card.owner], "pipeline_owner", card, {"company": _both_names(card.company)}, actor)


def pipeline_task(task: PipelineTask) -> None:
    """To the colleague who is to do it."""
    values = {"company": _both_names(task.card.company), "task": task.text}
    tell([task.assignee], "pipeline_task", task, values, task.added_by, task.card.get_absolute_url())


NAMED = 3


def search_found(search: SavedSearch, companies: list[Company], people: list[User]) -> None:
    """To the members of an institution: which companies newly fit a search of theirs."""
    values = {
        "search": search.name,
        "number": len(companies),
        "companies": [_both_names(company) for company in companies[:NAMED]],
    }
    tell(people, "search_found", (search, companies), values, path=search.get_absolute_url()[:300])
