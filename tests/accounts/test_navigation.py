"""The shell: who is led where, the banner, the policy that forbids inline code."""

import re

import pytest
from django.urls import reverse

from accounts.templatetags.site import nav_url
from taxonomy.models import Source


def links(client, user) -> set[str]:
    client.force_login(user)
    return set(re.findall(r'class="nav-item-link[^"]*" href="([^"]+)"', client.get(reverse("settings")).text))


def test_each_kind_is_led_to_its_own(client, cast):
    founder, investor = links(client, cast.founder), links(client, cast.investor)
    administrator, analyst = links(client, cast.administrator), links(client, cast.analyst)
    assert cast.company.get_absolute_url() in founder
    assert cast.investor_firm.get_absolute_url() in investor
    assert cast.company.get_absolute_url() not in investor | administrator | analyst
    assert reverse("admin:index") in administrator
    assert reverse("admin:index") not in founder | investor | analyst
    for own in (founder, investor, administrator, analyst):
        assert {reverse("home"), reverse("companies:list"), reverse("investors:list")} <= own


def test_a_page_that_is_not_installed_has_no_link():
    assert nav_url("no:such") == ""


def test_one_entry_is_marked(client, cast):
    client.force_login(cast.founder)
    page = client.get(cast.company.get_absolute_url()).text
    assert page.count('aria-current="page"') == 1


def test_the_banner_stands_only_over_simulated_records(client, cast):
    assert 'class="simulated"' not in client.get("/").text
    Source.objects.create(code="demo", name="Demonstration", simulated=True)
    assert 'class="simulated"' in client.get("/").text


def test_sources_are_named(client, db):
    Source.objects.create(code="a", name="Source A", attribution="Data by A", licence="CC BY 4.0")
    assert "Data by A · CC BY 4.0" in client.get("/").text


@pytest.mark.parametrize(
    "name", ["landing", "home", "settings", "companies:list", "investors:list", "companies:create"]
)
def test_no_page_needs_what_the_policy_forbids(client, cast, name):
    if name != "landing":
        client.force_login(cast.founder)
    response = client.get(reverse(name))
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r'\sstyle="|\son[a-z]+="|<style|<script>(?!\s*$)', response.text)


def test_who_is_on_no_side_has_no_introductions(client, cast):
    inbox = reverse("deals:introductions")
    assert inbox not in links(client, cast.analyst)
    for user in (cast.founder, cast.investor_viewer, cast.administrator):
        assert inbox in links(client, user)
