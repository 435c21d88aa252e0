import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from companies.models import Company, CompanyCategory, Raise
from taxonomy.models import Category, Region

URL = reverse("companies:list")


@pytest.fixture
def names(client, cast):
    def get(user=None, **query):
        client.force_login(user or cast.investor)
        client.cookies["language"] = "en"
        return [company.name for company in client.get(URL, query).context["page"]]

    return get


def test_anonymous_people_log_in_first(client, db):
    assert client.get(URL).url.startswith(reverse("account_login"))


def test_unpublished_companies_are_their_own(names, cast):
    Company.objects.filter(pk=cast.company.pk).update(is_published=False)
    assert names() == ["Yunfan Robotics"]
    assert names(cast.company_viewer) == ["Yunfan Robotics", "Panshi Security"]
    assert len(names(cast.analyst)) == len(names(cast.administrator)) == 2


def test_words_are_found_in_both_languages(names, cast):
    cast.company.refresh_search_text()
    assert names(q="工控 安全") == names(q="panshi") == names(q="防火墙") == ["Panshi Security"]
    assert names(q="panshi robotics") == []


def test_a_category_holds_those_below_it(names, cast):
    below = Category.objects.get(scheme__code="industrial-internet", code="devices-robots")
    CompanyCategory.objects.create(company=cast.other_company, category=below, is_primary=True)
    assert names(category="devices") == names(category="devices-robots") == ["Yunfan Robotics"]
    assert names(category="security") == ["Panshi Security"]


@pytest.mark.parametrize("region", ["CN-JS", "CN-EAST", "CN-YRD", "CHN"])
def test_a_place_lies_in_its_groups_and_its_country(names, cast, region):
    assert names(region=region) == ["Panshi Security"]


def test_a_place_does_not_lie_elsewhere(names, cast):
    assert names(region="CN-WEST") == names(region="CN-ZJ") == []


def test_only_open_raises_count(names, cast):
    assert names(raising="true") == names(round="a") == ["Panshi Security"]
    assert names(round="b") == []
    cast.raise_.end("closed")
    assert names(raising="true") == names(round="a") == []


def test_founding_years_include_their_ends(names, cast):
    Company.objects.filter(pk=cast.company.pk).update(founded_on="2018-12-31")
    Company.objects.filter(pk=cast.other_company.pk).update(founded_on="2020-01-01")
    assert names(founded_from="2018", founded_to="2018") == ["Panshi Security"]
    assert names(founded_from="2019") == ["Yunfan Robotics"]


def test_orders(names, cast):
    Company.objects.filter(pk=cast.company.pk).update(founded_on="2018-12-31")
    assert names(sort="founded") == names(sort="-founded") == ["Panshi Security", "Yunfan Robotics"], "unknown last"
    assert names(sort="-raise") == ["Panshi Security", "Yunfan Robotics"]
    assert names(sort="-added") == names() == ["Yunfan Robotics", "Panshi Security"]


@pytest.mark.parametrize(
    "query", [{"category": "nothing"}, {"region": "XX"}, {"founded_from": "soon"}, {"sort": "drop"}, {"round": "zz"}]
)
def test_an_unknown_value_is_named_and_shows_nothing(client, cast, query):
    client.force_login(cast.investor)
    response = client.get(URL, query)
    assert response.status_code == 200
    assert set(response.context["filters"].form.errors) == set(query)
    assert not list(response.context["page"])


def test_an_amount_is_shown_to_whom_it_is_open(client, cast):
    client.cookies["language"] = "en"
    client.force_login(cast.investor)
    assert "CNY 10–20 million" in client.get(URL).text
    client.force_login(cast.other_founder)
    assert "CNY 10–20 million" not in client.get(URL).text


def test_htmx_gets_the_results_alone(client, cast):
    client.force_login(cast.investor)
    text = client.get(URL, headers={"hx-request": "true"}).text
    assert text.lstrip().startswith('<section id="results"')
    assert "<html" not in text


def test_pages(client, cast, monkeypatch):
    monkeypatch.setattr("companies.views.PAGE_SIZE", 1)
    client.force_login(cast.investor)
    first = client.get(URL, {"category": ""})
    assert first.context["page"].paginator.num_pages == 2
    assert "page=2" in first.text
    assert client.get(URL, {"page": "99"}).context["page"].number == 2
    assert client.get(URL, {"page": "x"}).context["page"].number == 1


def test_more_companies_cost_no_more_queries(client, cast, django_assert_num_queries):
    client.force_login(cast.investor)
    with django_assert_num_queries(29) as few:
        client.get(URL)
    region = Region.objects.get(code="CN-ZJ")
    for number in range(10):
        company = Company.objects.create(short_en=f"Company {number}", region=region)
        CompanyCategory.objects.create(company=company, category=cast.security, is_primary=True)
        Raise.objects.create(company=company, round_id="b", amount_low=1, amount_audience="introduced")
    with django_assert_num_queries(len(few) + 1, info="who was introduced is asked once"):
        client.get(URL)


@pytest.mark.parametrize("reader", ["founder", "analyst"])
def test_the_newest_are_read_off_an_index(cast, reader):
    """Else a hundred thousand rows are sorted for a page of twenty."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What it prefers where there are so few rows says nothing.
            cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
    plan = Company.objects.visible_to(getattr(cast, reader)).order_by("-created_at", "-pk")[:20].explain()
    assert "company_newest" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan


def test_a_place_is_found_by_its_name_in_both_languages(names, cast):
    cast.company.refresh_search_text()
    assert names(q="江苏 安全") == names(q="Jiangsu security") == names(q="江苏省") == ["Panshi Security"]
    assert names(q="浙江 安全") == names(q="江") == []


def test_an_amount_is_sought_in_yuan_and_only_where_it_is_open_to_the_reader(names, cast):
    other = Raise.objects.create(company=cast.other_company, round_id="b", amount_low=3_000_000, currency_id="USD")
    assert names(amount_from="15 million", amount_to="18 million") == ["Panshi Security"]
    # Three million dollars or more are about twenty million yuan.
    assert names(amount_from="1900万") == ["Yunfan Robotics", "Panshi Security"]
    assert names(amount_from="2.5 million", amount_to="9 million") == names(amount_from="1亿") == []
    assert names(cast.other_founder, amount_from="1") == []
    Raise.objects.filter(pk=other.pk).update(amount_audience="introduced")
    assert names(amount_from="1000万") == ["Panshi Security"]
    # Its own people and administrators read it.
    assert names(cast.other_founder, amount_from="10 million") == ["Yunfan Robotics"]
    assert len(names(cast.administrator, amount_from="10 million")) == 2


def test_verified_ones(names, cast):
    assert names(verified="true") == []
    Company.objects.filter(pk=cast.company.pk).update(verified_at=timezone.now())
    assert names(verified="true") == ["Panshi Security"]


@pytest.fixture
def numbers(client, cast):
    """How many companies the list says stand behind the values of a filter."""

    def get(name, **query):
        client.force_login(cast.investor)
        client.cookies["language"] = "en"
        form = client.get(URL, query).context["filters"].form
        if name in ("raising", "verified"):
            return form[name].help_text
        field = form.fields[name]
        flat = [one for _value, label in field.widget.choices for one in (label if isinstance(label, list) else [])]
        found = {str(value): label for value, label in [*field.widget.choices, *flat] if not isinstance(label, list)}
        return {value: int(label.rsplit("(")[-1][:-1]) for value, label in found.items() if label.endswith(")")}

    return get


def test_what_stands_behind_a_choice_is_what_choosing_it_lists(names, numbers, cast):
    """For each value of each filter, whatever else is chosen: the number beside it, and the companies that it leaves."""
    robots, devices = (Category.objects.get(code=code) for code in ("devices-robots", "devices-vision"))
    for category in (robots, devices):
        CompanyCategory.objects.create(company=cast.other_company, category=category)
    Company.objects.filter(pk=cast.other_company.pk).update(region=Region.objects.get(code="CN-ZJ"))
    Company.objects.create(short_en="Hidden", is_published=False)
    for query in ({}, {"raising": "true"}, {"category": "security", "region": "CN-JS"}, {"q": "Nothing"}):
        for name in ("category", "region", "round"):
            beside = numbers(name, **query)
            assert beside
            for value in ("devices", "devices-robots", "security", "CN-YRD", "CN-JS", "CHN", "CN-WEST", "a", "b"):
                if value in beside:
                    assert beside[value] == len(names(**query | {name: value})), (query, name, value)
    assert numbers("category")["devices"] == 1, "once, though it is in two below"
    assert numbers("raising") == "1 company" and numbers("raising", category="devices") == "0 companies"


def test_counts_go_along_with_the_results(client, cast):
    client.force_login(cast.investor)
    client.cookies["language"] = "en"
    text = client.get(URL, {"round": "b"}, headers={"hx-request": "true"}).text
    assert text.count('hx-swap-oob="true"') == 5
    assert "Security, as a whole (0)" in text
    # Of what cannot be understood nothing is counted.
    assert "(0)" not in client.get(URL, {"round": "zz"}, headers={"hx-request": "true"}).text


@pytest.mark.parametrize("query", ["founded_from=2024&founded_to=2020", "amount_from=2亿&amount_to=1亿"])
def test_a_range_that_ends_below_its_beginning_is_named(client, cast, query):
    client.force_login(cast.investor)
    client.cookies["language"] = "en"
    shown = client.get(f"{reverse('companies:list')}?{query}").text
    assert "The range ends below where it begins" in shown
