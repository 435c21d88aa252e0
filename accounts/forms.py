from zoneinfo import available_timezones

from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignupDetails(forms.Form):
    """What sign-up asks beside email and password: a name, and on which side the person stands."""

    full_name = forms.CharField(label=_("Your name"), max_length=100)
    role = forms.ChoiceField(
        label=_("I am here for"),
        choices=[
            (User.Role.STARTUP, _("a start-up that raises capital")),
            (User.Role.INVESTOR, _("an institution that invests")),
        ],
        widget=forms.RadioSelect,
        initial=User.Role.STARTUP,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The buttons of the landing page say on which side the reader stands.
        asked = context.request.GET.get("role") if context.request else None
        if asked in dict(self.fields["role"].choices):
            self.initial["role"] = asked

    def signup(self, request, user):
        """Called by allauth once the account is made."""
        user.full_name = self.cleaned_data["full_name"]
        user.role = self.cleaned_data["role"]
        user.language = request.LANGUAGE_CODE
        user.save(update_fields=["full_name", "role", "language"])


class SettingsForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["full_name", "language", "time_zone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.fields["full_name"].required = True
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label, choices=[(zone, zone.replace("_", " ")) for zone in zones]
        )
