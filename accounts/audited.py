"""Which records' changes are kept on the audit record: who, when, before, after."""

from auditlog.registry import auditlog

from accounts.models import User, Viewing

auditlog.register(User, exclude_fields=["password", "last_login"])
auditlog.register(Viewing)
