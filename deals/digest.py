"""What introductions and deals bring to the weekly digest."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.digests import Section
from accounts.models import Notification, User
from companies.models import Company
from deals.models import Deal, Introduction
from investors.models import Investor
from taxonomy import display

MOST = 5
SOON = timedelta(days=3)


def sections(user: User, since: datetime, seen: dict) -> list[Section]:
    found = [_waiting(user, since), _answered(user, since), _messages(user), _verified(user, since)]
    return [section for section in found if section.lines]


def _shortened(lines: list[str]) -> list[str]:
    more = len(lines) - MOST
    return lines if more <= 0 else [*lines[:MOST], _("and %(number)s more") % {"number": display.count(more)}]


def _waiting(user: User, since: datetime) -> Section:
    """Requests to answer that came since, or whose time runs out."""
    soon = timezone.localdate() + SOON
    rows = Introduction.objects.waiting_for(user).select_related("company", "investor").order_by("expires_on", "pk")
    lines = [
        _("%(name)s would like to meet %(us)s; answer by %(day)s")
        % {"name": row.asking.name, "us": row.answering.name, "day": display.partial_date(row.expires_on)}
        for row in rows
        if row.asked_at >= since or row.expires_on <= soon
    ]
    return Section(_("Waiting for your answer"), _shortened(lines), reverse("deals:introductions"))


def _answered(user: User, since: datetime) -> Section:
    rows = Introduction.objects.involving(user).filter(answered_at__gte=since).select_related("company", "investor")
    lines = [
        f"{row.company.name} – {row.investor.name}: {row.get_status_display()}" for row in rows.order_by("answered_at")
    ]
    return Section(_("Answered"), _shortened(lines), f"{reverse('deals:introductions')}?tab=history")


def _messages(user: User) -> Section:
    """Threads with messages that were not looked at."""
    told = Notification.objects.of(user).unread().filter(kind="message_received")
    paths = set(told.values_list("path", flat=True))
    rows = Introduction.objects.involving(user).accepted().select_related("company", "investor").order_by("pk")
    unread = [row for row in rows if row.get_absolute_url() in paths] if paths else []
    lines = [f"{row.company.name} – {row.investor.name}" for row in unread]
    return Section(_("Messages that you have not read"), _shortened(lines), reverse("deals:introductions"))


def _verified(user: User, since: datetime) -> Section:
    """Deals of one's own companies and institutions."""
    companies, investors = Company.objects.of(user), Investor.objects.of(user)
    rows = Deal.objects.filter(status=Deal.Status.VERIFIED, verified_at__gte=since)
    own = rows.filter(company__in=companies) | rows.filter(participations__investor__in=investors)
    lines = [row.label for row in own.distinct().select_related("company", "round").order_by("verified_at")]
    return Section(_("Deals of yours that were verified"), _shortened(lines), reverse("deals:list"))
