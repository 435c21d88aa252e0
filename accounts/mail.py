"""Mail in the reader's language, as text and as HTML."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import MAIL, Topic, User

_SALT = "unsubscribe"


def send(person: User, template: str, path: str, context: dict, topic: str) -> bool:
    """Send the template of that name, whose first line is the subject, with a button that leads to `path`.

    False, and nothing sent, to whoever wants no mail on this topic.
    """
    if not person.is_active or not person.wants(topic, MAIL):
        return False
    leave = settings.SITE_URL + reverse("unsubscribe", args=[signing.Signer(salt=_SALT).sign(f"{person.pk}:{topic}")])
    # Mail programs show a button of their own for these two (RFC 8058).
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    with translation.override(person.language):
        label = str(Topic(topic).label)
    context = {"person": person, "unsubscribe": leave, "topic": label, **context}
    send_to(person.email, person.language, template, path, context, headers, zone(person.time_zone))
    return True


def zone(name: str) -> ZoneInfo:
    """The time zone of that name, the site's for one that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def send_to(address: str, language: str, template: str, path: str, context: dict, headers=None, at=None) -> None:
    """`send` to somebody who may have no account."""
    with translation.override(language), timezone.override(at):
        context = {"url": settings.SITE_URL + path, "site_url": settings.SITE_URL, **context}
        subject, _, text = render_to_string(template, context).strip().partition("\n")
        context |= {"subject": subject, "text": text.strip(), "language": language}
        mail = EmailMultiAlternatives(
            " ".join(subject.split()),
            render_to_string("emails/layout.txt", context).strip() + "\n",
            to=[address],
            headers=headers,
        )
        mail.attach_alternative(render_to_string("emails/layout.html", context), "text/html")
        mail.send()


def unsubscribed(token: str) -> tuple[User, str] | None:
    """Whose link that is, and on which topic; None for a link that we did not make."""
    try:
        number, _, topic = signing.Signer(salt=_SALT).unsign(token).partition(":")
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=number).first()
    return (person, topic) if person and topic in Topic.values else None
