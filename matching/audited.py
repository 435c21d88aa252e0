"""Which records of this app stand on the audit record: who changed what, when, before and after."""

from auditlog.registry import auditlog

from matching.models import AttentionSettings

auditlog.register(AttentionSettings)
