"""What an administrator decided about two deals that look like one: kept apart, or merged."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deals.models.deals import Deal


def _decided_by():
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )


class KeptApart(models.Model):
    """Two deals, the smaller number first, that are not one: they are not offered as duplicates again.

    Taking it back deletes the row; the audit record holds both.
    """

    first = models.ForeignKey(Deal, verbose_name=_("first deal"), on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Deal, verbose_name=_("second deal"), on_delete=models.CASCADE, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now)
    decided_by = _decided_by()

    class Meta:
        verbose_name, verbose_name_plural = _("pair kept apart"), _("pairs kept apart")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="kept_apart_once"),
            models.CheckConstraint(name="kept_apart_in_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self):
        return f"#{self.first_id} ≠ #{self.second_id}"


class MergeQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone_at=None)


class Merge(models.Model):
    """Two records of one deal made into one: `dropped` leads to `kept`.

    `before` and `after` hold the state of both (see `deals.merging.state`): undoing restores the one, and is refused
    where what stands is no longer the other.
    """

    kept = models.ForeignKey(Deal, verbose_name=_("kept"), on_delete=models.CASCADE, related_name="merges")
    dropped = models.ForeignKey(Deal, verbose_name=_("merged"), on_delete=models.CASCADE, related_name="merges_away")
    before = models.JSONField(_("before"), editable=False)
    after = models.JSONField(_("after"), editable=False)
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now)
    decided_by = _decided_by()
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("undone by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("merger"), _("mergers")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["dropped"], condition=Q(undone_at=None), name="merge_once"),
            models.CheckConstraint(name="merge_into_another", condition=~Q(kept=F("dropped"))),
        ]

    def __str__(self):
        return f"#{self.dropped_id} → #{self.kept_id}"
