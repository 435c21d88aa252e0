"""Who wants nothing to do with whom, and what was reported to the administrators."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from deals.models.introductions import Introduction, Side
from investors.models import Investor


class BlockQuerySet(models.QuerySet):
    def between(self, company, investor):
        return self.filter(company=company, investor=investor)

    def by_sides_of(self, user, roles):
        """Blocks set by a company or an institution in which `user` has one of `roles`."""
        company = Q(side=Side.COMPANY, company__memberships__user=user, company__memberships__role__in=roles)
        investor = Q(side=Side.INVESTOR, investor__memberships__user=user, investor__memberships__role__in=roles)
        return self.filter(company | investor).distinct()


class Block(models.Model):
    """One side takes no requests and no messages from the other; neither is recommended to the other."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="blocks")
    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="blocks")
    side = models.CharField(_("set by the"), max_length=8, choices=Side.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("set by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("block"), _("blocks")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["company", "investor", "side"], name="block_once_per_side")]

    def __str__(self):
        return f"{self.blocking} ⊘ {self.blocked}"

    @property
    def blocking(self):
        return self.company if self.side == Side.COMPANY else self.investor

    @property
    def blocked(self):
        return self.investor if self.side == Side.COMPANY else self.company


class ReportQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Report.Status.OPEN)


class Report(models.Model):
    """What somebody found wrong with a company, an institution or how it behaves in an introduction."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("Advertising or mass requests")
        FAKE = "fake", _("False or invented profile")
        IMPERSONATION = "impersonation", _("Poses as somebody else")
        CONDUCT = "conduct", _("Insulting or threatening")
        FRAUD = "fraud", _("Asks for money or data in a suspicious way")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Not upheld")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, blank=True, related_name="reports")
    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, null=True, blank=True, related_name="reports")
    introduction = models.ForeignKey(
        Introduction, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    reason = models.CharField(_("reason"), max_length=13, choices=Reason.choices)
    text = models.TextField(_("what happened"), max_length=2000)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reported by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("reported at"), default=timezone.now)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.OPEN)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("settled by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("report of abuse"), _("reports of abuse")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="report_of_one_party",
                condition=Q(company__isnull=False, investor__isnull=True)
                | Q(company__isnull=True, investor__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["reporter", "company"], condition=Q(status="open"), name="report_once_company"
            ),
            models.UniqueConstraint(
                fields=["reporter", "investor"], condition=Q(status="open"), name="report_once_investor"
            ),
            models.CheckConstraint(
                name="report_settled_at",
                condition=Q(status="open", settled_at=None) | ~Q(status="open") & Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.get_reason_display()}: {self.party}"

    @property
    def party(self):
        return self.company or self.investor
