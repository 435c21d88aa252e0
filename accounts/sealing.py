"""Secrets at rest: what second factors are made from is kept encrypted under the site's own key.

Sealed under `SECRET_KEY`; what an earlier key sealed opens as long as `SECRET_KEY_FALLBACKS` names it, and
`manage.py reseal` brings it under the new one.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    # Named, so that the same key signs other things without giving this one away.
    derived = [hashlib.sha256(b"rongqiao.second-factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def _current() -> MultiFernet:
    return _box((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def seal(text: str) -> str:
    return _current().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises `InvalidToken` for what no key of ours has sealed: a lost key must not pass for an empty secret."""
    return _current().decrypt(sealed.encode()).decode()


def reseal(sealed: str) -> str:
    return _current().rotate(sealed.encode()).decode()
