"""`{% load companies %}`"""

from django import template

from companies.models import Company

register = template.Library()


@register.simple_tag
def own_companies(user) -> list[Company]:
    """The companies in which the reader has a role."""
    return list(Company.objects.of(user).order_by("pk")[:5])
