"""Mail in the reader's language, as text and as HTML."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User


def send(person: User, template: str, path: str, context: dict) -> None:
    """Send the template of that name, whose first line is the subject, with a button that leads to `path`."""
    send_to(person.email, person.language, template, path, {"person": person, **context})


def send_to(address: str, language: str, template: str, path: str, context: dict) -> None:
    """`send` to somebody who may have no account."""
    with translation.override(language):
        context = {"url": settings.SITE_URL + path, "site_url": settings.SITE_URL, **context}
        subject, _, text = render_to_string(template, context).strip().partition("\n")
        context |= {"subject": subject, "text": text.strip(), "language": language}
        mail = EmailMultiAlternatives(
            " ".join(subject.split()), render_to_string("emails/layout.txt", context).strip() + "\n", to=[address]
        )
        mail.attach_alternative(render_to_string("emails/layout.html", context), "text/html")
        mail.send()
