"""How the API answers: in pages that carry their count, and with errors of one shape."""

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.views import exception_handler

ALL = "__all__"


class Pages(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 200


class Refused(APIException):
    """The request is understood and allowed, but the record is no longer where it would have to be."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "refused"
    default_detail = _("This is not possible now.")


def errors(exception, context):
    """Answer every error as `{"code", "detail"}`, a bad input also with `errors: {field: [message]}`.

    What belongs to no single field stands under `__all__`, as in the forms.
    """
    response = exception_handler(exception, context)
    if response is None:
        return None
    if isinstance(exception, ValidationError):
        found = response.data if isinstance(response.data, dict) else {ALL: response.data}
        response.data = {"code": "invalid", "detail": _("Some of the values cannot be accepted."), "errors": found}
    else:
        detail = response.data["detail"]
        response.data = {"code": getattr(detail, "code", "error"), "detail": detail}
    return response
