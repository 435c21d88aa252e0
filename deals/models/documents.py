"""What a raise shows to investors: files with three levels of visibility, who asked for them, who opened them."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.uploads import RandomName
from companies.models import Raise
from investors.models import Investor


class DocumentQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(removed_at=None)


class Document(models.Model):
    """A file of a raise. One that is removed keeps its row, and with it the log; the file itself is deleted."""

    class Kind(models.TextChoices):
        TEASER = "teaser", _("Teaser")
        PLAN = "plan", _("Business plan")
        DATA_ROOM = "data_room", _("Data room")
        OTHER = "other", _("Other")

    class Audience(models.TextChoices):
        VERIFIED = "verified", _("Every verified institution")
        INTRODUCED = "introduced", _("Institutions after an introduction")
        GRANTED = "granted", _("Only whom we let in")

    raise_shown = models.ForeignKey(Raise, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices, default=Kind.TEASER)
    audience = models.CharField(_("shown to"), max_length=10, choices=Audience.choices, default=Audience.INTRODUCED)
    file = models.FileField(_("file"), upload_to=RandomName("documents"))
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveIntegerField(_("size"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("added at"), default=timezone.now)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("document"), _("documents")
        ordering = ["kind", "pk"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("deals:document_log", args=[self.pk])

    @property
    def company(self):
        return self.raise_shown.company


class AccessQuerySet(models.QuerySet):
    def granted(self):
        return self.filter(status=Access.Status.GRANTED)


class Access(models.Model):
    """Whether one institution is let in to a document."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked for")
        GRANTED = "granted", _("Let in")
        REFUSED = "refused", _("Refused")
        REVOKED = "revoked", _("Revoked")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="accesses")
    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="accesses")
    status = models.CharField(_("status"), max_length=7, choices=Status.choices)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("answered by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("access to a document"), _("accesses to documents")
        ordering = ["-changed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["document", "investor"], name="access_once")]

    def __str__(self):
        return f"{self.investor}: {self.document} ({self.get_status_display()})"


class Opening(models.Model):
    """Somebody opened a document."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # For whom, where it was an institution's member.
    investor = models.ForeignKey(Investor, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("opening of a document"), _("openings of documents")
        ordering = ["-opened_at", "-pk"]
        indexes = [
            # The log of one document, the latest first.
            models.Index(fields=["document", "-opened_at"], name="opening_log"),
        ]

    def __str__(self):
        return f"{self.user}: {self.document}"
