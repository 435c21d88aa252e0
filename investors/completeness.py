"""How complete the profile of an institution is; see `accounts.completeness`."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.completeness import Meter, Part
from investors.models import Investor


def of(investor: Investor) -> Meter:
    """Over its active theses together: what one of them says need not stand in another."""
    profile, theses = reverse("investors:edit", args=[investor.pk]), list(investor.theses.active().for_page())
    thesis = (
        reverse("investors:thesis_edit", args=[theses[0].pk])
        if theses
        else reverse("investors:thesis_create", args=[investor.pk])
    )
    return Meter(
        [
            Part(_("the regions that you want"), 24, any(one.regions.all() for one in theses), f"{thesis}#id_regions"),
            Part(
                _("the categories that you want"),
                22,
                any(one.categories.all() for one in theses),
                f"{thesis}#id_categories",
            ),
            Part(_("the rounds that you want"), 18, any(one.rounds.all() for one in theses), f"{thesis}#id_rounds"),
            Part(
                _("your ticket"),
                12,
                any(one.ticket_low or one.ticket_high for one in theses),
                f"{thesis}#id_ticket_low",
            ),
            Part(_("what you look for, in your own words"), 8, any(one.text for one in theses), f"{thesis}#id_text"),
            Part(_("a description"), 6, bool(investor.description), f"{profile}#id_description_zh"),
            Part(
                _("how to reach you"),
                4,
                bool(investor.contact_email or investor.contact_phone),
                f"{profile}#id_contact_email",
            ),
            Part(_("your place"), 4, bool(investor.region_id), f"{profile}#id_region"),
            Part(_("your type"), 2, investor.type != Investor.Type.UNKNOWN, f"{profile}#id_type"),
        ]
    )
