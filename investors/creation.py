"""The profile of a new institution, in steps; its first thesis is the third of them, on its own page."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.steps import CreationPages, Step
from investors import actions
from investors.forms import InvestorForm
from investors.models import Investor


def _make(form: InvestorForm, by: User) -> Investor:
    return actions.create_investor(form.save(commit=False), by)


PAGES = CreationPages(
    namespace="investors",
    kind="investor",
    form=InvestorForm,
    steps=(
        Step("who", ("name_zh", "name_en", "type", "region", "city", "website", "founded_year", "is_another")),
        Step(
            "what",
            (
                "assets", "assets_currency", "description_zh", "description_en", "contact_name", "contact_email",
                "contact_phone",
            ),
        ),
    ),
    make=_make,
    then="investors:thesis_create",
    said=_("The profile is saved. Now say what you look for."),
)  # fmt: skip
