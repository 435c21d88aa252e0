"""Navigation and wording that every page shares: `{% load site %}`."""

import re

from django import template
from django.conf import settings
from django.template.loader import select_template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import claims, devices, drafts, links, second_factor, teams, viewing
from accounts.models import MemberRole
from accounts.verified import Fact
from taxonomy import display

register = template.Library()


def _reverse(name, args):
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def nav_url(name, *args) -> str:
    """The address of a page, or nothing where this installation has no such page."""
    return _reverse(name, args)


@register.inclusion_tag("partials/nav_link.html", takes_context=True)
def nav_link(context, name, icon, label, *args, badge=0, below=""):
    """One entry of the navigation; left out where this installation has no such page.

    Of several entries that hold the current page the first is marked: one's own profile before the list it is in.
    `below` names the pages below this one that have an entry of their own.
    """
    url, request = _reverse(name, args), context.get("request")
    active = bool(url) and request is not None and request.path.startswith(url)
    if active and any(request.path == _reverse(page, ()) for page in below.split()):
        active = False
    if active:
        active = getattr(request, "_nav_at", url) == url
        request._nav_at = url if active else request._nav_at
    return {"url": url, "icon": icon, "label": label, "badge": badge, "active": active}


@register.simple_tag
def administrators_address() -> str:
    """Where people reach the administrators, for pages that only a person can help with; empty where none is set.

    Nobody's own address: its owner did not allow that.
    """
    return settings.CONTACT_EMAIL


@register.simple_tag(takes_context=True)
def query(context, **changes) -> str:
    """The query string of this page with some values changed; None takes one out."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        params.pop(key, None)
        if value not in (None, ""):
            params[key] = value
    return f"?{params.urlencode()}"


@register.simple_tag
def notification_text(notification) -> str:
    """What a notification says. The app that sends a kind brings `notifications/<kind>.html`."""
    kind = re.sub(r"[^a-z0-9_]", "", notification.kind)
    found = select_template([f"notifications/{kind}.html", "notifications/unknown.html"])
    # The template has escaped what it was given; stripping would make it unsafe text again.
    return mark_safe(found.render({"notification": notification, "values": notification.values}).strip())


@register.simple_tag
def own_claims(user) -> list:
    """The claims of `user` that wait."""
    return claims.waiting_of(user)


@register.filter
def member_role(code: str) -> str:
    """The name of a role in a team."""
    return dict(MemberRole.choices).get(code, code)


@register.inclusion_tag("partials/verified.html")
def verified(party, size=17, word=True, detail=False):
    """`{% verified party %}`: that it is verified, what of it and since when; or that it is not."""
    return {"party": party, "size": size, "word": word, "detail": detail, "said": _verified_in_words(party)}


def _verified_in_words(party) -> str:
    if not party.verified_at:
        return _("Nobody here has checked who this is.")
    day = display.partial_date(timezone.localtime(party.verified_at).date())
    names = [str(fact.label) for fact in Fact if fact in party.verified_facts]
    if not names:
        return _("Checked by an administrator on %(day)s.") % {"day": day}
    what = pgettext("between the items of a list", ", ").join(names)
    return _("Checked by an administrator on %(day)s: %(what)s.") % {"day": day, "what": what}


@register.simple_tag
def viewing_minutes(row) -> int:
    """How many minutes of a viewing are left."""
    return viewing.minutes_left(row)


@register.simple_tag
def viewings_of(party) -> list:
    """When administrators looked at the site as one of its members."""
    return viewing.of_members(party)


@register.simple_tag
def invitations(user) -> list[dict]:
    """The invitations that wait for `user`, each with the address of its page."""
    return [
        {"row": row, "url": reverse(f"{row._meta.app_label}:invitation", args=[links.token(row)])}
        for row in teams.invitations_of(user)
    ]


@register.filter
def edited_by(party, user) -> bool:
    """Whether `user` acts for a company or an institution, or only reads along."""
    return party.is_edited_by(user)


@register.simple_tag
def draft_of(user, kind):
    """What `user` has begun of a form of that kind; None where there is nothing."""
    return drafts.of(user, kind)


@register.simple_tag
def second_factor_asked(user) -> bool:
    """Whether `user` is to be asked to set up a second step for the log-in."""
    return second_factor.is_asked_of(user)


register.filter("device", devices.device)
