"""`{% load investors %}`"""

from django import template

from investors.models import Investor

register = template.Library()


@register.simple_tag
def own_investors(user) -> list[Investor]:
    """The institutions in which the reader has a role, asked for once a request."""
    if not hasattr(user, "_own_investors"):
        user._own_investors = list(Investor.objects.of(user).prefetch_related("theses").order_by("pk")[:5])
    return user._own_investors
