"""What readers do with recommendations. Pages and API share these."""

from django.db import transaction
from django.utils import timezone

from companies.models import Company
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
    """Record what one side says of the other; what it said before is replaced."""
    feedback, _ = Feedback.objects.update_or_create(
        company=company,
        investor=investor,
        side=side,
        defaults={
            "kind": kind,
            "reason": reason if kind == Feedback.Kind.PASSED else "",
            "note": note,
            "user": user,
            # What was said before is replaced, and was not said then.
            "created_at": timezone.now(),
        },
    )
    return feedback


def take_back(company: Company, investor: Investor, side: str) -> None:
    """Forget what one side said of the other. Nothing happens where it said nothing."""
    for feedback in Feedback.objects.filter(company=company, investor=investor, side=side):
        feedback.delete()
