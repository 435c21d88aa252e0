"""How lists of deals and introductions are narrowed, by pages and API alike."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from companies.models import Company, CompanyCategory
from deals.models import Deal, Introduction, Participation, Side
from investors.models import Investor
from taxonomy.models import Category, Region, Round


class CategoryChoice(django_filters.ModelChoiceFilter):
    """Companies of a category or of any below it. A category is named by its code in the offered scheme, or by id."""

    def filter(self, queryset, value):
        if not value:
            return queryset
        links = CompanyCategory.objects.filter(
            company=OuterRef("company_id"), category__in=Category.objects.under(value).values("pk")
        )
        return queryset.filter(Exists(links))


class RegionChoice(django_filters.ModelChoiceFilter):
    """Companies of a region, of its parts, or of the members of a group."""

    def filter(self, queryset, value):
        if not value:
            return queryset
        return queryset.filter(company__region__in=Region.objects.within(value).values("pk"))


def offered_regions(request=None):
    """Provinces, their groups, and the countries in which a recorded company lies."""
    lands = Region.objects.countries().filter(pk__in=Company.objects.values("region__parent"))
    places = Region.objects.exclude(kind__in=[Region.Kind.COUNTRY, Region.Kind.AREA])
    own = Region.objects.filter(pk__in=Company.objects.values("region"))
    return Region.objects.filter(
        Q(pk__in=lands.values("pk")) | Q(pk__in=places.values("pk")) | Q(pk__in=own.values("pk"))
    )


def offered_categories(request=None):
    return Category.objects.offered()


class DealFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="with_words",
        label=_("Company or investor"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, keyword…")}),
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Deal.Kind.choices, empty_label=_("Any kind"))
    category = CategoryChoice(
        label=_("Category"), queryset=offered_categories, to_field_name="code", empty_label=_("Any category")
    )
    region = RegionChoice(
        label=_("Region"), queryset=offered_regions, to_field_name="code", empty_label=_("Any region")
    )
    round = django_filters.ModelChoiceFilter(label=_("Round"), queryset=Round.objects.all(), empty_label=_("Any round"))
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Deal.Status.choices, empty_label=_("Any status"))
    investor_type = django_filters.ChoiceFilter(
        method="of_investor_type",
        label=_("Type of investor"),
        choices=Investor.Type.choices,
        empty_label=_("Any type"),
    )
    since = django_filters.DateFilter(
        "announced_on", "gte", label=_("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        "announced_on", "lte", label=_("To"), widget=forms.DateInput(attrs={"type": "date"})
    )
    company = django_filters.NumberFilter("company", label=_("Company (number)"), widget=forms.HiddenInput)
    investor = django_filters.NumberFilter(
        "participations__investor", label=_("Investor (number)"), widget=forms.HiddenInput
    )

    class Meta:
        model = Deal
        fields: list[str] = []

    def with_words(self, queryset, name, value):
        companies = Company.objects.matching_words(value)
        taking_part = Participation.objects.filter(
            deal=OuterRef("pk"), investor__in=Investor.objects.matching_words(value)
        )
        return queryset.filter(Q(company__in=companies) | Exists(taking_part))

    def of_investor_type(self, queryset, name, value):
        return queryset.filter(Exists(Participation.objects.filter(deal=OuterRef("pk"), investor__type=value)))


class IntroductionFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=Introduction.Status.choices, empty_label=_("Any status")
    )
    asked_side = django_filters.ChoiceFilter(label=_("Asked by"), choices=Side.choices, empty_label=_("Either side"))

    class Meta:
        model = Introduction
        fields: list[str] = []
