"""How lists of companies are narrowed and sorted, by pages and API alike."""

import django_filters
from django import forms
from django.db.models import Case, DecimalField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.access import reader
from companies.models import Company, Raise
from taxonomy.filters import AtRound, UnderCategory, WithinRegion, Year, Yuan
from taxonomy.models import ExchangeRate

RATE = DecimalField(max_digits=20, decimal_places=6)


def _rate_of_today() -> Case:
    """Yuan for one unit of a row's currency; NULL where no rate is known."""
    rates, today = ExchangeRate.objects.table(), timezone.localdate()
    known = [(code, rates.cny(code, today)) for code in ("CNY", *rates.steps)]
    return Case(*(When(currency=code, then=Value(rate)) for code, rate in known), output_field=RATE)


class RangesForm(forms.Form):
    """A range that ends below where it begins is named, and not taken for an empty list."""

    def clean(self):
        data = super().clean()
        for first, last in (("amount_from", "amount_to"), ("founded_from", "founded_to")):
            low, high = data.get(first), data.get(last)
            if low is not None and high is not None and high < low:
                self.add_error(
                    last, _("The range ends below where it begins: choose a larger end or a smaller beginning.")
                )
        return data


class CompanyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="with_words",
        label=_("Words"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, product, keyword")}),
    )
    category = UnderCategory(method="of_category", label=_("Category"))
    region = WithinRegion(method="of_region", label=_("Place"))
    raising = django_filters.BooleanFilter(
        method="now_raising", label=_("Raising now"), widget=forms.CheckboxInput(attrs={"value": "true"})
    )
    round = AtRound(method="raising_round", label=_("Round sought"))
    amount_from = Yuan(method="asking_from", label=_("Asks from"))
    amount_to = Yuan(method="asking_to", label=_("Asks up to"))
    founded_from = Year("founded_on__year", "gte", label=_("Founded from"))
    founded_to = Year("founded_on__year", "lte", label=_("Founded to"))
    verified = django_filters.BooleanFilter(
        method="that_are_verified", label=_("Verified"), widget=forms.CheckboxInput(attrs={"value": "true"})
    )
    sort = django_filters.ChoiceFilter(
        method="sorted_by",
        label=_("Order"),
        empty_label=None,
        choices=[
            ("-added", _("Newest here")),
            ("name", _("By name")),
            ("-raise", _("Latest raise")),
            ("-founded", _("Youngest company")),
            ("founded", _("Oldest company")),
        ],
    )

    class Meta:
        model = Company
        fields: list[str] = []
        form = RangesForm

    def with_words(self, queryset, name, value):
        return queryset.matching_words(value)

    def of_category(self, queryset, name, value):
        return queryset.in_category(value)

    def of_region(self, queryset, name, value):
        return queryset.in_region(value)

    def now_raising(self, queryset, name, value):
        return queryset.filter(pk__in=Raise.objects.open().values("company")) if value else queryset

    def raising_round(self, queryset, name, value):
        return queryset.filter(pk__in=Raise.objects.open().filter(round=value).values("company"))

    def asking_from(self, queryset, name, value):
        return self._asking(queryset, asked__gte=value) if value is not None else queryset

    def asking_to(self, queryset, name, value):
        return self._asking(queryset, asked__lte=value) if value is not None else queryset

    def _asking(self, queryset, **bound):
        """Those whose open raise reaches into a range, at today's rates, as far as the reader may read its amount."""
        ends = ("amount_high", "amount_low") if "asked__gte" in bound else ("amount_low", "amount_high")
        open_ones = Raise.objects.open().filter(reader(self.request).amount_is_open())
        asked = open_ones.annotate(asked=Coalesce(*ends) * _rate_of_today()).filter(**bound)
        return queryset.filter(pk__in=asked.values("company"))

    def that_are_verified(self, queryset, name, value):
        return queryset.filter(verified_at__isnull=False) if value else queryset

    def without(self, name: str):
        """The companies that all filters but one leave. Only of a valid form."""
        found = self.queryset
        for other, value in self.form.cleaned_data.items():
            if other not in (name, "sort"):
                found = self.filters[other].filter(found, value)
        return found.order_by()

    def sorted_by(self, queryset, name, value):
        if value == "-raise":
            opened = Raise.objects.open().filter(company=OuterRef("pk")).values("opened_on")[:1]
            return queryset.annotate(raise_opened=Subquery(opened)).order_by(
                F("raise_opened").desc(nulls_last=True), "-pk"
            )
        if value == "-founded":
            return queryset.order_by(F("founded_on").desc(nulls_last=True), "-pk")
        if value == "founded":
            return queryset.order_by(F("founded_on").asc(nulls_last=True), "pk")
        if value == "name":
            return queryset.by_name()
        return queryset.order_by("-created_at", "-pk")


class RaiseFilter(django_filters.FilterSet):
    company = django_filters.NumberFilter("company", label=_("Company (number)"))
    category = UnderCategory(method="of_category", label=_("Category"))
    region = WithinRegion(method="of_region", label=_("Place"))
    round = AtRound()
    opened_since = django_filters.DateFilter("opened_on", "gte", label=_("Opened from"))

    class Meta:
        model = Raise
        fields: list[str] = []

    def of_category(self, queryset, name, value):
        return queryset.filter(company__in=Company.objects.in_category(value))

    def of_region(self, queryset, name, value):
        return queryset.filter(company__in=Company.objects.in_region(value))
