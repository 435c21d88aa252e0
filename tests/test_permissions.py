"""Who may do what: every address of the site × every method × every kind of person, in one table.

A row is a method and the name of an address; the columns are the cast. What stands in a cell:

    200 201 204   it is done, or the page is shown
    done          it is done and the reader is sent on (302)
    login         sent to the log-in
    400 409       understood and entitled, but the input or the state of things does not allow it
    403 404 405   refused; not to be found, as far as this person is concerned; nobody does this here

A method without a row is refused to everybody (405, or as to any stranger). An address without a row fails the test,
and so does a row without an address.
"""

from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from tests.permission_table import ROLES, payload, place, rows, stage

GROUPS = {"admin"}
METHODS = ["GET", "POST"]
API_METHODS = [*METHODS, "PUT", "PATCH", "DELETE"]
REFUSALS = {"405", "403", "login"}


def addresses(resolver=None, namespaces=()) -> dict[str, str]:
    """Return the route of every address by its full name; those of a group stand under `group:*`."""
    found = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            name = ":".join([*namespaces, pattern.name or str(pattern.pattern)])
            group = namespaces[0] if namespaces and namespaces[0] in GROUPS else ""
            found[f"{group}:*" if group else name] = str(pattern.pattern)
        else:
            inner = [*namespaces, pattern.namespace] if pattern.namespace else namespaces
            found |= addresses(pattern, inner)
    return found


ROWS = rows()
PARTS = 8
NAMES = sorted({name for _method, name in ROWS})


# Who may do what is the same on every database.
pytestmark = pytest.mark.one_database


@pytest.fixture
def scene(cast, charts_in_words, settings):
    # A page of figures answers with its first one: whether somebody may read it shows already.
    settings.STATISTICS_PAGE_SECONDS = 0
    scene = stage(cast)
    scene.clients = {role: Client() for role in ROLES}
    for role in ROLES[1:]:
        scene.clients[role].force_login(getattr(scene, role))
    scene.sessions = {role: client.cookies.copy() for role, client in scene.clients.items()}
    return scene


def outcome(response) -> str:
    if response.status_code == 302:
        away = response.headers["Location"]
        return "login" if away.split("?")[0] in (reverse("account_login"), reverse("admin:login")) else "done"
    return str(response.status_code)


def ask(scene: SimpleNamespace, method: str, name: str, roles=ROLES) -> list[str]:
    """Return what each of the cast gets; nothing that one of them does is there for the next."""
    got = []
    cache.clear()
    for role in roles:
        if method != "GET":
            cache.clear()
        client = scene.clients[role]
        client.cookies = scene.sessions[role].copy()
        options = {} if method == "GET" else {"data": payload(scene, method, name)}
        if name.startswith("api:") and method != "GET":
            options["content_type"] = "application/json"
        with transaction.atomic():
            got.append(outcome(getattr(client, method.lower())(place(scene, name), **options)))
            transaction.set_rollback(True)
    return got


def test_every_address_has_a_row_and_every_row_an_address():
    found = set(addresses())
    assert not sorted(found - set(NAMES)), "addresses without a row"
    assert not sorted(set(NAMES) - found), "rows without an address"


def parts(things: list) -> list[list]:
    """In as many parts as keep the processes of a run busy: each part builds the scene once."""
    return [things[start::PARTS] for start in range(PARTS)]


@pytest.mark.parametrize("some", parts(list(ROWS)), ids=range(PARTS))
def test_rows(scene, some):
    wrong = {}
    for method, name in some:
        got = dict(zip(ROLES, ask(scene, method, name), strict=True))
        if got != ROWS[method, name]:
            wrong[f"{method} {name}"] = {who: (got[who], ROWS[method, name][who]) for who in ROLES}
    assert wrong == {}, "got, expected"


@pytest.mark.parametrize("some", parts([name for name in NAMES if not name.endswith(":*")]), ids=range(PARTS))
def test_a_method_without_a_row_is_refused_to_everybody(scene, some):
    for name in some:
        for method in API_METHODS if name.startswith("api:") else METHODS:
            if (method, name) not in ROWS:
                got = ask(scene, method, name, ["anonymous", "founder", "other_investor", "administrator"])
                assert set(got) <= REFUSALS, (method, name)


def test_every_page_of_the_administration_is_for_administrators(scene):
    """The group `admin:*`, address by address; those of one record with the number 1."""
    (site,) = (part for part in get_resolver().url_patterns if getattr(part, "namespace", "") == "admin")
    clients = dict(scene.clients)
    administrator = clients.pop("administrator")
    closed = {"admin:login", "admin:logout", "admin:jsi18n"}
    seen = 0
    for name in sorted({f"admin:{key}" for key in site.reverse_dict if isinstance(key, str)} - closed):
        for arguments in ([], ["1"], ["accounts"], ["1", "1"]):
            with suppress(NoReverseMatch):
                path = reverse(name, args=arguments)
                break
        else:
            raise AssertionError(f"no address for {name}")
        for role, client in clients.items():
            assert outcome(client.get(path)) == "login", (name, role)
        if name.endswith("_changelist"):
            assert outcome(administrator.get(path)) == "200", name
            seen += 1
    assert seen > 15
