import pytest
from django.urls import reverse

from accounts.models import Notification

URL = reverse("notifications")


@pytest.fixture
def told(cast):
    return Notification.objects.create(user=cast.founder, kind="no_such_kind", path="/companies/")


def test_anonymous_people_log_in_first(client, db):
    assert client.get(URL).url.startswith(reverse("account_login"))


def test_one_sees_ones_own(client, cast, told):
    client.force_login(cast.founder)
    assert list(client.get(URL).context["page"]) == [told]
    client.force_login(cast.other_founder)
    assert list(client.get(URL).context["page"]) == []


def test_the_bell_counts_what_is_unread(client, cast, told):
    client.force_login(cast.founder)
    assert '<span class="bell-count">1</span>' in client.get(URL).text
    client.post(URL)
    told.refresh_from_db()
    assert told.read_at
    assert "bell-count" not in client.get(URL).text


def test_marking_touches_nobody_elses(client, cast, told):
    client.force_login(cast.other_founder)
    client.post(URL)
    told.refresh_from_db()
    assert told.read_at is None


def test_opening_marks_as_read_and_leads_there(client, cast, told):
    client.force_login(cast.founder)
    assert client.get(reverse("notification", args=[told.pk])).url == "/companies/"
    told.refresh_from_db()
    assert told.read_at


def test_a_strangers_cannot_be_opened(client, cast, told):
    client.force_login(cast.other_founder)
    assert client.get(reverse("notification", args=[told.pk])).status_code == 404


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_it_leads_to_no_other_site(client, cast, path):
    told = Notification.objects.create(user=cast.founder, kind="x", path=path)
    client.force_login(cast.founder)
    assert client.get(reverse("notification", args=[told.pk])).url == URL


def test_a_long_inbox_costs_no_more_queries(client, cast, django_assert_num_queries):
    client.force_login(cast.founder)
    Notification.objects.create(user=cast.founder, kind="x")
    with django_assert_num_queries(10) as few:
        client.get(URL)
    Notification.objects.bulk_create(Notification(user=cast.founder, kind="x") for _ in range(25))
    with django_assert_num_queries(len(few)):
        client.get(URL)
