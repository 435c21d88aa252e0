"""What the API's views of actions share: how a refusal is answered, and how a body is read."""

from rest_framework.exceptions import ValidationError

from accounts.errors import ActionError
from taxonomy.answers import ALL, Refused


class Acting:
    """Mixed into a view. What an action refuses is a 409; with an input at fault, a 400 that names it."""

    def handle_exception(self, exc):
        if isinstance(exc, ActionError):
            message = " ".join(exc.messages)
            # A constraint that no single field breaks is still a matter of what was sent.
            bad_input = exc.field or exc.code == "invalid"
            exc = ValidationError({exc.field or ALL: [message]}) if bad_input else Refused(message, exc.code)
        return super().handle_exception(exc)

    def asked(self, serializer_class) -> dict:
        """Return the validated body of the request."""
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
