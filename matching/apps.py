from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("Matching")

    def ready(self):
        # Importing the modules connects receivers and enters models for the audit record.
        from matching import audited, subscriptions  # noqa: F401, PLC0415
