from datetime import date

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from companies.models import Company
from investors.models import Investor
from taxonomy import display

register = template.Library()


@register.inclusion_tag("matching/_pair_links.html", takes_context=True)
def own_pairs(context, target):
    """`{% own_pairs investor %}`: how a party matches each of the reader's own on the other side, if these can match."""
    user = context["request"].user
    if isinstance(target, Investor):
        own, address = Company.objects.of(user).raising(), "matching:investor_for_company"
    else:
        own, address = Investor.objects.of(user) if target.open_raise else [], "matching:company_for_investor"
    links = [(one, reverse(address, args=[one.pk, target.pk])) for one in own]
    return {"links": links}


@register.simple_tag
def sentences(*parts: str) -> str:
    """`{% sentences one two %}`: whole sentences as one text; empty ones are left out."""
    return mark_safe(display.sentences(*(conditional_escape(part) for part in parts)))


@register.filter
def share_of(value: float, scale: float) -> int:
    """Return the size of a contribution in percent of the largest, for a bar."""
    return round(100 * min(abs(value) / scale, 1)) if scale else 0


def _with_sign(value: float, digits: int) -> str:
    shown = f"{abs(value):.{digits}f}"
    return shown if not float(shown) else f"+{shown}" if value > 0 else f"−{shown}"


@register.filter
def signed(value: float) -> str:
    """Return a contribution with its sign: +1.20, −0.35; 0.00 has none."""
    return _with_sign(value, 2)


@register.filter
def three(value: float | None) -> str:
    """A figure between 0 and 1 to three digits: 0.236; a dash where it could not be measured."""
    return display.DASH if value is None else f"{value:.3f}"


@register.filter
def gain(value: float | None) -> str:
    """A difference with its sign: +0.012, −0.004, 0.000; a dash where it could not be measured."""
    if value is None:
        return display.DASH
    return _with_sign(value, 3)


@register.filter
def interval(figure: dict | None, signs: str = "") -> str:
    """The 95% interval of a figure: 0.221 … 0.251; of a difference, with signs. Empty where there is none."""
    if not isinstance(figure, dict) or figure.get("low") is None or figure.get("high") is None:
        return ""
    word = gain if signs else three
    return f"{word(figure['low'])} … {word(figure['high'])}"


@register.filter
def is_clear(difference: dict | None) -> str:
    """Whether a paired interval lies wholly above zero (better), wholly below it (worse), or holds it (open)."""
    if not difference or difference.get("low") is None:
        return "open"
    return "better" if difference["low"] > 0 else "worse" if difference["high"] < 0 else "open"


@register.filter
def key(mapping, name):
    """`{{ row.figures|key:"ndcg_10" }}`; None where it is missing."""
    return mapping.get(name) if mapping else None


@register.filter
def duration(seconds: float | None) -> str:
    """42 s, 3 min 20 s, 1 h 5 min."""
    if seconds is None:
        return display.DASH
    if seconds < 10:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}
    whole = round(seconds)
    if whole < 60:
        return _("%(seconds)s s") % {"seconds": whole}
    if whole < 3600:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": whole // 60, "seconds": whole % 60}
    return _("%(hours)s h %(minutes)s min") % {"hours": whole // 3600, "minutes": whole % 3600 // 60}


@register.filter
def run_tone(run) -> str:
    """The class of a run's state: `<span class="status {{ run|run_tone }}">`."""
    tones = {"published": "status-good", "failed": "status-bad", "held": "status-warn"}
    return "status-accent" if run.is_unfinished else tones.get(run.status, "")


@register.filter
def share(value: float | None) -> str:
    """A share in whole per cent: 12%."""
    return display.DASH if value is None else f"{100 * value:.0f}%"


@register.filter
def fine_share(value: float | None) -> str:
    """A small share: 0.35%."""
    return display.DASH if value is None else f"{100 * value:.2f}%"


@register.filter
def small_number(value: float | None) -> str:
    """Four digits of a number near zero: 0.00123."""
    return display.DASH if value is None else f"{value:.4g}"


@register.filter
def iso_date(text: str) -> str:
    """A day that is kept as text, as readers expect it."""
    return display.partial_date(date.fromisoformat(text)) if text else ""
