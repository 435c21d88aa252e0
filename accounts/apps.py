from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self):
        # Importing the modules enters the models for the audit record, and connects the signals.
        from accounts import audited, verification  # noqa: F401, PLC0415 - models are not ready earlier
