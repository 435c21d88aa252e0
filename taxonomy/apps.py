from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TaxonomyConfig(AppConfig):
    name = "taxonomy"
    verbose_name = _("Taxonomy")

    def ready(self):
        # After a flush as after a migration, the reference rows are there again.
        from taxonomy.reference import load_after_migrate  # noqa: PLC0415 - models are not ready earlier

        post_migrate.connect(load_after_migrate, sender=self)
