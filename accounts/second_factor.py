"""A second step at log-in: an authenticator app or a passkey. Who has one, and who is asked to."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction

from accounts import sealing
from accounts.models import User

# Recovery codes alone are none: they are made beside one of these.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has(user: User) -> bool:
    return is_mfa_enabled(user, KINDS)


def is_asked_of(user: User) -> bool:
    """Whether `user` reads or decides what others keep back, and has no second step yet."""
    return user.is_authenticated and user.is_analyst and not has(user)


def is_required_of(user: User) -> bool:
    return settings.REQUIRE_STAFF_MFA and is_asked_of(user)


def overview(user: User) -> dict:
    """Whether there is an app (`totp`), how many `passkeys`, how many `recovery_codes` are left (None: none made)."""
    found = {"totp": False, "passkeys": 0, "recovery_codes": None}
    for row in Authenticator.objects.filter(user=user):
        if row.type == Authenticator.Type.TOTP:
            found["totp"] = True
        elif row.type == Authenticator.Type.WEBAUTHN:
            found["passkeys"] += 1
        else:
            found["recovery_codes"] = len(row.wrap().get_unused_codes())
    return found


@transaction.atomic
def remove(row: Authenticator) -> None:
    """Take one away for somebody who has lost it; recovery codes go with the last."""
    row.delete()
    if not has(row.user):
        Authenticator.objects.filter(user=row.user).delete()


def reseal_all() -> int:
    """Bring every kept secret under the present key; return how many rows held one. Running it twice is harmless."""
    count = 0
    for pk in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", flat=True):
        with transaction.atomic():
            # Somebody may be using up a recovery code at this moment.
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            row.data |= {name: sealing.reseal(row.data[name]) for name in ("secret", "seed") if name in row.data}
            row.save(update_fields=["data"])
            count += 1
    return count
