"""Every page of the permission table, opened by somebody who may, in both languages, on a desk and on a telephone."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.permission_table import place, rows, stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READERS = ["founder", "investor", "administrator", "anonymous"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
# The reference of the API is in English, as its programs are, and lays itself out.
FOREIGN = {"api:docs"}
# A picture, a file and a piece of a page are answers to pages, not pages.
PARTS = {
    "companies:logo", "deals:suggest", "deals:figure_file", "deals:attachment", "deals:document", "deals:list_file", "deals:listings_file",
    "deals:figure_rows_file", "companies:verification_file", "investors:verification_file",
}  # fmt: skip
ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’]*(?:[ ,;:]+[A-Za-z][A-Za-z'’]*){2,}")
# Names that stay as they are in Chinese, and what people wrote.
KEPT = re.compile(r"Rongqiao|In the register|Panshi|Yunfan|Far Shore|Northwood|Quiet Fund|Shall we meet|Nothing to match|Crunchbase")

# Text nodes that are seen or read aloud, with the words of attributes that are.
SEEN_TEXT = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (parent.closest("script, style, code, pre, [lang=en], [hidden]")) continue;
        if (parent.checkVisibility()) found.push(walker.currentNode.data.trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]"))
        if (!element.closest("[lang=en]"))
            for (const name of ["aria-label", "title", "placeholder"])
                if (element.getAttribute(name)) found.push(element.getAttribute(name));
    return [document.title, ...found.filter(Boolean)];
}"""


def pages() -> dict[str, str]:
    """Return who opens each page."""
    found = {}
    for (method, name), outcomes in rows().items():
        readers = [reader for reader in READERS if outcomes[reader] == "200"]
        is_page = name not in PARTS and (not name.startswith("api:") or name in FOREIGN)
        if method == "GET" and readers and is_page:
            found[name] = readers[0]
    return found


def english(texts: list[str]) -> list[str]:
    return [text for text in texts if ENGLISH.search(KEPT.sub("", text))]


def faults(page, name: str, language: str) -> list[str]:
    """Return what is wrong with an open page, whatever its width."""
    found = []
    lang = page.locator("html").get_attribute("lang") or ""
    if lang.casefold() != language:
        found.append(f"lang is “{lang}”")
    if name in FOREIGN:
        return found
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} headings of the first order")
    if bare := page.locator("img:not([alt])").count():
        found.append(f"{bare} pictures without alt")
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page(visit, cast, language):
    scene = stage(cast)
    visitors = {reader: visit(getattr(scene, reader, None), language=language) for reader in READERS}
    translated = any(Path(settings.LOCALE_PATHS[0]).glob("zh_Hans/LC_MESSAGES/*.mo"))
    found = {}
    for name, reader in pages().items():
        visitor = visitors[reader]
        page = visitor.page
        page.set_viewport_size(DESK)
        status = visitor.open(place(scene, name))
        wrong = [f"answers {status}"] if status != 200 else faults(page, name, language)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            if (wide := visitor.overflow()) > 0:
                wrong.append(f"{wide} px too wide for {size['width']}")
        if language == "zh-hans" and translated and name not in FOREIGN:
            wrong += english(page.evaluate(SEEN_TEXT))
        wrong += visitor.complaints
        visitor.complaints.clear()
        if wrong:
            found[f"{name} ({reader})"] = wrong
    assert not found
