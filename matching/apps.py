from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("Matching")

    def ready(self):
        # Importing the modules connects receivers and enters models for the audit record.
        from accounts import digests  # noqa: PLC0415 - models are not ready earlier
        from matching import audited, digest, subscriptions  # noqa: F401, PLC0415

        digests.register(digest.sections)
