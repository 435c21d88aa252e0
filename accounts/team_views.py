"""The pages of a team. A company's and an institution's are the same; each app lists them among its addresses."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import claims, links, teams
from accounts.errors import ActionError
from accounts.forms import ClaimForm, InviteForm
from accounts.models import ClaimFields, InvitationFields, MemberRole, MembershipFields


@dataclass(frozen=True)
class TeamPages:
    """The pages of the teams of one kind of party; `namespace` is where `urls` are included."""

    namespace: str
    party: type[models.Model]
    membership: type[MembershipFields]
    invitation: type[InvitationFields]
    claim_model: type[ClaimFields]

    @property
    def urls(self) -> list:
        return [
            path("<int:pk>/team/", self.team, name="team"),
            path("<int:pk>/team/invite/", self.invite, name="invite"),
            path("members/<int:pk>/role/", self.change_role, name="member_role"),
            path("members/<int:pk>/remove/", self.remove, name="member_remove"),
            path("invitations/<int:pk>/withdraw/", self.withdraw, name="invitation_withdraw"),
            path("invitations/<str:token>/", self.answer, name="invitation"),
            path("<int:pk>/claim/", self.claim, name="claim"),
            path("claims/<int:pk>/decide/", self.decide_claim, name="claim_decide"),
            path("claims/<int:pk>/withdraw/", self.withdraw_claim, name="claim_withdraw"),
            path("claims/<str:token>/", self.prove_claim, name="claim_proof"),
        ]

    def _party(self, user, pk: int):
        found = self.party.objects.all() if user.is_administrator else self.party.objects.of(user)
        return get_object_or_404(found, pk=pk)

    def _page(self, request, party, form=None):
        manages = teams.may_manage(request.user, party)
        return render(
            request,
            "accounts/team.html",
            {
                "party": party,
                "members": party.memberships.select_related("user").order_by("created_at", "pk"),
                "invitations": party.invitations.pending().select_related("invited_by") if manages else [],
                "manages": manages,
                "form": form or InviteForm(),
                "roles": MemberRole.choices,
                "claims": party.claims.waiting().select_related("user") if manages else [],
                **{name: f"{self.namespace}:{name}" for name in ADDRESSES},
            },
        )

    def _back(self, party):
        return redirect(f"{self.namespace}:team", party.pk)

    @method_decorator([require_safe, login_required])
    def team(self, request, pk: int):
        return self._page(request, self._party(request.user, pk))

    @method_decorator([login_required, require_POST])
    def invite(self, request, pk: int):
        party = self._party(request.user, pk)
        if not teams.may_manage(request.user, party):
            raise PermissionDenied(_("Only owners manage the team."))
        form = InviteForm(request.POST)
        if form.is_valid():
            try:
                row = teams.invite(request.user, party, **form.cleaned_data)
            except ActionError as refusal:
                form.add_error(refusal.field or None, refusal)
            else:
                messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": row.email})
                return self._back(party)
        return self._page(request, party, form)

    def _member(self, user, pk: int) -> MembershipFields:
        member = get_object_or_404(self.membership, pk=pk)
        self._party(user, member.party.pk)
        return member

    @method_decorator([login_required, require_POST])
    def change_role(self, request, pk: int):
        member = self._member(request.user, pk)
        try:
            teams.change_role(request.user, member, request.POST.get("role", ""))
        except ActionError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The role is changed."))
        return self._back(member.party)

    @method_decorator([login_required, require_POST])
    def remove(self, request, pk: int):
        member = self._member(request.user, pk)
        try:
            teams.remove(request.user, member)
        except ActionError as refusal:
            messages.error(request, refusal.messages[0])
            return self._back(member.party)
        if member.user_id == request.user.pk:
            messages.success(request, _("You have left the team of %(name)s.") % {"name": member.party.name})
            return redirect("home")
        messages.success(request, _("%(name)s is no longer on the team.") % {"name": member.user})
        return self._back(member.party)

    @method_decorator([login_required, require_POST])
    def withdraw(self, request, pk: int):
        row = get_object_or_404(self.invitation, pk=pk)
        self._party(request.user, row.party.pk)
        try:
            teams.withdraw(request.user, row)
        except ActionError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The invitation is withdrawn: its link holds no more."))
        return self._back(row.party)

    def answer(self, request, token: str):
        """What a link in a mail leads to: shown to everybody who has it, accepted by whose address it was sent to."""
        row = links.of_token(self.invitation, token)
        if not row:
            raise Http404
        user = request.user
        mine = user.is_authenticated and teams.is_for(user, row)
        if request.method == "POST" and mine:
            try:
                teams.accept(user, row)
            except ActionError as refusal:
                messages.error(request, refusal.messages[0])
            else:
                messages.success(request, _("You are on the team of %(name)s.") % {"name": row.party.name})
                return redirect(row.party)
        return render(
            request,
            "accounts/invitation.html",
            {"invitation": row, "party": row.party, "mine": mine, "is_member": row.party.has_member(user)},
        )

    @method_decorator(login_required)
    def claim(self, request, pk: int):
        party = get_object_or_404(self.party.objects.visible_to(request.user), pk=pk)
        if not claims.may_claim(request.user, party):
            return redirect(party)
        form = ClaimForm(request.POST or None, domain=claims.domain_of(party))
        standing = claims.of(request.user, party)
        if request.method == "POST" and form.is_valid():
            try:
                row = claims.claim(request.user, party, **form.cleaned_data)
            except ActionError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
            else:
                said = (
                    _("A link is on its way to %(email)s: it confirms your claim.")
                    if row.proof_email
                    else _("Your claim waits for an answer; you are told of it.")
                )
                messages.success(request, said % {"email": row.proof_email})
                return redirect(f"{self.namespace}:claim", party.pk)
        context = {"party": party, "form": form, "standing": standing, "owned": bool(claims.owners(party))}
        return render(request, "accounts/claim.html", context | {"withdraw": f"{self.namespace}:claim_withdraw"})

    def _decided(self, request, act, done: str):
        try:
            act()
        except ActionError as refusal:
            messages.warning(request, refusal.messages[0])
        else:
            messages.success(request, done)

    @method_decorator([login_required, require_POST])
    def decide_claim(self, request, pk: int):
        row = get_object_or_404(self.claim_model, pk=pk)
        confirmed = request.POST.get("confirmed") == "1"
        done = _("%(name)s is on the team.") if confirmed else _("The claim of %(name)s is refused.")
        self._decided(request, lambda: claims.decide(request.user, row, confirmed), done % {"name": row.user})
        return redirect("claims") if request.POST.get("next") == "claims" else self._back(row.party)

    @method_decorator([login_required, require_POST])
    def withdraw_claim(self, request, pk: int):
        row = get_object_or_404(self.claim_model, pk=pk)
        self._decided(request, lambda: claims.withdraw(request.user, row), _("Your claim is taken back."))
        return redirect(row.party)

    @method_decorator(login_required)
    def prove_claim(self, request, token: str):
        """Where the link leads that was sent to an address of the party's domain."""
        row = links.of_token(self.claim_model, token)
        if not row:
            raise Http404
        if request.method == "POST":
            done = _("You are on the team of %(name)s.") % {"name": row.party.name}
            self._decided(request, lambda: claims.prove(request.user, row), done)
            return redirect(row.party)
        context = {"claim": row, "party": row.party, "mine": row.user_id == request.user.pk}
        return render(request, "accounts/claim_proof.html", context)


ADDRESSES = ("verification", "invite", "member_role", "member_remove", "invitation_withdraw", "claim_decide")
