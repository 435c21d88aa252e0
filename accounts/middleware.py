from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from accounts import second_factor, viewing


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


class ViewingMiddleware:
    """Shows an administrator the site as the person sees whom a viewing names (`accounts.viewing`), and lets nothing
    be changed meanwhile. Behind the middleware that knows the user, before all that ask for one.
    """

    # How somebody logs in is nobody else's to read: recovery codes, keys, devices.
    CLOSED = ("account_", "mfa_", "usersessions_")

    def __init__(self, get_response):
        self.get_response = get_response

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name or ""
        return self._refused(request) if hasattr(request, "viewing") and name.startswith(self.CLOSED) else None

    def __call__(self, request):
        row = viewing.of(request)
        if row is None:
            if request.session.pop(viewing.KEY, None):
                messages.info(
                    request, _("Thirty minutes are over, or it was ended: you see the site as yourself again.")
                )
            return self.get_response(request)
        request.viewing = row
        if request.path == reverse("view_end"):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return self._refused(request)
        request.user = row.user
        with transaction.atomic():
            response = self.get_response(request)
            # A template that is rendered late would write late.
            if hasattr(response, "render"):
                response.render()
            transaction.set_rollback(True)
        if response.get("Content-Disposition", "").startswith("attachment"):
            # Not the response: that would end the request.
            if file := getattr(response, "file_to_stream", None):
                file.close()
            return self._refused(request)
        response["Cache-Control"] = "private, no-store"
        return response

    def _refused(self, request):
        return render(request, "accounts/viewing_refused.html", {"viewing": request.viewing}, status=403)
