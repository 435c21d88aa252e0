"""How lists of investors are narrowed and sorted, by pages and API alike."""

import django_filters
from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from investors.models import Investor, Thesis
from taxonomy.filters import AtRound, UnderCategory, WithinRegion


class InvestorFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="with_words",
        label=_("Words"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or field")}),
    )
    type = django_filters.ChoiceFilter(label=_("Type"), choices=Investor.Type.choices, empty_label=_("Any type"))
    category = UnderCategory(method="wanting_category", label=_("Seeks"))
    round = AtRound(method="at_round")
    region = WithinRegion(method="of_region", label=_("Place"))
    seeking = django_filters.BooleanFilter(
        method="with_thesis", label=_("With an active thesis"), widget=forms.CheckboxInput(attrs={"value": "true"})
    )
    sort = django_filters.ChoiceFilter(
        method="sorted_by",
        label=_("Order"),
        empty_label=None,
        choices=[
            ("-added", _("Newest here")),
            ("name", _("By name")),
            ("-founded", _("Youngest institution")),
            ("founded", _("Oldest institution")),
        ],
    )

    class Meta:
        model = Investor
        fields: list[str] = []

    def with_words(self, queryset, name, value):
        return queryset.matching_words(value)

    def wanting_category(self, queryset, name, value):
        return queryset.seeking_category(value)

    def at_round(self, queryset, name, value):
        theses = Thesis.objects.active().filter(rounds=value)
        return queryset.filter(pk__in=theses.values("investor"))

    def of_region(self, queryset, name, value):
        return queryset.in_region(value)

    def with_thesis(self, queryset, name, value):
        return queryset.filter(pk__in=Thesis.objects.active().values("investor")) if value else queryset

    def sorted_by(self, queryset, name, value):
        if value == "-founded":
            return queryset.order_by(F("founded_year").desc(nulls_last=True), "-pk")
        if value == "founded":
            return queryset.order_by(F("founded_year").asc(nulls_last=True), "pk")
        if value == "name":
            return queryset.by_name()
        return queryset.order_by("-created_at", "-pk")


class ThesisFilter(django_filters.FilterSet):
    investor = django_filters.NumberFilter("investor", label=_("Investor (number)"))
    category = UnderCategory(method="wanting", label=_("Seeks"))
    round = AtRound("rounds")
    active = django_filters.BooleanFilter("is_active", label=_("Active"))

    class Meta:
        model = Thesis
        fields: list[str] = []

    def wanting(self, queryset, name, value):
        return queryset.wanting(value)
