"""Listings: the same querysets, filters and actions as the pages."""

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from companies.models import Company
from deals import listings, review
from deals.api import ActionViewSet, ObjectSerializer, VerifySerializer
from deals.filters import ListingFilter
from deals.models import Deal, Listing
from taxonomy.models import Board
from taxonomy.rest import AmountSerializer, MoneyField, PartialDateField, PartySerializer, VisibleField


class ListingSerializer(serializers.ModelSerializer):
    company = PartySerializer()
    board_name = serializers.CharField(source="board.name", help_text="In the reader's language.")
    listed = PartialDateField()
    market_value = MoneyField(allow_null=True)
    raised = serializers.SerializerMethodField(help_text="By the offering; null where it is not known or not shown.")
    source = serializers.StringRelatedField()
    company_confirmed = serializers.SerializerMethodField()

    class Meta:
        model = Listing
        fields = [
            "id", "company", "board", "board_name", "ticker", "filed_on", "cleared_on", "listed", "listed_on",
            "listed_precision", "offering", "raised", "market_value", "market_value_currency", "market_value_on",
            "status", "company_confirmed", "established_at", "verified_at", "source", "source_url", "note", "known_on", "recorded_at",
        ]  # fmt: skip

    def get_company_confirmed(self, listing) -> bool:
        return bool(listing.company_confirmed_at)

    def to_representation(self, listing) -> dict:
        shown = super().to_representation(listing)
        # One that only its company asserts is named to nobody else.
        if listing.offering and listing.offering.is_asserted and not listing.offering_shown:
            shown["offering"] = None
        return shown

    @extend_schema_field(AmountSerializer(allow_null=True))
    def get_raised(self, listing):
        return AmountSerializer(listing.offering.amount).data if listing.offering_shown else None


class CorrectListingSerializer(serializers.Serializer):
    board = serializers.PrimaryKeyRelatedField(queryset=Board.objects.all(), pk_field=serializers.CharField())
    ticker = serializers.CharField(max_length=20, required=False, allow_blank=True)
    listed = PartialDateField()
    filed_on = serializers.DateField(required=False, allow_null=True)
    cleared_on = serializers.DateField(required=False, allow_null=True)
    offering = VisibleField(
        queryset=Deal.objects.all(), required=False, allow_null=True, help_text="The IPO deal, if it is recorded."
    )
    raised = AmountSerializer(
        required=False, allow_null=True, help_text="Records the offering as an IPO deal of that day."
    )
    market_value = AmountSerializer(required=False, allow_null=True)
    market_value_on = serializers.DateField(required=False, allow_null=True)
    source_url = serializers.URLField(max_length=400, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class RecordListingSerializer(CorrectListingSerializer):
    company = VisibleField(queryset=Company.objects.all())


class RejectListingSerializer(VerifySerializer):
    reject_reason = serializers.ChoiceField(Listing.RejectReason.of_review())


@extend_schema(tags=["listings"])
class ListingViewSet(ActionViewSet):
    """Listings that count, of companies that the reader may see; rejected ones for administrators."""

    queryset = Listing.objects.all()
    serializer_class = detail_class = ListingSerializer
    filterset_class = ListingFilter

    def get_queryset(self):
        user = self.request.user
        found = super().get_queryset()
        return found.visible_to(user).with_offerings(user).for_list() if user.is_authenticated else found.none()

    @extend_schema(request=RecordListingSerializer, responses={201: ListingSerializer})
    def create(self, request):
        """Record a listing, for a company that one edits or as an administrator. What a company records is `asserted`
        and seen by its people and administrators only, until an administrator has verified it."""
        return self.answer(listings.record(request.user, **self.asked(RecordListingSerializer)), 201)

    @extend_schema(request=CorrectListingSerializer, responses=ListingSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request, pk):
        """Put other particulars in the place of those of a listing that nobody verified; its company stays."""
        listing = self.get_object()
        return self.answer(listings.correct(request.user, listing, **self.asked(CorrectListingSerializer)))

    @extend_schema(request=None, responses=ListingSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        """Confirm, for the company, a listing that another recorded."""
        return self.answer(review.confirm(request.user, self.get_object()))

    @extend_schema(request=ObjectSerializer, responses=ListingSerializer)
    @action(detail=True, methods=["post"], url_path="object", url_name="object")
    def object_to(self, request, pk):
        """Say, for the company, what is wrong with a listing that one cannot correct: an administrator looks again."""
        listing, asked = self.get_object(), self.asked(ObjectSerializer)
        return self.answer(review.object_to(request.user, listing, asked["objection"]))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Take back a listing that nobody verified."""
        listings.withdraw(request.user, self.get_object())
        return Response(status=204)

    @extend_schema(request=VerifySerializer, responses=ListingSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request, pk):
        """Mark a reported listing as verified (administrators)."""
        listing = self.get_object()
        return self.answer(review.verify(request.user, listing, **self.asked(VerifySerializer)))

    @extend_schema(request=RejectListingSerializer, responses=ListingSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request, pk):
        """Take a listing out of every figure, and out of the lists of all but administrators."""
        listing, asked = self.get_object(), self.asked(RejectListingSerializer)
        return self.answer(review.reject(request.user, listing, asked["reject_reason"], asked["note"]))

    @extend_schema(request=None, responses=ListingSerializer)
    @action(detail=True, methods=["post"], url_path="take-up", url_name="take-up")
    def take_up(self, request, pk):
        """Undo the rejection of a listing (administrators)."""
        return self.answer(review.take_up(request.user, self.get_object()))
