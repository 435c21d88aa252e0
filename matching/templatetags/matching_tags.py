from django import template

register = template.Library()


@register.filter
def share_of(value: float, scale: float) -> int:
    """Return the size of a contribution in percent of the largest, for a bar."""
    return round(100 * min(abs(value) / scale, 1)) if scale else 0


@register.filter
def signed(value: float) -> str:
    """Return a contribution with its sign: +1.20, −0.35."""
    return f"+{value:.2f}" if value >= 0 else f"−{-value:.2f}"
