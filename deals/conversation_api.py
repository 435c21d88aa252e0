"""Messages of introductions and documents of raises: the same rules as the pages; a file leaves as a download, and that is logged."""

from uuid import uuid4

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response

from accounts import uploads
from accounts.rest import Acting
from companies.models import Company, Raise
from deals import conversation, documents
from deals.models import Access, Attachment, Document, Introduction, Message

FILE = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class AttachmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attachment
        fields = ["id", "name", "size"]


class MessageSerializer(serializers.ModelSerializer):
    author = serializers.CharField(allow_null=True, help_text="By name.")
    attachments = AttachmentSerializer(many=True)

    class Meta:
        model = Message
        fields = ["id", "side", "author", "text", "attachments", "sent_at", "key"]


class WriteSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=4000)
    key = serializers.UUIDField(
        required=False, help_text="Made by the client: the same key again is the message that was sent, once."
    )


@extend_schema(tags=["introductions"])
class MessagesView(Acting, generics.ListAPIView):
    """What the two sides of an accepted introduction write to each other."""

    serializer_class = MessageSerializer
    queryset = Message.objects.all()
    filter_backends: list = []

    def introduction(self) -> Introduction:
        return get_object_or_404(Introduction.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])

    def get_queryset(self):
        return self.introduction().thread.select_related("author").prefetch_related("attachments")

    @extend_schema(request=WriteSerializer, responses={201: MessageSerializer})
    def post(self, request, pk):
        """Write to the other side, as an owner or editor."""
        introduction, asked = self.introduction(), self.asked(WriteSerializer)
        message = conversation.post(request.user, introduction, asked["text"], [], asked.get("key") or uuid4())
        return Response(MessageSerializer(message).data, 201)


@extend_schema(tags=["introductions"])
class AttachmentView(generics.GenericAPIView):
    serializer_class = AttachmentSerializer

    @extend_schema(responses=FILE)
    def get(self, request, pk):
        """The file that came with a message."""
        found = get_object_or_404(Attachment.objects.select_related("message__introduction"), pk=pk)
        if not Introduction.objects.visible_to(request.user).filter(pk=found.message.introduction_id).exists():
            raise Http404
        return uploads.download(found.file, found.name)


class ShownSerializer(serializers.Serializer):
    """A document as one reader sees it."""

    id = serializers.IntegerField(source="document.pk")
    title = serializers.CharField(source="document.title")
    kind = serializers.ChoiceField(Document.Kind.choices, source="document.kind")
    audience = serializers.ChoiceField(Document.Audience.choices, source="document.audience")
    name = serializers.CharField(source="document.name", help_text="Of the file.")
    size = serializers.IntegerField(source="document.size", help_text="In bytes.")
    created_at = serializers.DateTimeField(source="document.created_at")
    opens = serializers.BooleanField(help_text="Whether the reader may have the file.")
    access = serializers.ChoiceField(
        Access.Status.choices, source="access.status", allow_null=True, default=None, help_text="Of one's institution."
    )
    may_ask = serializers.BooleanField(help_text="Whether one may ask to be let in.")


@extend_schema(tags=["documents"])
class DocumentsView(generics.GenericAPIView):
    serializer_class = ShownSerializer
    queryset = Document.objects.kept()
    pagination_class = None
    filter_backends: list = []

    @extend_schema(responses=ShownSerializer(many=True))
    def get(self, request, pk):
        """The documents of a raise of which the reader is told."""
        asked = get_object_or_404(Raise.objects.visible_to(request.user).select_related("company"), pk=pk)
        kept = asked.documents.kept().select_related("raise_shown").order_by("kind", "pk")
        return Response(ShownSerializer(documents.Reader(request.user, asked.company).shown(kept), many=True).data)


class DocumentView(Acting, generics.GenericAPIView):
    serializer_class = ShownSerializer

    def document(self) -> Document:
        kept = Document.objects.kept().select_related("raise_shown__company")
        visible = Company.objects.visible_to(self.request.user)
        return get_object_or_404(kept.filter(raise_shown__company__in=visible), pk=self.kwargs["pk"])


@extend_schema(tags=["documents"])
class DocumentFileView(DocumentView):
    # A look that opens nothing would stand in the log as an opening.
    http_method_names = ["get", "options"]

    @extend_schema(responses=FILE)
    def get(self, request, pk):
        """The file, for whoever may open it; the company reads in its log who did."""
        document = self.document()
        return uploads.download(documents.open_for(request.user, document), document.name)


@extend_schema(tags=["documents"])
class DocumentAskView(DocumentView):
    @extend_schema(request=None, responses=ShownSerializer)
    def post(self, request, pk):
        """Ask, for an institution that was introduced, to be let in."""
        document = self.document()
        documents.ask(request.user, document)
        (shown,) = documents.Reader(request.user, document.company).shown([document])
        return Response(ShownSerializer(shown).data)
