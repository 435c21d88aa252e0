"""An institution and its theses: made, changed, deleted."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from investors.models import Investor, Thesis
from taxonomy.models import Category, Region
from tests.conftest import in_steps

CREATE = reverse("investors:create")
TYPED = {
    "name_zh": "启衡资本",
    "name_en": "Qiheng Capital",
    "type": "venture",
    "assets": "20亿",
    "assets_currency": "CNY",
}


def category(code):
    return Category.objects.get(scheme__code="industrial-internet", code=code)


@pytest.fixture
def sought(cast):
    return {
        "title": "Early software", "categories": [category("software").pk], "excluded": [category("devices").pk],
        "rounds": ["a", "b"], "ticket_low": "5 million", "ticket_high": "3000万", "currency": "CNY",
        "regions": [Region.objects.get(code="CN-YRD").pk], "keywords": "PLM, 工业软件", "text": "x", "is_active": "on",
    }  # fmt: skip


@pytest.fixture
def new_thesis(cast):
    return reverse("investors:thesis_create", args=[cast.investor_firm.pk])


@pytest.fixture
def edit_thesis(cast):
    return reverse("investors:thesis_edit", args=[cast.thesis.pk])


def test_anonymous_people_log_in_first(client, cast, new_thesis, edit_thesis):
    edit = reverse("investors:edit", args=[cast.investor_firm.pk])
    for url in (CREATE, edit, new_thesis, edit_thesis):
        assert client.get(url).url.startswith(reverse("account_login"))


def test_from_form_to_thesis(client, cast):
    client.force_login(cast.other_investor)
    response = in_steps(client, CREATE, TYPED)
    firm = Investor.objects.get(name_en="Qiheng Capital")
    assert response.url == reverse("investors:thesis_create", args=[firm.pk])
    assert [(role.user, role.role) for role in firm.memberships.all()] == [(cast.other_investor, "owner")]
    assert (firm.assets, firm.assets_currency_id) == (Decimal(2_000_000_000), "CNY")
    assert firm in Investor.objects.matching_words("启衡")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_zh": "", "name_en": ""}, "name_zh"),
        ({"type": ""}, "type"),
        ({"type": "bank"}, "type"),
        ({"assets": "much"}, "assets"),
        ({"assets_currency": ""}, "assets_currency"),
        ({"founded_year": "1066"}, "founded_year"),
        ({"name_en": "x" * 10_000}, "name_en"),
    ],
)
def test_an_error_keeps_what_was_typed(client, cast, wrong, field):
    client.force_login(cast.other_investor)
    response = in_steps(client, CREATE, TYPED | {"city": "Kept"} | wrong)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert 'value="Kept"' in client.get(reverse("investors:create_step", args=["who"])).text
    assert Investor.objects.count() == 2


def test_no_assets_need_no_currency(client, cast):
    client.force_login(cast.other_investor)
    assert in_steps(client, CREATE, TYPED | {"assets": ""}).status_code == 302
    assert Investor.objects.get(name_en="Qiheng Capital").assets_currency is None


def test_an_institution_of_the_same_name_is_offered_first(client, cast):
    client.force_login(cast.other_investor)
    typed = TYPED | {"name_zh": cast.investor_firm.name_zh}
    assert in_steps(client, CREATE, typed).context["form"].duplicates == [cast.investor_firm]
    assert in_steps(client, CREATE, typed | {"is_another": "on"}).status_code == 302


def test_members_who_edit_and_administrators(client, cast, new_thesis, edit_thesis, sought):
    edit = reverse("investors:edit", args=[cast.investor_firm.pk])
    delete = reverse("investors:thesis_delete", args=[cast.thesis.pk])
    for user in (cast.investor_viewer, cast.other_investor, cast.founder, cast.analyst):
        client.force_login(user)
        assert client.post(edit, TYPED).status_code == 404
        assert client.post(new_thesis, sought).status_code == client.post(edit_thesis, sought).status_code == 404
        assert client.post(delete).status_code == 404
    assert list(Thesis.objects.values_list("title", flat=True)) == ["工业安全早期"]
    for user in (cast.investor, cast.administrator):
        client.force_login(user)
        assert client.post(edit, TYPED).status_code == 302
        assert client.post(edit_thesis, sought).status_code == 302
    client.force_login(cast.investor)
    assert client.post(new_thesis, sought).status_code == 302
    assert client.post(delete).status_code == 302
    assert Thesis.objects.count() == 1


def test_a_thesis_keeps_all_that_it_names(client, cast, new_thesis, sought):
    client.force_login(cast.investor)
    response = client.post(new_thesis, sought)
    thesis = Thesis.objects.get(title="Early software")
    assert (thesis.ticket_low, thesis.ticket_high) == (Decimal(5_000_000), Decimal(30_000_000))
    assert [item.code for item in thesis.categories.all()] == ["software"]
    assert [item.code for item in thesis.excluded.all()] == ["devices"]
    assert {item.code for item in thesis.rounds.all()} == {"a", "b"}
    assert [item.code for item in thesis.regions.all()] == ["CN-YRD"]
    assert thesis.keywords == ["PLM", "工业软件"]
    assert response.url in (f"/matching/investors/{cast.investor_firm.pk}/", cast.investor_firm.get_absolute_url())


def test_places_stand_by_area_with_how_many_raise_there(client, cast, new_thesis):
    client.cookies["language"] = "en"
    client.force_login(cast.investor)
    page = client.get(new_thesis)
    places = page.text.split('id="id_regions"')[1].split("</fieldset>")[0]
    headings = re.findall(r'checks-heading">([^<]+)<', places)
    assert headings == [
        "Clusters", "Statistical regions", "East", "Central", "West", "Northeast", "Provinces", "Countries"
    ]  # fmt: skip
    values = [
        str(value) for _heading, group in page.context["form"].fields["regions"].choices for value, _name in group
    ]
    assert len(values) == len(set(values)) and places.count('type="checkbox"') == len(values)
    east = places.split(">East<", 2)[-1].split("checks-heading")[0]
    assert "Jiangsu" in east and "Hunan" not in east
    # The one company that raises lies in Jiangsu: it counts there, in its area, its cluster and its country.
    counted = re.findall(r'>([^<>]+) <span class="checks-count">1</span>', places)
    assert counted == ["Yangtze River Delta", "East", "Jiangsu", "China"]


def test_the_form_shows_what_is_stored(client, cast, edit_thesis):
    client.force_login(cast.investor)
    form = client.get(edit_thesis).context["form"]
    assert form["categories"].value() == [cast.security.pk]
    assert set(form["rounds"].value()) == {"a", "pre_a"}
    assert form.fields["ticket_low"].prepare_value(cast.thesis.ticket_low) in ("5 million", "500万")


@pytest.mark.parametrize(
    ("wanted", "excluded", "refused"),
    [
        (["security"], ["security"], True),
        (["devices-robots"], ["devices"], True),
        (["devices"], ["devices-robots"], False),
        (["security"], ["devices"], False),
    ],
)
def test_wanted_and_excluded_do_not_meet(client, cast, new_thesis, sought, wanted, excluded, refused):
    client.force_login(cast.investor)
    client.cookies["language"] = "en"
    typed = sought | {
        "categories": [category(code).pk for code in wanted],
        "excluded": [category(code).pk for code in excluded],
    }
    response = client.post(new_thesis, typed)
    if not refused:
        assert response.status_code == 302
    else:
        assert category(excluded[0]).name_en in response.context["form"].errors["excluded"][0]
        assert "Early software" in response.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"categories": []}, "categories"),
        ({"categories": ["0"]}, "categories"),
        ({"ticket_low": "9亿"}, "ticket_high"),
        ({"ticket_low": "-1"}, "ticket_low"),
        ({"rounds": ["zz"]}, "rounds"),
        ({"rounds": ["unknown"]}, "rounds"),
        ({"text": "x" * 4001}, "text"),
    ],
)
def test_a_wrong_thesis_changes_nothing(client, cast, edit_thesis, sought, wrong, field):
    client.force_login(cast.investor)
    response = client.post(edit_thesis, sought | wrong)
    assert field in response.context["form"].errors
    assert 'value="Early software"' in response.text
    cast.thesis.refresh_from_db()
    assert cast.thesis.title == "工业安全早期"
    assert [item.code for item in cast.thesis.categories.all()] == ["security"]


def test_deleting_takes_a_post(client, cast):
    client.force_login(cast.investor)
    assert client.get(reverse("investors:thesis_delete", args=[cast.thesis.pk])).status_code == 405
