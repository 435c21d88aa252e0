"""The search box: by keyboard, told to screen readers, in one tap on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.walking import serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def known(cast):
    for party in (cast.company, cast.other_company, cast.investor_firm):
        party.refresh_search_text()
    return cast


def test_by_keyboard_and_in_one_tap(visit, known):
    visitor = visit(known.investor, language="en")
    visitor.open("/home/")
    page = visitor.page
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    box.press_sequentially("panshi")
    listed = page.get_by_role("option")
    expect(listed.first).to_contain_text("Panshi Security")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", f"found-company-{known.company.pk}")
    expect(listed.first).to_have_attribute("aria-selected", "true")
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/companies/{known.company.pk}/$"))
    # Without a choice Enter leads to the page of all that is found.
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("远岸")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Far Shore Capital")).to_be_visible()
    assert visitor.complaints == []
    phone = visit(known.investor, language="zh-hans", width=390)
    phone.open("/home/")
    phone.page.get_by_role("link", name="搜索", exact=True).click()
    expect(phone.page.locator(".find input")).to_be_focused()
    phone.page.keyboard.type("yunfan")
    phone.page.keyboard.press("Enter")
    expect(phone.page.get_by_role("link", name="云帆机器人")).to_be_visible()
    assert phone.complaints == []


def test_paper_is_white_also_at_night(visit, cast):
    page = visit(cast.investor).page
    page.emulate_media(color_scheme="dark")
    page.goto("/home/")
    page.evaluate(
        "addEventListener('beforeprint', () => { window.printed = document.documentElement.dataset.bsTheme; })"
    )
    page.pdf()
    assert page.evaluate("printed") == "light"
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
