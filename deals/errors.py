"""Why an action was refused, under the name by which this room asks for it."""

from accounts.errors import ActionError, TooLate

__all__ = ["ActionError", "TooLate"]
