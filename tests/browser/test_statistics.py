"""The page of statistics as it is seen: no label cut off, nothing wider than its window."""

from datetime import timedelta

import pytest
from django.utils import timezone

from companies.models import Company
from deals.models import Deal, Listing, Participation
from taxonomy.models import Board, Category, Region

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Letters of a chart that lie outside its drawing, or that were cut.
CUT = """charts => charts.flatMap(svg => {
    const box = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter(text => {
        const own = text.getBoundingClientRect();
        return text.textContent.includes("…") || own.left < box.left - .5 || own.right > box.right + .5;
    }).map(text => text.textContent);
})"""


@pytest.fixture
def market(cast):
    """A deal in every category, at many rounds; listings on long-named boards."""
    today = timezone.localdate()
    region = Region.objects.get(code="CN-JS")
    for number, category in enumerate(Category.objects.offered()):
        company = Company.objects.create(short_en=f"Company {number}", region=region)
        company.category_links.create(category=category, is_primary=True)
        deal = Deal.objects.create(
            company=company, round_id=["a", "venture", "c_later"][number % 3], announced_on=today - timedelta(number)
        )
        Participation.objects.create(deal=deal, investor=cast.investor_firm)
        if number < 4:
            board = Board.objects.order_by("pk")[number]
            Listing.objects.create(company=company, board=board, listed_on=today - timedelta(40))
    return cast


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [1440, 1280, 390])
def test_the_charts_are_whole_and_the_page_fits(visit, market, language, width):
    visitor = visit(market.analyst, language=language, width=width)
    assert visitor.open("/statistics/") == 200
    charts = visitor.page.locator(".chart svg:not(.tiles)")
    assert charts.count() >= 4
    assert charts.evaluate_all(CUT) == []
    assert visitor.overflow() <= 0
    # On a desk a chart takes the room of its panel.
    used = "node => node.querySelector('svg').getBoundingClientRect().width / node.clientWidth"
    assert visitor.page.locator(".chart").first.evaluate(used) > 0.9
