"""A profile in steps: kept when left, gone on with anywhere, made once, and nobody else's until then."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import drafts
from accounts.models import Draft
from accounts.tasks import sweep_drafts
from companies.models import Company, Raise
from investors.models import Investor
from tests.conftest import person

NEW, WHO, WHAT = "/companies/new/", "/companies/new/who/", "/companies/new/what/"


@pytest.fixture
def founder(cast):
    return person("new@example.com", "startup")


@pytest.fixture
def first(cast):
    return {"short_zh": "泵业", "city": "无锡", "region": cast.company.region_id}


@pytest.fixture
def second(cast):
    return {"summary_zh": "工业泵", "primary": cast.security.pk, "further": [cast.security.pk], "keywords": "泵、阀"}


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_from_step_to_step_on_two_devices(founder, first, second):
    office, train = browser(founder), browser(founder)
    assert office.post(NEW, first).url == WHAT
    assert train.get(NEW).url == WHAT, "goes on where the other device stopped"
    assert train.post(WHAT, second | {"primary": "", "later": "1"}).url == reverse("home")
    assert "继续填写草稿" in office.get(reverse("home")).text
    assert "logo" not in Draft.objects.get().values
    page = office.get(WHAT)
    assert "工业泵" in page.text and "泵、阀" in page.text
    assert not page.context["form"].errors, "a step that was only left half done does not complain"
    assert office.post(WHAT, second | {"back": "1"}).url == WHO
    assert 'value="无锡"' in office.get(WHO).text
    assert office.post(WHO, first | {"city": "苏州"}).url == WHAT
    made = office.post(WHAT, second)
    company = Company.objects.get(short_zh="泵业")
    assert made.url == reverse("companies:raise_create", args=[company.pk])
    assert (company.city, company.keywords, company.memberships.get().user) == ("苏州", ["泵", "阀"], founder)
    assert not Draft.objects.exists()
    assert 'aria-current="step"' in office.get(made.url).text


def test_a_draft_is_no_profile_and_nobody_elses(founder, first, cast):
    before = Company.objects.count()
    browser(founder).post(NEW, first)
    assert Company.objects.count() == before
    assert not Company.objects.filter(Q(search_text__contains="泵业") | Q(short_zh="泵业")).exists()
    for other in (cast.founder, cast.administrator):
        client = browser(other)
        assert client.get(NEW).status_code == 200
        assert client.get(WHAT).url == NEW
        assert all("泵业" not in client.get(path).text for path in (NEW, reverse("companies:list"), reverse("home")))


def test_what_is_typed_is_kept_while_it_is_typed(founder, first, cast):
    client = browser(founder)
    answer = client.post(WHO, {"short_zh": "泵", "founded": "soon", "keep": "1"})
    assert answer.status_code == 200 and "<form" not in answer.text and "草稿" in answer.text
    page = client.get(NEW)
    assert 'value="soon"' in page.text and not page.context["form"].errors


def test_an_error_stays_on_its_step_and_is_kept_too(founder, first):
    client = browser(founder)
    answer = client.post(NEW, first | {"founded": "soon"})
    assert answer.status_code == 200 and "founded" in answer.context["form"].errors
    assert client.get(WHAT).url == NEW, "not past a step that is wrong"
    assert client.post(NEW, first | {"founded": "soon", "back": "1"}).status_code == 200, (
        "nothing lies before the first"
    )
    assert 'value="soon"' in browser(founder).get(NEW).text


def test_what_no_database_keeps_is_no_error(founder, first):
    client = browser(founder)
    assert client.post(NEW, first | {"city": "无\x00锡", "keep": "1"}).status_code == 200
    assert 'value="无锡"' in client.get(NEW).text
    client.post(NEW, first)
    client.post(WHAT, {"further": ["1\x00"], "keep": "1"})
    assert Draft.objects.get().values["further"] == ["1"]


def test_the_last_step_sent_twice_makes_one_profile(founder, first, second):
    client = browser(founder)
    client.post(NEW, first)
    client.post(WHAT, second)
    again = client.post(WHAT, second, follow=True)
    assert again.redirect_chain[-1][0] == reverse("home") and "已经完成" in again.text
    assert client.post(WHAT, second | {"keep": "1"}).status_code == 200
    assert Company.objects.filter(short_zh="泵业").count() == 1
    assert drafts.keep(founder, "company", {"city": "苏州"}, begin=False) is None
    assert not Draft.objects.exists(), "what is sent late brings no draft back"


def test_what_arrives_while_the_form_is_finished_begins_no_draft(founder, first, second, monkeypatch):
    client = browser(founder)
    client.post(NEW, first)
    seen = Draft.objects.get()
    client.post(WHAT, second)
    monkeypatch.setattr(drafts, "of", lambda user, kind: seen)
    assert client.post(WHAT, second).url == reverse("home")
    assert Company.objects.filter(short_zh="泵业").count() == 1 and not Draft.objects.exists()


def test_two_last_steps_at_once_make_one_profile(at_once, cast, first, second):
    founder = person("new@example.com", "startup")
    browser(founder).post(NEW, first)

    def finish(start):
        client = browser(founder)
        start()
        return client.post(WHAT, second).status_code

    assert at_once(finish, finish) == [302, 302]
    assert Company.objects.filter(short_zh="泵业").count() == 1


def test_two_first_words_at_once_are_one_draft(at_once, cast):
    def keep(city):
        def go(start):
            start()
            return drafts.keep(cast.founder, "company", {"city": city}).pk

        return go

    one, other = at_once(keep("南京"), keep("苏州"))
    assert one == other == Draft.objects.get().pk


def test_a_name_that_was_taken_meanwhile_leads_back_to_its_step(founder, first, second):
    client = browser(founder)
    client.post(NEW, first)
    taken = Company.objects.create(short_zh="泵业")
    assert client.post(WHAT, second).url == WHO
    page = client.get(WHO)
    assert page.context["form"].duplicates == [taken]
    assert client.post(WHO, first | {"is_another": "on"}).url == WHAT
    assert client.post(WHAT, second).url.endswith("/raises/new/")


def test_a_draft_can_be_thrown_away(founder, first):
    client = browser(founder)
    client.post(NEW, first)
    assert client.post(WHAT, {"discard": "1"}).url == reverse("home")
    assert "无锡" not in client.get(NEW).text and not Draft.objects.exists()


def test_the_third_step_is_kept_as_well(client, cast):
    cast.company.raises.all().delete()
    client.force_login(cast.founder)
    url = reverse("companies:raise_create", args=[cast.company.pk])
    client.post(url, {"keep": "1", "amount_low": "2000", "use_of_funds": "产线", "round": "a"})
    page = client.get(url)
    assert "产线" in page.text and 'value="2000"' in page.text and not Raise.objects.exists()
    client.post(url, {"round": "a", "currency": "CNY", "amount_audience": "investors"})
    assert Raise.objects.count() == 1 and not Draft.objects.exists()
    assert client.post(url, {"keep": "1", "round": "b"}).status_code == 200
    assert not Draft.objects.exists()


def test_an_institution_goes_the_same_way(client, cast):
    user = person("new@example.com", "investor")
    client.force_login(user)
    assert client.post("/investors/new/", {"name_zh": "泵资本"}).status_code == 200, "a type is needed"
    assert client.post("/investors/new/", {"name_zh": "泵资本", "type": "venture"}).url == "/investors/new/what/"
    assert "继续填写草稿" in client.get(reverse("home")).text
    thesis = client.post(
        "/investors/new/what/", {"description_zh": "只投泵", "assets": "20亿", "assets_currency": "CNY"}
    )
    investor = Investor.objects.get(name_zh="泵资本")
    assert investor.description_zh == "只投泵" and thesis.url.endswith("/theses/new/")
    client.post(thesis.url, {"keep": "1", "text": "泵", "categories": [cast.security.pk]})
    form = client.get(thesis.url).context["form"]
    assert form["text"].value() == "泵" and form["categories"].value() == [str(cast.security.pk)]
    assert not investor.theses.exists()
    client.post(thesis.url, {"categories": [cast.security.pk], "currency": "CNY"})
    assert investor.theses.count() == 1 and not Draft.objects.exists()


def test_a_viewer_keeps_nothing_of_a_raise(client, cast):
    cast.company.raises.all().delete()
    client.force_login(cast.company_viewer)
    assert client.post(reverse("companies:raise_create", args=[cast.company.pk]), {"keep": "1"}).status_code == 404
    assert not Draft.objects.exists()


def test_an_unknown_step_is_not_found(client, cast):
    client.force_login(cast.founder)
    assert client.get("/companies/new/where/").status_code == 404


def test_drafts_that_were_left_are_swept(cast):
    old, new = (drafts.keep(cast.founder, kind, {"city": "x"}) for kind in ("company", "investor"))
    assert sweep_drafts() == 0
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=91))
    drafts.keep(cast.founder, "investor", {"city": "y"})
    assert sweep_drafts() == 1 and not Draft.objects.filter(pk=old.pk).exists()
    assert Draft.objects.get() == new
