"""From introduction to deal: who met whom, who invested in what, what was listed, and whom an institution is looking at."""

from deals.models.changes import UnstampedChange
from deals.models.conduct import Block, Report
from deals.models.conversation import Attachment, Message
from deals.models.deals import Deal, DealQuerySet, Participation, deal_established
from deals.models.documents import Access, Document, Opening
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
from deals.models.searches import SavedSearch, SearchHit

__all__ = [
    "Access",
    "Attachment",
    "Block",
    "Deal",
    "DealQuerySet",
    "Document",
    "Introduction",
    "KeptApart",
    "Listing",
    "Merge",
    "Message",
    "Opening",
    "Participation",
    "PassReason",
    "PipelineCard",
    "PipelineMove",
    "PipelineNote",
    "PipelineTask",
    "PublicStatistics",
    "Report",
    "SavedSearch",
    "SearchHit",
    "Side",
    "Stage",
    "UnstampedChange",
    "card_moved",
    "deal_established",
    "introduction_settled",
]
