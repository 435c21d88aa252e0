"""How lists of deals, listings and introductions are narrowed, by pages and API alike."""

from datetime import date

import django_filters
from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import BaseCSVWidget

from accounts.models import User
from accounts.naming import sort_field
from companies.models import Company
from deals.models import Deal, Introduction, Listing, Participation, PipelineCard, Side, Stage
from deals.models.standing import ASSERTED, STANDING
from investors.models import Investor
from taxonomy.filters import AtRounds, OneOf, UnderCategories, WithinRegions, Year
from taxonomy.models import Board


def day_input():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """A form whose `since` and `until` say a period."""

    def clean(self):
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The period ends before it begins: choose a later end or an earlier beginning."))
        return data


class OfCompanies(django_filters.FilterSet):
    """Narrows rows that have a `company` by its categories and its places: the methods of such filters."""

    def of_category(self, queryset, name, value):
        return queryset.filter(company__in=Company.objects.in_category(*value))

    def of_region(self, queryset, name, value):
        return queryset.filter(company__in=Company.objects.in_region(*value))


class OfStanding(OfCompanies):
    """Offers no status of which the reader could see no record."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated or user.is_administrator:
            return
        # What one side says is for the parties, and an analyst is none.
        seen = {*STANDING} if user.role == User.Role.ANALYST else {*STANDING, ASSERTED}
        choices = self.filters["status"].extra["choices"]
        self.filters["status"].extra["choices"] = [choice for choice in choices if choice[0] in seen]


class HiddenNumbers(BaseCSVWidget, forms.HiddenInput):
    # What several values are shown in.
    surrogate = forms.HiddenInput


class Number(django_filters.NumberFilter):
    """A record by its number; one that no record can have is named beside the field."""

    def get_max_validator(self):
        return MaxValueValidator(2**63 - 1)


class Numbers(django_filters.BaseInFilter, Number):
    """Several records by their numbers, 3,5,8."""


class DealFilter(OfStanding):
    q = django_filters.CharFilter(
        method="with_words",
        label=_("Company or investor"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, keyword…")}),
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Deal.Kind.choices, empty_label=_("Any kind"))
    category = UnderCategories(method="of_category")
    region = WithinRegions(method="of_region")
    round = AtRounds()
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Deal.Status.choices, empty_label=_("Any status"))
    investor_type = OneOf(
        method="of_investor_type",
        label=_("Type of investor"),
        choices=Investor.Type.choices,
        empty_label=_("Any type"),
    )
    since = django_filters.DateFilter("announced_on", "gte", label=_("Since"), widget=day_input())
    until = django_filters.DateFilter("announced_on", "lte", label=_("Until"), widget=day_input())
    company = Number("company", label=_("Company (number)"), widget=forms.HiddenInput)
    investor = Number("participations__investor", label=_("Investor (number)"), widget=forms.HiddenInput)
    partner = Number(method="with_partner", label=_("Another investor in the deal (number)"), widget=forms.HiddenInput)
    beside = Number(
        method="in_companies_of", label=_("Another investor in the company (number)"), widget=forms.HiddenInput
    )
    numbers = Numbers("pk", label=_("Deals (numbers)"), widget=HiddenNumbers)

    class Meta:
        model = Deal
        fields: list[str] = []
        form = PeriodForm

    def with_words(self, queryset, name, value):
        companies = Company.objects.matching_words(value)
        # Two plain sub-queries: beside OR, a database runs them once each and not once for each deal.
        taking_part = Participation.objects.filter(investor__in=Investor.objects.matching_words(value))
        return queryset.filter(Q(company__in=companies) | Q(pk__in=taking_part.values("deal")))

    def with_partner(self, queryset, name, value):
        return queryset.filter(Exists(Participation.objects.filter(deal=OuterRef("pk"), investor=value)))

    def in_companies_of(self, queryset, name, value):
        """Of companies of which another investor closed a standing deal."""
        theirs = Participation.objects.filter(investor=value, deal__in=Deal.objects.standing())
        return queryset.filter(company__in=theirs.values("deal__company"))

    def of_investor_type(self, queryset, name, value):
        return queryset.filter(Exists(Participation.objects.filter(deal=OuterRef("pk"), investor__type__in=value)))


class ListingFilter(OfStanding):
    q = django_filters.CharFilter(
        method="with_words",
        label=_("Company"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, ticker…")}),
    )
    board = django_filters.ModelChoiceFilter(label=_("Board"), queryset=Board.objects.all(), empty_label=_("Any board"))
    category = UnderCategories(method="of_category")
    region = WithinRegions(method="of_region")
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Listing.Status.choices, empty_label=_("Any status"))
    since = Year(method="from_year", label=_("From year"))
    until = Year(method="to_year", label=_("To year"))
    company = Number("company", label=_("Company (number)"), widget=forms.HiddenInput)

    class Meta:
        model = Listing
        fields: list[str] = []
        form = PeriodForm

    def with_words(self, queryset, name, value):
        companies = Company.objects.matching_words(value)
        return queryset.filter(Q(company__in=companies) | Q(ticker__iexact=value.strip()))

    def from_year(self, queryset, name, value):
        return queryset.filter(listed_on__gte=date(int(value), 1, 1))

    def to_year(self, queryset, name, value):
        return queryset.filter(listed_on__lte=date(int(value), 12, 31))


class IntroductionFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=Introduction.Status.choices, empty_label=_("Any status")
    )
    asked_side = django_filters.ChoiceFilter(label=_("Asked by"), choices=Side.choices, empty_label=_("Either side"))

    class Meta:
        model = Introduction
        fields: list[str] = []


def _colleagues(request):
    """Everybody with a role in an institution of the reader's."""
    if request is None or not request.user.is_authenticated:
        return User.objects.none()
    mine = Investor.objects.of(request.user)
    return User.objects.filter(investor_roles__investor__in=mine).distinct().order_by("full_name", "email")


class PipelineFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="with_words",
        label=_("Company"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, keyword…")}),
    )
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=Stage.choices, empty_label=_("Any stage"))
    owner = django_filters.ModelChoiceFilter(
        label=_("Responsible"), queryset=_colleagues, empty_label=_("Anybody"), null_label=_("Nobody yet")
    )
    overdue = django_filters.BooleanFilter(
        method="that_are_late", label=_("Overdue"), widget=forms.CheckboxInput(attrs={"value": "true"})
    )
    investor = Number("investor", label=_("Investor (number)"), widget=forms.HiddenInput)
    sort = django_filters.ChoiceFilter(
        method="sorted_by",
        label=_("Order"),
        empty_label=None,
        choices=[
            ("stage", _("Stage")),
            ("due", _("Next step, earliest first")),
            ("waiting", _("Longest in its stage")),
            ("-added", _("Newest here")),
            ("name", _("By name")),
        ],
    )

    class Meta:
        model = PipelineCard
        fields: list[str] = []

    def with_words(self, queryset, name, value):
        return queryset.filter(company__in=Company.objects.matching_words(value))

    def that_are_late(self, queryset, name, value):
        return queryset.overdue(timezone.localdate()) if value else queryset

    def sorted_by(self, queryset, name, value):
        if value == "due":
            return queryset.order_by(F("next_step_on").asc(nulls_last=True), "pk")
        if value == "waiting":
            return queryset.order_by("moved_at", "pk")
        if value == "-added":
            return queryset.order_by("-added_at", "-pk")
        if value == "name":
            return queryset.order_by(sort_field("company"), "pk")
        return queryset.by_stage()
