from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    """Log-in, two-factor and rate limits are the site's own, not the admin's."""

    site_title = _("Rongqiao administration")
    site_header = _("Rongqiao administration")
    index_title = _("Records")
    enable_nav_sidebar = False

    @method_decorator(secure_admin_login)
    def login(self, request, extra_context=None):
        return super().login(request, extra_context)
