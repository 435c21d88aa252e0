from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from deals.models import Side
from investors.models import Investor
from matching.models import Feedback

TAKE_BACK = "none"


class FeedbackForm(forms.Form):
    """An answer of `user`'s side to a recommendation; `none` takes an earlier answer back."""

    company = forms.ModelChoiceField(Company.objects.none())
    investor = forms.ModelChoiceField(Investor.objects.none())
    side = forms.ChoiceField(choices=Side.choices)
    kind = forms.ChoiceField(choices=[*Feedback.Kind.choices, (TAKE_BACK, _("Take back"))])
    reason = forms.ChoiceField(choices=[("", ""), *Feedback.PassReason.choices], required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["company"].queryset = Company.objects.visible_to(user)
        self.fields["investor"].queryset = Investor.objects.visible_to(user)

    def clean(self):
        data = super().clean()
        if data.get("kind") == Feedback.Kind.PASSED and not data.get("reason"):
            self.add_error("reason", _("Say why you pass: it teaches the next match."))
        party = data.get(data.get("side", ""))
        if party is not None and not party.is_edited_by(self.user):
            raise ValidationError(_("You do not answer for this party."), code="forbidden")
        return data
