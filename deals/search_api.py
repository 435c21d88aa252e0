"""Saved searches: the same actions and rights as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from deals import searches
from deals.api import ActionViewSet
from deals.models import SavedSearch
from investors.models import Investor
from taxonomy.rest import PartySerializer, VisibleField


class SearchSerializer(serializers.ModelSerializer):
    investor = PartySerializer()
    created_by = serializers.CharField(allow_null=True, help_text="A colleague by name.")
    url = serializers.CharField(source="get_absolute_url", help_text="The list of companies, narrowed so.")

    class Meta:
        model = SavedSearch
        fields = ["id", "investor", "name", "query", "alerts", "alerted_on", "created_by", "created_at", "url"]


class ChangeSearchSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=80, required=False)
    alerts = serializers.BooleanField(required=False)


class SaveSearchSerializer(serializers.Serializer):
    investor = VisibleField(queryset=Investor.objects.all())
    name = serializers.CharField(max_length=80)
    query = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=200),
        help_text='Filters of the list of companies by name: `{"category": "devices", "region": "CN-JS"}`.',
    )
    alerts = serializers.BooleanField(default=False)


@extend_schema(tags=["searches"])
class SearchViewSet(ActionViewSet):
    """The searches that one's own institutions keep. Their members read; owners and editors write."""

    queryset = SavedSearch.objects.order_by("pk")
    serializer_class = detail_class = SearchSerializer

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user).select_related("investor", "created_by")

    @extend_schema(request=SaveSearchSerializer, responses={201: SearchSerializer})
    def create(self, request):
        """Keep a search for all members of an institution."""
        return self.answer(searches.save(request.user, **self.asked(SaveSearchSerializer)), 201)

    @extend_schema(request=ChangeSearchSerializer, responses=SearchSerializer)
    def partial_update(self, request, pk):
        """Rename a search, or switch its alerts."""
        search, asked = self.get_object(), self.asked(ChangeSearchSerializer)
        name, alerts = asked.get("name", search.name), asked.get("alerts", search.alerts)
        return self.answer(searches.change(request.user, search, name, alerts))

    def destroy(self, request, pk):
        """Keep it no longer."""
        searches.remove(request.user, self.get_object())
        return Response(status=204)
