"""How lists of companies are narrowed and sorted, by pages and API alike."""

import django_filters
from django import forms
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from companies.models import Company, Raise
from taxonomy.filters import AtRound, UnderCategory, WithinRegion, Year


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
    founded_from = Year("founded_on__year", "gte", label=_("Founded from"))
    founded_to = Year("founded_on__year", "lte", label=_("Founded to"))
    sort = django_filters.ChoiceFilter(
        method="sorted_by",
        label=_("Order"),
        empty_label=None,
        choices=[
            ("-added", _("Newest here")),
            ("-raise", _("Latest raise")),
            ("-founded", _("Youngest company")),
            ("founded", _("Oldest company")),
        ],
    )

    class Meta:
        model = Company
        fields: list[str] = []

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
