"""Companies and institutions that are like one: with reasons from the records, for whoever may read these."""

import pytest
from django.urls import reverse

from companies.models import Company
from deals.models import Deal, Participation
from investors.models import Investor
from matching import likeness

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(cast):
    """Three more companies of the cast's field, one of them without a word; deals of the fund with it and another."""
    cast.near = Company.objects.create(short_en="Near", region=cast.company.region, keywords=["OPC"])
    cast.far = Company.objects.create(short_en="Far", region=None)
    cast.hidden = Company.objects.create(short_en="Hidden", is_published=False)
    for company in (cast.near, cast.far, cast.hidden):
        company.category_links.create(category=cast.security, is_primary=True)
    Company.objects.filter(pk=cast.company.pk).update(keywords=["opc"])
    cast.company.refresh_from_db()
    cast.third = Investor.objects.create(name_en="Third Fund", type=Investor.Type.VENTURE)
    for company, firms in (
        (cast.company, [cast.investor_firm, cast.third]),
        (cast.near, [cast.investor_firm, cast.third]),
        (cast.other_company, [cast.investor_firm]),
    ):
        deal = Deal.objects.create(company=company, round_id="a", announced_on="2025-03-01", known_on="2025-03-01")
        for firm in firms:
            Participation.objects.create(deal=deal, investor=firm)
    return cast


def test_before_the_first_run_the_records_say_who_is_alike(market, english):
    found = likeness.alike(market.company, market.analyst)
    assert [one.party for one in found] == [market.near, market.hidden, market.far, market.other_company]
    english.force_login(market.other_founder)
    page = english.get(reverse("matching:companies_like", args=[market.company.pk])).text
    assert "Both in Security" in page and "2 investors in common: Far Shore Capital, Third Fund" in page
    assert "Both speak of OPC" in page and "Both in Jiangsu" in page and "1 investor in common" in page
    assert "Hidden" not in page
    part = english.get(reverse("matching:companies_like", args=[market.company.pk]), headers={"hx-request": "true"})
    assert "<html" not in part.text and "Near" in part.text


def test_institutions_share_companies_fields_and_kind(market, english):
    english.force_login(market.founder)
    page = english.get(reverse("matching:investors_like", args=[market.investor_firm.pk])).text
    assert "2 companies in common" in page and "Small or mid venture investor" in page
    assert (
        "No institution is known"
        in english.get(reverse("matching:investors_like", args=[market.other_investor_firm.pk])).text
    )


def test_whoever_invests_with_whom(market, english):
    english.force_login(market.founder)
    page = english.get(market.investor_firm.get_absolute_url()).text
    panel = page.split("Invests together with")[1].split("</section>")[0]
    assert "Third Fund" in panel and ">2</a>" in panel and "Mar 2025" in panel
    panel = english.get(market.company.get_absolute_url()).text.split("Investors so far")[1].split("</section>")[0]
    assert "Far Shore Capital" in panel and "Third Fund" in panel


def test_a_profile_does_not_wait_for_the_model(market, english, django_assert_max_num_queries):
    english.force_login(market.founder)
    english.get(market.company.get_absolute_url())
    page = english.get(market.company.get_absolute_url()).text
    address = reverse("matching:companies_like", args=[market.company.pk])
    assert f'hx-get="{address}"' in page and f'<a href="{address}">' in page
    with django_assert_max_num_queries(25):
        english.get(address)
