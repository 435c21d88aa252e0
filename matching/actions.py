"""What readers do with recommendations. Pages and API share these."""

from django.db import transaction
from django.utils import timezone

from companies.models import Company
from deals.models import PipelineCard, Side, Stage
from investors.models import Investor
from matching.models import AttentionSettings, Feedback


@transaction.atomic
def spread_attention(changed: AttentionSettings) -> None:
    """Let the next runs spread attention so. The audit record tells of it, with what held before."""
    row, _ = AttentionSettings.objects.select_for_update().get_or_create(pk=changed.pk)
    row.max_share, row.max_loss, row.floor = changed.max_share, changed.max_loss, changed.floor
    row.save()


@transaction.atomic
def answer(
    user, company: Company, investor: Investor, side: str, kind: str, reason: str = "", note: str = ""
) -> Feedback:
    """Record what one side says of the other; what it said before is replaced, a note only by another.

    Who passes here passes in the institution's pipeline too.
    """
    feedback, _ = Feedback.objects.update_or_create(
        company=company,
        investor=investor,
        side=side,
        defaults={
            "kind": kind,
            "reason": reason if kind == Feedback.Kind.PASSED else "",
            **({"note": note} if note else {}),
            "user": user,
            # What was said before is replaced, and was not said then.
            "created_at": timezone.now(),
        },
    )
    if side == Side.INVESTOR and kind == Feedback.Kind.PASSED:
        for card in PipelineCard.objects.between(company, investor).open():
            card.moved(Stage.PASSED, user, reason)
    return feedback


@transaction.atomic
def take_back(company: Company, investor: Investor, side: str, by=None) -> None:
    """Forget what one side said of the other. Nothing happens where it said nothing.

    A company that was passed on in the institution's pipeline is back in the stage where it was.
    """
    said = Feedback.objects.filter(company=company, investor=investor, side=side)
    if side == Side.INVESTOR and said.filter(kind=Feedback.Kind.PASSED).exists():
        for card in PipelineCard.objects.between(company, investor).filter(stage=Stage.PASSED):
            card.moved(card.stage_before or Stage.REVIEWING, by)
    forget(said)


def write_note(company: Company, investor: Investor, side: str, note: str) -> bool:
    """Write a side's note to a party that it has saved. False where it has not."""
    saved = Feedback.objects.filter(company=company, investor=investor, side=side, kind=Feedback.Kind.SAVED)
    # Nobody is matched again for a note: no signal.
    return bool(saved.update(note=note))


def forget(said) -> None:
    """Delete answers one by one, so that whoever listens hears of each."""
    for feedback in said:
        feedback.delete()
