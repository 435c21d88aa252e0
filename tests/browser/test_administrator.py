"""An administrator's morning: every queue worked through to its end, in both languages."""

import pytest
from django.utils import translation
from playwright.sync_api import expect

from accounts import claims, verification
from companies.models import Company
from deals import conduct
from deals.models import Deal, Report
from investors.models import Investor
from tests.browser.walking import check_chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def morning(cast):
    """What waits: two claims, two requests to be verified, two deals, two records of one deal, a report of abuse."""
    wanted, other = (Company.objects.create(short_zh=f"无主{n}号", short_en=f"Ownerless {n}") for n in (1, 2))
    claims.claim(cast.founder, wanted, "CTO")
    claims.claim(cast.other_founder, other, "CEO")
    verification.ask(cast.founder, cast.company, credit_code="91110108551385082Q")
    verification.ask(cast.investor, cast.investor_firm, note="?")
    cast.right = Deal.objects.create(company=wanted, round_id="a", announced_on="2026-03-02")
    cast.wrong = Deal.objects.create(company=other, round_id="seed", announced_on="2026-04-03")
    cast.twins = [
        Deal.objects.create(company=cast.company, round_id="a", announced_on=f"2026-05-0{day}") for day in (4, 6)
    ]
    for twin in cast.twins:
        twin.participations.create(investor=cast.investor_firm)
    conduct.report(cast.founder, cast.other_investor_firm, Report.Reason.SPAM, "!!!")
    return cast


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_queue_to_its_end(visit, morning, language):
    visitor = visit(morning.administrator, language=language)
    page = visitor.page
    main = page.locator("main")

    def word(text: str) -> str:
        with translation.override(language):
            return translation.gettext(text)

    def name(party) -> str:
        with translation.override(language):
            return party.name

    def look():
        page.wait_for_load_state()
        if language != "en":
            check_chinese(visitor)

    def press(label: str, within=main):
        look()
        within.get_by_role("button", name=word(label), exact=True).click()

    def go(queue: str, waiting: int):
        """To the next queue by the tabs above each; so many wait in it."""
        tab = main.locator(".queues").get_by_role("link", name=word(queue))
        expect(tab.locator(".tab-count")).to_have_text(str(waiting))
        tab.click()
        look()

    def nothing_waits(title: str):
        """The queue says that it is empty, and no number stands at its tab."""
        expect(main.locator(".empty")).to_contain_text(word(title))
        expect(main.locator(".queues .active .tab-count")).to_have_count(0)
        look()

    visitor.open("/home/")
    look()
    tile = main.get_by_role("link", name=word("claims to profiles"))
    expect(tile).to_contain_text("2")
    tile.click()

    # Claims: one confirmed, one refused.
    rows = main.locator(".team li")
    press("Confirm", rows.filter(has_text="Fang"))
    press("Refuse", rows.filter(has_text="Sun"))
    nothing_waits("No claims")
    assert morning.right.company.has_member(morning.founder)
    assert not morning.wrong.company.memberships.exists()

    # Who asks to be verified: one is, one is told why not.
    go("Organisations", 2)
    main.get_by_role("link", name=name(morning.company), exact=True).click()
    press("Verify")
    main.get_by_role("link", name=name(morning.investor_firm), exact=True).click()
    main.locator(".decline summary").click()
    main.locator(".decline [name=reason]").select_option(index=1)
    press("Refuse it")
    nothing_waits("Nothing waits")
    assert Company.objects.get(pk=morning.company.pk).verified_at
    refused = Investor.objects.get(pk=morning.investor_firm.pk)
    assert not refused.verified_at and refused.verifications.get().status == "refused"

    # Two records of one deal: made one.
    go("Duplicates", 1)
    main.locator(".pair a.stretched-link").click()
    press("Make them one deal")
    expect(main).to_contain_text(word("The two records are one deal now. The parties are told."))
    nothing_waits("No pair of deals is suspected")
    merged = sorted(Deal.objects.filter(pk__in=[deal.pk for deal in morning.twins]).values_list("status", flat=True))
    assert merged == ["merged", "reported"]

    # Deals: verified from the queue, rejected with a reason on its own page.
    go("Deals and listings", 3)
    rows = main.locator(".waiting")
    wrong = rows.filter(has=page.locator(f"a[href^='{morning.wrong.get_absolute_url()}']"))
    wrong.get_by_role("link", name=word("Look at it")).click()
    main.locator(".decline summary").click()
    main.locator("[name=reject_reason]").select_option(index=1)
    press("Reject it")
    press("Verify", rows.first)
    expect(rows).to_have_count(1)
    press("Verify", rows.first)
    nothing_waits("Nothing waits")
    statuses = Deal.objects.in_bulk([morning.right.pk, morning.wrong.pk])
    assert statuses[morning.right.pk].status == "verified"
    assert (statuses[morning.wrong.pk].status, bool(statuses[morning.wrong.pk].reject_reason)) == ("rejected", True)

    # A report of abuse: upheld, with a word to who reported it.
    go("Reports of abuse", 1)
    main.locator("[name$=status]").select_option("upheld")
    main.locator("[name$=answer]").fill("✓")
    press("Settle")
    nothing_waits("No reports")
    assert Report.objects.get().status == "upheld"

    # At home nothing is left but who has not asked.
    visitor.open("/home/")
    look()
    waiting = main.locator("section", has=page.get_by_role("heading", name=word("Waiting for you"), exact=True))
    waiting = waiting.locator(".stat").filter(has_not_text=word("unverified organisations that have not asked"))
    expect(waiting.locator(".stat-value")).to_have_text(["0"] * 6)
