"""The best of the recommendations, for the home page: `{% load matching_home %}`."""

from django import template

from matching import reading

register = template.Library()

SHOWN = 3


@register.inclusion_tag("accounts/_home_best.html")
def best_investors(company):
    """The first recommendations to a company that it has neither answered nor met."""
    return {"company": company, "entries": _first(reading.for_company(company))}


@register.inclusion_tag("accounts/_home_best.html")
def best_companies(investor):
    """The first recommendations to an institution that it has neither answered nor met."""
    return {"investor": investor, "entries": _first(reading.for_investor(investor))}


def _first(feed: reading.Feed) -> list[reading.Entry]:
    entries = feed.open()
    standing = feed.introductions(entries)
    return feed.with_reasons([entry for entry in entries if entry.target.pk not in standing][:SHOWN])
