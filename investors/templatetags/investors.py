"""`{% load investors %}`"""

from django import template

from investors.models import Investor

register = template.Library()


@register.simple_tag
def own_investors(user) -> list[Investor]:
    """The institutions in which the reader has a role."""
    return list(Investor.objects.of(user).order_by("pk")[:5])
