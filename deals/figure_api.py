"""Figures of the study over the API: the same questions, filters and rows as on the pages."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from deals.models import Deal
from deals.statistics.claims import FIGURES, Unit
from deals.statistics.files import as_data
from deals.statistics.filters import ScopeFilter
from deals.statistics.kept import answer
from taxonomy.filters import OneOfSeveral

FILTERS = [
    OpenApiParameter(name, OpenApiTypes.STR, many=isinstance(asked, OneOfSeveral))
    for name, asked in ScopeFilter.base_filters.items()
]


class QuestionSerializer(serializers.Serializer):
    code = serializers.CharField()
    question = serializers.CharField()
    definition = serializers.CharField()


class ColumnSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.ChoiceField([unit.value for unit in Unit], help_text="A share is a fraction of 1.")


class FigureSerializer(QuestionSerializer):
    value = serializers.CharField(help_text="The answer in few words.")
    scope = serializers.DictField(help_text="The filters; those of which there may be several are lists.")
    about = serializers.DictField(
        child=serializers.CharField(), help_text="Definition, filters, date and sources in the reader's language."
    )
    left_out = serializers.IntegerField(help_text="Records that no row could hold.")
    columns = ColumnSerializer(many=True)
    rows = serializers.ListField(
        child=serializers.DictField(), help_text="An object for each row: its key, and a value for each column."
    )


@extend_schema(tags=["figures"])
class FigureViewSet(viewsets.ViewSet):
    """The questions of the study, and the figure that answers each for a sector, period, place and date."""

    lookup_value_regex = r"[A-Z]\d+[a-z]?"

    @extend_schema(responses=QuestionSerializer(many=True))
    def list(self, request):
        return Response(QuestionSerializer(list(FIGURES.values()), many=True).data)

    @extend_schema(parameters=FILTERS, responses=FigureSerializer)
    def retrieve(self, request, pk):
        """The last twelve months where no period is given."""
        if pk not in FIGURES:
            raise Http404
        filters = ScopeFilter(request.query_params, Deal.objects.all(), request=request)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        return Response(as_data(FIGURES[pk], answer(pk, filters.scope())))
