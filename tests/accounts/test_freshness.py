"""Profiles are confirmed by their teams, who are asked to once a month."""

from datetime import timedelta

from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import freshness
from accounts.models import Notification
from companies.models import Company
from investors.models import Investor
from matching.models import Refresh


def grow_old(days: int):
    Company.objects.update(created_at=timezone.now() - timedelta(days=days))


def test_a_team_is_asked_once_a_month_until_it_confirms(client, cast, django_capture_on_commit_callbacks):
    Company.objects.create(short_en="Nobody's").memberships.all()
    now = timezone.now()
    Investor.objects.update(confirmed_at=now + timedelta(days=100))
    assert freshness.nudge(now) == 0
    grow_old(31)
    cast.other_company.memberships.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert freshness.nudge(now) == 1
        assert freshness.nudge(now + timedelta(days=1)) == 0
    assert Notification.objects.get(kind="profile_stale").user == cast.founder
    assert [sent.to for sent in mail.outbox] == [[cast.founder.email]]
    assert freshness.nudge(now + timedelta(days=31)) == 1
    client.force_login(cast.founder)
    address = reverse("companies:confirm", args=[cast.company.pk])
    assert address in client.get(cast.company.get_absolute_url()).text
    Refresh.objects.all().delete()
    page = client.post(address, follow=True).text
    assert "刚刚" in page and address not in page
    # Nothing has changed: nobody is matched again for it.
    assert not Refresh.objects.exists()
    assert freshness.nudge(now + timedelta(days=62)) == 1


def test_editing_confirms_and_an_administrator_confirms_nothing(client, cast):
    freshness.confirm(cast.administrator, cast.company)
    assert cast.company.confirmed_at is None
    freshness.confirm(cast.company_viewer, cast.company)
    assert cast.company.confirmed_at
    client.force_login(cast.investor)
    client.post(reverse("investors:edit", args=[cast.investor_firm.pk]), {"name_en": "Far Shore", "type": "venture"})
    cast.investor_firm.refresh_from_db()
    assert cast.investor_firm.confirmed_at


def test_two_workers_ask_once(at_once, cast):
    grow_old(40)
    cast.other_company.memberships.all().delete()
    now = timezone.now()

    def go(start):
        start()
        return freshness.nudge(now)

    assert sum(at_once(*[go] * 6)) == 1
