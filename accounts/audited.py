"""Which records' changes are kept on the audit record: who, when, before, after."""

from allauth.mfa.models import Authenticator
from auditlog.registry import auditlog

from accounts.models import User, Viewing

auditlog.register(User, exclude_fields=["password", "last_login"])
auditlog.register(Viewing)
auditlog.register(Authenticator, exclude_fields=["data", "last_used_at"])
