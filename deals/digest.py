"""What introductions and deals bring to the weekly digest."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.digests import Section
from accounts.models import EDITING, Notification, User
from companies.models import Company
from deals import pipeline
from deals.models import Deal, Introduction, PipelineCard, PipelineTask
from investors.models import Investor
from taxonomy import display

MOST = 5
SOON = timedelta(days=3)
# A card that was not moved for so long stands still.
STILL = timedelta(days=30)


def sections(user: User, since: datetime, seen: dict) -> list[Section]:
    found = [_waiting(user, since), _answered(user, since), _messages(user), _verified(user, since)]
    for investor in Investor.objects.filter(memberships__user=user, memberships__role__in=EDITING).order_by("pk"):
        found += [_due(user, investor), _standing_still(user, investor, seen)]
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


def _due(user: User, investor: Investor) -> Section:
    """What is to do within a week, unless a colleague is to do it."""
    lines = [
        _("%(company)s: %(text)s, by %(day)s")
        % {"company": one.card.company.name, "text": one.text, "day": display.partial_date(one.day)}
        for one in pipeline.due(investor)
        if one.person in (None, user)
    ]
    heading = _("To do in the pipeline of %(name)s") % {"name": investor.name}
    return Section(heading, _shortened(lines), reverse("deals:pipeline", args=[investor.pk]))


def _standing_still(user: User, investor: Investor, seen: dict) -> Section:
    """Cards that nobody has moved for weeks and for which no next step is set; each is told once where it stands."""
    cards = PipelineCard.objects.open().filter(investor=investor, moved_at__lt=timezone.now() - STILL)
    to_do = PipelineTask.objects.open().filter(card=OuterRef("pk"))
    cards = cards.filter(~Exists(to_do), Q(owner=user) | Q(owner=None), next_step_on=None)
    key = f"still:{investor.pk}"
    told = set(seen.get(key, []))
    found = {f"{card.pk}:{card.stage}": card for card in cards.select_related("company").order_by("moved_at", "pk")}
    seen[key] = sorted(found)
    lines = [
        _("%(company)s: %(stage)s since %(day)s")
        % {
            "company": card.company.name,
            "stage": card.get_stage_display(),
            "day": display.partial_date(timezone.localdate(card.moved_at)),
        }
        for state, card in found.items()
        if state not in told
    ]
    heading = _("Stands still in the pipeline of %(name)s") % {"name": investor.name}
    return Section(heading, _shortened(lines), reverse("deals:pipeline", args=[investor.pk]))


def _verified(user: User, since: datetime) -> Section:
    """Deals of one's own companies and institutions."""
    companies, investors = Company.objects.of(user), Investor.objects.of(user)
    rows = Deal.objects.filter(status=Deal.Status.VERIFIED, verified_at__gte=since)
    own = rows.filter(company__in=companies) | rows.filter(participations__investor__in=investors)
    lines = [row.label for row in own.distinct().select_related("company", "round").order_by("verified_at")]
    return Section(_("Deals of yours that were verified"), _shortened(lines), reverse("deals:list"))
