"""Teams and claims of one kind of party over the API: the same actions and rights as the pages. See `accounts.team_views`."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response

from accounts import claims, teams
from accounts.models import ClaimStatus, MemberRole
from accounts.rest import Acting


class MemberSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    person = serializers.CharField(source="user")
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(MemberRole.choices)
    since = serializers.DateTimeField(source="created_at")


class InvitationSerializer(serializers.Serializer):
    id = serializers.IntegerField(read_only=True)
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(MemberRole.choices)
    sent_at = serializers.DateTimeField(source="created_at", read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)


class ClaimSerializer(serializers.Serializer):
    id = serializers.IntegerField(read_only=True)
    person = serializers.CharField(source="user", read_only=True)
    position = serializers.CharField(max_length=100)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    proof_email = serializers.EmailField(
        max_length=254,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of the domain of the party's website: a link sent there confirms.",
    )
    status = serializers.ChoiceField(ClaimStatus.choices, read_only=True)
    since = serializers.DateTimeField(source="created_at", read_only=True)


class OwnClaimSerializer(ClaimSerializer):
    side = serializers.CharField(help_text="company or investor")
    party = serializers.IntegerField(source="party.pk")


class TeamSerializer(serializers.Serializer):
    members = MemberSerializer(many=True)
    invitations = InvitationSerializer(many=True, help_text="Those that wait; for owners.")


class RoleSerializer(serializers.Serializer):
    role = serializers.ChoiceField(MemberRole.choices)


class DecideSerializer(serializers.Serializer):
    confirmed = serializers.BooleanField()


class PartyView(Acting, generics.GenericAPIView):
    """`party` is the model whose teams these are."""

    party = None
    # An address that is not one's own has nothing to list or to page through.
    pagination_class = None
    filter_backends: list = []

    def own(self):
        """The party of the address, as one of its members or an administrator."""
        user, pk = self.request.user, self.kwargs["pk"]
        return get_object_or_404(
            self.party.objects.all() if user.is_administrator else self.party.objects.of(user), pk=pk
        )

    def managed(self):
        party = self.own()
        if not teams.may_manage(self.request.user, party):
            raise PermissionDenied(_("Only owners manage the team."))
        return party


@extend_schema(tags=["teams"])
class TeamView(PartyView):
    serializer_class = TeamSerializer

    def get(self, request, pk):
        """Who speaks for it, and who is invited."""
        party = self.own()
        manages = teams.may_manage(request.user, party)
        shown = {
            "members": party.memberships.select_related("user").order_by("created_at", "pk"),
            "invitations": party.invitations.pending() if manages else [],
        }
        return Response(TeamSerializer(shown).data)


@extend_schema(tags=["teams"])
class InvitationsView(PartyView):
    serializer_class = InvitationSerializer

    @extend_schema(responses={201: InvitationSerializer})
    def post(self, request, pk):
        """Invite a colleague by mail, as an owner; asking again sends it anew."""
        party = self.managed()
        return Response(
            InvitationSerializer(teams.invite(request.user, party, **self.asked(InvitationSerializer))).data, 201
        )


@extend_schema(tags=["teams"])
class InvitationView(PartyView):
    serializer_class = InvitationSerializer

    @extend_schema(responses={204: None})
    def delete(self, request, pk, invitation):
        """Take an invitation back: its link holds no more."""
        teams.withdraw(request.user, get_object_or_404(self.own().invitations, pk=invitation))
        return Response(status=204)


@extend_schema(tags=["teams"])
class MemberView(PartyView):
    serializer_class = MemberSerializer

    def member(self):
        return get_object_or_404(self.own().memberships, pk=self.kwargs["member"])

    @extend_schema(request=RoleSerializer, responses=MemberSerializer)
    def patch(self, request, pk, member):
        """Give a member another role, as an owner."""
        row = self.member()
        teams.change_role(request.user, row, self.asked(RoleSerializer)["role"])
        row.refresh_from_db()
        return Response(MemberSerializer(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request, pk, member):
        """Take somebody off the team, as an owner, or leave it oneself."""
        teams.remove(request.user, self.member())
        return Response(status=204)


@extend_schema(tags=["claims"])
class ClaimsView(PartyView):
    serializer_class = ClaimSerializer

    @extend_schema(responses=ClaimSerializer(many=True))
    def get(self, request, pk):
        """The claims that wait, for owners and administrators."""
        return Response(ClaimSerializer(self.managed().claims.waiting().select_related("user"), many=True).data)

    @extend_schema(responses={201: ClaimSerializer})
    def post(self, request, pk):
        """Say that one belongs to it."""
        party = get_object_or_404(self.party.objects.visible_to(request.user), pk=pk)
        if not claims.may_claim(request.user, party):
            raise PermissionDenied(_("You are on this team already."))
        return Response(ClaimSerializer(claims.claim(request.user, party, **self.asked(ClaimSerializer))).data, 201)


class ClaimView(PartyView):
    serializer_class = ClaimSerializer

    def row(self):
        party = get_object_or_404(self.party.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        return get_object_or_404(party.claims, pk=self.kwargs["claim"])

    def answer(self, row) -> Response:
        row.refresh_from_db()
        return Response(ClaimSerializer(row).data)


@extend_schema(tags=["claims"])
class ClaimDecideView(ClaimView):
    @extend_schema(request=DecideSerializer, responses=ClaimSerializer)
    def post(self, request, pk, claim):
        """Confirm or refuse a claim, as an owner or an administrator."""
        row = self.row()
        if not claims.may_decide(request.user, row.party):
            raise PermissionDenied(_("Only owners and administrators decide on a claim."))
        claims.decide(request.user, row, self.asked(DecideSerializer)["confirmed"])
        return self.answer(row)


@extend_schema(tags=["claims"])
class ClaimWithdrawView(ClaimView):
    @extend_schema(request=None, responses=ClaimSerializer)
    def post(self, request, pk, claim):
        """Take one's own claim back."""
        row = self.row()
        claims.withdraw(request.user, row)
        return self.answer(row)


@extend_schema(tags=["claims"])
class OwnClaimsView(generics.GenericAPIView):
    """One's own claims that wait."""

    serializer_class = OwnClaimSerializer
    pagination_class = None
    filter_backends: list = []

    @extend_schema(responses=OwnClaimSerializer(many=True))
    def get(self, request):
        return Response(OwnClaimSerializer(claims.waiting_of(request.user), many=True).data)


def addresses(prefix: str, party) -> list:
    """The addresses of the teams of one kind of party, below the one of the party itself."""
    kind = party._meta.model_name
    views = {
        "team/": (TeamView, "team"),
        "invitations/": (InvitationsView, "invitations"),
        "invitations/<int:invitation>/": (InvitationView, "invitation"),
        "members/<int:member>/": (MemberView, "member"),
        "claims/": (ClaimsView, "claims"),
        "claims/<int:claim>/decide/": (ClaimDecideView, "claim-decide"),
        "claims/<int:claim>/withdraw/": (ClaimWithdrawView, "claim-withdraw"),
    }
    return [
        path(f"{prefix}/<int:pk>/{route}", view.as_view(party=party), name=f"{kind}-{name}")
        for route, (view, name) in views.items()
    ]
