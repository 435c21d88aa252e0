from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvestorsConfig(AppConfig):
    name = "investors"
    verbose_name = _("Investors")

    def ready(self):
        # Importing the module enters the models for the audit record.
        from investors import audited  # noqa: F401, PLC0415 - models are not ready earlier
