"""Why (not): how any pair matches under the running model."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from companies.models import Company
from investors.models import Investor
from matching import reading, why_not
from matching.api import AnswerSerializer, ReasonSerializer
from taxonomy.rest import PartySerializer


class BarSerializer(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField(help_text="In the reader's language.")


class DifferenceSerializer(serializers.Serializer):
    factor = serializers.CharField()
    name = serializers.CharField(help_text="In the reader's language.")
    value = serializers.FloatField()


class ComparisonSerializer(serializers.Serializer):
    """The pair beside one of the list. Differences sum to that of the scores, the lowest first."""

    target = PartySerializer(source="other.target")
    rank = serializers.IntegerField(source="other.rank")
    score = serializers.FloatField(source="other.score")
    differences = DifferenceSerializer(many=True)


class PlaceSerializer(serializers.Serializer):
    """The rank of an institution among all that could be recommended to the company."""

    rank = serializers.IntegerField()
    of = serializers.IntegerField()


class AdviceSerializer(serializers.Serializer):
    field = serializers.CharField()
    name = serializers.CharField(help_text="In the reader's language.")
    gain = serializers.FloatField(
        allow_null=True,
        help_text="Added to the score, on average over the values that others like it state; null where nobody does.",
    )
    rise = serializers.FloatField(allow_null=True, help_text="The share of these values by which the score rises.")
    thesis = serializers.CharField(help_text="Which thesis leaves it open, where there are several.")


class EntrySerializer(serializers.Serializer):
    rank = serializers.SerializerMethodField(help_text="From 1; null for what is not on the list.")
    score = serializers.FloatField(help_text="The sum of the contributions. It is no probability.")
    feedback = AnswerSerializer(allow_null=True)
    reasons = ReasonSerializer(many=True)

    def get_rank(self, entry) -> int | None:
        return entry.rank or None


class PairSerializer(serializers.Serializer):
    target = PartySerializer()
    run = serializers.IntegerField(source="feed.run.pk", default=None, allow_null=True)
    is_behind = serializers.BooleanField(source="feed.is_behind")
    standing = serializers.ChoiceField(
        [why_not.LISTED, why_not.OUTSIDE, why_not.DUE, why_not.BARRED, ""],
        help_text="On the list; below all that is kept of it; to be matched within seconds; barred, with the score that "
        "it would have; empty where there is none to show.",
    )
    length = serializers.IntegerField(help_text="Of the list.")
    bars = BarSerializer(many=True, help_text="What forbids the pair.")
    match = EntrySerializer(source="entry", allow_null=True)
    place = PlaceSerializer(allow_null=True, help_text="Of institutions that are outside the list of a company.")
    comparison = ComparisonSerializer(allow_null=True)
    advice = AdviceSerializer(many=True, help_text="What is left open, and what stating it would bring, most first.")


class PairView(APIView):
    model: type
    other: type

    @extend_schema(tags=["recommendations"], responses=PairSerializer)
    def get(self, request, pk: int, target: int):
        subject = get_object_or_404(reading.readable(self.model.objects, request.user), pk=pk)
        found = get_object_or_404(self.other.objects.visible_to(request.user).for_list(), pk=target)
        return Response(PairSerializer(why_not.look(subject, found)).data)


class InvestorForCompanyView(PairView):
    """How an institution stands to a company, recommended or not."""

    model, other = Company, Investor


class CompanyForInvestorView(PairView):
    """How a company stands to an institution, recommended or not."""

    model, other = Investor, Company
