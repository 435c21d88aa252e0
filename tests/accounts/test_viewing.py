"""Looking at the site as somebody else: everything is shown as that person sees it, and nothing is changed."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts import viewing
from accounts.models import Notification, User, Viewing
from companies.models import Raise
from deals import documents
from deals.models import Message, Opening
from tests.permission_table import place, rows, stage

HOME, END = reverse("home"), reverse("view_end")


@pytest.fixture
def looking(client, cast):
    """The administrator's browser, looking as the investor."""
    client.cookies["language"] = "en"
    client.force_login(cast.administrator)
    began = client.post(reverse("view_as", args=[cast.investor.pk]), {"reason": "No list is shown"})
    assert began.status_code == 302
    return client


def test_it_shows_what_the_person_sees_until_it_is_ended(cast, looking):
    shown = looking.get(HOME).text
    assert "You see the site as Ivy sees it" in shown and "Good to see you, Ivy" in shown
    assert looking.get(reverse("matching:for_investor", args=[cast.investor_firm.pk])).status_code == 200
    # What an administrator may and this person may not.
    assert looking.get(reverse("deals:queue")).status_code == 403
    assert looking.get(reverse("admin:index")).status_code == 302
    assert looking.get("/api/v1/companies/").status_code == 200
    assert looking.post(END).status_code == 302
    assert "Good to see you, Ada" in (after := looking.get(HOME).text) and "You see the site as Ivy" not in after


def test_beginning_end_and_reason_stand_on_record_and_the_owner_reads_them(cast, looking, client):
    looking.post(END)
    row = Viewing.objects.get()
    assert (row.administrator, row.user, row.reason) == (cast.administrator, cast.investor, "No list is shown")
    entries = LogEntry.objects.get_for_object(row).order_by("pk")
    assert [(entry.action, entry.actor) for entry in entries] == [
        (LogEntry.Action.CREATE, cast.administrator), (LogEntry.Action.UPDATE, cast.administrator)
    ]  # fmt: skip
    team = reverse("investors:team", args=[cast.investor_firm.pk])
    client.force_login(cast.investor)
    assert "No list is shown" in client.get(team).text
    client.force_login(cast.investor_viewer)
    assert "No list is shown" not in client.get(team).text
    client.force_login(cast.founder)
    assert "No list is shown" not in client.get(reverse("companies:team", args=[cast.company.pk])).text


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_only_reading_passes(cast, looking, method):
    for address in (reverse("settings"), "/api/v1/companies/", reverse("account_logout"), reverse("set_language")):
        refused = getattr(looking, method)(address, {"full_name": "Nan"})
        assert refused.status_code == 403 and "nothing was done" in refused.text, address
    assert User.objects.get(pk=cast.investor.pk).full_name == "Ivy"


@pytest.mark.parametrize("name", ["mfa_view_recovery_codes", "mfa_index", "mfa_list_webauthn", "account_email"])
def test_how_somebody_logs_in_is_closed(looking, name):
    refused = looking.get(reverse(name))
    assert refused.status_code == 403 and "nothing was done" in refused.text


def test_nothing_that_a_page_writes_while_it_is_read_stays(cast, looking, charts_in_words):
    """Every page of the permission table, read as the investor: no row of any table is another one afterwards."""
    looking.post(END)
    scene = stage(cast)
    looking.post(reverse("view_as", args=[cast.investor.pk]), {"reason": "All of it"})
    notice = Notification.objects.filter(user=cast.investor, read_at=None).first()
    assert notice is not None

    def state():
        return (
            Notification.objects.filter(read_at=None).count(), Opening.objects.count(), Message.objects.count(),
            LogEntry.objects.count(), User.objects.get(pk=cast.investor.pk).last_login,
        )  # fmt: skip

    before = state()
    for method, name in rows():
        if method == "GET" and not name.startswith(("account_", "outbox")):
            looking.get(place(scene, name))
    # Made by the table for an address of its own, not by a page.
    assert [after for after in state()[:3]] == list(before[:3]) and state()[4] == before[4]
    # The same page, opened by that person, does write.
    looking.force_login(cast.investor)
    looking.get(reverse("notification", args=[notice.pk]))
    assert state()[0] < before[0]


def test_files_are_not_handed_out(cast, looking):
    looking.post(END)
    scene = stage(cast)
    looking.post(reverse("view_as", args=[cast.investor.pk]), {"reason": "The plan"})
    assert documents.Reader(cast.investor, cast.company).shown([scene.document])[0].opens
    refused = looking.get(reverse("deals:document", args=[scene.document.pk]))
    assert refused.status_code == 403 and not refused.streaming
    assert not Opening.objects.exists()


def test_it_ends_by_itself_after_thirty_minutes(cast, looking):
    Viewing.objects.update(started_at=timezone.now() - timedelta(minutes=30, seconds=1))
    assert "Good to see you, Ada" in looking.get(HOME).text
    # Also for a request that would change something: it is the administrator's own again.
    Raise.objects.update(status="open")
    assert looking.post(reverse("notifications")).status_code == 302


@pytest.mark.parametrize("change", ["administrator", "user"])
def test_it_ends_with_the_right_to_it(cast, looking, change):
    if change == "administrator":
        User.objects.filter(pk=cast.administrator.pk).update(is_staff=False)
        assert "as Ivy sees" not in looking.get(HOME).text
    else:
        User.objects.filter(pk=cast.investor.pk).update(is_staff=True)
        assert "Good to see you, Ada" in looking.get(HOME).text


def test_never_as_another_administrator_and_never_by_anybody_else(cast, client):
    other = User.objects.create_user("alan@example.com", "x" * 20, is_staff=True)
    for administrator, user in (
        (cast.administrator, other), (cast.administrator, cast.administrator), (cast.analyst, cast.founder),
        (cast.founder, cast.company_viewer),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            viewing.begin(administrator, user, "Why not")
    client.force_login(cast.administrator)
    assert client.get(reverse("view_as", args=[other.pk])).status_code == 403


def test_one_at_a_time_and_in_one_browser(cast, looking, django_user_model):
    from django.test import Client  # noqa: PLC0415

    elsewhere = Client()
    elsewhere.force_login(cast.administrator)
    assert "Ivy" not in elsewhere.get(HOME).text
    elsewhere.post(reverse("view_as", args=[cast.founder.pk]), {"reason": "Another"})
    assert "Ada" in looking.get(HOME).text
    assert Viewing.objects.open().count() == 1
    # Whoever takes over the session of somebody else does not look on.
    stolen = elsewhere.session
    looking.force_login(cast.founder)
    session = looking.session
    session[viewing.KEY] = stolen[viewing.KEY]
    session.save()
    assert "You see the site" not in looking.get(HOME).text
