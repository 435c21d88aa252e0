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


class Topic(models.TextChoices):
    """What people are told about; each can be switched off, in the site and by mail."""

    INTRODUCTIONS = "introductions", _("Introductions: asked, answered, withdrawn")
    MESSAGES = "messages", _("Messages in an introduction")
    DOCUMENTS = "documents", _("Documents: access asked for, granted, taken back")
    PIPELINE = "pipeline", _("Pipeline: tasks and moves")
    SEARCHES = "searches", _("Saved searches: companies that newly fit")
    DEALS = "deals", _("Deals and listings of yours: recorded, changed, verified")
    TEAM = "team", _("Your team and your roles")
    FRESHNESS = "freshness", _("Reminders to confirm your profile")
    CONDUCT = "conduct", _("Reports of abuse")
    RUNS = "runs", _("Model runs that wait for a decision")
    DIGEST = "digest", _("Weekly digest: only what changed, nothing in a week without news")

    @classmethod
    def of(cls, kind: str) -> str:
        """The topic of a kind of notification."""
        return next((topic for start, topic in _TOPICS.items() if kind.startswith(start)), cls.DEALS)


_TOPICS = {
    "introduction": Topic.INTRODUCTIONS,
    "message": Topic.MESSAGES,
    "access": Topic.DOCUMENTS,
    "card": Topic.PIPELINE,
    "pipeline": Topic.PIPELINE,
    "task": Topic.PIPELINE,
    "search": Topic.SEARCHES,
    "deal": Topic.DEALS,
    "merger": Topic.DEALS,
    "listing": Topic.DEALS,
    "member": Topic.TEAM,
    "claim": Topic.TEAM,
    "verification": Topic.TEAM,
    "profile": Topic.FRESHNESS,
    "report": Topic.CONDUCT,
    "run": Topic.RUNS,
    "digest": Topic.DIGEST,
}
SITE, MAIL = "site", "mail"


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
    # "mail:deals": told of deals in the site only.
    muted = models.JSONField(default=list, blank=True, editable=False)
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

    def wants(self, topic: str, way: str) -> bool:
        """Whether to tell of a topic in the site or by mail."""
        return f"{way}:{topic}" not in self.muted

    def mute(self, topic: str, way: str, muted: bool = True) -> None:
        """Switch off, or on again, what is told of a topic in the site or by mail."""
        rest = [entry for entry in self.muted if entry != f"{way}:{topic}"]
        self.muted = [*rest, f"{way}:{topic}"] if muted else rest
        self.save(update_fields=["muted"])

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


class OfParty:
    """Belongs to a company or to an institution: `side` names the field that holds which."""

    side: str

    @property
    def party(self):
        return getattr(self, self.side)


class MembershipFields(OfParty, models.Model):
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


class InvitationFields(OfParty, models.Model):
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


class ClaimQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(status=ClaimStatus.WAITING)


class ClaimStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ClaimFields(OfParty, models.Model):
    """Somebody says to belong to a company or an institution that is here already.

    It is confirmed by a link sent to an address of the party's own domain, by an owner, or by an administrator.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    position = models.CharField(_("your position there"), max_length=100)
    note = models.TextField(_("what shows it"), max_length=1000, blank=True)
    proof_email = models.EmailField(_("address of the party's domain"), blank=True)
    status = models.CharField(_("status"), max_length=9, choices=ClaimStatus.choices, default=ClaimStatus.WAITING)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.user} → {self.party}"


class NotificationQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(user=user)

    def unread(self):
        return self.filter(read_at=None)

    def seen(self, user, path: str) -> None:
        """`user` has the page of that address open: what told of it is read."""
        if user.is_authenticated:
            self.of(user).unread().filter(path=path).update(read_at=timezone.now())

    def tell(self, people, kind: str, values: dict, path: str) -> None:
        """Tell each of `people` who has not switched the topic off."""
        topic = Topic.of(kind)
        self.bulk_create(
            Notification(user=person, kind=kind, values=values, path=path)
            for person in people
            if person.wants(topic, SITE)
        )


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


class ViewingQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None, started_at__gt=timezone.now() - Viewing.LONGEST)


class Viewing(models.Model):
    """An administrator looks at the site as somebody else sees it (`accounts.viewing`)."""

    LONGEST = timedelta(minutes=30)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="viewings"
    )
    administrator = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("administrator"), on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200)
    started_at = models.DateTimeField(_("from"), default=timezone.now)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = ViewingQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("viewing"), _("viewings")
        ordering = ["-started_at", "-pk"]

    def __str__(self):
        return f"{self.administrator} → {self.user}"

    @property
    def ends_at(self):
        return self.ended_at or self.started_at + self.LONGEST


class Digest(models.Model):
    """That somebody was sent, or had no need of, the digest of a week. The row is made first: nobody gets two."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    # The Monday on which it is sent.
    week = models.DateField(_("week"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    # What was shown so far, by what it was shown of: the next one tells only of the rest.
    seen = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("digest"), _("digests")
        ordering = ["-week"]
        constraints = [models.UniqueConstraint(fields=["user", "week"], name="digest_once_a_week")]

    def __str__(self):
        return f"{self.user} · {self.week}"


class DraftQuerySet(models.QuerySet):
    def of(self, user, kind: str):
        return self.filter(user=user, kind=kind)

    def left_alone(self, now):
        return self.filter(updated_at__lt=now - Draft.KEPT)


class Draft(models.Model):
    """What somebody has typed into a form of several steps and not finished; only its writer ever sees it.

    It is no profile: nothing but the pages of the form reads it.
    """

    KEPT = timedelta(days=90)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    # Which form: "company", "investor", or one step of a profile that stands, such as "raise:7".
    kind = models.CharField(_("kind"), max_length=40)
    # How far it got: the code of the furthest step that was opened.
    step = models.CharField(_("step"), max_length=20, blank=True)
    # As typed, by the name of the field: also what the form would refuse.
    values = models.JSONField(_("values"), default=dict)
    # DraftQuerySet.left_alone(now), once a day.
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now, db_index=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("draft"), _("drafts")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="draft_once_per_form")]

    def __str__(self):
        return f"{self.user} · {self.kind}"
