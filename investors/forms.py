from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.steps import FormInSteps
from investors.models import Investor, Thesis
from taxonomy.forms import (
    CategoriesField,
    KeywordsField,
    MoneyField,
    MoneyForm,
    PhoneField,
    PlaceField,
    RegionsByAreaField,
    address_input,
)
from taxonomy.models import Category, Currency, Round

EARLIEST_FOUNDING = 1800


def checked_founding_year(year: int | None) -> int | None:
    now = timezone.localdate().year
    if year is not None and not EARLIEST_FOUNDING <= year <= now:
        raise forms.ValidationError(
            _("Give a year from %(first)d to %(last)d."), params={"first": EARLIEST_FOUNDING, "last": now}
        )
    return year


class InvestorForm(FormInSteps, MoneyForm, forms.ModelForm):
    """An institution's profile. On a new one, institutions of the same name are offered before another is made."""

    currency_field = "assets_currency"

    type = forms.ChoiceField(label=_("Type"), choices=[("", _("Choose…")), *Investor.Type.choices[:-1]])
    region = PlaceField(required=False, empty_label=_("Choose…"))
    assets = MoneyField(
        label=_("Assets under management"), required=False, help_text=_("For example 20亿 or 2 billion.")
    )
    assets_currency = forms.ModelChoiceField(
        Currency.objects.all(), label=_("Currency"), required=False, empty_label=None, initial="CNY"
    )
    contact_phone = PhoneField(label=_("Contact telephone"), required=False, max_length=40)
    is_another = forms.BooleanField(label=_("None of these is ours: make a new profile"), required=False)

    class Meta:
        model = Investor
        fields = [
            "name_zh", "name_en", "type", "region", "city", "founded_year", "website", "assets", "assets_currency",
            "description_zh", "description_en", "contact_name", "contact_email", "contact_phone", "is_published",
        ]  # fmt: skip
        widgets = {
            "description_zh": forms.Textarea(attrs={"rows": 5}),
            "description_en": forms.Textarea(attrs={"rows": 5}),
            "website": address_input(),
        }
        help_texts = {
            "contact_email": _("Shown to a start-up only after an introduction that both sides accepted."),
            "is_published": _("Off: only members of the institution and administrators see the profile."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.duplicates: list[Investor] = []
        self.fields["website"].assume_scheme = "https"
        if self.instance.pk:
            del self.fields["is_another"]
            if self.instance.type == Investor.Type.UNKNOWN:
                self.initial["type"] = ""
        else:
            del self.fields["is_published"]
            self.initial["type"] = kwargs.get("initial", {}).get("type", "")
            self.initial.setdefault("contact_name", user.full_name)
            self.initial.setdefault("contact_email", user.email)

    def clean_founded_year(self):
        return checked_founding_year(self.cleaned_data["founded_year"])

    def clean(self):
        data = super().clean()
        names = [data.get("name_zh", ""), data.get("name_en", "")]
        # A name that was refused for another reason was given.
        if "name_zh" in self.fields and not any(names) and not {"name_zh", "name_en"} & {*self.errors}:
            self.add_error("name_zh", _("Give the institution a name in Chinese or in English."))
        if data.get("assets") is None:
            data["assets_currency"] = None
        elif not data.get("assets_currency"):
            self.add_error("assets_currency", _("Choose the currency of the assets."))
        if "is_another" in self.fields and not data.get("is_another"):
            self.duplicates = list(Investor.objects.visible_to(self.user).spelled_like(names).order_by("pk")[:5])
            if self.duplicates:
                raise forms.ValidationError(
                    _("An institution of this name is here already. Is one of these yours?"), code="duplicate"
                )
        return data


def conflicts(wanted, excluded) -> list[Category]:
    """Return the excluded categories that are wanted themselves, or lie above a wanted one.

    An excluded category below a wanted one is no conflict: all software, but no games.
    """
    blocked = {category.path: category for category in excluded}
    found = {
        path: blocked[path]
        for category in wanted
        for path in [*category.ancestor_paths, category.path]
        if path in blocked
    }
    return list(found.values())


class ThesisForm(MoneyForm, forms.ModelForm):
    """What an institution looks for, and what it never wants to be shown."""

    categories = CategoriesField(label=_("Categories wanted"), required=True)
    excluded = CategoriesField(
        label=_("Categories excluded"), required=False, help_text=_("Companies of these are never recommended.")
    )
    rounds = forms.ModelMultipleChoiceField(
        Round.objects.known(), label=_("Rounds"), required=False, widget=forms.CheckboxSelectMultiple
    )
    regions = RegionsByAreaField(label=_("Regions"), required=False)
    ticket_low = MoneyField(label=_("Ticket, from"), required=False, help_text=_("For example 500万 or 5 million."))
    ticket_high = MoneyField(label=_("Ticket, to"), required=False)
    currency = forms.ModelChoiceField(Currency.objects.all(), label=_("Currency"), empty_label=None)
    keywords = KeywordsField(
        label=_("Keywords"), required=False, max_length=900, help_text=_("Divided by commas or 、")
    )

    class Meta:
        model = Thesis
        fields = [
            "title", "categories", "excluded", "rounds", "ticket_low", "ticket_high", "currency", "regions",
            "keywords", "text", "is_active",
        ]  # fmt: skip
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "title": _("What colleagues call it, such as “Early industrial software”."),
            "text": _("What you look for in a company and why; start-ups read it, and the match learns from it."),
            "is_active": _("Off: it brings no recommendations and is not shown to start-ups."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["keywords"] = self.instance.keywords

    def clean(self):
        data = super().clean()
        low, high = data.get("ticket_low"), data.get("ticket_high")
        if low is not None and high is not None and low > high:
            self.add_error("ticket_high", _("The range ends below where it begins."))
        overlap = conflicts(data.get("categories") or [], data.get("excluded") or [])
        if overlap:
            names = ", ".join(category.name for category in overlap)
            self.add_error(
                "excluded", _("Wanted and excluded at once: %(names)s. Take one of the two away.") % {"names": names}
            )
        return data
