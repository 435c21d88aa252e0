"""Accounts that an administrator opens for somebody: an analyst, another administrator, or whoever asks for one."""

from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.models import User


@transaction.atomic
def open_account(by: User, person: User) -> None:
    """Save the new `person` without a password, and send a link by which it chooses one.

    The link goes to its address alone, which therefore counts as confirmed.
    """
    person.is_staff = person.is_superuser = person.role == User.Role.ADMINISTRATOR
    person.set_unusable_password()
    person.save()
    EmailAddress.objects.create(user=person, email=person.email.lower(), primary=True, verified=True)
    transaction.on_commit(lambda: send_link(by, person), robust=True)


def send_link(by: User, person: User) -> None:
    """Send the link by which `person` chooses its first password; an earlier one goes on holding."""
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
    until = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    context = {"person": person, "inviter": by.get_short_name(), "until": until}
    mail.send_to(
        person.email,
        person.language,
        "accounts/emails/account_opened.txt",
        path,
        context,
        at=mail.zone(person.time_zone),
    )
