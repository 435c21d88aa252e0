"""How complete the profile of a company is; see `accounts.completeness`."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.completeness import Meter, Part
from companies.models import Company


def of(company: Company) -> Meter:
    """Reads `open_raise` and `primary_category`: prefetch them on lists."""
    profile, asked = reverse("companies:edit", args=[company.pk]), company.open_raise
    raise_ = (
        reverse("companies:raise_edit", args=[asked.pk])
        if asked
        else reverse("companies:raise_create", args=[company.pk])
    )
    has_amount = bool(asked and (asked.amount_low or asked.amount_high))
    return Meter(
        [
            Part(_("your place"), 22, bool(company.region_id), f"{profile}#id_region"),
            Part(_("the raise, with its round"), 20, bool(asked), raise_),
            Part(_("the amount that you raise"), 16, has_amount, f"{raise_}#id_amount_low"),
            Part(_("your main category"), 10, bool(company.primary_category), f"{profile}#id_primary"),
            Part(_("keywords"), 8, bool(company.keywords), f"{profile}#id_keywords"),
            Part(_("a description"), 8, bool(company.description), f"{profile}#id_description_zh"),
            Part(_("your city"), 4, bool(company.city), f"{profile}#id_city"),
            Part(_("the use of funds"), 4, bool(asked and asked.use_of_funds), f"{raise_}#id_use_of_funds"),
            Part(
                _("how to reach you"),
                4,
                bool(company.contact_email or company.contact_phone),
                f"{profile}#id_contact_email",
            ),
            Part(_("the founding date"), 2, bool(company.founded_on), f"{profile}#id_founded"),
            Part(_("your logo"), 2, bool(company.logo), f"{profile}#id_logo"),
        ]
    )
