"""Filters that show facts: `{% load facts %}`."""

import re

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from taxonomy import dates, display
from taxonomy.names import in_language, in_letters, is_chinese

register = template.Library()

# An address ends at a blank or at Chinese punctuation, which no blank need follow.
_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；：！？、（）《》“”]+[^\s<>\"'，。；：！？、（）《》“”.,;:!?)]")

register.filter("amount", display.amount)
register.filter("count", display.count)
register.filter("short", display.short)


@register.filter
def money(value, currency="CNY") -> str:
    """`{{ thesis.ticket_low|money:thesis.currency_id }}`"""
    return display.money(value, currency)


@register.simple_tag
def money_range(low, high, currency="CNY") -> str:
    """`{% money_range raise.amount_low raise.amount_high raise.currency_id %}`; empty where both ends are open."""
    return display.money_range(low, high, currency)


@register.filter
def partial_date(first, precision=dates.DAY) -> str:
    """`{{ deal.announced_on|partial_date:deal.announced_precision }}`"""
    return display.partial_date(first, precision)


@register.filter
def ago(moment) -> str:
    """How long ago, with the moment itself on hover: 12 days ago."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    if (timezone.now() - moment).total_seconds() < 60:
        text = _("just now")
    else:
        text = _("%(time)s ago") % {"time": timesince(moment, depth=1)}
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="minutes"),
        f"{display.partial_date(local.date())} {local:%H:%M}",
        text,
    )


@register.filter
def initial(name) -> str:
    """The first character of a name, for a mark where there is no logo."""
    return str(name).strip()[:1].upper()


@register.filter
def bare_address(url) -> str:
    """A web address as people say it: without scheme and final slash."""
    return str(url).split("://", 1)[-1].removeprefix("www.").rstrip("/")


@register.filter
def place(record) -> str:
    """Region and city of a company or an institution; a city that is its own province is named once."""
    region, city = record.region, record.city
    if not is_chinese():
        # People type cities in Chinese; there is one way to write them in letters.
        city = in_letters(city)
    if not region:
        return city
    return region.name if not city or city in (region.name_zh, region.name_en) else f"{region.name} · {city}"


@register.filter
def bilingual(names: dict | None) -> str:
    """Return the name in the reader's language of a notification's `{"zh": …, "en": …}`."""
    return in_language(names.get("zh", ""), names.get("en", "")) if names else ""


@register.filter
def linked(text: str) -> str:
    """What somebody wrote, its web addresses made links."""
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        link = format_html('<a href="{0}" rel="noopener nofollow ugc" target="_blank">{0}</a>', found[0])
        parts += [escape(text[at : found.start()]), link]
        at = found.end()
    return mark_safe("".join([*parts, escape(text[at:])]))


@register.filter
def number_of(counts: dict[str, int], value) -> str:
    """`{{ counts|number_of:option.value }}`: the number behind a choice, nothing where there is none."""
    number = counts.get(str(value))
    return display.count(number) if number else ""
