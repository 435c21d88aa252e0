"""What a training leaves behind: the fitted model with the market it was fitted on, stored through the file storage.

A pickle can run code, so only a file whose keyed hash is ours is opened; the hash covers the bytes and the versions
of the libraries that wrote them.
"""

import hashlib
import hmac
import io
import json
import pickle
from dataclasses import dataclass
from functools import lru_cache

import numpy
import pandas
import sklearn
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from matching.market import Market

SCHEMA_VERSION = 7
_MAGIC = b"rongqiao-model\n"


class ArtefactError(Exception):
    """The artefact is missing, truncated, of another version, or not ours."""


@dataclass
class Artefact:
    matcher: object
    market: Market


def versions() -> dict:
    return {
        "schema": SCHEMA_VERSION,
        "scikit-learn": sklearn.__version__,
        "numpy": numpy.__version__,
        "pandas": pandas.__version__,
    }


def _sign(header: bytes, body: bytes) -> str:
    key = hashlib.sha256(b"artefact" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, header + b"\n" + body, hashlib.sha256).hexdigest()


def save(artefact: Artefact, name: str) -> tuple[str, str]:
    """Store `artefact` under about `name`; return the name it got and its keyed hash."""
    body = pickle.dumps(artefact, protocol=5)
    header = json.dumps(versions(), sort_keys=True).encode()
    stored = storages["default"].save(name, ContentFile(_MAGIC + header + b"\n" + body))
    return stored, _sign(header, body)


def check(name: str, signature: str) -> bytes:
    """Return the pickled artefact of that name, if it is ours and whole. Raises `ArtefactError`."""
    if not name:
        raise ArtefactError("no model was kept")
    try:
        with storages["default"].open(name) as handle:
            data = handle.read()
    except FileNotFoundError:
        raise ArtefactError(f"{name} is missing") from None
    if not data.startswith(_MAGIC):
        raise ArtefactError(f"{name} is no model of ours")
    header, _, body = data[len(_MAGIC) :].partition(b"\n")
    if not hmac.compare_digest(_sign(header, body), signature):
        raise ArtefactError(f"{name} was changed or cut short since it was written")
    if json.loads(header) != versions():
        raise ArtefactError(f"{name} was written by other versions: {header.decode()}")
    return body


@lru_cache(maxsize=2)
def load(name: str, signature: str) -> Artefact:
    """Return the artefact of that name. Raises `ArtefactError`. The last two stay in memory."""
    body = check(name, signature)
    try:
        return pickle.load(io.BytesIO(body))
    except (AttributeError, ImportError) as error:
        raise ArtefactError(f"{name} was written by another release: {error}") from error


def size(name: str) -> int:
    """Bytes of the stored artefact."""
    return storages["default"].size(name)


def delete(name: str) -> None:
    if name:
        storages["default"].delete(name)
