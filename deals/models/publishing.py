"""What of the statistics is open to readers without an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PublicStatistics(models.Model):
    """Its one row says that the public part of the statistics is switched on, since when and by whom."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    switched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("switched on by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name, verbose_name_plural = _("public statistics"), _("public statistics")
        constraints = [models.CheckConstraint(name="public_statistics_only_one", condition=Q(id=1))]

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def are_on(cls) -> bool:
        return cls.objects.exists()

    @classmethod
    def switch(cls, on: bool, user) -> None:
        """Open the public part, or close it. Doing either twice changes nothing."""
        if on:
            cls.objects.get_or_create(pk=1, defaults={"switched_by": user})
        else:
            # Row by row, so that the audit record hears of it.
            for row in cls.objects.all():
                row.delete()
