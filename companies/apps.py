from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "companies"
    verbose_name = _("Companies")

    def ready(self):
        # Importing the module enters the models for the audit record.
        from companies import audited  # noqa: F401, PLC0415 - models are not ready earlier
