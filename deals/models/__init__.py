"""From introduction to deal: who met whom, who invested in what, what was listed, and whom an institution is looking at."""

from deals.models.deals import Deal, DealQuerySet, Participation
from deals.models.duplicates import KeptApart, Merge
from deals.models.introductions import Introduction, Side, introduction_settled
from deals.models.listings import Listing
from deals.models.pipeline import (
    PassReason,
    PipelineCard,
    PipelineMove,
    PipelineNote,
    PipelineTask,
    Stage,
    card_moved,
)
from deals.models.publishing import PublicStatistics

__all__ = [
    "Deal",
    "DealQuerySet",
    "Introduction",
    "KeptApart",
    "Listing",
    "Merge",
    "Participation",
    "PassReason",
    "PipelineCard",
    "PipelineMove",
    "PipelineNote",
    "PipelineTask",
    "PublicStatistics",
    "Side",
    "Stage",
    "card_moved",
    "introduction_settled",
]
