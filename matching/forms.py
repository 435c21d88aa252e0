from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from deals.models import Side
from investors.models import Investor
from matching.models import AttentionSettings, Feedback, ModelRun
from taxonomy.display import partial_date

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


class NoteForm(FeedbackForm):
    """What one side writes down for itself about a party that it has saved."""

    kind = reason = None
    note = forms.CharField(max_length=500, required=False)


class AttentionForm(forms.ModelForm):
    """How the next runs spread attention."""

    class Meta:
        model = AttentionSettings
        fields = ["max_share", "max_loss", "floor"]


class RunChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, run):
        return f"#{run.pk} · {partial_date(run.as_of)} · {run.get_status_display()}"


class CompareForm(forms.Form):
    """Two different runs that were trained to the end; the two newest unless asked otherwise."""

    one = RunChoiceField(ModelRun.objects.none(), label=_("First run"), empty_label=None)
    two = RunChoiceField(ModelRun.objects.none(), label=_("Second run"), empty_label=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        trained = ModelRun.objects.filter(ranked_at__isnull=False).defer("figures")
        for field in self.fields.values():
            field.queryset = trained
            field.widget.attrs["class"] = "form-select"
        newest = list(trained.values_list("pk", flat=True)[:2])
        self.offers_two = len(newest) == 2
        if self.offers_two:
            self.initial = {"one": newest[1], "two": newest[0]}

    def clean(self):
        data = super().clean()
        if data.get("one") and data.get("one") == data.get("two"):
            raise ValidationError(_("Choose two different runs."))
        return data
