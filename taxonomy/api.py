"""Reference data, read only."""

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from taxonomy.filters import CategoryFilter, RegionFilter
from taxonomy.models import Board, Category, Currency, Region, Round, Scheme

NAMES = ["name", "name_zh", "name_en"]


class NamedSerializer(serializers.ModelSerializer):
    name = serializers.CharField(read_only=True, help_text="In the reader's language.")


class SpelledSerializer(NamedSerializer):
    aliases = serializers.ListField(child=serializers.CharField())


class SchemeSerializer(NamedSerializer):
    source = serializers.StringRelatedField()

    class Meta:
        model = Scheme
        fields = ["code", *NAMES, "description_zh", "description_en", "source", "is_default"]


class CategorySerializer(SpelledSerializer):
    key = serializers.CharField(help_text="`scheme/code`: what other resources call it.")
    scheme = serializers.SlugRelatedField("code", read_only=True)
    parent = serializers.SlugRelatedField("code", read_only=True)
    definition = serializers.CharField(help_text="In the reader's language.")

    class Meta:
        model = Category
        fields = [
            "id", "key", "scheme", "code", "parent", "path", *NAMES, "aliases",
            "definition", "definition_zh", "definition_en",
        ]  # fmt: skip


class BranchSerializer(NamedSerializer):
    """A category with all below it."""

    key = serializers.CharField()
    definition = serializers.CharField()
    children = serializers.SerializerMethodField()

    class Meta:
        model = Category
        fields = ["key", "code", *NAMES, "definition", "children"]

    @extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/Branch"}})
    def get_children(self, branch) -> list:
        return BranchSerializer(self.context["below"].get(branch.pk, []), many=True, context=self.context).data


class RegionSerializer(SpelledSerializer):
    parent = serializers.SlugRelatedField("code", read_only=True)
    members = serializers.SlugRelatedField("code", read_only=True, many=True)

    class Meta:
        model = Region
        fields = ["code", "kind", *NAMES, "aliases", "country", "gb_code", "parent", "members"]


class RoundSerializer(SpelledSerializer):
    class Meta:
        model = Round
        fields = ["code", *NAMES, "aliases", "order"]


class BoardSerializer(SpelledSerializer):
    class Meta:
        model = Board
        fields = ["code", *NAMES, "aliases", "exchange_zh", "exchange_en", "opened_on"]


class CurrencySerializer(NamedSerializer):
    class Meta:
        model = Currency
        fields = ["code", *NAMES, "symbol"]


@extend_schema(tags=["taxonomy"])
class TaxonomyViewSet(viewsets.ReadOnlyModelViewSet):
    pass


class SchemeViewSet(TaxonomyViewSet):
    queryset = Scheme.objects.select_related("source").order_by("-is_default", "code")
    serializer_class = SchemeSerializer
    lookup_field = "code"

    @extend_schema(responses=BranchSerializer(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def tree(self, request, code):
        """All categories of a scheme, nested."""
        below = {}
        for category in self.get_object().categories.select_related("scheme"):
            below.setdefault(category.parent_id, []).append(category)
        return Response(BranchSerializer(below.get(None, []), many=True, context={"below": below}).data)


class CategoryViewSet(TaxonomyViewSet):
    queryset = Category.objects.select_related("scheme", "parent")
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter


class RegionViewSet(TaxonomyViewSet):
    queryset = Region.objects.select_related("parent").prefetch_related("members")
    serializer_class = RegionSerializer
    filterset_class = RegionFilter
    lookup_field = "code"


class RoundViewSet(TaxonomyViewSet):
    queryset = Round.objects.all()
    serializer_class = RoundSerializer


class BoardViewSet(TaxonomyViewSet):
    queryset = Board.objects.all()
    serializer_class = BoardSerializer


class CurrencyViewSet(TaxonomyViewSet):
    queryset = Currency.objects.all()
    serializer_class = CurrencySerializer
