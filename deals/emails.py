"""What people are mailed about introductions and deals, each in the reader's language."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User
from deals.contacts import contact_of
from deals.models import Deal, Introduction, Listing, PipelineCard, PipelineTask


def _send(person: User, template: str, path: str, context: dict) -> None:
    """Send `templates/deals/emails/{template}.txt` as text and as HTML. Its first line is the subject."""
    with translation.override(person.language):
        context = {"person": person, "url": settings.SITE_URL + path, "site_url": settings.SITE_URL, **context}
        subject, _, text = render_to_string(f"deals/emails/{template}.txt", context).strip().partition("\n")
        context |= {"subject": subject, "text": text.strip(), "language": person.language}
        mail = EmailMultiAlternatives(
            " ".join(subject.split()),
            render_to_string("deals/emails/layout.txt", context).strip() + "\n",
            to=[person.email],
        )
        mail.attach_alternative(render_to_string("deals/emails/layout.html", context), "text/html")
        mail.send()


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


def deal_rejected(person: User, deal: Deal) -> None:
    _send(person, "deal_rejected", deal.get_absolute_url(), {"deal": deal})


def deal_changed(person: User, deal: Deal) -> None:
    _send(person, "deal_changed", deal.get_absolute_url(), {"deal": deal})


def deal_withdrawn(person: User, deal: Deal) -> None:
    # The deal's own page is closed to the parties by now.
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


def listing_verified(person: User, listing: Listing) -> None:
    _send(person, "listing_verified", listing.get_absolute_url(), {"listing": listing})


def listing_rejected(person: User, listing: Listing) -> None:
    # As with one taken back, the listing's own page is closed to the company's people by now.
    _send(person, "listing_rejected", listing.company.get_absolute_url(), {"listing": listing})


def pipeline_owner(person: User, card: PipelineCard) -> None:
    _send(person, "pipeline_owner", card.get_absolute_url(), {"card": card})


def pipeline_task(person: User, task: PipelineTask) -> None:
    _send(person, "pipeline_task", task.card.get_absolute_url(), {"task": task, "card": task.card})


SENDERS = {
    sender.__name__: sender
    for sender in [
        introduction_asked,
        introduction_accepted,
        introduction_declined,
        introduction_withdrawn,
        introduction_expired,
        deal_recorded,
        deal_verified,
        deal_rejected,
        deal_changed,
        deal_withdrawn,
        deal_objected,
        deals_merged,
        merger_undone,
        listing_recorded,
        listing_changed,
        listing_withdrawn,
        listing_verified,
        listing_rejected,
        pipeline_owner,
        pipeline_task,
    ]
}
