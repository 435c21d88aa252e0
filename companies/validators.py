"""Checks of what companies enter."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NumberError

LOGO_BYTES = 2 * 1024 * 1024


def validate_credit_code(value: str) -> None:
    """Check a unified social credit code (GB 32100-2015) and its check digit."""
    try:
        uscc.validate(value)
    except NumberError:
        raise ValidationError(
            _("This is not a unified social credit code: 18 characters, the last one a check digit."),
            code="credit_code",
        ) from None


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
