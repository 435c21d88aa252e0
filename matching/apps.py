from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("Matching")

    def ready(self):
        # Importing the module connects its receivers.
        import matching.subscriptions  # noqa: F401, PLC0415
