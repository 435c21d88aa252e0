"""The companies that an institution is looking at: how far it is with each, and what its people do next."""

from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit import log_change
from companies.models import Company
from investors.models import Investor

# Sent with `card`, `before` (a stage) and `by` (a person or None) inside the transaction of the move.
card_moved = Signal()


class PassReason(models.TextChoices):
    """Why one side does not go on with the other."""

    CATEGORY = "category", _("Not our field")
    ROUND = "round", _("Too early or too late")
    TICKET = "ticket", _("Amount does not fit")
    PLACE = "place", _("Place does not fit")
    CONFLICT = "conflict", _("Conflict with a holding or a partner")
    KNOWN = "known", _("Known already")
    QUALITY = "quality", _("Not convinced")
    OTHER = "other", _("Another reason")


class Stage(models.TextChoices):
    INTRODUCED = "introduced", _("Introduced")
    REVIEWING = "reviewing", _("Reviewing")
    MEETING = "meeting", _("Meeting")
    DILIGENCE = "diligence", _("Due diligence")
    TERMS = "terms", _("Term sheet")
    INVESTED = "invested", _("Invested")
    PASSED = "passed", _("Passed")


CLOSED = (Stage.INVESTED, Stage.PASSED)
OPEN = tuple(stage for stage in Stage if stage not in CLOSED)
# What an institution writes about a company is its own, and stays out of the administrators' audit record.
UNLOGGED = ("moved_at", "next_step")


class PipelineCardQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The cards of one's own institutions: nobody else reads what an institution thinks of a company."""
        return self.filter(investor__in=Investor.objects.of(user))

    def between(self, company: Company, investor: Investor):
        return self.filter(company=company, investor=investor)

    def open(self):
        return self.filter(stage__in=OPEN)

    def overdue(self, day: date):
        """Open ones with a next step or a task that was due before `day`."""
        late = PipelineTask.objects.open().filter(card=OuterRef("pk"), due_on__lt=day)
        return self.open().filter(Q(next_step_on__lt=day) | Exists(late))

    def by_stage(self):
        """In the order of the stages; within one, the longest unmoved first."""
        place = Case(*(When(stage=stage, then=Value(at)) for at, stage in enumerate(Stage)), default=Value(len(Stage)))
        return self.order_by(place, "moved_at", "pk")

    def for_list(self):
        """With what a card on a board and a row of a table show; counts what is to do, and what of it is late."""
        to_do = Q(tasks__done_at=None)
        late = to_do & Q(tasks__due_on__lt=timezone.localdate())
        return (
            self.select_related("company__region", "owner")
            .prefetch_related("company__category_links__category", "company__raises__round")
            .annotate(tasks_open=models.Count("tasks", filter=to_do), tasks_late=models.Count("tasks", filter=late))
        )

    @transaction.atomic
    def introduced(self, introduction) -> None:
        """Put the pair of an accepted introduction into the pipeline; one that was passed on comes back."""
        ours = introduction.asked_by if introduction.asked_side == "investor" else introduction.answered_by
        card, made = self.get_or_create(
            company=introduction.company,
            investor=introduction.investor,
            defaults={
                "stage": Stage.INTRODUCED,
                "added_by": ours,
                "owner": ours if ours and introduction.investor.has_member(ours) else None,
            },
        )
        if not made and card.stage == Stage.PASSED:
            card.moved(Stage.INTRODUCED, ours)

    @transaction.atomic
    def invested(self, deal, by=None, investors=None) -> None:
        """Move the cards of a deal's institutions, or of `investors` among them, wherever they stand, to invested."""
        parties = deal.participations.values("investor") if investors is None else investors
        cards = self.filter(company=deal.company, investor__in=parties).exclude(stage=Stage.INVESTED)
        for card in cards.select_for_update(no_key=True):
            card.moved(Stage.INVESTED, by)


class PipelineCard(models.Model):
    """One company in the pipeline of one institution. `version` counts the changes of the card itself."""

    investor = models.ForeignKey(
        Investor, verbose_name=_("investor"), on_delete=models.CASCADE, related_name="pipeline"
    )
    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.REVIEWING)
    pass_reason = models.CharField(_("reason"), max_length=10, choices=PassReason.choices, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    moved_at = models.DateTimeField(_("in this stage since"), default=timezone.now, editable=False)

    objects = PipelineCardQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("company in the pipeline"), _("pipeline")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["investor", "company"],
                name="pipeline_once",
                violation_error_message=_("This company is in the pipeline already."),
            ),
            models.CheckConstraint(
                name="pipeline_passed_with_reason",
                condition=Q(stage="passed") & ~Q(pass_reason="") | ~Q(stage="passed") & Q(pass_reason=""),
            ),
        ]
        indexes = [
            # The board, a column at a time.
            models.Index(fields=["investor", "stage", "moved_at"], name="pipeline_board"),
        ]

    def __str__(self):
        return f"{self.company} · {self.get_stage_display()}"

    def get_absolute_url(self) -> str:
        return reverse("deals:pipeline_card", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.stage not in CLOSED

    @property
    def is_late(self) -> bool:
        return self.is_open and self.next_step_on is not None and self.next_step_on < timezone.localdate()

    @property
    def next_stage(self) -> Stage:
        """The stage that follows; behind the two ends, the one in which companies enter by hand."""
        return list(Stage)[OPEN.index(self.stage) + 1] if self.is_open else Stage.REVIEWING

    @property
    def stage_before(self) -> str:
        """The stage from which the card came to where it is, or nothing."""
        last = self.moves.order_by("-pk").first()
        return last.before if last else ""

    @transaction.atomic
    def moved(self, stage: str, by=None, reason: str = "") -> bool:
        """Move to `stage`. False, and nothing changed, if a colleague changed the card since it was read."""
        before = self.stage
        fields = {"stage": stage, "pass_reason": reason if stage == Stage.PASSED else ""}
        if stage == Stage.INVESTED:
            # What came next has been done.
            fields |= {"next_step": "", "next_step_on": None}
        if not self.changed(by, **fields, moved_at=timezone.now()):
            return False
        PipelineMove.objects.create(card=self, before=before, after=stage, reason=self.pass_reason, by=by)
        card_moved.send(PipelineCard, card=self, before=before, by=by)
        return True

    @transaction.atomic
    def changed(self, by, **fields) -> bool:
        """Write some fields, if the card is still the one that was read. False, and nothing changed, if not."""
        told = {name: getattr(self, name) for name in fields if name not in UNLOGGED}
        done = PipelineCard.objects.filter(pk=self.pk, version=self.version).update(**fields, version=F("version") + 1)
        if done:
            log_change(self, told, {name: fields[name] for name in told}, by)
            self.refresh_from_db(fields=[*fields, "version"])
        return bool(done)


class PipelineMove(models.Model):
    """The history of a card: who moved it from where to where, and when."""

    card = models.ForeignKey(PipelineCard, on_delete=models.CASCADE, related_name="moves")
    before = models.CharField(_("from"), max_length=10, choices=Stage.choices)
    after = models.CharField(_("to"), max_length=10, choices=Stage.choices)
    reason = models.CharField(_("reason"), max_length=10, choices=PassReason.choices, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("move in the pipeline"), _("moves in the pipeline")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_before_display()} → {self.get_after_display()}"


class PipelineNote(models.Model):
    """What a colleague wrote about a company in the pipeline."""

    card = models.ForeignKey(PipelineCard, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("note"), max_length=4000)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("note in the pipeline"), _("notes in the pipeline")
        ordering = ["-pk"]

    def __str__(self):
        # Stands on the audit record: what was written does not.
        return f"#{self.pk}"


class PipelineTaskQuerySet(models.QuerySet):
    def open(self):
        """What is to do: tasks that nobody has done, of companies still in play."""
        return self.filter(done_at=None, card__stage__in=OPEN)

    def visible_to(self, user):
        return self.filter(card__investor__in=Investor.objects.of(user))


class PipelineTask(models.Model):
    """Something to do about a company in the pipeline."""

    card = models.ForeignKey(PipelineCard, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(_("task"), max_length=200)
    due_on = models.DateField(_("due"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("done by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = PipelineTaskQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("task in the pipeline"), _("tasks in the pipeline")
        ordering = [F("due_on").asc(nulls_last=True), "pk"]
        indexes = [
            # What is due, for the home page and the board.
            models.Index(fields=["card", "done_at", "due_on"], name="pipeline_task_due"),
        ]

    def __str__(self):
        # Stands on the audit record: what was written does not.
        return f"#{self.pk}"

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_on is not None and self.due_on < timezone.localdate()

    def ticked(self, by, done: bool) -> bool:
        """Mark as done, or as to do again. False where a colleague did so already."""
        rows = PipelineTask.objects.filter(pk=self.pk, done_at__isnull=done)
        moment = timezone.now() if done else None
        changed = rows.update(done_at=moment, done_by=by if done else None)
        if changed:
            log_change(self, {"done_at": self.done_at}, {"done_at": moment}, by)
        self.refresh_from_db()
        return bool(changed)
