"""What people are told can be switched off, each topic in the site and by mail."""

import re
from pathlib import Path

from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Notification, Topic
from deals import actions


def told(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello")
    row.delete()
    found = (Notification.objects.of(cast.investor).count(), [message.to for message in mail.outbox])
    Notification.objects.all().delete()
    mail.outbox.clear()
    return found


def test_each_topic_is_switched_off_in_the_site_and_by_mail(client, cast, django_capture_on_commit_callbacks):
    client.force_login(cast.investor)
    page = client.get(reverse("settings")).text
    boxes = re.findall(r'name="wanted" value="([^"]+)" checked', page)
    assert "mail:introductions" in boxes and "site:introductions" in boxes and "mail:conduct" not in boxes
    assert told(cast, django_capture_on_commit_callbacks) == (1, [[cast.investor.email]])
    for off, expected in (("mail:introductions", (1, [])), ("site:introductions", (0, [[cast.investor.email]]))):
        client.post(reverse("edit_topics"), {"wanted": [box for box in boxes if box != off]})
        cast.investor.refresh_from_db()
        assert cast.investor.muted == [off]
        assert told(cast, django_capture_on_commit_callbacks) == expected


def test_one_click_in_a_mail_program_ends_a_kind_of_mail(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello")
    (sent,) = mail.outbox
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert address in sent.body and address in sent.alternatives[0].content
    # The program of a reader who is not logged in, without a token of ours.
    stranger = Client(enforce_csrf_checks=True)
    path = "/" + address.split("/", 3)[3]
    assert stranger.get(path).status_code == 200
    cast.investor.refresh_from_db()
    assert cast.investor.muted == []
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    cast.investor.refresh_from_db()
    assert cast.investor.muted == ["mail:introductions"]
    stranger.post(path, {"again": "1"})
    cast.investor.refresh_from_db()
    assert cast.investor.muted == []
    assert stranger.get(path[:-2] + "x/").status_code == 404


def test_every_kind_of_notification_has_a_topic():
    kinds = {path.stem for path in Path("templates/notifications").glob("*.html")} - {"unknown"}
    topics = {kind: Topic.of(kind) for kind in kinds}
    assert {kind for kind, topic in topics.items() if topic == Topic.DEALS} == {
        kind for kind in kinds if kind.startswith(("deal", "listing", "merger"))
    }
