"""What the two sides of an accepted introduction write to each other."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.uploads import RandomName
from deals.models.introductions import Introduction, Side


class Message(models.Model):
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="thread")
    side = models.CharField(_("written by the"), max_length=8, choices=Side.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("message"), max_length=4000, blank=True)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    # Made by the page that it was typed on: a second click sends nothing twice.
    key = models.UUIDField(unique=True)

    class Meta:
        verbose_name, verbose_name_plural = _("message"), _("messages")
        ordering = ["sent_at", "pk"]
        indexes = [
            # A thread in the order in which it was written.
            models.Index(fields=["introduction", "sent_at"], name="message_thread"),
        ]

    def __str__(self):
        return f"{self.author}: {self.text[:60]}"


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(_("file"), upload_to=RandomName("attachments"))
    name = models.CharField(_("name"), max_length=150)
    size = models.PositiveIntegerField(_("size"))

    class Meta:
        verbose_name, verbose_name_plural = _("attachment"), _("attachments")
        ordering = ["pk"]

    def __str__(self):
        return self.name
