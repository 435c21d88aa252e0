"""From the list to somebody who is not on it: what would help comes by itself, names while they are typed."""

from functools import partial

import pytest

from investors.models import Investor
from matching import runs
from matching.matcher import Matcher
from tests.matching.markets import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_founder_looks_an_institution_up(visit, cast, monkeypatch, settings):
    settings.MATCHING_LIST_LENGTH = 3
    monkeypatch.setattr(runs, "Matcher", partial(Matcher, windows=1, max_queries=30))
    for company in build(companies=40, investors=12, raising=8)[0]:
        # What the others say of themselves, and the cast's company does not.
        company.keywords = ["valves"]
        company.save()
    runs.finish_inline(runs.request().pk)
    visitor = visit(cast.founder, language="en", width=390)
    page = visitor.page
    visitor.open(f"/matching/companies/{cast.company.pk}/")
    page.get_by_role("status").filter(has_text="How this is known").wait_for()
    page.get_by_label("Look up an investor").fill("Fund")
    page.get_by_role("button", name="Look up").click()
    page.locator("#found").get_by_text("Fund 4", exact=True).wait_for()
    page.get_by_label("Look up an investor").fill("fund 11")
    found = page.locator("#found").get_by_role("link")
    found.filter(has_text="Fund 4").wait_for(state="detached")
    assert found.all_inner_texts() == ["Fund 11"]
    found.click()
    page.get_by_role("heading", name="How Fund 11 matches").wait_for()
    assert page.url.endswith(f"/investors/{Investor.objects.get(name_en='Fund 11').pk}/")
    assert "on your list" in page.locator(".standing").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
