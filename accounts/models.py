"""People, what they are told, and the roles that they hold in companies and institutions."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, role=User.Role.ADMINISTRATOR, **fields
        )

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in with an email address."""

    class Role(models.TextChoices):
        STARTUP = "startup", _("Start-up")
        INVESTOR = "investor", _("Investor")
        ANALYST = "analyst", _("Analyst")
        ADMINISTRATOR = "administrator", _("Administrator")

    email = models.EmailField(_("email"), max_length=254, unique=True)
    full_name = models.CharField(_("name"), max_length=100, blank=True)
    role = models.CharField(_("here as"), max_length=14, choices=Role.choices, default=Role.STARTUP)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may administer"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_once_per_email",
                violation_error_message=_("An account with this address exists already."),
            )
        ]

    def __str__(self):
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name or self.email.split("@")[0]

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.is_staff

    @property
    def is_analyst(self) -> bool:
        """Whether statistics and unpublished records are open to this person."""
        return self.is_active and (self.is_staff or self.role == self.Role.ANALYST)


class MemberRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")


EDITING = (MemberRole.OWNER, MemberRole.EDITOR)


class MembershipFields(models.Model):
    """A person's role in a company or an institution."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE)
    role = models.CharField(_("role"), max_length=6, choices=MemberRole.choices, default=MemberRole.OWNER)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"


class InvitationQuerySet(models.QuerySet):
    def pending(self):
        """Neither accepted nor withdrawn; some may have run out and can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self):
        return self.pending().filter(expires_at__gt=timezone.now())

    def to(self, user):
        """Those sent to an address that `user` has confirmed."""
        addresses = [
            address.lower() for address in user.emailaddress_set.filter(verified=True).values_list("email", flat=True)
        ]
        return self.filter(email__in=addresses)


class InvitationFields(models.Model):
    """A colleague asked by email to join a company or an institution. A pending one stands once per address."""

    email = models.EmailField(_("email"))
    role = models.CharField(_("role"), max_length=6, choices=MemberRole.choices, default=MemberRole.EDITOR)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("invited by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("sent at"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accepted by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    VALID = timedelta(days=14)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.email} ({self.get_role_display()})"

    @property
    def is_open(self) -> bool:
        return not self.accepted_at and not self.withdrawn_at and self.expires_at > timezone.now()


class NotificationQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(user=user)

    def unread(self):
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something a person is told, kept as a code with values and worded when shown."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    kind = models.CharField(_("kind"), max_length=40)
    values = models.JSONField(_("values"), default=dict, blank=True)
    path = models.CharField(_("address"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("notification"), _("notifications")
        ordering = ["-created_at"]
        indexes = [
            # NotificationQuerySet.of(user).unread(), newest first.
            models.Index(fields=["user", "read_at", "-created_at"], name="notification_inbox"),
        ]

    def __str__(self):
        return f"{self.kind} → {self.user}"
