"""What an institution's people do with their pipeline. Pages and API call these.

Each is one transaction. Members read; owners and editors write: others get `PermissionDenied`. What a colleague changed
meanwhile is not written over: `TooLate`, and nothing is changed.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ActionError, TooLate
from accounts.models import User
from companies.models import Company
from deals import notices
from deals.actions import speaks_for
from deals.checks import check_text
from deals.models import (
    Deal,
    Introduction,
    PassReason,
    PipelineCard,
    PipelineNote,
    PipelineTask,
    Stage,
)
from deals.models.pipeline import CLOSED
from investors.models import Investor

# Home pages show what is due within so many days.
SOON_DAYS = 7


def check_writer(user, investor: Investor) -> None:
    if not speaks_for(user, investor):
        raise PermissionDenied(_("Only owners and editors of the institution change its pipeline."))


def add(user: User, investor: Investor, company: Company, stage: str = Stage.REVIEWING) -> tuple[PipelineCard, bool]:
    """Put a company into the pipeline. Returns its card, and False where a colleague was faster."""
    check_writer(user, investor)
    if stage in CLOSED:
        raise ActionError(_("A company enters in an open stage."), "closed_stage", "stage")
    return PipelineCard.objects.get_or_create(
        investor=investor, company=company, defaults={"stage": stage, "owner": user, "added_by": user}
    )


def move(user: User, card: PipelineCard, stage: str, version: int, reason: str = "") -> PipelineCard:
    """Move a card that stands at `version` to another stage; to pass wants one of `PassReason`."""
    check_writer(user, card.investor)
    if stage == Stage.PASSED and reason not in PassReason.values:
        raise ActionError(_("Say why you pass: it teaches the next match."), "reason", "reason")
    card.version = version
    if stage == card.stage:
        return card
    if not card.moved(stage, user, reason):
        raise _changed_meanwhile()
    return card


def undo_pass(user: User, card: PipelineCard, version: int) -> PipelineCard:
    """Bring a company that was passed on back to the stage where it was."""
    check_writer(user, card.investor)
    if card.stage != Stage.PASSED:
        raise _changed_meanwhile()
    return move(user, card, card.stage_before or Stage.REVIEWING, version)


def edit(
    user: User, card: PipelineCard, version: int, owner: User | None, next_step: str, next_step_on: date | None
) -> PipelineCard:
    """Say who is responsible and what comes next, on a card that stands at `version`."""
    check_writer(user, card.investor)
    if owner and owner.pk != card.owner_id:
        _check_colleague(card.investor, owner, "owner")
    next_step = check_text(next_step, "next_step", 200)
    card.version = version
    before = card.owner_id
    with transaction.atomic():
        if not card.changed(user, owner=owner, next_step=next_step, next_step_on=next_step_on):
            raise _changed_meanwhile()
        if owner and owner.pk != before:
            notices.pipeline_owner(card, user)
    return card


def write_note(user: User, card: PipelineCard, text: str) -> PipelineNote:
    check_writer(user, card.investor)
    text = check_text(text, "text", 4000)
    if not text:
        raise ActionError(_("Write something first."), "required", "text")
    return PipelineNote.objects.create(card=card, author=user, text=text)


@transaction.atomic
def add_task(
    user: User, card: PipelineCard, text: str, due_on: date | None = None, assignee: User | None = None
) -> PipelineTask:
    """Add something to do; who is to do it is told."""
    check_writer(user, card.investor)
    text = check_text(text, "text", 200)
    if not text:
        raise ActionError(_("Say what is to do."), "required", "text")
    if assignee:
        _check_colleague(card.investor, assignee, "assignee")
    task = PipelineTask.objects.create(card=card, text=text, due_on=due_on, assignee=assignee, added_by=user)
    if assignee:
        notices.pipeline_task(task)
    return task


def tick(user: User, task: PipelineTask, done: bool) -> bool:
    """Mark a task as done, or as to do again. False where a colleague did so already."""
    check_writer(user, task.card.investor)
    return task.ticked(user, done)


def remove(user: User, card: PipelineCard) -> None:
    """Take a company out of the pipeline, with all that was written about it."""
    check_writer(user, card.investor)
    card.delete()


def _check_colleague(investor: Investor, person: User, field: str) -> None:
    if not investor.has_member(person):
        raise ActionError(_("Choose a colleague of this institution."), "stranger", field)


def _changed_meanwhile() -> TooLate:
    return TooLate(_("A colleague changed this card meanwhile. Below is how it stands; what you typed is kept."))


def introduction_of(card: PipelineCard) -> Introduction | None:
    """The accepted introduction between the two, else the one that waits."""
    between = Introduction.objects.filter(company=card.company_id, investor=card.investor_id)
    return between.filter(status__in=["accepted", "asked"]).order_by("status", "-pk").first()


def deal_of(card: PipelineCard) -> Deal | None:
    """The latest deal of the company in which the institution took part."""
    return Deal.objects.present().filter(company=card.company_id, participations__investor=card.investor_id).first()


@dataclass(frozen=True)
class Due:
    """A task, or the next step of a card, with the day until which it is to be done."""

    day: date
    card: PipelineCard
    text: str
    person: User | None

    @property
    def is_late(self) -> bool:
        return self.day < timezone.localdate()


def due(investor: Investor) -> list[Due]:
    """What is to do within a week or overdue, the earliest first."""
    until = timezone.localdate() + timedelta(days=SOON_DAYS)
    tasks = PipelineTask.objects.open().filter(card__investor=investor, due_on__lte=until)
    cards = PipelineCard.objects.open().filter(investor=investor, next_step_on__lte=until)
    found = [
        *(
            Due(one.due_on, one.card, one.text, one.assignee)
            for one in tasks.select_related("card__company", "assignee")
        ),
        *(Due(one.next_step_on, one, one.next_step, one.owner) for one in cards.select_related("company", "owner")),
    ]
    return sorted(found, key=lambda one: one.day)
