from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import mail, sealing
from accounts.devices import device
from accounts.models import User

# What allauth names by the template that it would send.
CHANGES = {
    "password_changed": gettext_lazy("Your password was changed"),
    "password_set": gettext_lazy("A password was set"),
    "password_reset": gettext_lazy("Your password was set anew by a link sent to you"),
    "email_changed": gettext_lazy("The primary email address was changed"),
    "email_deleted": gettext_lazy("An email address was removed"),
    "totp_activated": gettext_lazy("An authenticator app was set up"),
    "totp_deactivated": gettext_lazy("The authenticator app was removed"),
    "recovery_codes_generated": gettext_lazy("New recovery codes were made"),
    "recovery_codes_removed": gettext_lazy("The recovery codes were removed"),
    "webauthn_added": gettext_lazy("A passkey was added"),
    "webauthn_removed": gettext_lazy("A passkey was removed"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Mail in the reader's language."""

    def send_mail(self, template_prefix, email, context):
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        language = user.language if isinstance(user, User) else translation.get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, context)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """One mail for each change of how somebody logs in: what, when and from where."""
        told = {
            "change": CHANGES[template_prefix.rpartition("/")[2]],
            "person": user,
            "at": timezone.now(),
            "ip": self.get_client_ip(self.request),
            "device": device(self.get_http_user_agent(self.request)),
        } | (context or {})
        path = reverse("settings") + "#security"
        at = mail.zone(user.time_zone)
        mail.send_to(email or user.email, user.language, "accounts/emails/security.txt", path, told, at=at)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets are sealed at rest, and names are ours."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is wrong or was used before. Wait until your app shows the next one, then enter it."
        )
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def generate_authenticator_name(self, user, type):
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)d") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}
