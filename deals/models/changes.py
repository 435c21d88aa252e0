"""What no record's own stamp tells."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UnstampedChange(models.Model):
    """A record was deleted, or a row was edited by which records are described: a board, a milestone, a place.

    A row for each, and none that is written anew: who deletes waits for nobody.
    """

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("change without a stamp"), _("changes without a stamp")

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
