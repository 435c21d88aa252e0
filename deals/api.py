"""Introductions and deals: the same querysets, filters and actions as the pages."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.rest import Acting
from companies.models import Company, Raise
from deals import actions, corrections, duplicates, merging, review
from deals.contacts import contact_of
from deals.filters import DealFilter, IntroductionFilter
from deals.models import Deal, Introduction, Participation, Side
from investors.models import Investor
from taxonomy.answers import Refused
from taxonomy.models import Round
from taxonomy.rest import AmountSerializer, MoneyField, PartialDateField, PartySerializer, VisibleField


class ActionViewSet(
    Acting, mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet
):
    """Rows that change by actions only."""

    def answer(self, row, status=200) -> Response:
        """Return the row as `retrieve` shows it."""
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.detail_class(fresh, context=self.get_serializer_context()).data, status)


# --- Introductions ------------------------------------------------------------------------------------------------


class ReachSerializer(serializers.Serializer):
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()


class ContactsSerializer(serializers.Serializer):
    company = ReachSerializer()
    investor = ReachSerializer()


class IntroductionSerializer(serializers.ModelSerializer):
    company = PartySerializer()
    investor = PartySerializer()
    asked_by = serializers.CharField(source="asked_by.get_full_name", default="")
    answered_by = serializers.CharField(source="answered_by.get_full_name", default="")

    class Meta:
        model = Introduction
        fields = [
            "id", "company", "investor", "raise_asked", "asked_side", "asked_by", "message", "status", "asked_at",
            "expires_on", "answered_at", "answered_by", "decline_reason", "answer_note",
        ]  # fmt: skip


class IntroductionDetailSerializer(IntroductionSerializer):
    contacts = serializers.SerializerMethodField(help_text="How to reach both sides; null until it is accepted.")

    class Meta(IntroductionSerializer.Meta):
        fields = [*IntroductionSerializer.Meta.fields, "contacts"]

    @extend_schema_field(ContactsSerializer(allow_null=True))
    def get_contacts(self, introduction):
        if not introduction.is_accepted:
            return None
        return ContactsSerializer({side: contact_of(introduction, side) for side in Side.values}).data


class AskSerializer(serializers.Serializer):
    company = VisibleField(queryset=Company.objects.all())
    investor = VisibleField(queryset=Investor.objects.all())
    raise_asked = VisibleField(
        queryset=Raise.objects.all(), required=False, allow_null=True, help_text="The open raise if left out."
    )
    message = serializers.CharField(max_length=1500)


class AcceptSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class DeclineSerializer(AcceptSerializer):
    decline_reason = serializers.ChoiceField(Introduction.DeclineReason.choices)


@extend_schema(tags=["introductions"])
@extend_schema_view(retrieve=extend_schema(responses=IntroductionDetailSerializer))
class IntroductionViewSet(ActionViewSet):
    """Introductions of one's own companies and institutions."""

    queryset = Introduction.objects.all()
    serializer_class = IntroductionSerializer
    detail_class = IntroductionDetailSerializer
    filterset_class = IntroductionFilter

    def get_queryset(self):
        return super().get_queryset().visible_to(self.request.user).for_list()

    def get_serializer_class(self):
        return self.detail_class if self.action == "retrieve" else super().get_serializer_class()

    @extend_schema(request=AskSerializer, responses={201: IntroductionDetailSerializer})
    def create(self, request):
        """Ask the other side to meet, for the side of which one is an owner or editor."""
        asked = self.asked(AskSerializer)
        introduction = actions.ask_introduction(
            request.user, asked["company"], asked["investor"], asked["message"], asked.get("raise_asked")
        )
        return self.answer(introduction, 201)

    @extend_schema(request=AcceptSerializer, responses=IntroductionDetailSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        """Say yes for the side that was asked."""
        introduction = self.get_object()
        return self.answer(actions.accept(request.user, introduction, **self.asked(AcceptSerializer)))

    @extend_schema(request=DeclineSerializer, responses=IntroductionDetailSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request, pk):
        """Say no, with a reason, for the side that was asked."""
        introduction, asked = self.get_object(), self.asked(DeclineSerializer)
        return self.answer(actions.decline(request.user, introduction, asked["decline_reason"], asked["note"]))

    @extend_schema(request=None, responses=IntroductionDetailSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Take a request back before it is answered."""
        return self.answer(actions.withdraw(request.user, self.get_object()))


# --- Deals --------------------------------------------------------------------------------------------------------


class ParticipationSerializer(serializers.ModelSerializer):
    investor = PartySerializer()
    own_amount = MoneyField(allow_null=True, help_text="Null where it is not known or not shown to the reader.")

    class Meta:
        model = Participation
        fields = ["investor", "is_lead", "own_amount", "own_currency"]


class DealSerializer(serializers.ModelSerializer):
    company = PartySerializer()
    announced = PartialDateField()
    amount = AmountSerializer(allow_null=True, help_text="Null where its audience leaves the reader out.")
    participations = ParticipationSerializer(many=True)
    source = serializers.StringRelatedField()
    company_confirmed = serializers.SerializerMethodField()
    investor_confirmed = serializers.SerializerMethodField()

    class Meta:
        model = Deal
        fields = [
            "id", "company", "kind", "round", "round_label", "announced", "announced_on", "announced_precision",
            "amount", "amount_audience", "participations", "status", "merged_into", "company_confirmed",
            "investor_confirmed", "established_at", "verified_at", "source", "source_url", "note", "known_on", "recorded_at",
        ]  # fmt: skip

    def get_company_confirmed(self, deal) -> bool:
        return bool(deal.company_confirmed_at)

    def get_investor_confirmed(self, deal) -> bool:
        return bool(deal.investor_confirmed_at)

    def to_representation(self, deal) -> dict:
        shown = super().to_representation(deal)
        if not deal.amount_shown:
            shown["amount"] = None
            for part in shown["participations"]:
                part["own_amount"] = part["own_currency"] = None
        return shown


class PartSerializer(serializers.Serializer):
    investor = VisibleField(queryset=Investor.objects.all())
    is_lead = serializers.BooleanField(required=False, allow_null=True, default=None)


class CorrectDealSerializer(serializers.Serializer):
    company = VisibleField(queryset=Company.objects.all())
    kind = serializers.ChoiceField(Deal.Kind.choices, default=Deal.Kind.VENTURE)
    round = serializers.PrimaryKeyRelatedField(queryset=Round.objects.all(), default=None, allow_null=True)
    announced = PartialDateField()
    amount = AmountSerializer()
    investors = PartSerializer(many=True, default=list)
    source_url = serializers.URLField(max_length=400, default="", allow_blank=True)
    note = serializers.CharField(max_length=2000, default="", allow_blank=True)
    amount_audience = serializers.ChoiceField(Deal.Audience.choices, default=Deal.Audience.EVERYONE)
    different = serializers.BooleanField(
        default=False, help_text="Store it although a deal that may be the same is here."
    )

    def validate_investors(self, parts) -> list[tuple]:
        return [(part["investor"], part["is_lead"]) for part in parts]


class RecordDealSerializer(CorrectDealSerializer):
    introduction = VisibleField(queryset=Introduction.objects.all(), required=False, allow_null=True)


class VerifySerializer(serializers.Serializer):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class RejectSerializer(VerifySerializer):
    reject_reason = serializers.ChoiceField(Deal.RejectReason.of_review())


class ConfirmSerializer(serializers.Serializer):
    publish_amount = serializers.BooleanField(
        default=False, help_text="For the company: show an amount that is kept to the parties to everyone."
    )


class ObjectSerializer(serializers.Serializer):
    objection = serializers.CharField(max_length=1000)


class OtherDealSerializer(serializers.Serializer):
    other = VisibleField(queryset=Deal.objects.all(), help_text="Another record of the same deal.")


class MergeSerializer(OtherDealSerializer):
    choices = serializers.DictField(
        child=serializers.IntegerField(),
        default=dict,
        help_text="Whose word is kept where the two differ, by number of the deal: "
        "`amount`, `announced`, …, and `lead-<investor>`, `own-<investor>` where they contradict each other.",
    )


@extend_schema(tags=["deals"])
class DealViewSet(ActionViewSet):
    """Deals that count, of companies that the reader may see; those that one side asserts for its parties, rejected and
    merged ones for administrators."""

    queryset = Deal.objects.all()
    serializer_class = detail_class = DealSerializer
    filterset_class = DealFilter

    def get_queryset(self):
        deals = super().get_queryset()
        if not self.request.user.is_authenticated:
            return deals.none()
        return deals.visible_to(self.request.user).with_amount_shown(self.request.user).for_list()

    @extend_schema(request=RecordDealSerializer, responses={201: DealSerializer})
    def create(self, request):
        """Record a closed deal, as a party of it or as an administrator. What a party records is `asserted`: only the
        parties and administrators see it until the other side has confirmed it or an administrator verified it."""
        return self.answer(actions.record_deal(request.user, **self._unlike_others(RecordDealSerializer)), 201)

    def _unlike_others(self, serializer_class, pk: int | None = None) -> dict:
        """Return the particulars that were sent. Refused where another deal than `pk` may be the same."""
        asked = self.asked(serializer_class)
        if not asked.pop("different") and (near := duplicates.like(self.request.user, pk=pk, **asked)):
            named = ", ".join(f"#{deal.pk} {deal}" for deal in near)
            raise Refused(_("A deal like this one is recorded already: %(deals)s.") % {"deals": named}, "near")
        return asked

    @extend_schema(request=CorrectDealSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request, pk):
        """Put other particulars in the place of those of a deal that one recorded and nobody verified."""
        deal = self.get_object()
        return self.answer(
            corrections.correct(request.user, deal, **self._unlike_others(CorrectDealSerializer, deal.pk))
        )

    @extend_schema(request=ConfirmSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        """Confirm the deal for the party that did not record it; it counts once one of the two is verified."""
        deal, asked = self.get_object(), self.asked(ConfirmSerializer)
        return self.answer(review.confirm(request.user, deal, asked["publish_amount"]))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Take back a deal that one recorded and nobody verified."""
        corrections.withdraw(request.user, self.get_object())
        return Response(status=204)

    @extend_schema(request=ObjectSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"], url_path="object", url_name="object")
    def object_to(self, request, pk):
        """Say, as a party, what is wrong with a deal that another recorded: it waits for an administrator again."""
        deal, asked = self.get_object(), self.asked(ObjectSerializer)
        return self.answer(review.object_to(request.user, deal, asked["objection"]))

    @extend_schema(request=VerifySerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request, pk):
        """Mark a reported deal as verified (administrators)."""
        deal = self.get_object()
        return self.answer(review.verify(request.user, deal, **self.asked(VerifySerializer)))

    @extend_schema(request=RejectSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request, pk):
        """Take a deal out of every figure, and out of the lists of all but administrators."""
        deal, asked = self.get_object(), self.asked(RejectSerializer)
        return self.answer(review.reject(request.user, deal, asked["reject_reason"], asked["note"]))

    @extend_schema(request=None, responses=DealSerializer)
    @action(detail=True, methods=["post"], url_path="take-up", url_name="take-up")
    def take_up(self, request, pk):
        """Undo the rejection of a deal (administrators)."""
        return self.answer(review.take_up(request.user, self.get_object()))

    @extend_schema(request=MergeSerializer, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request, pk):
        """Make this deal and another record of it one: this one is kept and takes over every investor (administrators)."""
        deal, asked = self.get_object(), self.asked(MergeSerializer)
        return self.answer(merging.merge(request.user, deal, asked["other"], asked["choices"]).kept)

    @extend_schema(request=None, responses=DealSerializer)
    @action(detail=True, methods=["post"])
    def unmerge(self, request, pk):
        """Undo the merger by which this deal was dropped (administrators)."""
        return self.answer(merging.undo(request.user, merging.of_dropped(request.user, self.get_object())).dropped)

    @extend_schema(request=OtherDealSerializer, responses={204: None})
    @action(detail=True, methods=["post"], url_path="keep-apart", url_name="keep-apart")
    def keep_apart(self, request, pk):
        """Say that this deal and another are not one: they are not offered as duplicates again (administrators)."""
        merging.keep_apart(request.user, self.get_object(), self.asked(OtherDealSerializer)["other"])
        return Response(status=204)
