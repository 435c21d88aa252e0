"""Which records' changes are kept on the audit record: who, when, before, after."""

from auditlog.registry import auditlog

from companies.models import Claim, Company, Invitation, Membership, Raise, Verification

auditlog.register(Company, exclude_fields=["search_text", "sort_zh", "sort_en", "updated_at", "nudged_at"])
auditlog.register(Raise, exclude_fields=["updated_at"])
auditlog.register(Membership)
auditlog.register(Invitation)
auditlog.register(Claim)
auditlog.register(Verification, exclude_fields=["file"])
