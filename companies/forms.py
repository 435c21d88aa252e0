from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from accounts.steps import FormInSteps
from companies.models import Company, Raise
from taxonomy.dates import PartialDate
from taxonomy.facts import period
from taxonomy.forms import (
    CategoriesField,
    CategoryChoiceField,
    KeywordsField,
    MoneyField,
    MoneyForm,
    PartialDateField,
    PhoneField,
    PlaceField,
    address_input,
)
from taxonomy.models import Currency, Round

EARLIEST_FOUNDING = 1850


def checked_founding(founded: PartialDate | None) -> PartialDate | None:
    if founded and founded.first > timezone.localdate():
        raise forms.ValidationError(_("The founding lies in the future."), code="future")
    if founded and founded.first.year < EARLIEST_FOUNDING:
        raise forms.ValidationError(_("Give a year from %(year)d on."), params={"year": EARLIEST_FOUNDING})
    return founded


class CompanyForm(FormInSteps, forms.ModelForm):
    """A company's profile. On a new one, companies of the same name are offered before another is made."""

    primary = CategoryChoiceField(
        label=_("Main category"),
        empty_label=_("Choose…"),
        help_text=_("What the company mostly sells. Investors are matched on it first."),
    )
    further = CategoriesField(label=_("Further categories"), required=False)
    region = PlaceField(empty_label=_("Choose…"))
    founded = PartialDateField(
        label=_("Founded"), required=False, help_text=_("A year is enough: 2018, 2018-05 or 2018-05-04.")
    )
    keywords = KeywordsField(
        label=_("Keywords"),
        required=False,
        max_length=900,
        help_text=_("Products, techniques, customers' trades; divided by commas or 、"),
    )
    contact_phone = PhoneField(label=_("Contact telephone"), required=False, max_length=40)
    is_another = forms.BooleanField(label=_("None of these is ours: make a new profile"), required=False)

    class Meta:
        model = Company
        fields = [
            "short_zh", "short_en", "name_zh", "name_en", "credit_code", "founded", "region", "city", "website",
            "primary", "further", "summary_zh", "summary_en", "description_zh", "description_en", "keywords",
            "business_model", "logo", "contact_name", "contact_email", "contact_phone", "is_published",
        ]  # fmt: skip
        widgets = {
            "description_zh": forms.Textarea(attrs={"rows": 5}),
            "description_en": forms.Textarea(attrs={"rows": 5}),
            "website": address_input(),
        }
        help_texts = {
            "summary_zh": _("Needed in one of the two languages."),
            "credit_code": _("18 characters, as on the business licence."),
            "contact_email": _("Shown to an investor only after an introduction that both sides accepted."),
            "is_published": _("Off: only members of the company and administrators see the profile."),
            "logo": _("PNG, JPEG or WebP, at most 2 MB."),
            "business_model": _("Who pays for what, in one line."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.duplicates: list[Company] = []
        # An address without a scheme is a secure one.
        self.fields["website"].assume_scheme = "https"
        if self.instance.pk:
            links = list(self.instance.category_links.select_related("category"))
            self.initial["primary"] = next((link.category_id for link in links if link.is_primary), None)
            self.initial["further"] = [link.category_id for link in links if not link.is_primary]
            self.initial["founded"] = period(self.instance.founded_on, self.instance.founded_precision)
            self.initial["keywords"] = self.instance.keywords
            del self.fields["is_another"]
        else:
            del self.fields["is_published"]
            self.initial.setdefault("contact_name", user.full_name)
            self.initial.setdefault("contact_email", user.email)

    def clean_credit_code(self):
        code = self.cleaned_data["credit_code"]
        code = uscc.compact(code) if code else ""
        if code and Company.objects.filter(credit_code=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("A company with this unified social credit code is registered already."), code="duplicate"
            )
        return code

    def clean_founded(self):
        return checked_founding(self.cleaned_data["founded"])

    def clean(self):
        data = super().clean()
        fields = ("short_zh", "short_en", "name_zh", "name_en")
        names = [data.get(field, "") for field in fields]
        # A name that was refused for another reason was given.
        if "short_zh" in self.fields and not any(names) and not {*fields} & {*self.errors}:
            self.add_error("short_zh", _("Give the company a name in Chinese or in English."))
        has_summary = data.get("summary_zh") or data.get("summary_en")
        if "summary_zh" in self.fields and not has_summary and not {"summary_zh", "summary_en"} & {*self.errors}:
            self.add_error("summary_zh", _("Say in one line what the company does, in Chinese or in English."))
        if data.get("primary") and data.get("further"):
            data["further"] = data["further"].exclude(pk=data["primary"].pk)
        if "is_another" in self.fields and not data.get("is_another"):
            self.duplicates = list(Company.objects.visible_to(self.user).spelled_like(names).order_by("pk")[:5])
            if self.duplicates:
                raise forms.ValidationError(
                    _("A company of this name is here already. Is one of these yours?"), code="duplicate"
                )
        return data

    def _post_clean(self):
        founded = self.cleaned_data.get("founded")
        if "founded" in self.cleaned_data:
            self.instance.founded_on = founded.first if founded else None
            self.instance.founded_precision = founded.precision if founded else "day"
        super()._post_clean()


class RaiseForm(MoneyForm, forms.ModelForm):
    """What a company asks for now."""

    amount_low = MoneyField(label=_("Amount, from"), required=False, help_text=_("For example 2000万 or 20 million."))
    amount_high = MoneyField(label=_("Amount, to"), required=False)
    currency = forms.ModelChoiceField(Currency.objects.all(), label=_("Currency"), empty_label=None)
    round = forms.ModelChoiceField(Round.objects.known(), label=_("Round"), empty_label=_("Choose…"))

    class Meta:
        model = Raise
        fields = ["round", "amount_low", "amount_high", "currency", "amount_audience", "closes_on", "use_of_funds"]
        widgets = {
            "closes_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "use_of_funds": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "closes_on": _("Leave it empty if there is no fixed end."),
            "use_of_funds": _("What the money is for: three lines say more than a slide."),
        }

    def clean(self):
        data = super().clean()
        low, high = data.get("amount_low"), data.get("amount_high")
        if low is not None and high is not None and low > high:
            self.add_error("amount_high", _("The range ends below where it begins."))
        if data.get("closes_on") and data["closes_on"] < self.instance.opened_on:
            self.add_error("closes_on", _("The closing date lies before the opening date."))
        return data
