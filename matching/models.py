"""Model runs, what they recommend, and what readers answered."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from deals.models import PassReason, Side
from investors.models import Investor
from matching.fields import ItemsField
from matching.packing import Items


class ModelRunQuerySet(models.QuerySet):
    def unfinished(self):
        return self.filter(status__in=ModelRun.UNFINISHED)


class ModelRun(models.Model):
    """One training and ranking of the whole market. This row, not the broker, is the truth about it.

    `attempt` is the fence: a worker that lost its lease carries an older number, and what it writes is refused.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        TRAINING = "training", _("Training")
        RANKING = "ranking", _("Ranking")
        PUBLISHED = "published", _("Published")
        REPLACED = "replaced", _("Replaced")
        HELD = "held", _("Held back")
        DISCARDED = "discarded", _("Discarded")
        FAILED = "failed", _("Failed")

    UNFINISHED = (Status.QUEUED, Status.TRAINING, Status.RANKING)

    as_of = models.DateField(_("as of"))
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.QUEUED)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    artefact = models.CharField(_("artefact"), max_length=200, blank=True)
    artefact_hash = models.CharField(_("hash of the artefact"), max_length=64, blank=True)
    # How far the training is: a stage's code, and so many of so many steps.
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ranked_at = models.DateTimeField(_("ranked at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # When readers were last led elsewhere: which of the earlier runs was trusted last.
    shown_until = models.DateTimeField(_("shown until"), null=True, blank=True)

    objects = ModelRunQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("model run"), _("model runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(status__in=["queued", "training", "ranking"]),
                name="run_one_at_a_time",
                violation_error_message=_("A run is under way already."),
            )
        ]
        indexes = [
            # The sweep: unfinished runs whose lease is over.
            models.Index(fields=["status", "lease_until"], name="run_sweep"),
        ]

    def __str__(self):
        return f"#{self.pk} · {self.as_of}"

    def get_absolute_url(self) -> str:
        return reverse("matching:run", args=[self.pk])

    @property
    def is_unfinished(self) -> bool:
        return self.status in self.UNFINISHED

    @property
    def can_return(self) -> bool:
        """Whether readers can be led back to this run: it was shown once, and its lists and its model are kept."""
        return self.status == self.Status.REPLACED and bool(self.artefact)


class Shard(models.Model):
    """A part of a run's ranking: the subjects of one side, by position `first` to `last` (exclusive)."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")

    run = models.ForeignKey(ModelRun, on_delete=models.CASCADE, related_name="shards")
    side = models.CharField(max_length=8, choices=Side.choices)
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("shard"), _("shards")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "side", "first"], name="shard_once"),
            models.CheckConstraint(name="shard_not_empty", condition=Q(first__lt=F("last"))),
        ]
        indexes = [
            # Claiming work and the sweep.
            models.Index(fields=["run", "status", "lease_until"], name="shard_sweep"),
        ]

    def __str__(self):
        return f"{self.run_id}/{self.side}/{self.first}"


class RecommendationListQuerySet(models.QuerySet):
    def published(self):
        """The lists of the run that readers see."""
        return self.filter(run__publication__isnull=False)


class RecommendationList(models.Model):
    """All that one run recommends to one company or one institution, best first.

    `items` reads as a list of `{"id", "score", "factors": {factor: contribution}}`; `id` is an
    investor's where `company` is set, a company's where `investor` is. One packed row a reader keeps a run small, and
    replacing the row replaces the list whole.
    """

    run = models.ForeignKey(ModelRun, on_delete=models.CASCADE, related_name="lists")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="recommendation_lists")
    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, null=True, related_name="recommendation_lists")
    items = ItemsField(default=list)
    # The ids in `items`, each between blanks: which lists hold one that changed.
    ids = models.TextField(default="", blank=True)
    # The score that a newcomer must pass; lowest of all while the list has room.
    floor = models.FloatField(default=-1e308)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = RecommendationListQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("recommendations"), _("recommendations")
        constraints = [
            models.CheckConstraint(
                name="recommendations_for_one_side",
                condition=Q(company__isnull=False, investor__isnull=True)
                | Q(company__isnull=True, investor__isnull=False),
            ),
            # Also the index by which a reader's list is found.
            models.UniqueConstraint(
                fields=["run", "company"],
                condition=Q(company__isnull=False),
                name="recommendations_once_company",
            ),
            models.UniqueConstraint(
                fields=["run", "investor"],
                condition=Q(investor__isnull=False),
                name="recommendations_once_investor",
            ),
        ]

    def __str__(self):
        return f"{self.run_id} → {self.company or self.investor}"

    def fill(self, items: Items, length: int) -> None:
        """Set `items` of a list that holds at most `length`."""
        self.items = items
        self.ids = f" {' '.join(map(str, items.ids.tolist()))} " if items else ""
        self.floor = float(items.scores[-1]) if len(items) >= length else -1e308


class Publication(models.Model):
    """The run that readers see. One row; moving its pointer is the switch."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    run = models.OneToOneField(ModelRun, on_delete=models.PROTECT, related_name="publication")
    switched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("publication"), _("publications")
        constraints = [models.CheckConstraint(name="publication_only_one", condition=Q(id=1))]

    def __str__(self):
        return str(self.run)


class Refresh(models.Model):
    """A company or an institution whose lists are behind its profile. Kept until a worker has done it."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, null=True, related_name="refresh")
    investor = models.OneToOneField(Investor, on_delete=models.CASCADE, null=True, related_name="refresh")
    # Counts the changes: a worker removes the row only if it still shows the change that it has read.
    version = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("pending refresh"), _("pending refreshes")
        constraints = [
            models.CheckConstraint(
                name="refresh_of_one_side",
                condition=Q(company__isnull=False, investor__isnull=True)
                | Q(company__isnull=True, investor__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.company or self.investor} · {self.version}"


class Refreshed(models.Model):
    """A company or an institution that was matched again, and when that was last asked for.

    A run that read the market before that moment does not know of the change: whoever leads readers to it asks again.
    Kept until every run that could still be shown is younger.
    """

    company = models.OneToOneField(Company, on_delete=models.CASCADE, null=True, related_name="refreshed")
    investor = models.OneToOneField(Investor, on_delete=models.CASCADE, null=True, related_name="refreshed")
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("refresh done"), _("refreshes done")
        constraints = [
            models.CheckConstraint(
                name="refreshed_of_one_side",
                condition=Q(company__isnull=False, investor__isnull=True)
                | Q(company__isnull=True, investor__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.company or self.investor} · {self.asked_at}"


def _percent(lowest: int) -> list:
    return [MinValueValidator(lowest), MaxValueValidator(100)]


class AttentionSettings(models.Model):
    """How the next runs spread attention, in per cent; see `matching.exposure`. One row, or none before a change."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    max_share = models.PositiveSmallIntegerField(
        _("Limit: share of start-ups' first tens that one institution may stand in (%)"),
        null=True,
        blank=True,
        default=5,
        validators=_percent(1),
        help_text=_(
            "A lower limit shows more institutions, and takes a fitting one off the first ten of some start-ups. "
            "Empty: no limit."
        ),
    )
    max_loss = models.DecimalField(
        _("Price: part of the quality (NDCG@10) that may be given up for the limit (%)"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        default=Decimal(1),
        validators=_percent(0),
        help_text=_(
            "The limit is loosened until it costs no more than this on later deals. 0: only what costs nothing. "
            "Empty: the limit holds whatever it costs, which can be a third of the quality."
        ),
    )
    floor = models.PositiveSmallIntegerField(
        _("Floor: attention to each region and category, of the average (%)"),
        null=True,
        blank=True,
        validators=_percent(1),
        help_text=_(
            "Open raises of regions and categories that institutions see less often are lifted to this part of the "
            "average; they take the places of raises that fit better. Empty: nobody is lifted."
        ),
    )

    class Meta:
        verbose_name, verbose_name_plural = _("spreading of attention"), _("spreading of attention")
        constraints = [
            models.CheckConstraint(name="attention_settings_only_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="attention_settings_are_percent",
                condition=(Q(max_share__isnull=True) | Q(max_share__range=(1, 100)))
                & (Q(max_loss__isnull=True) | Q(max_loss__range=(0, 100)))
                & (Q(floor__isnull=True) | Q(floor__range=(1, 100))),
            ),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> "AttentionSettings":
        return cls.objects.first() or cls()

    def parameters(self) -> dict[str, float | None]:
        """The same as parts of one, by the names of the parameters of `matching.matcher.Matcher`."""
        given = {"max_share": self.max_share, "max_loss": self.max_loss, "floor": self.floor}
        return {name: None if value is None else float(value) / 100 for name, value in given.items()}


class Feedback(models.Model):
    """What one side said of a recommendation. One answer stands at a time; removing it takes it back."""

    class Kind(models.TextChoices):
        SAVED = "saved", _("Saved")
        PASSED = "passed", _("Passed")
        HIDDEN = "hidden", _("Hidden")

    PassReason = PassReason

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="feedback")
    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="feedback")
    side = models.CharField(_("said by the"), max_length=8, choices=Side.choices)
    kind = models.CharField(_("answer"), max_length=6, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=10, choices=PassReason.choices, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("feedback"), _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["company", "investor", "side"], name="feedback_once_per_side"),
            models.CheckConstraint(name="feedback_pass_has_reason", condition=~Q(kind="passed", reason="")),
        ]
        indexes = [
            # What an institution has answered, to mark or leave out on its list.
            models.Index(fields=["investor", "side"], name="feedback_of_investor"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.company} / {self.investor}"
