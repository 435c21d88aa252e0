"""Every page of the permission table, opened by somebody who may: in both languages, on a desk and on a telephone, light
and dark, as light as it is to be."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.browser.walking import english, serious
from tests.permission_table import place, rows, stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READERS = ["founder", "investor", "administrator", "anonymous"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
# What axe looks at: in English by daylight on a desk, in Chinese in the dark on a telephone.
SIZES = {"en": (PHONE, DESK), "zh-hans": (DESK, PHONE)}
SCHEMES = {"en": "light", "zh-hans": "dark"}
MOST_REQUESTS, MOST_BYTES = 15, 350_000
# The reference of the API is in English, as its programs are, and lays itself out.
FOREIGN = {"api:docs"}
# A picture, a file and a piece of a page are answers to pages, not pages.
PARTS = {
    "companies:logo", "deals:suggest", "deals:figure_file", "deals:attachment", "deals:document", "deals:list_file", "deals:listings_file",
    "deals:figure_rows_file", "companies:verification_file", "investors:verification_file",
}  # fmt: skip


def pages() -> dict[str, str]:
    """Return who opens each page."""
    found = {}
    for (method, name), outcomes in rows().items():
        readers = [reader for reader in READERS if outcomes[reader] == "200"]
        is_page = name not in PARTS and (not name.startswith("api:") or name in FOREIGN)
        if method == "GET" and readers and is_page:
            found[name] = readers[0]
    return found


def faults(visitor, name: str, language: str) -> list[str]:
    """Return what is wrong with an open page, whatever its width."""
    page, found = visitor.page, []
    lang = page.locator("html").get_attribute("lang") or ""
    if lang.casefold() != language:
        found.append(f"lang is “{lang}”")
    if name in FOREIGN:
        return found
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} headings of the first order")
    requests, weight = visitor.weight()
    if requests > MOST_REQUESTS or weight > MOST_BYTES:
        found.append(f"{requests} requests, {weight:,} bytes")
    if bare := page.locator("img:not([alt])").count():
        found.append(f"{bare} pictures without alt")
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page(visit, cast, language):
    scene = stage(cast)
    visitors = {reader: visit(getattr(scene, reader, None), language=language) for reader in READERS}
    for visitor in visitors.values():
        visitor.page.emulate_media(color_scheme=SCHEMES[language])
    translated = any(Path(settings.LOCALE_PATHS[0]).glob("zh_Hans/LC_MESSAGES/*.mo"))
    found = {}
    for name, reader in pages().items():
        visitor = visitors[reader]
        page = visitor.page
        page.set_viewport_size(DESK)
        status = visitor.open(place(scene, name))
        wrong = [f"answers {status}"] if status != 200 else faults(visitor, name, language)
        for size in SIZES[language]:
            page.set_viewport_size(size)
            if (wide := visitor.overflow()) > 0:
                wrong.append(f"{wide} px too wide for {size['width']}")
        if language == "zh-hans" and translated and name not in FOREIGN:
            wrong += english(page)
        if name not in FOREIGN:
            wrong += [f"{rule}: {html}" for rule, html in serious(page)]
        wrong += visitor.complaints
        visitor.complaints.clear()
        if wrong:
            found[f"{name} ({reader})"] = wrong
    assert not found
