import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from companies.models import Company


@pytest.fixture
def url(cast):
    return reverse("companies:edit", args=[cast.company.pk])


@pytest.fixture
def typed(cast):
    return {
        "short_zh": "磐石安全", "short_en": "Panshi", "summary_zh": "工业防火墙", "region": cast.company.region_id,
        "primary": cast.security.pk, "founded": "2018", "is_published": "on",
    }  # fmt: skip


def test_members_who_edit_and_administrators(client, cast, url, typed):
    assert client.get(url).url.startswith(reverse("account_login"))
    for user in (cast.company_viewer, cast.other_founder, cast.investor, cast.analyst):
        client.force_login(user)
        assert client.get(url).status_code == client.post(url, typed).status_code == 404
    cast.company.refresh_from_db()
    assert cast.company.short_en == "Panshi Security"
    for user in (cast.founder, cast.administrator):
        client.force_login(user)
        assert client.get(url).status_code == 200
        assert client.post(url, typed).url == cast.company.get_absolute_url()
    cast.company.refresh_from_db()
    assert cast.company.short_en == "Panshi"


def test_the_form_shows_what_is_stored(client, cast, url):
    Company.objects.filter(pk=cast.company.pk).update(
        founded_on="2018-04-01", founded_precision="quarter", keywords=["防火墙", "IDS"]
    )
    client.force_login(cast.founder)
    form = client.get(url).context["form"]
    assert form["founded"].value() == "2018-Q2"
    assert form["keywords"].value() == "防火墙、IDS"
    assert form["primary"].value() == cast.security.pk


def test_search_follows(client, cast, url, typed):
    client.force_login(cast.founder)
    client.post(url, typed | {"keywords": "量子网关"})
    assert cast.company in Company.objects.matching_words("量子网关")


def test_a_profile_can_be_taken_down(client, cast, url, typed):
    client.force_login(cast.founder)
    del typed["is_published"]
    client.post(url, typed)
    cast.company.refresh_from_db()
    assert not cast.company.is_published


def test_its_own_name_is_no_duplicate(client, cast, url, typed):
    client.force_login(cast.founder)
    assert client.post(url, typed | {"short_zh": cast.company.short_zh}).status_code == 302


def test_the_change_is_on_record(client, cast, url, typed):
    client.force_login(cast.founder)
    client.post(url, typed)
    entry = LogEntry.objects.get_for_object(cast.company).first()
    assert entry.actor == cast.founder
    assert entry.changes["short_en"] == ["Panshi Security", "Panshi"]
    assert "search_text" not in entry.changes
