"""The pipeline of an institution: the same querysets, filters and actions as the pages."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action

from companies.models import Company
from deals import pipeline
from deals.api import ActionViewSet
from deals.filters import PipelineFilter
from deals.models import PassReason, PipelineCard, PipelineMove, PipelineNote, PipelineTask, Stage
from investors.models import Investor
from taxonomy.rest import PartySerializer, VisibleField


class PersonField(serializers.CharField):
    """A colleague by name."""

    def to_representation(self, person) -> str:
        return str(person)


class CardSerializer(serializers.ModelSerializer):
    company = PartySerializer()
    investor = PartySerializer()
    owner = PersonField(allow_null=True)
    tasks_open = serializers.IntegerField(help_text="How many tasks are to do.")

    class Meta:
        model = PipelineCard
        fields = [
            "id", "investor", "company", "stage", "pass_reason", "owner", "next_step", "next_step_on", "tasks_open",
            "version", "added_at", "moved_at",
        ]  # fmt: skip


class MoveOfCardSerializer(serializers.ModelSerializer):
    by = PersonField(allow_null=True)

    class Meta:
        model = PipelineMove
        fields = ["before", "after", "reason", "by", "at"]


class NoteSerializer(serializers.ModelSerializer):
    author = PersonField(allow_null=True)

    class Meta:
        model = PipelineNote
        fields = ["id", "text", "author", "at"]


class TaskSerializer(serializers.ModelSerializer):
    assignee = PersonField(allow_null=True)

    class Meta:
        model = PipelineTask
        fields = ["id", "text", "due_on", "assignee", "done_at"]


class CardDetailSerializer(CardSerializer):
    moves = MoveOfCardSerializer(many=True)
    notes = NoteSerializer(many=True)
    tasks = TaskSerializer(many=True)

    class Meta(CardSerializer.Meta):
        fields = [*CardSerializer.Meta.fields, "moves", "notes", "tasks"]


class AddSerializer(serializers.Serializer):
    investor = VisibleField(queryset=Investor.objects.all())
    company = VisibleField(queryset=Company.objects.all())
    stage = serializers.ChoiceField(Stage.choices, default=Stage.REVIEWING, help_text="An open one.")


class MoveSerializer(serializers.Serializer):
    stage = serializers.ChoiceField(Stage.choices)
    version = serializers.IntegerField(
        min_value=1, max_value=2_000_000_000, help_text="Of the card as it was read: 409 if it changed since."
    )
    reason = serializers.ChoiceField(
        PassReason.choices, required=False, allow_blank=True, default="", help_text="Needed when one passes."
    )


@extend_schema(tags=["pipeline"])
@extend_schema_view(retrieve=extend_schema(responses=CardDetailSerializer))
class PipelineViewSet(ActionViewSet):
    """The companies in the pipelines of one's own institutions. Their members read; owners and editors write."""

    queryset = PipelineCard.objects.order_by("pk")
    serializer_class = CardSerializer
    detail_class = CardDetailSerializer
    filterset_class = PipelineFilter

    def get_queryset(self):
        cards = super().get_queryset().visible_to(self.request.user).for_list().select_related("investor")
        if self.action == "list":
            return cards
        return cards.prefetch_related("moves__by", "notes__author", "tasks__assignee")

    def get_serializer_class(self):
        return self.detail_class if self.action == "retrieve" else super().get_serializer_class()

    @extend_schema(request=AddSerializer, responses={200: CardDetailSerializer, 201: CardDetailSerializer})
    def create(self, request):
        """Put a company into the pipeline; the card that is there already, if there is one (200)."""
        card, made = pipeline.add(request.user, **self.asked(AddSerializer))
        return self.answer(card, 201 if made else 200)

    @extend_schema(request=MoveSerializer, responses=CardDetailSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request, pk):
        """Move a card to another stage."""
        card, asked = self.get_object(), self.asked(MoveSerializer)
        return self.answer(pipeline.move(request.user, card, **asked))
