"""The page of statistics as it is seen: no label cut off, nothing wider than its window."""

import random
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from companies.models import Company
from deals.demo import store
from deals.models import Deal, Listing, Participation
from deals.statistics.claims import FIGURES, STUDY
from deals.statistics.describing import address_of
from deals.statistics.topics import TOPICS
from taxonomy.models import Board, Category, Region
from tests.browser.walking import english, serious

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
    charts = visitor.page.locator(".chart svg:visible")
    assert charts.count() >= 4
    assert charts.evaluate_all(CUT) == []
    assert visitor.overflow() <= 0
    # A chart takes the room of its panel and no more, in letters that can be read.
    used = "svg => svg.getBoundingClientRect().width / svg.parentElement.clientWidth"
    assert 0.9 < charts.first.evaluate(used) < 1.01
    assert visitor.page.locator(".chart").evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")
    heights = (
        "svgs => svgs.flatMap(svg => [...svg.querySelectorAll('text')].map(one => one.getBoundingClientRect().height))"
    )
    assert min(charts.evaluate_all(heights)) > 10


# The marks of each chart that lead somewhere: where, and what they say.
MARKS = """sections => sections.map(section => [section.id,
    [...section.querySelectorAll(".chart svg.desk a")].map(mark => [mark.getAttribute("href"), mark.textContent])])"""


@pytest.fixture
def study(cast):
    """The demonstration market, read by the analyst for the sector and the period of the study."""
    store.make(2020, date(2026, 11, 20))
    query = address_of(STUDY)
    return {code: f"/statistics/{code}/?{query}" for code in TOPICS} | {"study": f"/statistics/study/?{query}"}


def said(tip: str) -> int:
    """What a mark says: the count behind its colon, or in brackets where it says a share or a sum."""
    number = re.search(r"[(（][^()（）]*[:：]\s*([\d,]+)[)）]$", tip) or re.search(r"[:：]\s*([\d,]+)$", tip)
    return int(number[1].replace(",", ""))


def test_marks_lead_to_as_many_records_as_they_say_and_all_pages_are_whole(visit, cast, study):
    visitor = visit(cast.analyst, language="en")
    charts = {}
    for address in study.values():
        assert visitor.open(address) == 200
        assert visitor.overflow() <= 0
        assert serious(visitor.page) == [], address
        visitor.page.emulate_media(color_scheme="dark")
        expect(visitor.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        assert serious(visitor.page, ["color-contrast"]) == [], address
        visitor.page.emulate_media(color_scheme="light")
        found = visitor.page.locator("section.figure-panel[id]").evaluate_all(MARKS)
        charts |= {code: (address, marks) for code, marks in found if marks and "study" not in address}
    assert len(charts) >= 15
    chance = random.Random(2020)
    for code in chance.sample(sorted(charts), 10):
        address, marks = charts[code]
        href, tip = chance.choice(marks)
        visitor.open(address)
        mark = visitor.page.locator(f'section[id="{code}"] .chart svg.desk a[href="{href}"]').first
        # By the keyboard: the middle of a mark may lie under another one.
        mark.focus()
        with visitor.page.expect_navigation():
            visitor.page.keyboard.press("Enter")
        shown = 0
        while True:
            shown += visitor.page.locator("#results tbody tr").count()
            onward = visitor.page.locator("a[rel=next]")
            if not onward.count():
                break
            with visitor.page.expect_navigation():
                onward.click()
        column = FIGURES[code].column(parse_qs(urlsplit(href).query)["column"][0])
        assert shown == said(tip), (code, column.name, tip)


def test_the_report_in_chinese_speaks_chinese(visit, cast, study):
    visitor = visit(cast.analyst, language="zh-hans", width=390)
    for address in study.values():
        visitor.open(address)
        assert visitor.overflow() <= 0
        visitor.page.locator("details.figure-rows").evaluate_all("all => all.forEach(one => one.open = true)")
        assert english(visitor.page) == []
