from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    name = "deals"
    verbose_name = _("Deals")

    def ready(self):
        # Importing the modules enters the models for the audit record, and connects the signals.
        from accounts import digests, introduced  # noqa: PLC0415 - models are not ready earlier
        from deals import audited, digest, subscriptions  # noqa: F401, PLC0415 - models are not ready earlier

        digests.register(digest.sections)
        introduced.register("company", self._accepted("company_id"))
        introduced.register("investor", self._accepted("investor_id"))

    def _accepted(self, party: str):
        def ids(user):
            return self.get_model("Introduction").objects.accepted().involving(user).values_list(party, flat=True)

        return ids
