"""What pages show of an institution's own work: `{% load desk %}`."""

from django import template
from django.utils.translation import gettext as _

from accounts.models import EDITING
from deals import pipeline, revealed, searches
from deals.desk_forms import SearchForm
from deals.models import PipelineCard, SavedSearch

register = template.Library()


@register.inclusion_tag("deals/_revealed.html", takes_context=True)
def revealed_focus(context, investor):
    """`{% revealed_focus investor %}`: what its deals show, beside what it declares and what the market does."""
    user = context["request"].user
    focus = revealed.of(investor, user)
    if focus is None:
        return {}
    return {
        "focus": focus,
        "kinds": zip((_("Categories"), _("Rounds"), _("Places")), focus.kinds, strict=True),
        "proposal": revealed.proposal(focus) if investor.is_edited_by(user) else "",
    }


@register.inclusion_tag("deals/_thesis_hint.html", takes_context=True)
def thesis_from_deals(context, investor):
    """`{% thesis_from_deals investor %}`: the offer to fill in the form of a new thesis, or that it was filled in."""
    focus = revealed.of(investor, context["request"].user)
    proposal = revealed.proposal(focus) if focus else ""
    return {"focus": focus, "proposal": proposal, "is_filled": bool(context["request"].GET)}


@register.inclusion_tag("deals/pipeline/_button.html", takes_context=True)
def pipeline_button(context, company):
    """`{% pipeline_button company %}`: where it stands in the pipelines of the reader's institutions, or "add"."""
    user = context["request"].user
    roles = list(user.investor_roles.select_related("investor"))
    cards = PipelineCard.objects.filter(company=company, investor__in=[role.investor_id for role in roles])
    cards = list(cards.select_related("investor")) if roles else []
    known = {card.investor_id for card in cards}
    return {
        "company": company,
        "cards": cards,
        "may_add": [role.investor for role in roles if role.role in EDITING and role.investor_id not in known],
        "several": len(roles) > 1,
        "csrf_token": context["csrf_token"],
    }


DUE_SHOWN = 6


@register.inclusion_tag("deals/pipeline/_due.html")
def pipeline_due(investor):
    """`{% pipeline_due investor %}`: what its people do next about the companies in its pipeline."""
    found = pipeline.due(investor)
    return {"investor": investor, "due": found[:DUE_SHOWN], "more": len(found[DUE_SHOWN:])}


@register.inclusion_tag("deals/searches/_bar.html", takes_context=True)
def saved_searches(context):
    """`{% saved_searches %}`: above the list of companies, the searches of the reader's institutions and "save this"."""
    request = context["request"]
    roles = list(request.user.investor_roles.select_related("investor"))
    own = [role.investor_id for role in roles]
    return {
        "institutions": [role.investor for role in roles],
        "may_save": [role.investor for role in roles if role.role in EDITING],
        "searches": SavedSearch.objects.filter(investor__in=own) if own else [],
        "query": searches.cleaned(request.GET),
        "typed": request.GET.urlencode(),
        "form": SearchForm(),
        "csrf_token": context["csrf_token"],
    }
