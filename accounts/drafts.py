"""What is typed into a form is kept until the form is done, on whichever device its writer goes on."""

from django import forms
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Draft, User


def typed(form: forms.BaseForm) -> dict:
    """The values of a bound form as they were typed, files left out."""
    return {
        name: _storable(field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name)))
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField)
    }


def _storable(value):
    """PostgreSQL keeps no null characters, which nobody types."""
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def of(user: User, kind: str) -> Draft | None:
    return Draft.objects.of(user, kind).first()


@transaction.atomic
def keep(user: User, kind: str, new: dict, step: str = "", begin: bool = True) -> Draft | None:
    """Write `new` over what is kept, and how far the writer got, where `step` says so.

    Without `begin` only a draft that stands is written to: what is sent late must not bring back one that is done.
    """
    draft = Draft.objects.select_for_update().of(user, kind).first()
    if draft is None:
        if not begin:
            return None
        # Of two first words at once the later one finds the row of the earlier.
        draft, _made = Draft.objects.get_or_create(user=user, kind=kind)
    draft.values = draft.values | new
    draft.step, draft.updated_at = step or draft.step, timezone.now()
    draft.save(update_fields=["values", "step", "updated_at"])
    return draft


def done(user: User, kind: str) -> bool:
    """Take the draft away; False if it was gone already: somebody was faster to finish the same form."""
    return bool(Draft.objects.of(user, kind).delete()[0])


def sweep(now) -> int:
    """Take away what nobody has touched for a long time."""
    return Draft.objects.left_alone(now).delete()[0]


def asks_to_keep(request) -> bool:
    """Whether the page sends what is typed so far, to be kept only."""
    return request.method == "POST" and "keep" in request.POST


def kept(request, draft: Draft | None):
    return render(request, "partials/kept.html", {"draft": draft})
