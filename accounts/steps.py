"""A new profile in steps: each is kept when it is left, and the last makes the profile."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import drafts
from accounts.models import User

TAKEN = gettext_lazy("This profile was registered at the same moment by somebody else.")


@dataclass(frozen=True)
class Step:
    """`fields` are those of the one form of the profile that this step shows."""

    code: str
    fields: tuple[str, ...]


class FormInSteps(forms.BaseForm):
    """A form of which one step can be shown and checked alone."""

    def show_only(self, names) -> None:
        for name in [name for name in self.fields if name not in names]:
            del self.fields[name]


@dataclass(frozen=True)
class CreationPages:
    """The pages on which one kind of profile is made; `namespace` is where `urls` are included."""

    namespace: str
    kind: str
    form: type[forms.BaseForm]
    steps: tuple[Step, ...]
    make: Callable[[forms.BaseForm, User], models.Model]
    # The address of what comes after the profile, and what is said there.
    then: str
    said: str | Promise
    # What is said where a constraint of the database refuses what the form let through.
    taken: str | Promise = TAKEN

    @property
    def urls(self) -> list:
        return [
            path("new/", login_required(self.begin), name="create"),
            path("new/<slug:code>/", login_required(self.page), name="create_step"),
        ]

    def begin(self, request):
        """Go on where the draft stands; without one, the first step."""
        draft = drafts.of(request.user, self.kind)
        if request.method != "POST" and draft and self._number(draft.step):
            return redirect(self._address(draft.step))
        return self.page(request, self.steps[0].code)

    def page(self, request, code: str):
        step = next((step for step in self.steps if step.code == code), None)
        if step is None:
            raise Http404
        draft = drafts.of(request.user, self.kind)
        first = step is self.steps[0]
        if not first and (draft is None or self._number(draft.step) < self._number(code)):
            # Sent a second time, or come upon by its address.
            if drafts.asks_to_keep(request):
                return drafts.kept(request, None)
            if request.method == "POST" and draft is None:
                return self._gone(request)
            return redirect(f"{self.namespace}:create")
        if request.method == "POST":
            return self._post(request, step, draft)
        # A step that was left once is checked again; a new one complains of nothing yet.
        left = draft is not None and self._number(draft.step) > self._number(code)
        form = self._form(request.user, draft, data=draft.values if left else None)
        return self._show(request, step, form, draft)

    def _post(self, request, step: Step, draft):
        user, first = request.user, step is self.steps[0]
        if "discard" in request.POST:
            drafts.done(user, self.kind)
            return redirect("home")
        entered = self.form(request.POST, user=user)
        entered.show_only(step.fields)
        draft = drafts.keep(user, self.kind, drafts.typed(entered), begin=first)
        if drafts.asks_to_keep(request):
            return drafts.kept(request, draft)
        if draft is None:
            return self._gone(request)
        if "later" in request.POST:
            messages.success(request, _("Your draft is kept. Go on whenever you like, on any device."))
            return redirect("home")
        if "back" in request.POST and not first:
            return redirect(self._address(self.steps[self._number(step.code) - 1].code))
        form = self._form(user, draft, draft.values, request.FILES)
        form.show_only(step.fields)
        if not form.is_valid():
            return self._show(request, step, form, draft)
        if step is not self.steps[-1]:
            following = self.steps[self._number(step.code) + 1].code
            if self._number(draft.step) < self._number(following):
                drafts.keep(user, self.kind, {}, following)
            return redirect(self._address(following))
        return self._finish(request, draft)

    def _finish(self, request, draft):
        form = self._form(request.user, draft, draft.values, request.FILES)
        if not form.is_valid():
            # What an earlier step had let pass no longer holds: that step says why.
            wrong = next((step for step in self.steps if set(step.fields) & set(form.errors)), self.steps[0])
            return redirect(self._address(wrong.code))
        try:
            with transaction.atomic():
                if not drafts.done(request.user, self.kind):
                    return self._gone(request)
                party = self.make(form, request.user)
        except IntegrityError:
            messages.error(request, self.taken)
            return redirect(self._address(self.steps[0].code))
        messages.success(request, self.said)
        return redirect(self.then, party.pk)

    def _gone(self, request):
        """Somebody sends the last step a second time: the profile stands, and home leads on from there."""
        messages.info(request, _("This form was finished already, or its draft was thrown away."))
        return redirect("home")

    def _form(self, user, draft, data=None, files=None):
        return self.form(data, files, user=user, initial=draft.values if draft else {})

    def _show(self, request, step: Step, form, draft):
        form.show_only(step.fields)
        number = self._number(step.code)
        context = {
            "form": form,
            "step": step.code,
            "number": number + 1,
            "draft": draft,
            "action": self._address(step.code),
            "earlier": self._address(self.steps[number - 1].code) if number else "",
        }
        return render(request, f"{self.namespace}/step.html", context)

    def _number(self, code: str) -> int:
        """Which step that is, from 0 on; the first where the draft has not got further."""
        return next((number for number, step in enumerate(self.steps) if step.code == code), 0)

    def _address(self, code: str) -> str:
        return reverse(f"{self.namespace}:create_step", args=[code])
