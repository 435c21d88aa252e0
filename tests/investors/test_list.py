import pytest
from django.urls import reverse

from investors.models import Investor, Thesis
from taxonomy.models import Category, Region

URL = reverse("investors:list")


@pytest.fixture
def names(client, cast):
    def get(user=None, **query):
        client.force_login(user or cast.founder)
        client.cookies["language"] = "en"
        return [investor.name for investor in client.get(URL, query).context["page"]]

    return get


def test_anonymous_people_log_in_first(client, db):
    assert client.get(URL).url.startswith(reverse("account_login"))


def test_unpublished_institutions_are_their_own(names, cast):
    Investor.objects.filter(pk=cast.investor_firm.pk).update(is_published=False)
    assert names() == ["Northwood Ventures"]
    assert "Far Shore Capital" in names(cast.investor_viewer)
    assert len(names(cast.analyst)) == len(names(cast.administrator)) == 2


def test_words_are_found_in_both_languages(names, cast):
    cast.investor_firm.refresh_search_text()
    assert names(q="远岸") == names(q="shore capital") == ["Far Shore Capital"]


def test_types(names, cast):
    assert names(type="venture") == ["Far Shore Capital"]
    assert names(type="angel") == []


def test_a_wanted_category_includes_what_lies_above_and_below(names, cast):
    below = Category.objects.under(cast.security).exclude(pk=cast.security.pk).first()
    assert names(category="security") == names(category=below.code) == ["Far Shore Capital"]
    cast.thesis.categories.set([below])
    assert names(category="security") == ["Far Shore Capital"]
    assert names(category="devices") == []


def test_a_resting_thesis_wants_nothing(names, cast):
    assert names(seeking="true") == names(round="a") == ["Far Shore Capital"]
    Thesis.objects.update(is_active=False)
    assert names(seeking="true") == names(round="a") == names(category="security") == []


def test_places(names, cast):
    Investor.objects.filter(pk=cast.investor_firm.pk).update(region=Region.objects.get(code="CN-BJ"))
    assert names(region="CN-BTH") == names(region="CHN") == ["Far Shore Capital"]
    assert names(region="CN-SH") == []


def test_orders(names, cast):
    Investor.objects.filter(pk=cast.investor_firm.pk).update(founded_year=2010)
    assert names(sort="founded") == names(sort="-founded") == ["Far Shore Capital", "Northwood Ventures"]
    assert names(sort="-added") == names() == ["Northwood Ventures", "Far Shore Capital"]


@pytest.mark.parametrize("query", [{"category": "nothing"}, {"type": "x"}, {"region": "XX"}, {"sort": "drop"}])
def test_an_unknown_value_is_named_and_shows_nothing(client, cast, query):
    client.force_login(cast.founder)
    response = client.get(URL, query)
    assert response.status_code == 200
    assert set(response.context["filters"].form.errors) == set(query)
    assert not list(response.context["page"])


def test_htmx_gets_the_results_alone(client, cast):
    client.force_login(cast.founder)
    assert client.get(URL, headers={"hx-request": "true"}).text.lstrip().startswith('<section id="results"')


def test_more_investors_cost_no_more_queries(client, cast, django_assert_num_queries):
    client.force_login(cast.founder)
    with django_assert_num_queries(16) as few:
        client.get(URL)
    for number in range(10):
        firm = Investor.objects.create(name_en=f"Fund {number}", region=Region.objects.get(code="CN-ZJ"))
        thesis = Thesis.objects.create(investor=firm, ticket_low=1)
        thesis.categories.add(cast.security)
        thesis.rounds.add("b")
    with django_assert_num_queries(len(few)):
        client.get(URL)
