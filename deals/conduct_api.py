"""Blocks and reports of abuse: the same actions and rights as the pages."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from companies.models import Company
from deals import conduct
from deals.api import ActionViewSet
from deals.models import Block, Introduction, Report
from investors.models import Investor
from taxonomy.rest import PartySerializer, VisibleField


class BlockSerializer(serializers.ModelSerializer):
    company = PartySerializer()
    investor = PartySerializer()

    class Meta:
        model = Block
        fields = ["id", "company", "investor", "side", "created_at"]


class SetBlockSerializer(serializers.Serializer):
    company = VisibleField(queryset=Company.objects.all())
    investor = VisibleField(queryset=Investor.objects.all())


@extend_schema(tags=["blocks"])
class BlockViewSet(ActionViewSet):
    """Whom one's own companies and institutions keep away, for those who may lift it."""

    queryset = Block.objects.order_by("-created_at", "-pk")
    serializer_class = detail_class = BlockSerializer

    def get_queryset(self):
        if not self.request.user.is_authenticated:
            return super().get_queryset().none()
        return conduct.blocks_of(self.request.user).order_by("-created_at", "-pk")

    @extend_schema(request=SetBlockSerializer, responses={201: BlockSerializer})
    def create(self, request):
        """Keep the other side away: what waits between the two is closed. The other side is not told."""
        return self.answer(conduct.block(request.user, **self.asked(SetBlockSerializer)), 201)

    def destroy(self, request, pk):
        """Lift it."""
        conduct.unblock(request.user, self.get_object())
        return Response(status=204)


class ReportSerializer(serializers.ModelSerializer):
    company = PartySerializer(allow_null=True)
    investor = PartySerializer(allow_null=True)

    class Meta:
        model = Report
        fields = ["id", "company", "investor", "reason", "text", "status", "answer", "created_at", "settled_at"]


class TellSerializer(serializers.Serializer):
    """Of one party: a company or an institution."""

    company = VisibleField(queryset=Company.objects.all(), required=False)
    investor = VisibleField(queryset=Investor.objects.all(), required=False)
    reason = serializers.ChoiceField(Report.Reason.choices)
    text = serializers.CharField(max_length=2000)

    def validate(self, attrs):
        if ("company" in attrs) == ("investor" in attrs):
            raise ValidationError(_("Name the company or the institution that it is about."))
        return attrs


class SettleSerializer(serializers.Serializer):
    status = serializers.ChoiceField([Report.Status.UPHELD, Report.Status.DISMISSED])
    answer = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    hide = serializers.BooleanField(default=False, help_text="Take the profile off the site.")


class ReportFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Report.Status.choices)

    class Meta:
        model = Report
        fields: list[str] = []


@extend_schema(tags=["reports"])
class ReportViewSet(ActionViewSet):
    """What one reported oneself; all reports for administrators."""

    queryset = Report.objects.order_by("created_at", "pk")
    serializer_class = detail_class = ReportSerializer
    filterset_class = ReportFilter

    def get_queryset(self):
        user, rows = self.request.user, super().get_queryset().select_related("company", "investor")
        if not user.is_authenticated:
            return rows.none()
        return rows if user.is_administrator else rows.filter(reporter=user)

    @extend_schema(request=TellSerializer, responses={201: ReportSerializer})
    def create(self, request):
        """Tell the administrators what is wrong. One open report a person and party."""
        asked = self.asked(TellSerializer)
        side = "company" if "company" in asked else "investor"
        party = asked[side]
        met = Introduction.objects.involving(request.user).filter(**{side: party}).order_by("-asked_at").first()
        return self.answer(conduct.report(request.user, party, asked["reason"], asked["text"], met), 201)

    @extend_schema(request=SettleSerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request, pk):
        """Uphold a report or not (administrators)."""
        if not request.user.is_administrator:
            raise PermissionDenied(_("Only administrators settle reports."))
        row = self.get_object()
        return self.answer(conduct.settle(request.user, row, **self.asked(SettleSerializer)))
