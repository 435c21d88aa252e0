"""Who asked to meet whom, and what the other side said."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import EDITING
from companies.models import Company, Raise
from investors.models import Investor

# Sent with `introduction` when it is no longer waiting: an answer is written without `save`.
introduction_settled = Signal()


class Side(models.TextChoices):
    COMPANY = "company", _("Start-up")
    INVESTOR = "investor", _("Investor")


class IntroductionQuerySet(models.QuerySet):
    def involving(self, user):
        """Introductions of the companies and institutions in which `user` has a role."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(company__in=Company.objects.of(user)) | Q(investor__in=Investor.objects.of(user))
        ).distinct()

    def visible_to(self, user):
        return self.all() if user.is_authenticated and user.is_administrator else self.involving(user)

    def awaiting(self):
        return self.filter(status=Introduction.Status.ASKED)

    def accepted(self):
        return self.filter(status=Introduction.Status.ACCEPTED)

    def waiting_for(self, user):
        """Requests that `user` may answer: asked by the other side of a company or institution of theirs."""
        if not user.is_authenticated:
            return self.none()
        ours = Q(asked_side=Side.INVESTOR, company__memberships__user=user, company__memberships__role__in=EDITING)
        theirs = Q(asked_side=Side.COMPANY, investor__memberships__user=user, investor__memberships__role__in=EDITING)
        return self.awaiting().filter(ours | theirs).distinct()

    def asked_of_side_of(self, user):
        """Requests to a company or institution of `user`; to administrators also those that nobody else can answer."""
        if not user.is_authenticated:
            return self.none()
        to_us = Q(asked_side=Side.INVESTOR, company__in=Company.objects.of(user)) | Q(
            asked_side=Side.COMPANY, investor__in=Investor.objects.of(user)
        )
        if user.is_administrator:
            to_us |= Q(asked_side=Side.INVESTOR, company__memberships__isnull=True)
            to_us |= Q(asked_side=Side.COMPANY, investor__memberships__isnull=True)
        return self.filter(to_us).distinct()

    def asked_by_side_of(self, user):
        """Requests that a company or institution of `user` asked for."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(asked_side=Side.COMPANY, company__in=Company.objects.of(user))
            | Q(asked_side=Side.INVESTOR, investor__in=Investor.objects.of(user))
        )

    def overdue(self, day: date):
        return self.awaiting().filter(expires_on__lt=day)

    def for_list(self):
        return self.select_related("company", "investor", "raise_asked__round", "asked_by", "answered_by")


class Introduction(models.Model):
    """One side asks the other to meet. Contacts are shown once it is accepted."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    class DeclineReason(models.TextChoices):
        CATEGORY = "category", _("Outside our categories")
        ROUND = "round", _("Too early or too late for us")
        TICKET = "ticket", _("Amount does not fit")
        PLACE = "place", _("Place does not fit")
        CONFLICT = "conflict", _("Conflict with a holding or a partner")
        TIMING = "timing", _("Not at this time")
        QUALITY = "quality", _("Not convinced")
        OTHER = "other", _("Another reason")

    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="introductions"
    )
    investor = models.ForeignKey(
        Investor, verbose_name=_("investor"), on_delete=models.CASCADE, related_name="introductions"
    )
    raise_asked = models.ForeignKey(
        Raise, verbose_name=_("raise"), on_delete=models.SET_NULL, null=True, blank=True, related_name="introductions"
    )
    asked_side = models.CharField(_("asked by the"), max_length=8, choices=Side.choices)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    message = models.TextField(_("message"), max_length=1500)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.ASKED)
    decline_reason = models.CharField(_("reason"), max_length=10, choices=DeclineReason.choices, blank=True)
    answer_note = models.TextField(_("note"), max_length=1000, blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    expires_on = models.DateField(_("answer expected until"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("introduction"), _("introductions")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "investor"],
                condition=Q(status="asked"),
                name="introduction_one_waiting",
                violation_error_message=_("A request between these two is waiting for an answer already."),
            ),
            models.CheckConstraint(
                name="introduction_declined_with_reason", condition=~Q(status="declined", decline_reason="")
            ),
            models.CheckConstraint(
                name="introduction_answered_at",
                condition=Q(status="asked", answered_at__isnull=True)
                | ~Q(status="asked") & Q(answered_at__isnull=False),
            ),
        ]
        indexes = [
            # IntroductionQuerySet.overdue, every hour.
            models.Index(fields=["status", "expires_on"], name="introduction_overdue"),
            # The inbox of an institution and of a company.
            models.Index(fields=["investor", "status", "-asked_at"], name="introduction_of_investor"),
            models.Index(fields=["company", "status", "-asked_at"], name="introduction_of_company"),
            # What was asked and answered last, for the statistics (`deals.statistics.state`).
            models.Index(fields=["-asked_at"], name="introduction_asked"),
            models.Index(fields=["-answered_at"], condition=Q(answered_at__isnull=False), name="introduction_answered"),
        ]

    def __str__(self):
        return f"{self.company} ↔ {self.investor}"

    def get_absolute_url(self):
        return reverse("deals:introduction", args=[self.pk])

    @property
    def answering_side(self) -> str:
        return Side.INVESTOR if self.asked_side == Side.COMPANY else Side.COMPANY

    def party(self, side: str):
        return self.company if side == Side.COMPANY else self.investor

    @property
    def asking(self):
        return self.party(self.asked_side)

    @property
    def answering(self):
        return self.party(self.answering_side)

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.ASKED

    @property
    def is_accepted(self) -> bool:
        return self.status == self.Status.ACCEPTED

    def answered(self, status: str, **fields) -> bool:
        """Move from waiting to `status`. False, and nothing changed, if another was faster."""
        fields = {"status": status, "answered_at": timezone.now(), **fields}
        done = Introduction.objects.filter(pk=self.pk, status=self.Status.ASKED).update(**fields)
        self.refresh_from_db()
        if done:
            introduction_settled.send(Introduction, introduction=self)
        return bool(done)
