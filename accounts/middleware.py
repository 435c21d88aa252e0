from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
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
