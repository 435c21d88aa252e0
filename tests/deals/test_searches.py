"""Searches that an institution keeps, and what it is told of: each search once a day, each company once."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.errors import ActionError
from accounts.models import Notification
from companies.models import Company, CompanyCategory, Raise
from deals import searches
from deals.models import Block, SavedSearch, SearchHit
from deals.tasks import alert_searches

LIST = reverse("companies:list")
DAY = date(2026, 3, 2)
SECURITY = {"category": "security"}


@pytest.fixture
def keep(cast):
    def save(name="Guards", query=SECURITY, alerts=True, user=None):
        return searches.save(user or cast.investor, cast.investor_firm, name, query, alerts)

    return save


def newcomer(cast, name, **fields):
    made = Company.objects.create(short_en=name, short_zh=name, **fields)
    CompanyCategory.objects.create(company=made, category=cast.security, is_primary=True)
    return made


def told(user):
    return [row.values for row in Notification.objects.of(user).filter(kind="search_found").order_by("pk")]


def test_what_fits_already_is_known_and_what_comes_is_told_once(cast, keep, django_capture_on_commit_callbacks):
    search = keep()
    assert searches.alert(DAY) == 0 and not told(cast.investor)
    first = newcomer(cast, "Gate")
    newcomer(cast, "Hidden", is_published=False)
    newcomer(cast, "Kept away")
    # The same day says nothing more; the next one tells all members, in the site and by mail.
    assert searches.alert(DAY) == 0
    cast.investor.language = "en"
    cast.investor.save()
    Block.objects.create(company=Company.objects.get(short_en="Kept away"), investor=cast.investor_firm, side="company")
    with django_capture_on_commit_callbacks(execute=True):
        assert searches.alert(DAY + timedelta(1)) == 1
    values = {"search": "Guards", "number": 1, "companies": [{"zh": "Gate", "en": "Gate"}]}
    assert told(cast.investor) == told(cast.investor_viewer) == [values]
    assert not told(cast.other_investor)
    (letter,) = [one for one in mail.outbox if one.to == [cast.investor.email]]
    assert letter.subject == "1 company newly fits “Guards”"
    assert first.get_absolute_url() in letter.body and "category=security" in letter.body
    # It is told once, also when it leaves and comes back.
    first.category_links.all().delete()
    CompanyCategory.objects.create(company=first, category=cast.security)
    assert searches.alert(DAY + timedelta(2)) == 0
    assert SearchHit.objects.filter(search=search).count() == 2


def test_alerts_are_off_unless_asked_for_and_begin_when_they_are_switched_on(cast, keep):
    search = keep(alerts=False)
    newcomer(cast, "Before")
    assert alert_searches() == 0
    searches.change(cast.investor, search, "Guards", True)
    newcomer(cast, "After")
    assert searches.alert(DAY) == 1
    assert told(cast.investor)[0]["companies"] == [{"zh": "After", "en": "After"}]
    searches.change(cast.investor, search, "Guards", False)
    newcomer(cast, "Later")
    assert searches.alert(DAY + timedelta(1)) == 0


def test_a_raise_that_opens_makes_a_company_fit(cast, keep):
    keep(query={"raising": "true", "amount_from": "1000万"})
    Raise.objects.create(company=cast.other_company, round_id="a", amount_low=20_000_000)
    assert searches.alert(DAY) == 1
    # One whose amount they may not read is not given away.
    secret = Company.objects.create(short_en="Secret")
    Raise.objects.create(company=secret, round_id="a", amount_low=20_000_000, amount_audience="introduced")
    assert searches.alert(DAY + timedelta(1)) == 0


def test_whoever_saved_it_may_have_left(cast, keep):
    keep()
    cast.investor_firm.memberships.filter(user=cast.investor).delete()
    newcomer(cast, "Gate")
    assert searches.alert(DAY) == 1
    assert told(cast.investor_viewer) and not told(cast.investor)
    cast.investor_firm.memberships.all().delete()
    newcomer(cast, "Door")
    assert searches.alert(DAY + timedelta(1)) == 0


def test_two_schedulers_tell_once(at_once, cast, keep):
    keep()
    newcomer(cast, "Gate")

    def run(start):
        start()
        return searches.alert(DAY)

    assert sorted(at_once(*[run] * 8)) == [0] * 7 + [1]
    assert len(told(cast.investor)) == 1


def test_without_the_claim_it_is_told_twice(at_once, cast, keep, monkeypatch):
    """The test above can fail: where the day is not claimed, both schedulers tell."""
    keep()
    newcomer(cast, "Gate")
    monkeypatch.setattr(searches, "_know", lambda *known: None)
    due = type(SavedSearch.objects.all()).due
    monkeypatch.setattr(
        type(SavedSearch.objects.all()), "due", lambda rows, day: due(rows, date(1900, 1, 1)), raising=True
    )

    def run(start):
        start()
        return searches.alert(DAY)

    assert sum(at_once(*[partial(run)] * 4)) > 1


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ({"sort": "founded"}, "All", "empty"),
        ({"page": "2", "colour": "red"}, "All", "empty"),
        ({"category": "nothing"}, "Some", "query"),
        (SECURITY, "  ", "required"),
        (SECURITY, "x" * 81, "too_long"),
        (SECURITY, "Guards", "taken"),
    ],
)
def test_what_is_not_kept(cast, keep, query, name, code):
    keep()
    with pytest.raises(ActionError) as refused:
        keep(name, query)
    assert refused.value.code == code
    assert SavedSearch.objects.count() == 1


def test_only_owners_and_editors_write(cast, keep):
    search = keep()
    for user in (cast.investor_viewer, cast.other_investor, cast.founder, cast.administrator):
        for act in (
            lambda user=user: keep("Another", user=user),
            lambda user=user: searches.change(user, search, "Mine", False),
            lambda user=user: searches.remove(user, search),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_the_list_of_companies_offers_them_and_saves_what_it_shows(client, cast):
    cast.investor.language = "en"
    cast.investor.save()
    client.force_login(cast.investor)
    page = client.get(LIST, SECURITY).text
    save = reverse("deals:search_save", args=[cast.investor_firm.pk])
    assert save in page and 'name="query" value="category=security"' in page
    done = client.post(save, {"name": "Guards", "query": "?category=security&page=3&x=1", "alerts": "on"})
    assert done.headers["Location"] == f"{LIST}?category=security"
    search = SavedSearch.objects.get()
    assert (search.query, search.alerts, search.created_by) == (SECURITY, True, cast.investor)
    page = client.get(LIST, SECURITY).text
    assert 'aria-current="page"' in page and "Guards" in page
    # What cannot be saved is said with all that was typed.
    again = client.post(save, {"name": "Guards", "query": "category=security&q=wall", "alerts": "on"})
    assert again.status_code == 400
    for part in (
        "A search of this name is saved already.",
        'value="Guards"',
        "category=security&amp;q=wall",
        "checked",
    ):
        assert part in again.text
    client.force_login(cast.investor_viewer)
    page = client.get(LIST).text
    assert "Guards" in page and save not in page
    client.force_login(cast.founder)
    assert "Guards" not in client.get(LIST).text


def test_they_are_renamed_switched_and_deleted(client, cast, keep):
    search = keep(
        query=SECURITY | {"region": "CN-JS", "amount_from": "1000万", "raising": "true", "founded_from": "2015"}
    )
    other = keep("Robots", alerts=False)
    cast.investor.language = "en"
    cast.investor.save()
    client.force_login(cast.investor)
    page = client.get(reverse("deals:searches", args=[cast.investor_firm.pk])).text
    for chip in (
        "Category: Security",
        "Place: Jiangsu",
        "Asks from: CNY 10 million",
        "Raising now<",
        "Founded from: 2015",
    ):
        assert chip in page
    change = reverse("deals:search_change", args=[search.pk])
    taken = client.post(change, {"name": "Robots", "alerts": "on"})
    assert taken.status_code == 400 and "A search of this name is saved already." in taken.text
    assert client.post(change, {"name": "Walls"}).status_code == 302
    search.refresh_from_db()
    assert (search.name, search.alerts) == ("Walls", False)
    assert client.post(reverse("deals:search_delete", args=[other.pk])).status_code == 302
    assert SavedSearch.objects.get() == search
    # A filter that is gone since is named where it can be mended.
    SavedSearch.objects.update(query={"category": "gone"}, alerts=True)
    assert "no longer known" in client.get(reverse("deals:searches", args=[cast.investor_firm.pk])).text
    assert searches.alert(DAY) == 0
