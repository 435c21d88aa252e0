"""Figures and queues that the start pages show: `{% load market_figures %}`."""

from datetime import date

from django import template
from django.core.cache import cache
from django.utils import timezone

from accounts import claims, verification
from companies.models import Company, Raise
from deals import duplicates, waiting
from deals.models import Deal, Introduction, PublicStatistics, Report
from deals.statistics import kept
from deals.statistics.describing import records_address
from deals.statistics.scope import Scope, twelve_months

register = template.Library()

FRESH_SECONDS = 300
# How many records the home of analysts shows.
NEWEST = 6


def _figures() -> dict[str, int | str]:
    # The same twelve months, and the same figures, as on the page of statistics.
    recent = Scope(*twelve_months(timezone.localdate()))
    return {
        "companies": Company.objects.published().count(),
        "raises": Raise.objects.open().filter(company__is_published=True).count(),
        "investors": kept.answer("I1", recent).row.active,
        "investors_address": records_address("I1", "active", recent),
        "deals": kept.answer("V1", recent).row.events,
        "deals_address": records_address("V1", "events", recent),
    }


@register.simple_tag
def market_figures() -> dict[str, int | str]:
    """Published companies, open raises, investors with a venture event in twelve months, those events; and where the
    records of the last two are listed."""
    return cache.get_or_set("market-figures:2", _figures, FRESH_SECONDS)


def _record_news() -> dict:
    # The last month that has ended, as on the page of statistics.
    latest = kept.answer("R1", Scope(*twelve_months(timezone.localdate()))).rows[-1]
    return {
        "month": date(latest.year, latest.month, 1),
        "known": latest.known,
        "complete": latest.complete,
        "expected": latest.expected,
        "reported": Deal.objects.filter(status=Deal.Status.REPORTED).count(),
        "duplicates": len(duplicates.suspected()),
    }


@register.inclusion_tag("deals/_record_news.html")
def record_news(user) -> dict:
    """How whole the latest month is, what nobody has verified or judged yet, and what was verified of late."""
    verified = Deal.objects.visible_to(user).filter(status=Deal.Status.VERIFIED)
    return {
        "news": cache.get_or_set("record-news", _record_news, FRESH_SECONDS),
        "verified": verified.select_related("company", "round").order_by("-recorded_at", "-pk")[:NEWEST],
    }


@register.simple_tag
def waiting_introductions(user) -> list[Introduction]:
    """Requests that the reader may answer, the most urgent first."""
    return list(Introduction.objects.waiting_for(user).for_list().order_by("expires_on", "pk")[:5])


@register.simple_tag
def deals_to_confirm(user) -> list[Deal]:
    """Deals that wait for the word of a side for which the reader speaks, the oldest first."""
    found = Deal.objects.visible_to(user).to_confirm_by(user).with_amount_shown(user).for_list()
    return list(found.order_by("recorded_at", "pk")[:5])


@register.simple_tag
def has_asked(party) -> bool:
    """Whether a company or an institution has asked anybody for an introduction."""
    side = party._meta.model_name
    return Introduction.objects.filter(asked_side=side, **{side: party}).exists()


@register.simple_tag
def queues(user) -> dict[str, int]:
    """What waits for an administrator: of introductions those that nobody else can answer, as the inbox lists them."""
    return {
        "records": sum(waiting.counts()[kind] for kind in waiting.MODELS),
        "duplicates": len(duplicates.suspected()),
        "verifications": len(verification.waiting()),
        "unverified": len(verification.unasked()),
        "claims": len(claims.waiting()),
        "reports": Report.objects.open().count(),
        "introductions": Introduction.objects.asked_of_side_of(user).awaiting().count(),
    }


@register.simple_tag
def statistics_are_public() -> bool:
    """Whether readers without an account may open the statistics."""
    return PublicStatistics.are_on()
