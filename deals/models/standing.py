"""What deals and listings share: who recorded them, who verified them, and since and until when they count."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company

REPORTED, VERIFIED, REJECTED = "reported", "verified", "rejected"
STANDING = (REPORTED, VERIFIED)


def end_of(day: date) -> datetime:
    """The first moment after `day`."""
    return timezone.make_aware(datetime.combine(day + timedelta(1), time.min))


class StandingQuerySet(models.QuerySet):
    """Chainable adjectives of records that count from the day on which they are known until they leave."""

    def standing(self):
        """Those that count: neither rejected nor merged into another."""
        return self.filter(status__in=STANDING)

    def reported(self):
        """Those that wait for an administrator."""
        return self.filter(status=REPORTED)

    def verified(self):
        return self.filter(status=VERIFIED)

    def visible_to(self, user):
        """Standing ones of visible companies; those that left to administrators only."""
        if not user.is_authenticated:
            return self.none()
        if user.is_administrator:
            return self.all()
        return self.standing().filter(company__in=Company.objects.visible_to(user))

    def known_on(self, day: date):
        """Those that a reader could know on `day`."""
        return self.filter(known_on__lte=day)

    def standing_on(self, day: date):
        """Those that counted at the end of `day`: known by then, and not yet rejected or merged into another."""
        return self.known_on(day).filter(Q(status__in=STANDING) | Q(left_at__gte=end_of(day)))

    def verified_on(self, day: date):
        """Those that an administrator had verified by the end of `day`."""
        return self.filter(verified_at__lt=end_of(day))


class ReviewedFields(models.Model):
    """`known_on` is the day since which the fact counts as known: for an imported row the day of its publication, for
    a row entered here the day of its entry. `recorded_at` is when this database got it, `left_at` when it was rejected
    or merged into another: until then it counted. A model brings `status` with `REPORTED`, `VERIFIED` and `REJECTED`.
    """

    source_url = models.URLField(_("address of the source"), max_length=400, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    known_on = models.DateField(_("known since"), default=timezone.localdate)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("verified by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    left_at = models.DateTimeField(_("counted until"), null=True, blank=True, editable=False)
    review_note = models.TextField(_("note of the administrator"), max_length=1000, blank=True)

    class Meta:
        abstract = True

    @property
    def is_standing(self) -> bool:
        return self.status in STANDING


def standing_constraints(prefix: str) -> list[models.CheckConstraint]:
    """Return the checks that make a status mean what it says."""
    return [
        models.CheckConstraint(
            name=f"{prefix}_verified_at", condition=~Q(status="verified") | Q(verified_at__isnull=False)
        ),
        models.CheckConstraint(
            name=f"{prefix}_standing_has_not_left",
            condition=~Q(status__in=["reported", "verified"]) | Q(left_at__isnull=True),
        ),
        models.CheckConstraint(
            name=f"{prefix}_rejected_with_reason", condition=~Q(status="rejected", reject_reason="")
        ),
    ]
