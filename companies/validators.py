"""Checks of what companies enter."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from accounts.validators import validate_credit_code

__all__ = ["validate_credit_code", "validate_logo"]

LOGO_BYTES = 2 * 1024 * 1024


def validate_logo(file) -> None:
    """Check that a logo is an image that can be decoded and of at most 2 MB."""
    if file.size > LOGO_BYTES:
        raise ValidationError(_("The logo is larger than 2 MB: save it smaller and try again."), code="too_large")
    try:
        position = file.tell()
        with Image.open(file) as image:
            image.verify()
        file.seek(position)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(_("The logo is not an image: use PNG, JPEG or WebP."), code="not_an_image") from None
