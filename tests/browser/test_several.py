"""A list from which several are chosen: by keyboard, told at once, in the address, and narrowing the page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from companies.models import Company
from deals.models import Deal
from taxonomy.models import Region
from tests.browser.walking import serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three(cast):
    """A round in each of three provinces."""
    for code in ("CN-BJ", "CN-JS", "CN-GD"):
        company = Company.objects.create(short_en=f"Firm {code}", region=Region.objects.get(code=code))
        Deal.objects.create(company=company, round_id="a", announced_on="2026-01-05")
    return cast


def test_two_places_by_keyboard(visit, three):
    visitor = visit(three.analyst, language="en")
    assert visitor.open("/deals/") == 200
    page = visitor.page
    places = page.locator("#id_region")
    expect(places.locator("summary")).to_have_text("Any place")
    places.locator("summary").focus()
    page.keyboard.press("Enter")
    for code in ("CN-BJ", "CN-JS"):
        places.locator(f'input[value="{code}"]').focus()
        page.keyboard.press("Space")
    # The list follows at once, and so does the address.
    expect(page.locator("#results .deal-company")).to_have_count(2)
    assert parse_qs(urlsplit(page.url).query)["region"] == ["CN-BJ", "CN-JS"]
    expect(places.locator("summary")).to_have_text("Beijing, Jiangsu")
    assert serious(page) == []
    page.keyboard.press("Escape")
    assert not places.evaluate("list => list.open")
    # What was chosen is still chosen on the page anew.
    address = urlsplit(page.url)
    assert visitor.open(f"{address.path}?{address.query}") == 200
    expect(page.locator("#id_region summary")).to_have_text("Beijing, Jiangsu")
    expect(page.locator("#results .deal-company")).to_have_count(2)


def test_on_a_telephone_filters_are_folded_unless_one_is_wrong(visit, cast):
    page = (visitor := visit(cast.analyst, language="en", width=390)).page
    filters = page.locator("details.filters")
    assert visitor.open("/statistics/venture/") == 200
    expect(filters).not_to_have_attribute("open", "")
    assert visitor.open("/statistics/venture/?category=none") == 400
    expect(filters).to_have_attribute("open", "")
    expect(filters.locator(".invalid-feedback")).to_be_visible()
