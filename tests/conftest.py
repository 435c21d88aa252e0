"""The fixed cast: one person of each kind, one company and one institution, and strangers to both."""

import gc
import json
import os
import re
import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from types import SimpleNamespace
from xml.sax.saxutils import escape

import pytest
from django.core.cache import cache
from django.db import connection, connections
from hypothesis import settings as hypothesis_settings

from accounts.models import MemberRole, User
from companies.models import Company, CompanyCategory, Raise
from companies.models import Membership as CompanyMembership
from investors.models import Investor, Thesis
from investors.models import Membership as InvestorMembership
from matching import tasks
from taxonomy.models import Category, Region
from tests import services

PASSWORD = "a long enough secret 7"
# What a test's marker needs of this machine. Missing, the test is left out by name; with REQUIRE_ALL it fails.
NEEDED = {
    "postgres": ("PostgreSQL", services.postgres_answers),
    "redis": ("Redis", services.redis_answers),
    "browser": ("Chromium", services.chromium),
}


# Files of one or few long tests, which a process that is left alone at the end would work on: they come first.
LONG = (
    "tests/matching/test_worker.py",
    "tests/browser/test_pages.py",
    "tests/test_compose.py",
    "tests/browser/test_loop.py",
    "tests/browser/test_statistics.py",
    "tests/deals/imports/test_markets.py",
)
# Whoever asks for one of these may touch the database; pytest-django keeps it shut to all others without a mark.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser):
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that touch no database, and those that only look at pages",
    )


def _may_touch_the_database(item, fixtures) -> bool:
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(fixtures))


def _only_looks(item) -> bool:
    """Whether it looks at pages, which are the same whatever database is behind them: what is marked so, and what is in a
    browser without a worker beside it, where broker and database are what is tried."""
    if item.get_closest_marker("one_database"):
        return True
    return bool(item.get_closest_marker("browser")) and not item.get_closest_marker("worker")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--database-only"):
        kept = [item for item in items if _may_touch_the_database(item, item.fixturenames) and not _only_looks(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    items.sort(key=lambda item: LONG.index(file) if (file := item.nodeid.partition("::")[0]) in LONG else len(LONG))


def pytest_collection_finish(session):
    """What is loaded by now stays: walking through it again and again is a tenth of the time of the suite."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    for marker, (name, answers) in NEEDED.items():
        if item.get_closest_marker(marker) and not answers():
            if os.environ.get("REQUIRE_ALL"):
                pytest.fail(f"{name} is required here and does not answer.", pytrace=False)
            # Only on a machine without it; the end of the run names what was left out.
            pytest.skip(f"{name} does not answer here")


def pytest_terminal_summary(terminalreporter):
    """Say at the very end what this run says nothing about."""
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", []))
    for reason, count in reasons.items():
        terminalreporter.write_line(f"Left out: {count} × {reason.removeprefix('Skipped: ')}", yellow=True)


# A busy machine is no reason to fail.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def surroundings(request, settings, tmp_path, monkeypatch):
    """Folders of the test's own, passwords that are cheap to check, and no task left behind in the broker.

    Tests marked `worker` share folders and broker with the worker process that they start. Returns the tasks that
    would have been handed over.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.OUTBOX_DIR = tmp_path / "outbox"
    handed_over = []
    if not request.node.get_closest_marker("worker"):
        settings.MEDIA_ROOT = tmp_path / "files"
        monkeypatch.setattr(tasks, "enqueue", lambda task, *args: handed_over.append((task.name, args)))
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        cache.clear()
    yield handed_over
    # A fixture asked for by name only while the test runs is not seen by `--database-only`.
    known, used = request.node.fixturenames, request.fixturenames
    assert _may_touch_the_database(request.node, known) == _may_touch_the_database(request.node, used)


def person(email: str, role: str, **fields) -> User:
    user = User.objects.create_user(email, PASSWORD, role=role, full_name=email.split("@")[0].title(), **fields)
    user.emailaddress_set.create(email=email, verified=True, primary=True)
    return user


def in_steps(client, first: str, data: dict):
    """Send each step of a new profile what it asks of `data`; return the answer that leads to no further step."""
    answer, done = client.post(first, data), {first, f"{first}who/"}
    files = [value for value in data.values() if hasattr(value, "seek")]
    while answer.status_code == 302 and answer.url not in done and re.search(r"/new/\w+/$", answer.url):
        done.add(answer.url)
        for file in files:
            file.seek(0)
        answer = client.post(answer.url, data)
    return answer


def make_cast() -> SimpleNamespace:
    """Founder Fang of a security start-up with an open raise, investor Ivy of a fund with a thesis; each with a
    viewer, beside strangers Sun (start-up) and Shi (investor), analyst Ana and administrator Ada."""
    security = Category.objects.get(scheme__code="industrial-internet", code="security")
    company = Company.objects.create(
        short_zh="磐石工控安全",
        short_en="Panshi Security",
        summary_zh="工业防火墙与监测审计",
        region=Region.objects.get(code="CN-JS"),
        city="南京",
        contact_email="fang@panshi.example",
    )
    CompanyCategory.objects.create(company=company, category=security, is_primary=True)
    asked = Raise.objects.create(company=company, round_id="a", amount_low=10_000_000, amount_high=20_000_000)
    investor = Investor.objects.create(
        name_zh="远岸资本",
        name_en="Far Shore Capital",
        type=Investor.Type.VENTURE,
        contact_email="ivy@farshore.example",
    )
    thesis = Thesis.objects.create(
        investor=investor, title="工业安全早期", ticket_low=5_000_000, ticket_high=30_000_000
    )
    thesis.categories.add(security)
    thesis.rounds.add("a", "pre_a")
    other_company = Company.objects.create(short_zh="云帆机器人", short_en="Yunfan Robotics")
    other_investor = Investor.objects.create(name_zh="北林创投", name_en="Northwood Ventures")

    role = User.Role
    people = SimpleNamespace(
        founder=person("fang@example.com", role.STARTUP),
        company_viewer=person("fei@example.com", role.STARTUP),
        investor=person("ivy@example.com", role.INVESTOR),
        investor_viewer=person("ian@example.com", role.INVESTOR),
        other_founder=person("sun@example.com", role.STARTUP),
        other_investor=person("shi@example.com", role.INVESTOR),
        analyst=person("ana@example.com", role.ANALYST),
        administrator=person("ada@example.com", role.ADMINISTRATOR, is_staff=True, is_superuser=True),
    )
    for user, member_role in [(people.founder, MemberRole.OWNER), (people.company_viewer, MemberRole.VIEWER)]:
        CompanyMembership.objects.create(company=company, user=user, role=member_role)
    for user, member_role in [
        (people.investor, MemberRole.OWNER),
        (people.investor_viewer, MemberRole.VIEWER),
    ]:
        InvestorMembership.objects.create(investor=investor, user=user, role=member_role)
    CompanyMembership.objects.create(company=other_company, user=people.other_founder)
    InvestorMembership.objects.create(investor=other_investor, user=people.other_investor)
    return SimpleNamespace(
        **vars(people),
        people=people,
        company=company,
        raise_=asked,
        investor_firm=investor,
        thesis=thesis,
        other_company=other_company,
        other_investor_firm=other_investor,
        security=security,
    )


def stands(record):
    """Somebody stands behind what a party recorded: it counts since then."""
    fields = {"status": record.Status.REPORTED, "established_at": record.recorded_at}
    type(record).objects.asserted().filter(pk=record.pk).update(**fields)
    record.refresh_from_db()
    return record


@pytest.fixture
def cast(db) -> SimpleNamespace:
    """The fixed cast, see `make_cast`."""
    return make_cast()


@pytest.fixture
def charts_in_words(monkeypatch):
    """Charts are not drawn: all that their marks say and where they lead stands there as text."""

    def words(spec) -> str:
        text = escape(json.dumps(spec, ensure_ascii=False))
        return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>{text}</text></svg>'

    monkeypatch.setattr("deals.charts.drawing.vl_convert.vegalite_to_svg", words)


@pytest.fixture
def many_connections(transactional_db, tmp_path):
    """A database that threads can share. SQLite in memory cannot be: the test then runs on a copy in a file."""
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        yield
        return
    memory, name = connections["default"], connections.settings["default"]["NAME"]
    path = tmp_path / "shared.sqlite3"
    with closing(sqlite3.connect(path)) as copy:
        memory.ensure_connection()
        memory.connection.backup(copy)
    del connections["default"]
    connections.settings["default"]["NAME"] = str(path)
    yield
    connections["default"].close()
    connections.settings["default"]["NAME"] = name
    connections["default"] = memory


@pytest.fixture
def at_once(many_connections):
    """Call functions in threads that all start at the same moment; return their results or errors, in order."""

    def run(*functions, timeout=60):
        start = threading.Barrier(len(functions))

        def call(function):
            try:
                return function(lambda: start.wait(timeout))
            except Exception as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(functions)) as pool:
            return list(pool.map(call, functions))

    return run
