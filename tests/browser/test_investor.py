"""An investor's way to *invested*: in Chinese on a telephone from the landing page on, and in English with JavaScript off."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from companies.models import Company, CompanyCategory, Raise
from deals import actions
from deals.models import Deal, Introduction, PipelineCard
from investors.models import Investor
from matching.models import Feedback, ModelRun, Publication, RecommendationList
from tests.browser.walking import check_chinese, events_of, sign_up
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def recommend(cast):
    """What a worker does: put companies onto the list of an institution."""
    run = ModelRun.objects.create(as_of="2026-01-01", status=ModelRun.Status.PUBLISHED)
    Publication.objects.create(run=run)

    def make(investor, *companies):
        items = [{"id": company.pk, "score": 1.0, "factors": {"category": 1.0}} for company in companies]
        RecommendationList.objects.create(run=run, investor=investor, items=items)

    return make


def test_from_the_landing_page_to_invested(visit, cast, recommend):
    """A founder answers in a second window. One of the two is verified, so that the deal counts once both have spoken."""
    Company.objects.filter(pk=cast.company.pk).update(verified_at=timezone.now())
    newcomer, founder = visit(width=390), visit(cast.founder, width=390)
    page, year = newcomer.page, timezone.localdate().year

    def press(label: str):
        check_chinese(newcomer)
        page.locator("main").get_by_role("button", name=label, exact=True).click()

    def follow(label: str):
        check_chinese(newcomer)
        page.locator("main").get_by_role("link", name=label, exact=True).click()

    sign_up(page, "我是投资人", "林澜", "lan@lighthouse.example")
    follow("添加您的机构")
    page.locator("[name=name_zh]").fill("灯塔资本")
    page.locator("[name=type]").select_option("venture")
    press("下一步：业务介绍")
    page.wait_for_url("**/new/what/")
    press("保存并填写投资偏好")
    page.wait_for_url("**/theses/new/")
    page.locator(f"[name=categories][value='{cast.security.pk}']").check()
    page.locator("[name=ticket_low]").fill("500万")
    page.locator("[name=ticket_high]").fill("3000万")
    press("保存并查看企业")
    page.wait_for_url("**/matching/investors/*/")
    investor = Investor.objects.get(name_zh="灯塔资本")
    recommend(investor, cast.company)
    page.reload()
    follow("申请引荐")
    page.locator("[name=message]").fill("我们关注工业安全，希望了解贵司的产品。")
    press("申请引荐")
    page.wait_for_url(re.compile(r"/introductions/\d+/"))
    asked = Introduction.objects.get()
    assert (asked.company, asked.investor, asked.asked_side) == (cast.company, investor, "investor")

    # The start-up finds the request at home and accepts it.
    founder.open("/home/")
    check_chinese(founder)
    founder.page.locator("aside").get_by_role("link", name="灯塔资本", exact=True).click()
    founder.page.get_by_role("button", name="接受并交换联系方式").click()
    founder.page.get_by_role("heading", name="灯塔资本的联系方式").wait_for()
    check_chinese(founder)

    # The pair is in the pipeline by itself. On the board by its menu, then on its own page.
    newcomer.open(f"/pipeline/{investor.pk}/")
    card = PipelineCard.objects.get()
    for stage, label in [("reviewing", "初筛"), ("meeting", "约谈"), ("diligence", "尽职调查")]:
        page.locator(f"#card-{card.pk}").get_by_label("移动磐石工控安全").click()
        page.locator(f"#stage-{card.pk}").select_option(label=label)
        press("移动")
        page.locator(f"[data-drop={stage}] #card-{card.pk}").wait_for()
    follow("磐石工控安全")
    page.wait_for_url(f"**/pipeline/cards/{card.pk}/")
    page.locator(f"#stage-{card.pk}").select_option(label="投资条款")
    press("移动")
    expect(page.locator(".stage-line .is-now")).to_have_text("投资条款")
    page.locator(f"#stage-{card.pk}").select_option(label="已投资")
    press("移动")

    # Invested leads to the deal, with all that is known.
    page.wait_for_url(f"**/deals/new/?introduction={asked.pk}&card={card.pk}")
    expect(page.locator("[name=company]")).to_have_value(re.compile("磐石工控安全"))
    expect(page.locator("[name=part-0-investor]")).to_have_value(re.compile("灯塔资本"))
    expect(page.locator("[name=round]")).to_have_value("a")
    page.locator("[name=announced]").fill(timezone.localdate().isoformat())
    page.locator("[name=amount]").fill("1500万")
    press("登记交易")
    page.wait_for_url(f"**/pipeline/cards/{card.pk}/")
    follow("磐石工控安全 · A轮")
    page.wait_for_url(re.compile(r"/deals/\d+/$"))
    expect(page.locator("main")).to_contain_text("磐石工控安全尚未确认")
    check_chinese(newcomer)
    deal = Deal.objects.get()
    assert (deal.introduction, deal.amount_low, list(deal.investors.all())) == (asked, 15_000_000, [investor])
    assert events_of(page, year) == 0
    check_chinese(newcomer)

    # It counts once the start-up has confirmed it.
    founder.open("/home/")
    check_chinese(founder)
    to_confirm = founder.page.locator(".panel", has=founder.page.get_by_role("heading", name="待您确认的交易"))
    to_confirm.get_by_role("link").click()
    check_chinese(founder)
    founder.page.get_by_role("button", name="确认无误").click()
    founder.page.get_by_text("已确认，谢谢").wait_for()
    check_chinese(founder)
    assert events_of(page, year) == 1
    newcomer.open(f"/pipeline/{investor.pk}/")
    page.locator(f"[data-drop=invested] #card-{card.pk}").wait_for()
    check_chinese(newcomer)


def test_the_core_without_javascript(visit, cast, recommend):
    keen = cast.other_company
    firms = [Company.objects.create(short_en=name) for name in ("Harbour Sensors", "Lathe Works")]
    for company in (keen, *firms):
        CompanyCategory.objects.create(company=company, category=cast.security, is_primary=True)
        Raise.objects.create(company=company, round_id="a", amount_low=5_000_000)
    recommend(cast.investor_firm, keen, *firms)
    asking = keen.raises.get()
    asked = actions.ask_introduction(cast.other_founder, keen, cast.investor_firm, "We build robots.", asking)
    page = visit(language="en", scripts=False).page
    main = page.locator("main")

    def press(label: str, within=main):
        within.get_by_role("button", name=label, exact=True).click()

    page.goto("/")
    page.get_by_role("link", name="Log in").first.click()
    page.locator("[name=login]").fill("ivy@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    press("Log in")
    main.get_by_role("link", name="Companies for you").click()

    # Save one, pass on another with a reason.
    press("Save", page.locator(".match", has_text="Harbour Sensors"))
    expect(page.locator(".match", has_text="Harbour Sensors")).to_contain_text("Saved")
    passed = page.locator(".match", has_text="Lathe Works")
    passed.locator(".pass-menu summary").click()
    passed.locator("[name=reason]").select_option("round")
    press("Pass", passed)
    expect(page.locator(".match", has_text="Lathe Works")).to_have_count(0)
    answers = Feedback.objects.order_by("company").values_list("company", "kind", "reason", "user")
    assert list(answers) == [
        (firms[0].pk, "saved", "", cast.investor.pk),
        (firms[1].pk, "passed", "round", cast.investor.pk),
    ]

    # Answer who asks.
    page.locator(".match", has_text="Yunfan Robotics").get_by_role("link", name="Asks to meet you").click()
    press("Accept and exchange contacts")
    expect(main.get_by_role("heading", name="How to reach Yunfan Robotics")).to_be_visible()

    # Move its card along the board: to pass without a reason is refused and asked for.
    page.locator(".sidebar").get_by_role("link", name="Pipeline").click()
    card = PipelineCard.objects.get()
    tile = page.locator(f"#card-{card.pk}")

    def move_to(stage: str):
        tile.get_by_label("Move Yunfan Robotics").click()
        tile.locator("[name=stage]").select_option(stage)
        press("Move", tile)

    move_to("passed")
    expect(tile.get_by_role("alert")).to_contain_text("Say why you pass")
    tile.locator("[name=stage]").select_option("meeting")
    press("Move", tile)
    expect(page.locator("[data-drop=meeting]").locator(tile)).to_be_visible()
    move_to("invested")

    # Record the deal: a form that is not right yet keeps what was typed.
    page.wait_for_url(f"**/deals/new/?introduction={asked.pk}&card={card.pk}")
    page.locator("[name=amount]").fill("CNY 8 million")
    page.locator("[name=announced]").fill("some day")
    press("Record the deal")
    expect(page.locator("[name=amount]")).to_have_value("CNY 8 million")
    page.locator("[name=announced]").fill(timezone.localdate().isoformat())
    press("Record the deal")
    page.wait_for_url(f"**/pipeline/cards/{card.pk}/")
    deal = Deal.objects.get()
    assert (deal.company, deal.introduction, deal.amount_low) == (keen, asked, 8_000_000)
    assert list(deal.investors.all()) == [cast.investor_firm]
    card.refresh_from_db()
    assert card.stage == "invested"
