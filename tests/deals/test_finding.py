"""The search box: what is found by which words, in which order, and by whom."""

import pytest

from accounts.naming import names_text
from companies.actions import update_company
from companies.models import Company
from deals import finding
from deals.models import Deal
from investors.models import Investor
from taxonomy.names import sort_key

pytestmark = pytest.mark.django_db

URL = "/search/"


@pytest.fixture
def known(cast):
    """The cast, found by its names, with a namesake, a stranger that nobody sees, and a deal."""
    cast.longer = Company.objects.create(short_zh="磐石工控安全研究院", name_zh="南京磐石工控安全研究院有限公司")
    cast.hidden = Company.objects.create(short_zh="磐石暗室", is_published=False)
    cast.company.aliases.create(name="PSGK")
    for party in (*Company.objects.all(), *Investor.objects.all()):
        party.refresh_search_text()
    cast.deal = Deal.objects.create(company=cast.company, round_id="a", announced_on="2025-03-01")
    return cast


def found(user, typed: str, kind: str, most: int = 5) -> list:
    return next((group.rows for group in finding.find(user, typed, most) if group.kind == kind), [])


@pytest.mark.parametrize(
    "typed",
    [
        "磐石",
        "工控",
        "磐石工控安全",
        "ＰＡＮＳＨＩ",
        "panshi sec",
        "panshigongkong",
        "psgkaq",
        "psgk",
        "Panshi-Security",
    ],
)
def test_a_company_is_found_by_its_names_in_both_languages_and_by_their_sounds(known, typed):
    assert found(known.investor, typed, "company")[0] == known.company


def test_the_exact_name_stands_first_then_what_begins_so(known):
    inside = Company.objects.create(short_zh="新磐石工控安全")
    inside.refresh_search_text()
    assert found(known.investor, "磐石工控安全", "company") == [known.company, known.longer, inside]


def test_what_somebody_may_not_see_is_not_found(known):
    assert found(known.investor, "暗室", "company") == []
    assert found(known.analyst, "暗室", "company") == [known.hidden]


def test_every_kind_is_found(known):
    user = known.founder
    assert found(user, "远岸", "investor") == [known.investor_firm]
    assert found(user, "yuanan", "investor") == [known.investor_firm]
    assert found(user, "磐石工控", "deal") == [known.deal]
    assert known.security in found(user, "安全", "category") and known.security in found(user, "secur", "category")
    assert [row.code for row in found(user, "jiangsu", "region")] == ["CN-JS"]
    assert found(user, "js", "region")[0].code == "CN-JS"


def test_a_page_fills_up_with_those_whose_text_speaks_of_it(known):
    assert found(known.investor, "防火墙", "company") == [known.company]
    assert found(known.investor, "南京", "company") == [known.longer, known.company], "a name before a place"


@pytest.mark.parametrize("typed", ["", " ", "|", "%", "_", "\\", "a", "\x00", "qq\x00qq", "没有这个名字", "x" * 500])
def test_nothing_is_found_by_nothing(known, client, typed):
    client.force_login(known.investor)
    page = client.get(URL, {"q": typed})
    assert page.status_code == 200 and page.context["groups"] == []


def test_a_changed_name_is_found_and_the_old_one_is_not(known):
    known.company.short_zh, known.company.short_en = "泰山工控", ""
    update_company(known.company, known.security)
    assert found(known.investor, "泰山", "company") == found(known.investor, "taishan", "company") == [known.company]
    assert known.company not in found(known.investor, "磐石", "company")


def test_the_page_and_what_the_box_offers(known, client):
    client.cookies["language"] = "en"
    client.force_login(known.investor)
    page = client.get(URL, {"q": "panshi"}).text
    for address in (known.company.get_absolute_url(), known.deal.get_absolute_url(), "/companies/?q=panshi"):
        assert f'href="{address}"' in page
    part = client.get(URL, {"q": "panshi"}, headers={"hx-request": "true"}).text
    assert "<html" not in part and part.count('role="option"') == 4 and f"{URL}?q=panshi" in part
    assert "Nothing is found" in client.get(URL, {"q": "qqqqq"}, headers={"hx-request": "true"}).text
    # The box stands on every page; on a phone a link leads to the page.
    home = client.get("/home/").text
    assert 'role="combobox"' in home and f'class="btn btn-icon find-link d-lg-none" href="{URL}"' in home


def test_more_companies_cost_no_more_queries(known, client, django_assert_num_queries, django_assert_max_num_queries):
    client.force_login(known.investor)
    client.get(URL, {"q": "磐石"})
    with django_assert_num_queries(22) as few:
        client.get(URL, {"q": "磐石"})
    for number in range(9):
        company = Company.objects.create(short_zh=f"磐石{number}号")
        company.refresh_search_text()
        Deal.objects.create(company=company, round_id="a", announced_on="2025-03-01")
    # Fewer: where enough are called so, nobody is asked for whose text speaks of it.
    with django_assert_max_num_queries(len(few)):
        client.get(URL, {"q": "磐石"})


def test_names_are_sorted_by_their_sounds(cast, client):
    for name in ("张江生物", "Alpha", "阿里云", "重庆机电", "北方", "Éclair"):
        Company.objects.create(short_zh=name)
    client.force_login(cast.analyst)
    client.cookies["language"] = "zh-hans"
    listed = [row.name for row in client.get("/companies/?sort=name").context["page"]]
    assert listed == ["阿里云", "Alpha", "北方", "重庆机电", "Éclair", "磐石工控安全", "云帆机器人", "张江生物"]
    client.cookies["language"] = "en"
    listed = [row.name for row in client.get("/companies/?sort=name").context["page"]]
    assert listed[:2] == ["阿里云", "Alpha"] and listed[-3:] == ["Panshi Security", "Yunfan Robotics", "张江生物"]
    assert [row.name for row in client.get("/investors/?sort=name").context["page"]] == [
        "Far Shore Capital",
        "Northwood Ventures",
    ]


def test_keys_hold_letters_and_digits_alone():
    assert sort_key("Ａ·3D 打印") == "a3ddayin"
    assert sort_key("Ökö-Tech") == "okotech"
    assert sort_key("Яндекс") == "яндекс"
    assert names_text(["融桥", "Rong|Qiao"]) == "|融桥|rongqiao|rq|"
    assert names_text([]) == ""
