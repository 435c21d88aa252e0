import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from taxonomy.forms import CategoryChoiceField, MoneyField, RegionChoiceField
from taxonomy.models import Category, Region, Round
from taxonomy.several import Several, SeveralCategories, SeveralRegions, SeveralRounds

CODES = {"type": "array", "items": {"type": "string"}}


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


class OneOfSeveral(django_filters.Filter):
    """Keeps what fits one of several values, which the address names one after the other; none keeps everything."""

    def __init__(self, field_name=None, lookup_expr="in", **options):
        super().__init__(field_name, lookup_expr, **options)


@extend_schema_field(CODES)
class UnderCategories(OneOfSeveral):
    """Categories of the offered scheme by their codes. The filter set's method narrows to them and all below them."""

    field_class = SeveralCategories

    def __init__(self, **options):
        super().__init__(**{"label": _("Category"), "empty_label": _("Any category")} | options)


@extend_schema_field(CODES)
class WithinRegions(OneOfSeveral):
    """Places or groups of places by their codes. The filter set's method narrows to them and their parts."""

    field_class = SeveralRegions

    def __init__(self, **options):
        super().__init__(**{"label": _("Place"), "empty_label": _("Any place")} | options)


@extend_schema_field(CODES)
class AtRounds(OneOfSeveral):
    """Rounds by their codes."""

    field_class = SeveralRounds

    def __init__(self, *args, **options):
        super().__init__(*args, **{"label": _("Round"), "empty_label": _("Any round")} | options)


@extend_schema_field(CODES)
class OneOf(OneOfSeveral):
    """Several of a fixed choice."""

    field_class = forms.MultipleChoiceField

    def __init__(self, *args, empty_label="", **options):
        super().__init__(*args, **{"widget": Several(empty_label)} | options)


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
