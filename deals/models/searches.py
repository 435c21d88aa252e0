"""Searches for companies that an institution keeps, and the companies that it was told of."""

from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from investors.models import Investor


class SavedSearchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of one's own institutions."""
        return self.filter(investor__in=Investor.objects.of(user))

    def due(self, day: date):
        """Those whose institution is still to be told what newly fits on `day`."""
        return self.filter(alerts=True).exclude(alerted_on=day)


class SavedSearch(models.Model):
    """What an institution searches for again and again: the filters of the list of companies, as they are typed."""

    investor = models.ForeignKey(
        Investor, verbose_name=_("investor"), on_delete=models.CASCADE, related_name="searches"
    )
    name = models.CharField(_("name"), max_length=80)
    query = models.JSONField(_("filters"), default=dict)
    alerts = models.BooleanField(_("alerts"), default=False)
    alerted_on = models.DateField(_("last looked at on"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("saved by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("saved at"), default=timezone.now, editable=False)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("saved search"), _("saved searches")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["investor", "name"],
                name="search_once_per_name",
                violation_error_code="taken",
                violation_error_message=_("A search of this name is saved already."),
            )
        ]
        indexes = [
            # SavedSearchQuerySet.due, every day.
            models.Index(fields=["alerts", "alerted_on"], name="search_due"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        """The list of companies, narrowed so."""
        return f"{reverse('companies:list')}?{urlencode(self.query)}"


class SearchHit(models.Model):
    """A company that fitted when the alerts were switched on, or of which the institution was told since."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="hits")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("company of a saved search"), _("companies of saved searches")
        constraints = [models.UniqueConstraint(fields=["search", "company"], name="search_hit_once")]

    def __str__(self):
        return f"{self.search} · {self.company}"
