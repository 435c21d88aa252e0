from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation
from django.utils.translation import get_supported_language_variant


class LanguageMiddleware(LocaleMiddleware):
    """The reader's language: of the account where there is one, else the cookie's, else the browser's."""

    def process_request(self, request):
        user = request.user
        if user.is_authenticated and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(get_supported_language_variant(user.language))
            request.LANGUAGE_CODE = translation.get_language()
        else:
            super().process_request(request)


class TimeZoneMiddleware:
    """Moments are shown in the time zone of the account."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            try:
                timezone.activate(ZoneInfo(request.user.time_zone))
            except (ZoneInfoNotFoundError, ValueError):
                timezone.deactivate()
        else:
            timezone.deactivate()
        return self.get_response(request)
