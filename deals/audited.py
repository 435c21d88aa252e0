"""Which records of this app stand on the audit record: who changed what, when, before and after."""

from auditlog.registry import auditlog

from deals.models import (
    Access,
    Block,
    Deal,
    Document,
    Introduction,
    KeptApart,
    Listing,
    Merge,
    Participation,
    PipelineCard,
    PipelineNote,
    PipelineTask,
    PublicStatistics,
    Report,
    SavedSearch,
)
from deals.models.pipeline import UNLOGGED

auditlog.register(Introduction)
auditlog.register(Deal, exclude_fields=["updated_at"])
auditlog.register(Participation)
auditlog.register(Listing)
auditlog.register(PublicStatistics)
auditlog.register(KeptApart)
auditlog.register(Block)
auditlog.register(Report)
auditlog.register(Document)
auditlog.register(Access)
# What was before and after stands in the row itself, and in the entries of the two deals.
auditlog.register(Merge, exclude_fields=["before", "after"])
# What an institution writes about a company is its own: that something was written is recorded, not what.
auditlog.register(SavedSearch, exclude_fields=["query", "alerted_on"])
auditlog.register(PipelineCard, exclude_fields=["version", *UNLOGGED])
auditlog.register(PipelineNote, exclude_fields=["text"])
auditlog.register(PipelineTask, exclude_fields=["text"])
