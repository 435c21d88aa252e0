"""Which records' changes are kept on the audit record: who, when, before, after."""

from auditlog.registry import auditlog

from investors.models import Claim, Investor, Invitation, Membership, Thesis, Verification

auditlog.register(Investor, exclude_fields=["search_text", "sort_zh", "sort_en", "updated_at", "nudged_at"])
auditlog.register(Thesis, exclude_fields=["updated_at"], m2m_fields={"categories", "excluded", "rounds", "regions"})
auditlog.register(Membership)
auditlog.register(Invitation)
auditlog.register(Claim)
auditlog.register(Verification, exclude_fields=["file"])
