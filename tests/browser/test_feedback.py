"""Answering recommendations with the keyboard: the page stays where it is, and so does the focus."""

import pytest

from investors.models import Investor
from matching.models import Feedback, ModelRun, Publication, RecommendationList

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RING = "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"


@pytest.fixture
def listed(cast):
    """The cast's company with twelve recommendations."""
    run = ModelRun.objects.create(as_of="2026-01-01", status=ModelRun.Status.PUBLISHED)
    Publication.objects.create(run=run)
    firms = [Investor.objects.create(name_en=f"Firm {number}") for number in range(12)]
    items = [{"id": firm.pk, "score": 1.0, "factors": {"category": 1.0}} for firm in firms]
    RecommendationList.objects.create(run=run, company=cast.company, items=items)
    return cast, firms


def test_answers_take_the_place_of_the_entry_and_keep_the_focus(visit, listed):
    cast, firms = listed
    visitor = visit(cast.founder, language="en")
    page = visitor.page
    # No smooth scrolling: what is measured shall be over.
    page.emulate_media(reduced_motion="reduce")
    visitor.open(f"/matching/companies/{cast.company.pk}/")
    entry = page.locator(f"#match-{firms[9].pk}")
    entry.get_by_role("button", name="Hide").focus()
    height = page.evaluate("scrollY")
    assert height > 300
    page.keyboard.press("Enter")
    entry.get_by_role("button", name="Undo").wait_for()
    assert "Noted: Hidden." in entry.inner_text()
    entry.locator("[value=none]:focus").wait_for()
    assert Feedback.objects.get().kind == "hidden"
    # The entry is shorter now; the page has not gone to its top.
    assert page.evaluate("scrollY") > height - 200
    page.keyboard.press("Enter")
    entry.get_by_role("button", name="Save").wait_for()
    entry.locator("[value=saved]:focus").wait_for()
    page.keyboard.press("Enter")
    entry.get_by_role("button", name="Take back").wait_for()
    assert Feedback.objects.get().kind == "saved"
    # It is passed with its reason, too.
    entry.get_by_text("Pass", exact=True).first.click()
    # None is chosen for the reader, and without one nothing is noted.
    entry.get_by_role("button", name="Pass").click()
    assert entry.locator("select:invalid").count() == 1
    assert Feedback.objects.get().kind == "saved"
    entry.get_by_label("Why do you pass?").select_option("round")
    entry.get_by_role("button", name="Pass").click()
    entry.get_by_role("button", name="Undo").wait_for()
    assert (Feedback.objects.get().kind, Feedback.objects.get().reason) == ("passed", "round")


def test_what_has_the_focus_shows_it(visit, listed):
    cast, firms = listed
    visitor = visit(cast.founder, language="en")
    visitor.open(f"/matching/companies/{cast.company.pk}/")
    entry = visitor.page.locator(f"#match-{firms[0].pk}")
    rings = set()
    entry.get_by_role("link", name="Firm 0").focus()
    for _ in range(5):
        visitor.page.keyboard.press("Tab")
        rings.add(visitor.page.evaluate(RING))
    assert rings == {"solid2px"}
    stranger = visit(language="en")
    stranger.open("/")
    stranger.page.get_by_role("link", name="Log in").first.focus()
    stranger.page.keyboard.press("Shift+Tab")
    stranger.page.keyboard.press("Tab")
    assert stranger.page.evaluate(RING) == "solid2px"
