"""What deals and listings share: who recorded them, who stands behind them, and since and until when they count."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company

ASSERTED, REPORTED, VERIFIED, REJECTED = "asserted", "reported", "verified", "rejected"
# Those that count, those that an administrator has not decided on, and those that nobody took out.
STANDING = (REPORTED, VERIFIED)
UNVERIFIED = (ASSERTED, REPORTED)
PRESENT = (ASSERTED, *STANDING)


def end_of(day: date) -> datetime:
    """The first moment after `day`."""
    return timezone.make_aware(datetime.combine(day + timedelta(1), time.min))


class StandingQuerySet(models.QuerySet):
    """Chainable adjectives of records that count from the day on which they are known until they leave."""

    def standing(self):
        """Those that count: established, and neither rejected nor merged into another."""
        return self.filter(status__in=STANDING)

    def asserted(self):
        """Those that one party says and nobody else stands behind (`deals.established`)."""
        return self.filter(status=ASSERTED)

    def unverified(self):
        """Those that wait for an administrator, established or not."""
        return self.filter(status__in=UNVERIFIED)

    def present(self):
        """Those that count and those that may yet: neither rejected nor merged into another."""
        return self.filter(status__in=PRESENT)

    def verified(self):
        return self.filter(status=VERIFIED)

    def visible_to(self, user):
        """Standing ones of visible companies; what is only asserted to its parties, and all to administrators."""
        if not user.is_authenticated:
            return self.none()
        if user.is_administrator:
            return self.all()
        shown = Q(status__in=STANDING) | self._with(user)
        return self.present().filter(shown, company__in=Company.objects.visible_to(user))

    def counted_for(self, user):
        """Of what counts those that `user` may read: quicker than `visible_to`, which also seeks what its own parties say."""
        if not user.is_authenticated or user.is_administrator:
            return self.visible_to(user)
        return self.standing().filter(company__in=Company.objects.visible_to(user))

    def _with(self, user) -> Q:
        """The condition that `user` is a member of a party."""
        return Q(company__in=Company.objects.of(user))

    def known_on(self, day: date):
        """Those that a reader could know on `day`."""
        return self.filter(known_on__lte=day)

    def standing_on(self, day: date):
        """Those that counted at the end of `day`: known by then, and not yet rejected or merged into another."""
        return self.known_on(day).filter(Q(status__in=STANDING) | Q(left_at__gte=end_of(day)))

    def verified_on(self, day: date):
        """Those that an administrator had verified by the end of `day`."""
        return self.filter(verified_at__lt=end_of(day))


class RejectReasons(models.TextChoices):
    """Why a record is rejected; each kind of record names its own reasons, and `WITHDRAWN` for who takes it back."""

    @classmethod
    def of_review(cls) -> list[tuple[str, str]]:
        """The reasons that an administrator may give."""
        return [(value, label) for value, label in cls.choices if value != cls.WITHDRAWN]


class ReviewedFields(models.Model):
    """`known_on` is the day since which the fact counts as known: for an imported row the day of its publication, for
    a row entered here the day on which it was established. `recorded_at` is when this database got it, `established_at`
    since when more than one party's word speaks for it (`deals.established`), `left_at` when it was rejected or merged
    into another: until then it counted. `objection` is what a party says is wrong: kept when the record is verified
    all the same, cleared when it is corrected.

    A model brings `company`, `status` with `ASSERTED`, `REPORTED`, `VERIFIED` and `REJECTED`, and `reject_reason`.
    """

    # What is emptied when the record is rejected, so that another may take it.
    RELEASED: ClassVar[tuple[str, ...]] = ()

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
    # What comes from a source or is made by a program is established at once: forms and API of the parties say otherwise.
    established_at = models.DateTimeField(
        _("established at"), default=timezone.now, null=True, blank=True, editable=False
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("verified by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    company_confirmed_at = models.DateTimeField(_("confirmed by the start-up"), null=True, blank=True)
    objection = models.TextField(_("objection"), max_length=1000, blank=True)
    objected_at = models.DateTimeField(_("objected at"), null=True, blank=True)
    objected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("objected by"),
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

    @property
    def is_asserted(self) -> bool:
        return self.status == ASSERTED

    @property
    def is_present(self) -> bool:
        return self.status in PRESENT

    @property
    def is_disputed(self) -> bool:
        return self.status in UNVERIFIED and self.objected_at is not None

    def is_open_to(self, user) -> bool:
        """Whether `user` is a member of a party or an administrator: they read what is said among the parties."""
        return user.is_administrator or self.company.has_member(user)

    # Whether an institution takes part that has not confirmed it: none takes part in a listing.
    awaits_investor = False

    def is_invested_by(self, user) -> bool:
        """Whether `user` may act for an institution that takes part."""
        return False

    def release_merged(self) -> None:
        """Once it counts no longer: release what hangs on records that were merged into it."""


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
            name=f"{prefix}_established",
            condition=(~Q(status__in=["reported", "verified"]) | Q(established_at__isnull=False))
            & (~Q(status="asserted") | Q(established_at__isnull=True, left_at__isnull=True)),
        ),
        models.CheckConstraint(
            name=f"{prefix}_rejected_with_reason", condition=~Q(status="rejected", reject_reason="")
        ),
    ]
