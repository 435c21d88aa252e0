"""Checks of what organisations enter."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NumberError


def validate_credit_code(value: str) -> None:
    """Check a unified social credit code (GB 32100-2015) and its check digit."""
    try:
        uscc.validate(value)
    except NumberError:
        raise ValidationError(
            _("This is not a unified social credit code: 18 characters, the last one a check digit."),
            code="credit_code",
        ) from None
