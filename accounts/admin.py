from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.admin import LogEntryAdmin
from auditlog.models import LogEntry
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from accounts import opening, second_factor, verification
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


class OpenAccountForm(forms.ModelForm):
    """Whom an administrator asks in; the password is the person's own matter."""

    class Meta:
        model = User
        fields = ["email", "full_name", "role", "language"]
        help_texts = {
            "email": _("A link by which to choose a password is sent there."),
            "role": _("Analysts read all statistics and unpublished records, administrators decide on them as well."),
        }

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if EmailAddress.objects.filter(email__iexact=email, verified=True).exists():
            raise forms.ValidationError(_("An account with this address exists already."))
        return email


@admin.register(User)
class UserAdmin(StockUserAdmin):
    form, add_form = UserChangeForm, OpenAccountForm
    actions = ("send_link_again",)
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
    add_fieldsets = [(None, {"fields": ["email", "full_name", "role", "language"]})]

    def save_model(self, request, person, form, change):
        if change:
            super().save_model(request, person, form, change)
            return
        if person.role == User.Role.ADMINISTRATOR and not request.user.is_superuser:
            raise PermissionDenied
        opening.open_account(request.user, person)
        said = _("%(email)s is sent a link by which to choose a password.")
        messages.success(request, said % {"email": person.email})

    @admin.action(description=_("Send the link for the first password again"))
    def send_link_again(self, request, queryset):
        waiting = [person for person in queryset.filter(is_active=True) if not person.has_usable_password()]
        for person in waiting:
            opening.send_link(request.user, person)
        text = ngettext("%(number)d link is sent.", "%(number)d links are sent.", len(waiting))
        messages.success(request, text % {"number": len(waiting)})

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


ACTIONS = {
    LogEntry.Action.CREATE: _("recorded"),
    LogEntry.Action.UPDATE: _("changed"),
    LogEntry.Action.DELETE: _("deleted"),
    LogEntry.Action.ACCESS: _("looked at"),
}
CHANGE_BY_KIND = {
    Authenticator.Type.TOTP: "mfa/email/totp_deactivated",
    Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_removed",
    Authenticator.Type.RECOVERY_CODES: "mfa/email/recovery_codes_removed",
}

admin.site.unregister(LogEntry)


class ActionFilter(admin.SimpleListFilter):
    """What was done, in the words of the list."""

    title, parameter_name = _("done"), "action"

    def lookups(self, request, model_admin):
        return [(str(action), said) for action, said in ACTIONS.items()]

    def queryset(self, request, queryset):
        chosen = dict(self.lookup_choices)
        return queryset.filter(action=self.value()) if self.value() in chosen else queryset


@admin.register(LogEntry)
class AuditAdmin(LogEntryAdmin):
    """Who changed what, when, before and after: in the reader's words."""

    list_display = ["at", "what", "done", "fields_changed", "who"]
    list_filter = [ActionFilter, ("content_type", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["object_repr", "actor__email", "actor__full_name"]
    readonly_fields = ["at", "who", "what", "done", "differences"]
    fieldsets = [(None, {"fields": ["at", "who", "what", "done", "differences"]})]

    @admin.display(description=_("when"), ordering="timestamp")
    def at(self, entry):
        return entry.timestamp

    @admin.display(description=_("who"), ordering="actor")
    def who(self, entry):
        return self.user_url(entry) if entry.actor else _("the system")

    @admin.display(description=_("record"))
    def what(self, entry):
        return self.resource_url(entry)

    @admin.display(description=_("done"), ordering="action")
    def done(self, entry):
        return ACTIONS.get(entry.action, entry.get_action_display())

    @admin.display(description=_("changed"))
    def fields_changed(self, entry):
        if entry.action != LogEntry.Action.UPDATE:
            return ""
        names = [self._name_of(entry, field) for field in entry.changes_dict]
        return pgettext("between the items of a list", ", ").join(names)

    @admin.display(description=_("before and after"))
    def differences(self, entry):
        rows = []
        for field, change in sorted(entry.changes_dict.items()):
            if isinstance(change, dict):
                objects = pgettext("between the items of a list", ", ").join(map(str, change["objects"]))
                added = change["operation"] == "add"
                rows.append((self._name_of(entry, field), "" if added else objects, objects if added else ""))
            else:
                rows.append((self._name_of(entry, field), *(self._value(entry, field, value) for value in change)))
        head = format_html("<tr><th>{}</th><th>{}</th><th>{}</th></tr>", _("field"), _("before"), _("after"))
        cells = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<table>{}{}</table>", head, cells)

    @staticmethod
    def _field(entry, name: str):
        model = entry.content_type.model_class()
        try:
            return model._meta.get_field(name) if model else None
        except FieldDoesNotExist:
            return None

    def _name_of(self, entry, name: str) -> str:
        field = self._field(entry, name)
        return str(getattr(field, "verbose_name", name))

    def _value(self, entry, name: str, value) -> str:
        """What is stored under a code is said as everywhere else; nothing is a dash."""
        if value in (None, "", "None"):
            return "–"
        field = self._field(entry, name)
        if value in ("True", "False"):
            return _("yes") if value == "True" else _("no")
        return str(dict(getattr(field, "flatchoices", None) or ()).get(value, value))


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
