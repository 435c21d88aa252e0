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

from accounts import teams
from accounts.errors import ActionError
from accounts.forms import InviteForm
from accounts.models import InvitationFields, MemberRole, MembershipFields


@dataclass(frozen=True)
class TeamPages:
    """The pages of the teams of one kind of party; `namespace` is where `urls` are included."""

    namespace: str
    party: type[models.Model]
    membership: type[MembershipFields]
    invitation: type[InvitationFields]

    @property
    def urls(self) -> list:
        return [
            path("<int:pk>/team/", self.team, name="team"),
            path("<int:pk>/team/invite/", self.invite, name="invite"),
            path("members/<int:pk>/role/", self.change_role, name="member_role"),
            path("members/<int:pk>/remove/", self.remove, name="member_remove"),
            path("invitations/<int:pk>/withdraw/", self.withdraw, name="invitation_withdraw"),
            path("invitations/<str:token>/", self.answer, name="invitation"),
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
        row = teams.of_token(self.invitation, token)
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


ADDRESSES = ("invite", "member_role", "member_remove", "invitation_withdraw")
