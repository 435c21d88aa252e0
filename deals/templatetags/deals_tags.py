"""What pages show of introductions and deals."""

from django import template

from taxonomy.names import in_language

register = template.Library()


@register.filter
def bilingual(names: dict | None) -> str:
    """Return the name in the reader's language of a notification's `{"zh": …, "en": …}`."""
    return in_language(names.get("zh", ""), names.get("en", "")) if names else ""
