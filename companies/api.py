"""Companies and their raises: the same querysets, filters, rights and actions as the pages."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from stdnum.cn import uscc

from companies import actions
from companies.access import reader
from companies.filters import CompanyFilter, RaiseFilter
from companies.forms import checked_founding
from companies.models import Company, Raise
from taxonomy.answers import Refused
from taxonomy.facts import period
from taxonomy.models import Category, Region, Round
from taxonomy.rest import (
    CategoryField,
    ContactSerializer,
    KeywordsField,
    OwnViewSet,
    PartialDateField,
    PartySerializer,
    RangeSerializer,
    RecordSerializer,
    VisibleField,
)


class RaiseSerializer(RecordSerializer):
    company = VisibleField(queryset=Company.objects.all())
    round = serializers.PrimaryKeyRelatedField(queryset=Round.objects.known())
    amount = RangeSerializer(required=False, help_text="Null where its audience leaves the reader out.")

    class Meta:
        model = Raise
        fields = [
            "id", "company", "round", "amount", "amount_audience", "opened_on", "closes_on", "ended_on",
            "use_of_funds", "status", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["opened_on", "ended_on", "status"]

    def to_representation(self, asked) -> dict:
        shown = super().to_representation(asked)
        if not reader(self.context["request"]).sees_amount(asked):
            shown["amount"] = None
        return shown

    def validate_company(self, company):
        if self.instance and company != self.instance.company:
            raise ValidationError(_("A raise stays with its company."))
        if not company.is_edited_by(self.context["request"].user):
            raise PermissionDenied(_("Only owners and editors of a company open its raises."))
        return company


class CompanySerializer(RecordSerializer):
    name = serializers.CharField(read_only=True, help_text="In the reader's language.")
    founded = PartialDateField(required=False, allow_null=True)
    region = serializers.SlugRelatedField(
        "code", queryset=Region.objects.places(), required=False, allow_null=True, help_text="Code of a region."
    )
    parent = serializers.SerializerMethodField(help_text="The company that incubated it.")
    primary_category = CategoryField(queryset=Category.objects.offered())
    further_categories = CategoryField(queryset=Category.objects.offered(), many=True, required=False)
    keywords = KeywordsField(required=False)
    logo = serializers.SerializerMethodField()
    contact = ContactSerializer(required=False, help_text="Null for readers who were not introduced.")
    open_raise = RaiseSerializer(read_only=True, allow_null=True)
    source = serializers.StringRelatedField()
    is_another = serializers.BooleanField(
        write_only=True, default=False, help_text="Create it although a company of the same name is here."
    )

    class Meta:
        model = Company
        fields = [
            "id", "name", "short_zh", "short_en", "name_zh", "name_en", "credit_code", "founded", "region", "city",
            "parent", "website", "summary_zh", "summary_en", "description_zh", "description_en", "business_model",
            "keywords", "logo", "primary_category", "further_categories", "contact", "open_raise", "is_published",
            "verified_at", "verified_facts", "source", "is_another", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["verified_at", "verified_facts"]

    @extend_schema_field(PartySerializer(allow_null=True))
    def get_parent(self, company):
        parent = company.parent
        return {"id": parent.pk, "name": parent.name} if parent and parent.is_published else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_logo(self, company):
        if not company.logo:
            return None
        return self.context["request"].build_absolute_uri(reverse("companies:logo", args=[company.pk]))

    def to_representation(self, company) -> dict:
        # Kept in two columns, shown and taken as one value.
        company.founded = period(company.founded_on, company.founded_precision)
        shown = super().to_representation(company)
        if not reader(self.context["request"]).sees_contacts(company):
            shown["contact"] = None
        return shown

    def validate_founded(self, founded):
        return checked_founding(founded)

    def validate_credit_code(self, code: str) -> str:
        return uscc.compact(code) if code else ""

    def validate(self, attrs):
        if "founded" in attrs:
            founded = attrs.pop("founded")
            attrs["founded_on"] = founded.first if founded else None
            attrs["founded_precision"] = founded.precision if founded else "day"
        is_another = attrs.pop("is_another", False)
        attrs = super().validate(attrs)
        after = {field: attrs.get(field, getattr(self.instance, field, "")) for field in ("summary_zh", "summary_en")}
        if not any(after.values()):
            raise ValidationError(
                {"summary_zh": [_("Say in one line what the company does, in Chinese or in English.")]}
            )
        if not self.instance and not is_another:
            names = [attrs.get(field, "") for field in ("short_zh", "short_en", "name_zh", "name_en")]
            if Company.objects.visible_to(self.context["request"].user).spelled_like(names).exists():
                raise ValidationError(_("A company of this name is here already. Is one of these yours?"))
        return attrs

    def save(self, **fields) -> Company:
        values = self.validated_data | fields
        company = self.instance or Company()
        primary = values.pop("primary_category", company.primary_category if company.pk else None)
        further = values.pop("further_categories", company.further_categories if company.pk else [])
        for name, value in values.items():
            setattr(company, name, value)
        further = [category for category in further if category != primary]
        try:
            if company.pk:
                self.instance = actions.update_company(company, primary, further)
            else:
                self.instance = actions.create_company(company, self.context["request"].user, primary, further)
        except IntegrityError as error:
            raise Refused(
                _("A company with this unified social credit code is registered already."), "taken"
            ) from error
        return self.instance


@extend_schema(tags=["companies"])
class CompanyViewSet(mixins.CreateModelMixin, OwnViewSet):
    """Published companies and one's own. Owners and editors change theirs; nobody deletes."""

    queryset = Company.objects.order_by("-created_at", "-pk")
    serializer_class = CompanySerializer
    filterset_class = CompanyFilter

    def with_all(self, companies):
        return (
            companies.for_list().select_related("source", "parent").prefetch_related("category_links__category__scheme")
        )


class EndSerializer(serializers.Serializer):
    status = serializers.ChoiceField([Raise.Status.CLOSED, Raise.Status.WITHDRAWN])


@extend_schema(tags=["raises"])
class RaiseViewSet(mixins.CreateModelMixin, OwnViewSet):
    """What companies ask for now. The list holds open raises; one that has ended is still found by its id."""

    queryset = Raise.objects.all()
    serializer_class = RaiseSerializer
    filterset_class = RaiseFilter

    def with_all(self, raises):
        return raises.open() if self.action in ("list", "partial_update") else raises

    def perform_create(self, serializer):
        try:
            serializer.instance = actions.open_raise(Raise(**serializer.validated_data))
        except IntegrityError as error:
            raise Refused(_("This company has an open raise already: edit or close that one."), "taken") from error

    def perform_update(self, serializer):
        asked, values = serializer.instance, serializer.validated_data
        for name, value in values.items():
            setattr(asked, name, value)
        if not actions.update_raise(asked, values):
            raise Refused(_("The raise had ended already."), "too_late")

    @extend_schema(request=EndSerializer, responses=RaiseSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """Close a raise, or withdraw it."""
        asked = self.get_object()
        body = EndSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if not actions.end_raise(asked, body.validated_data["status"]):
            raise Refused(_("The raise had ended already."), "too_late")
        return Response(self.get_serializer(asked).data)
