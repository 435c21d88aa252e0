"""The profile of a new company, in steps; the raise is the third of them, on its own page."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.steps import CreationPages, Step
from companies import actions
from companies.forms import CompanyForm
from companies.models import Company


def _make(form: CompanyForm, by: User) -> Company:
    data = form.cleaned_data
    return actions.create_company(form.save(commit=False), by, data["primary"], data["further"])


PAGES = CreationPages(
    namespace="companies",
    kind="company",
    form=CompanyForm,
    steps=(
        Step(
            "who",
            (
                "short_zh", "short_en", "name_zh", "name_en", "region", "city", "website", "founded", "credit_code",
                "contact_name", "contact_email", "contact_phone", "is_another",
            ),
        ),
        Step(
            "what",
            (
                "primary", "further", "summary_zh", "summary_en", "description_zh", "description_en", "keywords",
                "business_model", "logo",
            ),
        ),
    ),
    make=_make,
    then="companies:raise_create",
    said=_("The profile is saved. Now say what you are raising."),
    taken=_("A company with this unified social credit code is registered already."),
)  # fmt: skip
