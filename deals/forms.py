"""What people type about introductions and deals."""

import re
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts import uploads
from companies.models import Company
from deals import listings
from deals.filters import day_input
from deals.models import Deal, Document, Introduction, Listing, Report
from investors.models import Investor
from taxonomy import display
from taxonomy.forms import AmountField, PartialDateField, address_input, in_currency
from taxonomy.models import Board, Currency, Round


class AskForm(forms.Form):
    message = forms.CharField(
        label=_("Your message"),
        max_length=1500,
        help_text=_("A few sentences: why them, why now. The profile and the raise are attached."),
        widget=forms.Textarea(attrs={"rows": 6, "autofocus": True}),
    )


class AcceptForm(forms.Form):
    note = forms.CharField(
        label=_("Note (optional)"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class DeclineForm(forms.Form):
    decline_reason = forms.ChoiceField(
        label=_("Reason"),
        choices=Introduction.DeclineReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason: it is what the other side learns from.")},
    )
    note = forms.CharField(
        label=_("Note (optional)"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class DocumentsField(forms.FileField):
    """Several files, each checked by its content; cleans to a list."""

    widget = ManyFiles(attrs={"accept": uploads.ACCEPT})

    def clean(self, data, initial=None):
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        for file in files:
            super().clean(file, initial)
            uploads.validate_document(file)
        return files


class MessageForm(forms.Form):
    text = forms.CharField(
        label=_("Your message"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    files = DocumentsField(
        label=_("Attach files"),
        required=False,
        max_length=250,
        help_text=_("PDF, PPTX, XLSX or images, at most five of 25 MB each."),
    )
    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=250,
        widget=forms.ClearableFileInput(attrs={"accept": uploads.ACCEPT}),
        validators=[uploads.validate_document],
        help_text=_("PDF, PPTX, XLSX or an image, at most 25 MB."),
    )
    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("Empty: the name of the file.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Document.Kind.choices)
    audience = forms.ChoiceField(
        label=_("Shown to"),
        choices=Document.Audience.choices,
        initial=Document.Audience.INTRODUCED,
        widget=forms.RadioSelect,
        help_text=_("Every opening stands in a log. Administrators of the site can open it too."),
    )


class EditDocumentForm(forms.ModelForm):
    class Meta:
        model = Document
        fields = ["title", "kind", "audience"]
        widgets = {"audience": forms.RadioSelect}


class LetInForm(forms.Form):
    """An institution that was introduced and is not let in yet."""

    investor = forms.ModelChoiceField(
        Investor.objects.none(), label=_("Let in an institution"), empty_label=_("Choose…")
    )

    def __init__(self, *args, document: Document, **kwargs):
        super().__init__(*args, **kwargs)
        met = Introduction.objects.accepted().filter(company=document.company)
        inside = document.accesses.granted().values("investor")
        asked = document.accesses.exclude(status="granted").values("investor")
        found = Investor.objects.filter(Q(pk__in=met.values("investor")) | Q(pk__in=asked)).exclude(pk__in=inside)
        self.fields["investor"].queryset = found.order_by("pk")


class PreviewForm(forms.Form):
    """As which institution a company looks at itself: one that it has to do with, or any that was never met."""

    investor = forms.ModelChoiceField(
        Investor.objects.none(),
        label=_("As seen by"),
        required=False,
        empty_label=_("an institution that you have not met"),
    )

    def __init__(self, *args, company: Company, **kwargs):
        super().__init__(*args, **kwargs)
        known = Q(introductions__company=company) | Q(accesses__document__raise_shown__company=company)
        self.fields["investor"].queryset = Investor.objects.filter(known).distinct().order_by("pk")


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Reason.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What happened?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Only the administrators read it; the other side is not told who reported."),
    )


class SettleForm(forms.Form):
    status = forms.ChoiceField(
        label=_("Outcome"), choices=[("", "—"), *(choice for choice in Report.Status.choices if choice[0] != "open")]
    )
    answer = forms.CharField(label=_("Answer to who reported (optional)"), max_length=1000, required=False)
    hide = forms.BooleanField(label=_("Take the profile off the site"), required=False)


class RejectForm(forms.Form):
    """Why a deal or a listing, the `record`, is rejected."""

    reject_reason = forms.ChoiceField(label=_("Why"))
    note = forms.CharField(label=_("Note (optional)"), max_length=1000, required=False)

    def __init__(self, *args, record: Deal | Listing, **options):
        super().__init__(*args, **options)
        self.fields["reject_reason"].choices = [("", "—"), *record.RejectReason.of_review()]


class SuspectedForm(forms.Form):
    """How the queue of possible duplicates is narrowed."""

    q = forms.CharField(label=_("Company"), required=False, max_length=100, widget=forms.SearchInput())
    strength = forms.ChoiceField(
        label=_("How likely"),
        required=False,
        choices=[
            ("", _("Any")),
            ("very_likely", _("Very likely the same")),
            ("likely", _("Likely the same")),
            ("possible", _("Possibly the same")),
        ],
    )


class ObjectForm(forms.Form):
    objection = forms.CharField(
        label=_("What is wrong?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what is wrong: an administrator reads it.")},
        help_text=_("The parties and the administrators read it."),
    )


class PartyField(forms.CharField):
    """A company or an institution by any of its names; `Name #12` where several bear one name. Gives the row."""

    NUMBER = re.compile(r"#\s*(\d+)\s*$")
    default_error_messages = {
        "nobody": _("Nobody of this name is registered. Check the spelling, or create the profile first."),
        "several": _("Several have this name. Write one of: %(choices)s."),
    }

    def __init__(self, model, name_fields: tuple[str, ...], suggestions: str, **options):
        super().__init__(max_length=220, **options)
        self.model, self.name_fields = model, name_fields
        self.queryset = model.objects.none()
        # The browser offers what `deals:suggest` finds for the letters typed so far.
        self.widget.attrs |= {
            "autocomplete": "off",
            "list": f"suggest-{suggestions}",
            "hx-get": reverse_lazy("deals:suggest", args=[suggestions]),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#suggest-{suggestions}",
        }

    def prepare_value(self, value):
        return label_of(value) if isinstance(value, self.model) else value

    def clean(self, value):
        text = " ".join(super().clean(value).split())
        if not text:
            return None
        if match := self.NUMBER.search(text):
            found = list(self.queryset.filter(pk=match[1])[:1])
        else:
            named = Q(aliases__name__iexact=text)
            for field in self.name_fields:
                named |= Q(**{f"{field}__iexact": text})
            found = list(self.queryset.filter(pk__in=self.model.objects.filter(named).values("pk"))[:6])
        if not found:
            raise ValidationError(self.error_messages["nobody"], code="nobody")
        if len(found) > 1:
            choices = ", ".join(label_of(one) for one in found)
            raise ValidationError(self.error_messages["several"], code="several", params={"choices": choices})
        return found[0]


def label_of(party) -> str:
    """How a company or an institution is written so that nobody else can be meant."""
    return f"{party.name} #{party.pk}"


def company_field(**options) -> PartyField:
    return PartyField(Company, ("short_zh", "name_zh", "short_en", "name_en"), "companies", **options)


class RecordForm(forms.Form):
    company = company_field(label=_("Company"), help_text=_("Its short or legal name."))
    kind = forms.ChoiceField(label=_("Kind"), choices=Deal.Kind.choices, initial=Deal.Kind.VENTURE)
    round = forms.ModelChoiceField(
        label=_("Round"),
        queryset=Round.objects.all(),
        required=False,
        empty_label="—",
        help_text=_("Needed for a venture round; money raised on a board has none."),
    )
    announced = PartialDateField(
        label=_("Date"), help_text=_("As exactly as it is known: 2020-07-22, 2020-07, 2020-Q3 or 2020.")
    )
    amount = AmountField(
        label=_("Amount of the whole round or offering"),
        help_text=_("As people write it: 9.5亿元, 数千万人民币, USD 1.5m, undisclosed."),
    )
    currency = forms.ModelChoiceField(
        label=_("Currency, if the amount names none"),
        queryset=Currency.objects.all(),
        empty_label=None,
        initial="CNY",
    )
    amount_audience = forms.ChoiceField(
        label=_("The amount is shown to"), choices=Deal.Audience.choices, initial=Deal.Audience.EVERYONE
    )
    source_url = forms.URLField(
        label=_("Address of a source"), required=False, max_length=400, assume_scheme="https", widget=address_input()
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    different = forms.BooleanField(
        label=_("This is another deal than the ones named above"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.fields["company"].queryset = Company.objects.visible_to(user)

    def clean(self):
        data = super().clean()
        if data.get("kind") == Deal.Kind.VENTURE and not data.get("round") and "round" not in self.errors:
            self.add_error("round", _("Choose the round; “Unknown round” if none is known."))
        if data.get("kind") in Deal.PUBLIC_KINDS and data.get("round"):
            self.add_error("round", _("Money raised on a board has no round: leave the round empty."))
        in_currency(self, data, "amount", "currency")
        return data


class OfferingField(forms.ModelChoiceField):
    """One of the recorded offerings of a company."""

    def label_from_instance(self, deal):
        day = display.partial_date(deal.announced_on, deal.announced_precision)
        return f"{deal.get_kind_display()} · {day} · {display.amount(deal.amount)}"


class ListingForm(forms.Form):
    """A listing as it is typed. `listing` is the one that is corrected; its company stays.

    The company's recorded offerings are offered once the company is known. Whoever has not seen them yet is asked
    to choose first: `has_unseen_offerings`.
    """

    company = company_field(label=_("Company"), help_text=_("Its short or legal name."))
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.all(), empty_label="—")
    ticker = forms.CharField(label=_("Ticker"), required=False, max_length=20)
    listed = PartialDateField(
        label=_("First trading day"),
        help_text=_("As exactly as it is known: 2020-07-22, 2020-07, 2020-Q3 or 2020."),
    )
    filed_on = forms.DateField(label=_("Application filed"), required=False, widget=day_input())
    cleared_on = forms.DateField(label=_("Cleared by review"), required=False, widget=day_input())
    offering = OfferingField(
        label=_("Offering"),
        queryset=Deal.objects.none(),
        required=False,
        empty_label=_("None of these"),
        help_text=_("The recorded deal that raised money on the way."),
    )
    raised = AmountField(
        label=_("Raised in the offering"),
        required=False,
        help_text=_(
            "Recorded as an initial public offering of that day: 9.5亿元, 数千万人民币, USD 1.5m, undisclosed."
        ),
    )
    currency = forms.ModelChoiceField(
        label=_("Currency, if an amount names none"),
        queryset=Currency.objects.all(),
        empty_label=None,
        initial="CNY",
    )
    market_value = AmountField(label=_("Market value"), required=False, help_text=_("One number: 120亿元, USD 1.5bn."))
    market_value_on = forms.DateField(label=_("Market value of"), required=False, widget=day_input())
    source_url = forms.URLField(
        label=_("Address of a source"), required=False, max_length=400, assume_scheme="https", widget=address_input()
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, user, listing: Listing | None = None, **options):
        super().__init__(*args, **options)
        self.fields["company"].queryset = Company.objects.visible_to(user)
        if listing:
            del self.fields["company"]
        company = listing.company if listing else self._company_named()
        offered = listings.offerings_of(company, listing) if company else Deal.objects.none()
        if offered.exists():
            self.fields["offering"].queryset = offered
        else:
            del self.fields["offering"]

    def _company_named(self) -> Company | None:
        field = self.fields["company"]
        try:
            return field.clean(self["company"].value() or "")
        except ValidationError:
            return None

    @property
    def has_unseen_offerings(self) -> bool:
        return "offering" in self.fields and self.add_prefix("offering") not in self.data

    def clean(self):
        data = super().clean()
        in_currency(self, data, "raised", "currency")
        in_currency(self, data, "market_value", "currency")
        return data


class ParticipationForm(forms.Form):
    investor = PartyField(Investor, ("name_zh", "name_en"), "investors", label=_("Investor"), required=False)
    is_lead = forms.BooleanField(label=_("Lead"), required=False)

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.fields["investor"].queryset = Investor.objects.visible_to(user)


class ParticipationFormSet(forms.BaseFormSet):
    def named(self) -> list[tuple[Investor, bool | None]]:
        """Pairs of investor and lead. A box that is not ticked says nothing, so it is None where nobody led."""
        rows = [
            (form.cleaned_data["investor"], form.cleaned_data["is_lead"])
            for form in self
            if form.cleaned_data.get("investor")
        ]
        known = any(lead for _investor, lead in rows)
        return [(investor, lead if known else None) for investor, lead in rows]

    def clean(self):
        seen = set()
        for form in self.forms:
            investor = getattr(form, "cleaned_data", {}).get("investor")
            if investor and investor.pk in seen:
                form.add_error("investor", _("This investor is named twice: empty one of the two lines."))
            if investor:
                seen.add(investor.pk)


Participations = forms.formset_factory(
    ParticipationForm, formset=ParticipationFormSet, extra=3, max_num=40, validate_max=True
)
