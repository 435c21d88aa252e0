"""What an institution's people type at their desk: about its pipeline, and searches that it keeps."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models import Company
from deals.filters import day_input
from deals.forms import company_field
from deals.models import PassReason, PipelineCard, SavedSearch, Stage
from deals.models.pipeline import OPEN
from investors.models import Investor


def colleagues(investor: Investor, also: int | None = None):
    """The active people of an institution by name, and one more who may have left it."""
    members = investor.memberships.filter(user__is_active=True).values("user")
    return User.objects.filter(Q(pk__in=members) | Q(pk=also)).order_by("full_name", "email")


class PipelineAddForm(forms.Form):
    company = company_field(label=_("Company"), help_text=_("Its short or legal name."))
    stage = forms.ChoiceField(
        label=_("Stage"), choices=[(stage.value, stage.label) for stage in OPEN], initial=Stage.REVIEWING
    )

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.fields["company"].queryset = Company.objects.visible_to(user)


class VersionForm(forms.Form):
    """What is typed about a card, with the version that its writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)


class MoveForm(VersionForm):
    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    reason = forms.ChoiceField(label=_("Why do you pass?"), choices=[("", "—"), *PassReason.choices], required=False)


class PipelineCardForm(VersionForm):
    """Who is responsible for a card and what comes next."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Responsible"), required=False, empty_label=_("Nobody yet")
    )
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)
    next_step_on = forms.DateField(label=_("On"), required=False, widget=day_input())

    def __init__(self, *args, card: PipelineCard, **options):
        shown = {name: getattr(card, name) for name in ("owner", "next_step", "next_step_on", "version")}
        super().__init__(*args, initial=shown, **options)
        # Whoever left since stays until somebody else is chosen.
        self.fields["owner"].queryset = colleagues(card.investor, card.owner_id)


class PipelineNoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, **options):
        # Another form of the page has a text as well.
        super().__init__(*args, auto_id="note_%s", **options)


class PipelineTaskForm(forms.Form):
    text = forms.CharField(label=_("Task"), max_length=200)
    due_on = forms.DateField(label=_("Due"), required=False, widget=day_input())
    assignee = forms.ModelChoiceField(
        User.objects.none(), label=_("Assigned to"), required=False, empty_label=_("Nobody yet")
    )

    def __init__(self, *args, investor: Investor, **options):
        super().__init__(*args, auto_id="task_%s", **options)
        self.fields["assignee"].queryset = colleagues(investor)


# --- Saved searches -----------------------------------------------------------------------------------------------


class SearchNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    alerts = forms.BooleanField(
        label=_("Tell us once a day which companies newly fit"),
        required=False,
        help_text=_("In the site and by mail, to all members of the institution; each company once."),
    )

    @classmethod
    def of(cls, search: SavedSearch) -> "SearchNameForm":
        return cls(initial={"name": search.name, "alerts": search.alerts}, auto_id=f"search_{search.pk}_%s")


class SearchForm(SearchNameForm):
    query = forms.CharField(widget=forms.HiddenInput, max_length=2000, required=False)
