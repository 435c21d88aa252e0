from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from accounts import second_factor


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


class SecondFactorMiddleware:
    """Whoever reads or decides what others keep back sets up a second step first, where the installation asks for it."""

    # What somebody without one needs to set it up, to change the language and to leave.
    OPEN = ("account_", "mfa_", "set_language")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name or ""
        if name.startswith(self.OPEN) or not second_factor.is_required_of(request.user):
            return None
        if name.startswith("api:"):
            return JsonResponse({"detail": _("Set up a second step for your log-in first.")}, status=403)
        return redirect("mfa_index")
