"""The pages on which a party gets verified: asked for by its owner, answered by an administrator."""

from dataclasses import dataclass

from auditlog.models import LogEntry
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import claims, teams, uploads, verification
from accounts.errors import ActionError
from accounts.forms import AskVerificationForm, RefuseVerificationForm, VerifyForm
from accounts.verified import VerificationFields

CHANGES = 8


@dataclass(frozen=True)
class VerificationPages:
    """The pages of one kind of party, as `TeamPages`."""

    namespace: str
    party: type[models.Model]
    model: type[VerificationFields]

    @property
    def urls(self) -> list:
        return [
            path("<int:pk>/verification/", self.page, name="verification"),
            path("<int:pk>/verification/withdraw/", self.withdraw, name="verification_withdraw"),
            path("<int:pk>/verification/verify/", self.verify, name="verification_verify"),
            path("<int:pk>/verification/refuse/", self.refuse, name="verification_refuse"),
            path("<int:pk>/verification/take/", self.take, name="verification_take"),
            path("verifications/<int:pk>/file/", self.file, name="verification_file"),
        ]

    def _party(self, user, pk: int):
        found = self.party.objects.all() if user.is_administrator else self.party.objects.of(user)
        return get_object_or_404(found, pk=pk)

    def _shown(self, request, party, status: int = 200, **forms):
        user = request.user
        return render(
            request,
            "accounts/verification.html",
            {
                "party": party,
                "side": self.model.side,
                "waiting": verification.of(party),
                "history": party.verifications.exclude(status="waiting")
                .order_by("-decided_at")
                .select_related("decided_by"),
                "may_ask": verification.may_ask(user, party),
                "manages": teams.may_manage(user, party),
                "ask_form": forms.get("ask_form") or AskVerificationForm(party=party),
                "evidence": _evidence(party) if user.is_administrator else None,
                "verify_form": forms.get("verify_form") or VerifyForm(initial={"facts": ["name"]}),
                "refuse_form": forms.get("refuse_form") or RefuseVerificationForm(),
                "refusing": "refuse_form" in forms,
                "editing": reverse(f"{self.namespace}:edit", args=[party.pk]),
                **{
                    name: f"{self.namespace}:verification_{name}"
                    for name in ("withdraw", "verify", "refuse", "take", "file")
                },
            },
            status=status,
        )

    @method_decorator(login_required)
    def page(self, request, pk: int):
        party = self._party(request.user, pk)
        if request.method != "POST":
            return self._shown(request, party)
        if not verification.may_ask(request.user, party):
            raise PermissionDenied(_("Only owners ask for a verification, once."))
        form = AskVerificationForm(request.POST, request.FILES, party=party)
        if form.is_valid():
            try:
                verification.ask(request.user, party, **form.cleaned_data)
            except ActionError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal)
            else:
                messages.success(request, _("Thank you: an administrator looks at it, and you are told the answer."))
                return redirect(f"{self.namespace}:verification", party.pk)
        return self._shown(request, party, 400, ask_form=form)

    def _done(self, request, party, act, said: str):
        try:
            act()
        except ActionError as refusal:
            messages.warning(request, refusal.messages[0])
            return redirect(f"{self.namespace}:verification", party.pk)
        messages.success(request, said)
        return redirect("verifications" if request.user.is_administrator else verification.page_of(party))

    @method_decorator([login_required, require_POST])
    def withdraw(self, request, pk: int):
        party = self._party(request.user, pk)
        row = verification.of(party)
        if not row:
            raise Http404
        return self._done(
            request, party, lambda: verification.withdraw(request.user, row), _("Your request is taken back.")
        )

    def _decided_on(self, request, pk: int):
        party = self._party(request.user, pk)
        if not request.user.is_administrator:
            raise PermissionDenied(_("Only administrators verify."))
        return party

    @method_decorator([login_required, require_POST])
    def verify(self, request, pk: int):
        party, form = self._decided_on(request, pk), VerifyForm(request.POST)
        if not form.is_valid():
            return self._shown(request, party, 400, verify_form=form)
        said = _("%(name)s is verified.") % {"name": party.name}
        return self._done(request, party, lambda: verification.verify(request.user, party, **form.cleaned_data), said)

    @method_decorator([login_required, require_POST])
    def refuse(self, request, pk: int):
        party, form = self._decided_on(request, pk), RefuseVerificationForm(request.POST)
        if not form.is_valid():
            return self._shown(request, party, 400, refuse_form=form)
        said = _("The request of %(name)s is refused.") % {"name": party.name}
        return self._done(request, party, lambda: verification.refuse(request.user, party, **form.cleaned_data), said)

    @method_decorator([login_required, require_POST])
    def take(self, request, pk: int):
        party = self._decided_on(request, pk)
        answer = request.POST.get("answer", "")[:1000].strip()
        said = _("%(name)s is no longer verified.") % {"name": party.name}
        return self._done(request, party, lambda: verification.take(request.user, party, answer), said)

    @method_decorator([require_safe, login_required])
    def file(self, request, pk: int):
        row = get_object_or_404(self.model.objects.exclude(file=""), pk=pk)
        if not teams.may_manage(request.user, row.party):
            raise Http404
        return uploads.download(row.file, row.name)


def _evidence(party) -> dict:
    """What an administrator decides by: whom the addresses of its people speak for, claims, and what was changed of late."""
    domain = claims.domain_of(party)
    people = []
    for member in party.memberships.select_related("user").order_by("created_at", "pk"):
        addresses = member.user.emailaddress_set.filter(verified=True).values_list("email", flat=True)
        own = [address for address in addresses if domain and address.lower().endswith(f"@{domain}")]
        people.append({"member": member, "addresses": list(addresses), "own": own})
    entries = LogEntry.objects.get_for_object(party).filter(action=LogEntry.Action.UPDATE).select_related("actor")
    names = {field.name: field.verbose_name for field in party._meta.concrete_fields}
    changes = []
    for entry in entries.order_by("-timestamp", "-pk"):
        lines = [(names[name], *entry.changes[name]) for name in party.identity if name in entry.changes]
        if "website" in entry.changes:
            lines.append((names["website"], *entry.changes["website"]))
        if lines:
            changes.append({"when": entry.timestamp, "who": entry.actor, "lines": lines})
        if len(changes) == CHANGES:
            break
    return {
        "domain": domain,
        "people": people,
        "claims": party.claims.select_related("user").order_by("-created_at")[:CHANGES],
        "changes": changes,
        "code": getattr(party, "credit_code", ""),
    }


@require_safe
@login_required
def queue(request):
    """The organisations that wait to be verified, and those that have members and have not asked."""
    if not request.user.is_administrator:
        raise PermissionDenied(_("Only administrators verify."))
    tab = request.GET.get("tab", "asked")
    if tab not in ("asked", "others"):
        raise Http404
    asked, others = verification.waiting(), verification.unasked()
    rows = [{"party": row.party, "request": row} for row in asked] if tab == "asked" else []
    rows = rows or [{"party": party} for party in others if tab == "others"]
    return render(
        request,
        "accounts/verifications.html",
        {
            "tab": tab,
            "tabs": [("asked", _("Asked for it"), len(asked)), ("others", _("Have not asked"), len(others))],
            "rows": [row | {"url": verification.page_of(row["party"])} for row in rows],
        },
    )
