"""What people are mailed about introductions and deals, each in the reader's language."""

from django.urls import reverse

from accounts import mail
from accounts.models import Topic, User
from companies.models import Company
from deals.contacts import contact_of
from deals.models import (
    Access,
    Deal,
    Introduction,
    Listing,
    Message,
    PipelineCard,
    PipelineTask,
    Report,
    SavedSearch,
    Side,
)


def _send(person: User, template: str, path: str, context: dict) -> None:
    mail.send(person, f"deals/emails/{template}.txt", path, context, Topic.of(template))


def _about(introduction: Introduction) -> dict:
    return {
        "introduction": introduction,
        "asking": introduction.asking,
        "answering": introduction.answering,
    }


def introduction_asked(person: User, introduction: Introduction) -> None:
    _send(person, "introduction_asked", introduction.get_absolute_url(), _about(introduction))


def introduction_accepted(person: User, introduction: Introduction) -> None:
    contact = contact_of(introduction, introduction.answering_side)
    _send(
        person,
        "introduction_accepted",
        introduction.get_absolute_url(),
        _about(introduction) | {"contact": contact},
    )


def introduction_declined(person: User, introduction: Introduction) -> None:
    _send(person, "introduction_declined", introduction.get_absolute_url(), _about(introduction))


def introduction_withdrawn(person: User, introduction: Introduction) -> None:
    _send(person, "introduction_withdrawn", introduction.get_absolute_url(), _about(introduction))


def introduction_expired(person: User, introduction: Introduction) -> None:
    _send(person, "introduction_expired", introduction.get_absolute_url(), _about(introduction))


def deal_recorded(person: User, deal: Deal) -> None:
    _send(person, "deal_recorded", deal.get_absolute_url(), {"deal": deal})


def deal_verified(person: User, deal: Deal) -> None:
    _send(person, "deal_verified", deal.get_absolute_url(), {"deal": deal})


def deal_established(person: User, deal: Deal) -> None:
    _send(person, "deal_established", deal.get_absolute_url(), {"deal": deal})


def deal_rejected(person: User, deal: Deal) -> None:
    # The deal's own page is closed to the parties by now.
    _send(person, "deal_rejected", deal.company.get_absolute_url(), {"deal": deal})


def deal_taken_up(person: User, deal: Deal) -> None:
    _send(person, "deal_taken_up", deal.get_absolute_url(), {"deal": deal})


def deal_changed(person: User, deal: Deal) -> None:
    _send(person, "deal_changed", deal.get_absolute_url(), {"deal": deal})


def deal_withdrawn(person: User, deal: Deal) -> None:
    _send(person, "deal_withdrawn", deal.company.get_absolute_url(), {"deal": deal})


def deal_objected(person: User, deal: Deal) -> None:
    _send(person, "deal_objected", deal.get_absolute_url(), {"deal": deal})


def deals_merged(person: User, deal: Deal) -> None:
    _send(person, "deals_merged", deal.get_absolute_url(), {"deal": deal})


def merger_undone(person: User, deal: Deal) -> None:
    _send(person, "merger_undone", deal.get_absolute_url(), {"deal": deal})


def listing_recorded(person: User, listing: Listing) -> None:
    _send(person, "listing_recorded", listing.get_absolute_url(), {"listing": listing})


def listing_changed(person: User, listing: Listing) -> None:
    _send(person, "listing_changed", listing.get_absolute_url(), {"listing": listing})


def listing_withdrawn(person: User, listing: Listing) -> None:
    _send(person, "listing_withdrawn", listing.company.get_absolute_url(), {"listing": listing})


def listing_objected(person: User, listing: Listing) -> None:
    _send(person, "listing_objected", listing.get_absolute_url(), {"listing": listing})


def listing_verified(person: User, listing: Listing) -> None:
    _send(person, "listing_verified", listing.get_absolute_url(), {"listing": listing})


def listing_taken_up(person: User, listing: Listing) -> None:
    _send(person, "listing_taken_up", listing.get_absolute_url(), {"listing": listing})


def listing_rejected(person: User, listing: Listing) -> None:
    _send(person, "listing_rejected", listing.company.get_absolute_url(), {"listing": listing})


def message_received(person: User, message: Message) -> None:
    introduction = message.introduction
    writing, other = introduction.company, introduction.investor
    if message.side == Side.INVESTOR:
        writing, other = other, writing
    context = {"message": message, "writing": writing, "other": other}
    _send(person, "message_received", introduction.get_absolute_url() + "#thread", context)


def reported(person: User, report: Report) -> None:
    _send(person, "reported", reverse("deals:reports"), {"report": report})


def report_settled(person: User, report: Report) -> None:
    _send(person, "report_settled", reverse("home"), {"report": report})


def access_asked(person: User, access: Access) -> None:
    _send(person, "access_asked", access.document.get_absolute_url(), {"access": access})


def access_granted(person: User, access: Access) -> None:
    _send(person, "access_granted", access.document.company.get_absolute_url(), {"access": access})


def access_refused(person: User, access: Access) -> None:
    _send(person, "access_refused", access.document.company.get_absolute_url(), {"access": access})


def access_revoked(person: User, access: Access) -> None:
    _send(person, "access_revoked", access.document.company.get_absolute_url(), {"access": access})


def pipeline_owner(person: User, card: PipelineCard) -> None:
    _send(person, "pipeline_owner", card.get_absolute_url(), {"card": card})


def pipeline_task(person: User, task: PipelineTask) -> None:
    _send(person, "pipeline_task", task.card.get_absolute_url(), {"task": task, "card": task.card})


LISTED = 10


def search_found(person: User, found: tuple[SavedSearch, list[Company]]) -> None:
    search, companies = found
    shown = {
        "search": search,
        "companies": companies[:LISTED],
        "number": len(companies),
        "more": len(companies) - LISTED,
    }
    _send(person, "search_found", search.get_absolute_url(), shown)


SENDERS = {
    sender.__name__: sender
    for sender in [
        introduction_asked,
        introduction_accepted,
        introduction_declined,
        introduction_withdrawn,
        introduction_expired,
        deal_recorded,
        deal_established,
        deal_verified,
        deal_rejected,
        deal_taken_up,
        deal_changed,
        deal_withdrawn,
        deal_objected,
        deals_merged,
        merger_undone,
        listing_recorded,
        listing_changed,
        listing_withdrawn,
        listing_objected,
        listing_verified,
        listing_rejected,
        listing_taken_up,
        message_received,
        reported,
        report_settled,
        access_asked,
        access_granted,
        access_refused,
        access_revoked,
        pipeline_owner,
        pipeline_task,
        search_found,
    ]
}
