"""What a verification is: who asked for it, with what, and what an administrator found."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import OfParty
from accounts.uploads import RandomName
from accounts.validators import validate_credit_code


class Fact(models.TextChoices):
    """What was checked; a badge names these."""

    NAME = "name", _("name")
    CREDIT_CODE = "credit_code", _("credit code")
    WEBSITE = "website", _("website")
    PEOPLE = "people", _("people who act for it")


class VerificationStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENDED = "ended", _("Taken away")
    LAPSED = "lapsed", _("Lapsed: name or code changed")


class RefusalReason(models.TextChoices):
    NAME = "name", _("The credit code belongs to another name")
    CODE = "code", _("The credit code is not registered")
    WEBSITE = "website", _("The website does not lead to this organisation")
    PEOPLE = "people", _("Nothing shows that its members act for it")
    DUPLICATE = "duplicate", _("Another profile stands for the same organisation")
    EVIDENCE = "evidence", _("The document does not show what it should")
    OTHER = "other", _("Another reason")


class VerificationQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(status=VerificationStatus.WAITING)


class VerificationFields(OfParty, models.Model):
    """One request and its answer, or a decision that nobody asked for; all of a party together are its history."""

    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, validators=[validate_credit_code]
    )
    website = models.URLField(_("website"), blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    file = models.FileField(_("document"), upload_to=RandomName("verifications"), blank=True, max_length=200)
    name = models.CharField(max_length=150, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=9, choices=VerificationStatus.choices, default=VerificationStatus.WAITING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    facts = models.JSONField(_("what was checked"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=9, choices=RefusalReason.choices, blank=True)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.party} · {self.get_status_display()}"
