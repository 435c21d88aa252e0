"""`{% load companies %}`"""

from django import template

from companies.access import reader
from companies.models import Company, Raise
from taxonomy import display

register = template.Library()


@register.simple_tag
def own_companies(user) -> list[Company]:
    """The companies in which the reader has a role, asked for once a request."""
    if not hasattr(user, "_own_companies"):
        user._own_companies = list(Company.objects.of(user).prefetch_related("raises__round").order_by("pk")[:5])
    return user._own_companies


@register.inclusion_tag("companies/_raise_amount.html", takes_context=True)
def raise_amount(context, asked: Raise, quiet=False):
    """The amount of a raise, or to whom it is open; nothing instead where `quiet`, as on lists."""
    sees = reader(context["request"]).sees_amount(asked)
    return {
        "sees": sees,
        "quiet": quiet,
        "amount": display.money_range(asked.amount_low, asked.amount_high, asked.currency_id) if sees else "",
        "audience": asked.get_amount_audience_display(),
    }
