"""Recommendations with their reasons, and what readers answer to them."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from companies.models import Company
from deals.models import Side
from investors.models import Investor
from matching import actions, reading
from matching.forms import TAKE_BACK, FeedbackForm
from matching.models import Feedback
from taxonomy.rest import PartySerializer


class SentenceSerializer(serializers.Serializer):
    code = serializers.CharField()
    stance = serializers.ChoiceField(["for", "against", "unknown"])
    text = serializers.CharField(help_text="In the reader's language.")


class ReasonSerializer(serializers.Serializer):
    """A factor of the score. Contributions sum to the score; sentences say what the records hold about the factor."""

    factor = serializers.CharField()
    name = serializers.CharField(help_text="In the reader's language.")
    contribution = serializers.FloatField()
    sentences = SentenceSerializer(many=True)


class AnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Feedback
        fields = ["kind", "reason", "created_at"]


class RecommendationSerializer(serializers.Serializer):
    rank = serializers.IntegerField(help_text="From 1; 0 for what was passed or hidden and is no longer ranked.")
    score = serializers.FloatField(help_text="Orders the list; it is no probability.")
    target = PartySerializer()
    feedback = AnswerSerializer(allow_null=True)
    reasons = ReasonSerializer(many=True)


class RecommendationPageSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    run = serializers.IntegerField(allow_null=True, help_text="The published model run; null before the first.")
    as_of = serializers.DateField(allow_null=True)
    is_behind = serializers.BooleanField(help_text="Whether a change of the profile is still being matched.")
    updated_at = serializers.DateTimeField(allow_null=True)
    results = RecommendationSerializer(many=True)


class FewPages(PageNumberPagination):
    # Reasons are looked up in the records for each entry of a page.
    page_size = 15
    page_size_query_param = "page_size"
    max_page_size = 50


class RecommendationsView(APIView):
    """What the published run recommends to one's own company or institution, best first."""

    model: type
    read = None

    @extend_schema(
        tags=["recommendations"],
        parameters=[
            OpenApiParameter("show", enum=["saved", "answered"], description="What was saved, or passed and hidden."),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int),
        ],
        responses=RecommendationPageSerializer,
    )
    def get(self, request, pk: int):
        subject = get_object_or_404(reading.readable(self.model.objects, request.user), pk=pk)
        feed = type(self).read(subject)
        show = request.query_params.get("show", "")
        shown = {"": feed.open, "saved": feed.saved, "answered": feed.answered}.get(show)
        if shown is None:
            raise ValidationError({"show": [_("Choose “saved” or “answered”, or leave it out.")]})
        pages = FewPages()
        entries = feed.with_reasons(pages.paginate_queryset(shown(), request, view=self))
        page = {
            "count": pages.page.paginator.count,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
            "run": feed.run.pk if feed.run else None,
            "as_of": feed.run.as_of if feed.run else None,
            "is_behind": feed.is_behind,
            "updated_at": feed.updated_at,
            "results": entries,
        }
        return Response(RecommendationPageSerializer(page).data)


class ForCompanyView(RecommendationsView):
    """Investors for a company's open raise."""

    model, read = Company, staticmethod(reading.for_company)


class ForInvestorView(RecommendationsView):
    """Raising companies for an institution."""

    model, read = Investor, staticmethod(reading.for_investor)


class FeedbackSerializer(serializers.Serializer):
    company = serializers.IntegerField()
    investor = serializers.IntegerField()
    side = serializers.ChoiceField(Side.choices, help_text="For which side one answers.")
    kind = serializers.ChoiceField([*Feedback.Kind.choices, (TAKE_BACK, _("Take back"))])
    reason = serializers.ChoiceField(
        Feedback.PassReason.choices, required=False, allow_blank=True, help_text="Needed when one passes."
    )


class FeedbackView(APIView):
    @extend_schema(tags=["recommendations"], request=FeedbackSerializer, responses={200: AnswerSerializer, 204: None})
    def post(self, request):
        """Save, pass or hide a recommendation, or take an answer back."""
        body = FeedbackSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        form = FeedbackForm(body.validated_data, user=request.user)
        if form.has_error("__all__", "forbidden"):
            raise PermissionDenied(_("You do not answer for this party."))
        if not form.is_valid():
            raise ValidationError(form.errors)
        said = form.cleaned_data
        pair = said["company"], said["investor"], said["side"]
        if said["kind"] == TAKE_BACK:
            actions.take_back(*pair, request.user)
            return Response(status=204)
        return Response(AnswerSerializer(actions.answer(request.user, *pair, said["kind"], said["reason"])).data)
