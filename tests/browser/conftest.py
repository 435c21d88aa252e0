"""A real Chromium before a live server. What a page complains of fails the test that opened it."""

import gzip
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Error, sync_playwright

from tests.services import chromium

# Playwright keeps an event loop in this thread; the tests use the database between its calls, never inside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Tells of every breach of the content security policy, also of those that the console words differently.
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", event =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""

# Comes back once what was asked of the page so far is drawn and nothing else is to do.
IDLE = "() => new Promise(done => requestAnimationFrame(() => requestIdleCallback(done)))"

# The page itself and all that it has loaded, also what came from the cache.
LOADED = """() => ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
    .map(entry => [new URL(entry.name).pathname, entry.encodedBodySize])"""


@cache
def packed(name: str) -> int:
    """The bytes of one of the site's files as it is sent: `collectstatic` compresses them, this server does not."""
    return len(gzip.compress(Path(finders.find(name)).read_bytes()))


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        with suppress(Error):
            browser.close()


class Visitor:
    """A person with a window of their own. `complaints` holds what went wrong in it."""

    def __init__(self, browser, address: str, user=None, language: str = "zh-hans", width: int = 1440, scripts=True):
        self.address = address
        self.complaints: list[str] = []
        self.loading: set = set()
        self.context = browser.new_context(
            base_url=address,
            locale="en-GB" if language == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            # A colour on its way to another is neither.
            reduced_motion="reduce",
        )
        self.context.add_init_script(WATCH_POLICY)
        self.set_cookie(settings.LANGUAGE_COOKIE_NAME, language)
        if user:
            client = Client()
            client.force_login(user)
            self.set_cookie(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)
        self.context.set_default_timeout(60_000)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._failed)
        self.page.on("requestfinished", self._finished)
        self.page.on("response", self._response)

    def set_cookie(self, name: str, value: str):
        self.context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def _console(self, message):
        # What the network answers is judged by `_response`, which knows whether the page itself was asked for.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request):
        self.loading.add(request)

    def _failed(self, request):
        self.loading.discard(request)
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"request: {request.url} {request.failure}")

    def _finished(self, request):
        self.loading.discard(request)

    def _response(self, response):
        if urlsplit(response.url).netloc != urlsplit(self.address).netloc:
            self.complaints.append(f"foreign: {response.url}")
        elif response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.status}: {response.url}")

    def open(self, path: str):
        """Go to a page and wait until it is quiet; return the status of its answer."""
        status = self.page.goto(path).status
        for _ in range(1000):
            self.page.evaluate(IDLE)
            if not self.loading:
                return status
        raise AssertionError(f"{path} still waits for {[request.url for request in self.loading]}")

    def weight(self) -> tuple[int, int]:
        """How many requests the open page is made of, and how many bytes they send to whom nothing of it is cached."""
        loaded = self.page.evaluate(LOADED)
        site = settings.STATIC_URL
        sizes = [packed(path.removeprefix(site)) if path.startswith(site) else size for path, size in loaded]
        return len(sizes), sum(sizes)

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture
def visit(browser, live_server):
    """`visit(user, language="en", width=390)` opens a window; at the end of the test none may have complained."""
    visitors: list[Visitor] = []

    def open_window(user=None, **options) -> Visitor:
        visitors.append(Visitor(browser, live_server.url, user, **options))
        return visitors[-1]

    yield open_window
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert not complaints
