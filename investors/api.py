"""Investors and their theses: the same querysets, filters, rights and actions as the pages."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError

from investors import actions
from investors.access import reader
from investors.filters import InvestorFilter, ThesisFilter
from investors.forms import checked_founding_year, conflicts
from investors.models import Investor, Thesis
from taxonomy.models import Category, Region, Round
from taxonomy.rest import (
    CategoryField,
    ContactSerializer,
    KeywordsField,
    MoneyField,
    OwnViewSet,
    RangeSerializer,
    RecordSerializer,
    VisibleField,
)


class InvestorSerializer(RecordSerializer):
    name = serializers.CharField(read_only=True, help_text="In the reader's language.")
    region = serializers.SlugRelatedField(
        "code", queryset=Region.objects.places(), required=False, allow_null=True, help_text="Code of a region."
    )
    assets = MoneyField(required=False, allow_null=True, min_value=0)
    contact = ContactSerializer(required=False, help_text="Null for readers who were not introduced.")
    source = serializers.StringRelatedField()
    is_another = serializers.BooleanField(
        write_only=True, default=False, help_text="Create it although an institution of the same name is here."
    )

    class Meta:
        model = Investor
        fields = [
            "id", "name", "name_zh", "name_en", "type", "region", "city", "founded_year", "website", "assets",
            "assets_currency", "description_zh", "description_en", "contact", "is_published", "verified_at",
            "verified_facts", "source",
            "is_another", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["verified_at", "verified_facts"]

    def to_representation(self, investor) -> dict:
        shown = super().to_representation(investor)
        if not reader(self.context["request"]).sees_contacts(investor):
            shown["contact"] = None
        return shown

    def validate_founded_year(self, year):
        return checked_founding_year(year)

    def validate(self, attrs):
        is_another = attrs.pop("is_another", False)
        attrs = super().validate(attrs)
        if not self.instance and not is_another:
            names = [attrs.get("name_zh", ""), attrs.get("name_en", "")]
            if Investor.objects.visible_to(self.context["request"].user).spelled_like(names).exists():
                raise ValidationError(_("An institution of this name is here already. Is one of these yours?"))
        return attrs

    def create(self, values) -> Investor:
        return actions.create_investor(Investor(**values), self.context["request"].user)

    def update(self, investor, values) -> Investor:
        for name, value in values.items():
            setattr(investor, name, value)
        return actions.update_investor(investor)


@extend_schema(tags=["investors"])
class InvestorViewSet(mixins.CreateModelMixin, OwnViewSet):
    """Published institutions and one's own. Owners and editors change theirs; nobody deletes."""

    queryset = Investor.objects.order_by("-created_at", "-pk")
    serializer_class = InvestorSerializer
    filterset_class = InvestorFilter

    def with_all(self, investors):
        return investors.select_related("region", "source")


class ThesisSerializer(RecordSerializer):
    investor = VisibleField(queryset=Investor.objects.all())
    categories = CategoryField(queryset=Category.objects.offered(), many=True, allow_empty=False)
    excluded = CategoryField(queryset=Category.objects.offered(), many=True, required=False)
    rounds = serializers.PrimaryKeyRelatedField(queryset=Round.objects.known(), many=True, required=False)
    regions = serializers.SlugRelatedField("code", queryset=Region.objects.all(), many=True, required=False)
    ticket = RangeSerializer(low="ticket_low", high="ticket_high", required=False)
    keywords = KeywordsField(required=False)

    class Meta:
        model = Thesis
        fields = [
            "id", "investor", "title", "categories", "excluded", "rounds", "regions", "ticket", "keywords", "text",
            "is_active", "created_at", "updated_at",
        ]  # fmt: skip

    def validate_investor(self, investor):
        if self.instance and investor != self.instance.investor:
            raise ValidationError(_("A thesis stays with its institution."))
        if not investor.is_edited_by(self.context["request"].user):
            raise PermissionDenied(_("Only owners and editors of an institution write its theses."))
        return investor

    def validate(self, attrs):
        attrs = super().validate(attrs)
        named = self.named(attrs)
        if overlap := conflicts(named["categories"], named["excluded"]):
            names = ", ".join(category.name for category in overlap)
            message = _("Wanted and excluded at once: %(names)s. Take one of the two away.") % {"names": names}
            raise ValidationError({"excluded": [message]})
        return attrs

    def named(self, attrs) -> dict:
        """What the thesis names once `attrs` are written."""
        return {
            name: attrs[name] if name in attrs else list(getattr(self.instance, name).all()) if self.instance else []
            for name in ("categories", "excluded", "rounds", "regions")
        }

    def save(self, **fields) -> Thesis:
        values = self.validated_data | fields
        named = self.named(values)
        thesis = self.instance or Thesis()
        for name in values.keys() - named.keys():
            setattr(thesis, name, values[name])
        saved = actions.save_thesis(thesis, **named)
        self.instance = Thesis.objects.for_page().get(pk=saved.pk)
        return self.instance


@extend_schema(tags=["theses"])
class ThesisViewSet(mixins.CreateModelMixin, mixins.DestroyModelMixin, OwnViewSet):
    """What institutions look for: the active theses of others, and all of one's own."""

    queryset = Thesis.objects.all()
    serializer_class = ThesisSerializer
    filterset_class = ThesisFilter
    http_method_names = [*OwnViewSet.http_method_names, "delete"]

    def with_all(self, theses):
        return theses.for_page().prefetch_related("categories__scheme", "excluded__scheme")
