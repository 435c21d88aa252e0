"""What the link in a mail carries: the number of a row, signed. Whether it still holds is said by the row."""

from django.core import signing
from django.db import models


def _signer(model: type[models.Model]) -> signing.Signer:
    # A link to a row of one kind is none to a row of another.
    return signing.Signer(salt=model._meta.label)


def token(row: models.Model) -> str:
    return _signer(type(row)).sign(row.pk)


def of_token(model: type[models.Model], text: str) -> models.Model | None:
    """The row that a link names; None for a link that we did not make, and for a row that is gone."""
    try:
        return model.objects.filter(pk=_signer(model).unsign(text)).first()
    except signing.BadSignature:
        return None
