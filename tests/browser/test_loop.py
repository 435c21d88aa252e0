"""The main job, walked through by two people in two windows, with a real worker: from sign-up to the statistics."""

import re

import pytest
from django.utils import timezone

from companies.models import Company
from deals.models import Deal, Introduction
from investors.models import Investor
from matching import runs
from matching.models import RecommendationList, Refresh
from taxonomy.models import Category
from tests.browser.walking import events_of, sign_up
from tests.matching.markets import build
from tests.worker import Worker, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.django_db(transaction=True)]


def choose(page, field: str, label: str):
    page.locator(f"select[name={field}]").select_option(label=label)


def register_company(page):
    page.goto("/companies/new/")
    page.locator("[name=short_en]").fill("Tidewall Industrial Security")
    page.locator("select[name=region]").select_option(
        value=page.locator("select[name=region] option", has_text="Jiangsu").first.get_attribute("value")
    )
    page.locator("[name=contact_phone]").fill("025-5555 0101")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/new/what/")
    page.locator("[name=summary_en]").fill("Firewalls and monitoring for industrial control systems")
    page.locator("select[name=primary]").select_option(
        value=page.locator("select[name=primary] option", has_text="Security").first.get_attribute("value")
    )
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/raises/new/")
    choose(page, "round", "Series A")
    page.locator("[name=amount_low]").fill("10 million")
    page.locator("[name=amount_high]").fill("2000万")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/matching/companies/*/")


def register_investor(page):
    page.goto("/investors/new/")
    page.locator("[name=name_en]").fill("Lighthouse Works Capital")
    choose(page, "type", "Small or mid venture investor")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/new/what/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/theses/new/")
    security = Category.objects.offered().get(code="security")
    page.locator(f"[name=categories][value='{security.pk}']").check()
    page.locator("[name=ticket_low]").fill("500万")
    page.locator("[name=ticket_high]").fill("30 million")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/matching/investors/*/")


def test_from_sign_up_to_the_statistics(visit):
    build()
    run = runs.finish_inline(runs.request().pk)
    Refresh.objects.all().delete()
    founder, manager = visit(language="en"), visit(language="en", width=390)
    with Worker() as worker:
        sign_up(manager.page, "I invest", "Ivy Lin", "ivy@lighthouse.example")
        register_investor(manager.page)
        sign_up(founder.page, "I am raising capital", "Fang Wei", "fang@tidewall.example")
        register_company(founder.page)

        # The new start-up sees its investors, and the fitting investor sees it.
        company, investor = Company.objects.get(short_en__startswith="Tidewall"), Investor.objects.latest("pk")
        founder.page.locator(".match-name", has_text="Lighthouse Works Capital").wait_for()
        until(
            lambda: RecommendationList.objects.filter(run=run, investor=investor, ids__contains=f" {company.pk} "),
            60,
            "the start-up on the investor's list",
            worker,
        )
        assert "Its thesis wants Security" in founder.page.locator(".match", has_text="Lighthouse").inner_text()
        manager.page.goto(f"/matching/investors/{investor.pk}/")
        card = manager.page.locator(".match", has_text="Tidewall Industrial Security")
        assert "Your thesis wants Security" in card.inner_text()

        # An introduction is asked for and accepted; contacts appear only then.
        founder.page.locator(".match", has_text="Lighthouse").get_by_role(
            "link", name="Ask for an introduction"
        ).click()
        founder.page.locator("[name=message]").fill("We protect control systems of chemical plants in Jiangsu.")
        founder.page.get_by_role("button", name="Ask for an introduction").click()
        founder.page.wait_for_url(re.compile(r"/introductions/\d+/"))
        introduction = Introduction.objects.get()
        manager.page.goto(f"/companies/{company.pk}/")
        assert "025-5555 0101" not in manager.page.content()
        manager.page.goto(f"/introductions/{introduction.pk}/")
        manager.page.get_by_role("button", name="Accept and exchange contacts").click()
        manager.page.wait_for_load_state()
        manager.page.goto(f"/introductions/{introduction.pk}/")
        assert "025-5555 0101" in manager.page.content()

        # The deal is recorded from it, and the sector's statistics change.
        year = timezone.localdate().year
        before = Deal.objects.filter(announced_on__year=year).count()
        assert events_of(founder.page, year) == before
        founder.page.goto(f"/deals/new/?introduction={introduction.pk}")
        founder.page.locator("[name=announced]").fill(timezone.localdate().isoformat())
        founder.page.locator("[name=amount]").fill("1500万")
        founder.page.get_by_role("button", name="Record the deal").click()
        founder.page.wait_for_url(re.compile(r"/deals/\d+/"))
        deal = Deal.objects.get(introduction=introduction)
        assert (deal.amount_low, deal.currency_id, deal.round_id) == (15_000_000, "CNY", "a")
        assert list(deal.investors.all()) == [investor]
        assert events_of(founder.page, year) == before
        # It counts once the other side has confirmed it, and one of the two is known.
        Company.objects.filter(pk=company.pk).update(verified_at=timezone.now())
        manager.page.goto(deal.get_absolute_url())
        manager.page.get_by_role("button", name="Confirm that it is right").click()
        manager.page.get_by_text("Confirmed. Thank you.").wait_for()
        assert events_of(founder.page, year) == before + 1
        # Who has invested is not recommended again.
        until(
            lambda: (
                not RecommendationList.objects.filter(
                    run=run, investor=investor, ids__contains=f" {company.pk} "
                ).exists()
            ),
            30,
            "the pair off the list",
            worker,
        )
