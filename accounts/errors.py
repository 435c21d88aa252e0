"""Why an action was refused: shown beside the form by a page, as a 400 or 409 by the API."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class ActionError(ValidationError):
    """An action that the present state does not allow; nothing was changed. `code` is for programs.

    `field` names the input at fault, or is empty.
    """

    def __init__(self, message, code: str, field: str = "", params: dict | None = None):
        super().__init__(message, code=code, params=params)
        self.field = field


class TooLate(ActionError):
    """Another person was faster, or the state moved on meanwhile."""

    def __init__(self, message=None):
        super().__init__(message or _("This was answered meanwhile. Below is how it stands."), "too_late")
