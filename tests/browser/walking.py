"""What the walks share: how a person signs up, and what a reader finds wrong with a page on the way."""

import re

from axe_playwright_python.base import AXE_SCRIPT
from django.core import mail

SECRET = "a bridge between two shores 9"
ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’]*(?:[ ,;:]+[A-Za-z][A-Za-z'’]*){2,}")
# Names that stay as they are in Chinese, and what people wrote.
KEPT = re.compile(
    r"Rongqiao|In the register|Panshi|Yunfan|Far Shore|Northwood|Quiet Fund|Shall we meet|Nothing to match|Crunchbase"
)

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


def english(page) -> list[str]:
    """The texts of an open page in which at least three English words follow each other."""
    return [text for text in page.evaluate(SEEN_TEXT) if ENGLISH.search(KEPT.sub("", text))]


def serious(page, rules: list[str] | None = None) -> list[tuple[str, str]]:
    """What axe finds by all of its rules, or by some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], "preload": False} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        (fault["id"], fault["nodes"][0]["html"][:200]) for fault in found if fault["impact"] in ("serious", "critical")
    ]


def check_chinese(visitor) -> None:
    """The open page is Chinese throughout and no wider than its window."""
    page = visitor.page
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert english(page) == [], page.url
    assert visitor.overflow() <= 0, page.url


def sign_up(page, door: str, name: str, email: str) -> None:
    """From the landing page, by the link `door` for one kind of person, to the logged-in home, by the link in the mail."""
    page.goto("/")
    page.locator(".hero").get_by_role("link", name=door).click()
    page.locator("[name=email]").fill(email)
    page.locator("[name=password1]").fill(SECRET)
    page.locator("[name=full_name]").fill(name)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/confirm-email/")
    message = next(message for message in reversed(mail.outbox) if email in message.to)
    page.goto(re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", message.body)[1])
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/home/")


def events_of(page, year: int) -> int:
    """How many events of a year the page of statistics counts."""
    page.goto(f"/statistics/?since={year}-01-01&until={year}-12-31")
    return int(page.locator(".stat-value").first.inner_text().replace(",", ""))
