from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import second_factor, verification
from accounts.errors import ActionError
from accounts.models import Notification, User, Viewing
from accounts.verified import Fact


class MembershipFilter(admin.SimpleListFilter):
    """Profiles for which somebody speaks, and those that only an import knows."""

    title, parameter_name = _("members"), "has_members"

    def lookups(self, request, model_admin):
        return [("1", _("With members")), ("0", _("Without members"))]

    def queryset(self, request, queryset):
        if self.value() in ("0", "1"):
            return queryset.filter(memberships__isnull=self.value() == "0").distinct()
        return queryset


class VerifiedAdmin:
    """Verifies by the same actions as the queue does, so that owners are told and what waited for it is established."""

    actions = ("verify", "take_verification")

    @admin.action(description=_("Mark as verified (the name alone)"))
    def verify(self, request, queryset):
        done = self._each(queryset, lambda party: verification.verify(request.user, party, [Fact.NAME]))
        text = ngettext("%(number)d profile is verified.", "%(number)d profiles are verified.", done)
        messages.success(request, text % {"number": done})

    @admin.action(description=_("Take the verification away"))
    def take_verification(self, request, queryset):
        self._each(queryset, lambda party: verification.take(request.user, party))

    def _each(self, queryset, act) -> int:
        done = 0
        for party in queryset:
            try:
                act(party)
            except ActionError:
                # Decided on before: what was chosen stands as it should.
                continue
            done += 1
        return done


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email"]
        field_classes = {"email": forms.EmailField}


@admin.register(User)
class UserAdmin(StockUserAdmin):
    form, add_form = UserChangeForm, UserCreationForm
    list_display = ["email", "full_name", "role", "language", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = ["role", "is_active", "is_staff", "language"]
    search_fields = ["email", "full_name"]
    ordering = ["-date_joined"]
    date_hierarchy = "date_joined"
    readonly_fields = ["date_joined", "last_login", "as_this_person"]
    filter_horizontal = ["groups", "user_permissions"]
    fieldsets = [
        (None, {"fields": ["email", "password", "full_name", "role", "language", "time_zone"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Dates"), {"fields": ["date_joined", "last_login", "as_this_person"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "full_name", "role", "usable_password", "password1", "password2"]}),
    ]

    @admin.display(description=_("the site"))
    def as_this_person(self, user):
        if not user.pk or user.is_staff:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("view_as", args=[user.pk]), _("Look at it as this person sees it")
        )


@admin.register(Viewing)
class ViewingAdmin(admin.ModelAdmin):
    list_display = ["user", "administrator", "started_at", "ended_at", "reason"]
    list_select_related = ["user", "administrator"]
    search_fields = ["user__email", "administrator__email"]
    date_hierarchy = "started_at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):
    list_display = ["kind", "user", "created_at", "read_at"]
    list_filter = ["kind"]
    search_fields = ["user__email"]
    autocomplete_fields = ["user"]
    date_hierarchy = "created_at"


CHANGE_BY_KIND = {
    Authenticator.Type.TOTP: "mfa/email/totp_deactivated",
    Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_removed",
    Authenticator.Type.RECOVERY_CODES: "mfa/email/recovery_codes_removed",
}

# Session keys are as good as passwords.
admin.site.unregister(UserSession)
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """To be removed for somebody who has lost device and recovery codes; nobody makes or reads one here."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    search_fields = ["user__email", "user__full_name"]
    fields = readonly_fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def get_actions(self, request):
        """None for several at once: each is somebody's request, and is told."""
        return {}

    def delete_model(self, request, obj):
        told = CHANGE_BY_KIND[obj.type]
        second_factor.remove(obj)
        get_adapter(request).send_notification_mail(told, obj.user, {"by_administrator": True})
