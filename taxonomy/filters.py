import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from taxonomy.forms import CategoryChoiceField, MoneyField, RegionChoiceField
from taxonomy.models import Category, Region, Round


class CategoryFilter(django_filters.FilterSet):
    scheme = django_filters.CharFilter("scheme__code", label=_("Scheme"))
    parent = django_filters.CharFilter("parent__code", label=_("Code of the parent"))
    roots = django_filters.BooleanFilter("parent", "isnull", label=_("Without parent"))

    class Meta:
        model = Category
        fields = ["code"]


class RegionFilter(django_filters.FilterSet):
    parent = django_filters.CharFilter("parent__code", label=_("Part of"))
    group = django_filters.CharFilter("groups__code", label=_("Member of"))

    class Meta:
        model = Region
        fields = ["kind", "country"]


@extend_schema_field(str)
class UnderCategory(django_filters.Filter):
    """A category of the offered scheme by its code. The filter set's method narrows to it and all below it."""

    field_class = CategoryChoiceField

    def __init__(self, **options):
        super().__init__(**{"to_field_name": "code", "empty_label": _("Any category")} | options)


@extend_schema_field(str)
class WithinRegion(django_filters.Filter):
    """A place or a group of places by its code. The filter set's method narrows to it and its parts."""

    field_class = RegionChoiceField

    def __init__(self, **options):
        super().__init__(
            **{"queryset": Region.objects.all(), "to_field_name": "code", "empty_label": _("Any place")} | options
        )


@extend_schema_field(str)
class AtRound(django_filters.ModelChoiceFilter):
    """A round by its code."""

    def __init__(self, *args, **options):
        options = {"label": _("Round"), "queryset": Round.objects.all(), "empty_label": _("Any round")} | options
        super().__init__(*args, **options)


class Year(django_filters.NumberFilter):
    """A year, typed as a number."""

    def __init__(self, *args, **options):
        attrs = {"min": 1800, "max": 2100, "placeholder": _("year")}
        widget = forms.NumberInput(attrs=attrs)
        super().__init__(
            *args, **{"min_value": 1800, "max_value": 2100, "decimal_places": 0, "widget": widget} | options
        )


class YuanField(MoneyField):
    def __init__(self, **options):
        super().__init__(**options)
        self.currency = "CNY"


@extend_schema_field(str)
class Yuan(django_filters.Filter):
    """A sum in yuan, typed as a number or with a unit: 1200万, 12 million."""

    field_class = YuanField

    def __init__(self, **options):
        widget = forms.TextInput(attrs={"placeholder": _("10 million")})
        super().__init__(**{"widget": widget} | options)
