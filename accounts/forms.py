from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from accounts import uploads
from accounts.models import MemberRole, User
from accounts.validators import validate_credit_code
from accounts.verified import Fact, RefusalReason


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


# One city stands for each offset in which people here are likely to work.
TIME_ZONES = [
    ("Asia/Shanghai", _("Beijing, Shanghai")),
    ("Asia/Hong_Kong", _("Hong Kong")),
    ("Asia/Taipei", _("Taipei")),
    ("Asia/Singapore", _("Singapore")),
    ("Asia/Tokyo", _("Tokyo")),
    ("Asia/Seoul", _("Seoul")),
    ("Australia/Sydney", _("Sydney")),
    ("Asia/Kolkata", _("Delhi, Mumbai")),
    ("Asia/Dubai", _("Dubai")),
    ("Asia/Jerusalem", _("Tel Aviv")),
    ("Europe/Moscow", _("Moscow")),
    ("Europe/Berlin", _("Berlin, Paris")),
    ("Europe/London", _("London")),
    ("America/Sao_Paulo", _("São Paulo")),
    ("America/New_York", _("New York, Toronto")),
    ("America/Chicago", _("Chicago")),
    ("America/Denver", _("Denver")),
    ("America/Los_Angeles", _("San Francisco, Vancouver")),
]


class SettingsForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["full_name", "language", "time_zone"]
        labels = {"full_name": _("Your name")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["full_name"].required = True
        now = self.instance.time_zone
        other = [] if now in dict(TIME_ZONES) else [(now, now.replace("_", " "))]
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label, choices=[*TIME_ZONES, *other]
        )


class InviteForm(forms.Form):
    """A colleague to be asked to join."""

    email = forms.EmailField(label=_("Email of your colleague"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=MemberRole.choices,
        initial=MemberRole.EDITOR,
        help_text=_("Owners manage the team, editors act for it, viewers read."),
    )


class ClaimForm(forms.Form):
    """How somebody shows to belong to a company or an institution."""

    position = forms.CharField(label=_("Your position there"), max_length=100)
    proof_email = forms.EmailField(
        label=_("Your address there"),
        required=False,
        max_length=254,
        help_text=_("A link is sent to it; with one click the claim is confirmed."),
    )
    note = forms.CharField(
        label=_("Anything that shows it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A page that names you, or whom we may call."),
    )

    def __init__(self, *args, domain: str, **kwargs):
        super().__init__(*args, **kwargs)
        if domain:
            self.fields["proof_email"].widget.attrs["placeholder"] = f"@{domain}"
        else:
            del self.fields["proof_email"]


class AskVerificationForm(forms.Form):
    """What an owner shows to get verified."""

    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        required=False,
        max_length=30,
        help_text=_("18 characters, as on the business licence. An organisation from abroad leaves it empty."),
    )
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    note = forms.CharField(
        label=_("Anything that helps us to check"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A public register, a page that names your team, whom we may call."),
    )
    file = forms.FileField(
        label=_("Document"),
        required=False,
        max_length=250,
        widget=forms.ClearableFileInput(attrs={"accept": uploads.ACCEPT}),
        validators=[uploads.validate_document],
        help_text=_(
            "The business licence, for example: PDF or an image, at most 25 MB. Only administrators and your owners open it."
        ),
    )

    def __init__(self, *args, party, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"credit_code": getattr(party, "credit_code", ""), "website": party.website}

    def clean_credit_code(self):
        code = uscc.compact(self.cleaned_data["credit_code"]) if self.cleaned_data["credit_code"] else ""
        if code:
            validate_credit_code(code)
        return code

    def clean(self):
        data = super().clean()
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("Give at least one of these: we have to check by something."), code="nothing")
        return data


class VerifyForm(forms.Form):
    facts = forms.MultipleChoiceField(
        label=_("I have checked"), choices=Fact.choices, widget=forms.CheckboxSelectMultiple
    )
    answer = forms.CharField(
        label=_("A word to the owner"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class RefuseVerificationForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose…")), *RefusalReason.choices])
    answer = forms.CharField(
        label=_("A word to the owner"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ViewingForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("Stands on record; the owners of the organisation read it.")
    )


def _key_name() -> forms.CharField:
    help_text = _("So that you know it again: “My laptop”, “Key in the safe”.")
    return forms.CharField(label=_("Name of the passkey"), max_length=60, help_text=help_text)


# What the library that reads a browser's word about a passkey trips over where a part is missing or of another kind.
MALFORMED = (AttributeError, KeyError, TypeError, ValueError)


class _ProvenByPasskey(forms.Form):
    def clean_credential(self):
        try:
            return super().clean_credential()
        except MALFORMED:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeyLoginForm(_ProvenByPasskey, LoginWebAuthnForm):
    pass


class PasskeySecondStepForm(_ProvenByPasskey, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_ProvenByPasskey, ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey opens the account alone, unless it is only to be the second step after the password."""

    name = _key_name()
    passwordless = forms.BooleanField(
        label=_("Log in with it alone, without the password"),
        required=False,
        initial=True,
        help_text=_(
            "The device then asks for your finger, your face or its PIN. Without it: a second step after the password."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The key is on the device already when this is read: a missing name must not lose it.
        self.fields["name"].required = False

    def clean(self):
        try:
            return super().clean()
        except MALFORMED:
            raise get_adapter().validation_error("incorrect_code") from None


class RenamePasskeyForm(EditWebAuthnForm):
    name = _key_name()
