import django_filters
from django.utils.translation import gettext_lazy as _

from taxonomy.models import Category, Region


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
