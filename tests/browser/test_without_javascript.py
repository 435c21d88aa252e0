"""With JavaScript off, in Chinese, on a telephone: from sign-up to the first request for an introduction."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from companies.models import Company
from deals.models import Introduction
from matching.models import ModelRun, Publication, RecommendationList

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_sign_up_to_an_introduction(visit, cast):
    run = ModelRun.objects.create(as_of="2026-01-01", status=ModelRun.Status.PUBLISHED)
    Publication.objects.create(run=run)
    page = visit(scripts=False, width=390).page

    def send(label: str):
        page.locator("main").get_by_role("button", name=label).click()

    page.goto("/accounts/signup/?role=startup")
    page.locator("[name=email]").fill("nan@example.com")
    page.locator("[name=password1]").fill("a bridge between two shores 9")
    page.locator("[name=full_name]").fill("南方")
    send("注册")
    page.wait_for_url("**/confirm-email/")
    page.goto(re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)[1])
    send("确认")
    page.get_by_role("link", name="添加您的企业").click()
    page.locator("[name=short_zh]").fill("潮汐工控")
    send("稍后继续")
    expect(page.locator(".messages")).to_contain_text("草稿已保存")
    page.get_by_role("link", name="继续填写草稿").click()
    expect(page.locator("[name=short_zh]")).to_have_value("潮汐工控")
    page.locator("[name=region]").select_option(str(cast.company.region_id))
    send("下一步")
    page.locator("[name=summary_zh]").fill("工业控制系统的防火墙")
    page.locator("[name=primary]").select_option(str(cast.security.pk))
    send("上一步")
    send("下一步")
    expect(page.locator("[name=summary_zh]")).to_have_value("工业控制系统的防火墙")
    send("保存并填写融资需求")
    page.locator("[name=round]").select_option("a")
    page.locator("[name=amount_low]").fill("1000万")
    page.locator("main form .btn-primary").first.click()
    page.wait_for_url("**/matching/companies/*/")
    # What a worker does meanwhile.
    company = Company.objects.get(short_zh="潮汐工控")
    items = [{"id": cast.investor_firm.pk, "score": 1.0, "factors": {"category": 1.0}}]
    RecommendationList.objects.create(run=run, company=company, items=items)
    page.reload()
    page.locator(".match", has_text="远岸资本").get_by_role("link", name="申请引荐").click()
    page.locator("[name=message]").fill("我们为江苏的化工厂保护控制系统。")
    send("申请引荐")
    page.wait_for_url(re.compile(r"/introductions/\d+/"))
    asked = Introduction.objects.get()
    assert (asked.company, asked.investor) == (company, cast.investor_firm)
