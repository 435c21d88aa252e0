"""A company's description suggests its categories while it is typed."""

import pytest
from playwright.sync_api import expect

from accounts import drafts
from taxonomy.models import Category

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("language", "field", "text", "code"),
    [
        ("zh-hans", "description_zh", "面向工厂的机器视觉检测，用工业相机发现玻璃缺陷", "devices-vision"),
        ("en", "summary_en", "Driverless forklifts and sorting for warehouses", "devices-logistics"),
    ],
)
def test_typing_offers_the_category_and_a_click_selects_it(visit, cast, language, field, text, code):
    category = Category.objects.get(code=code)
    name = category.name_en if language == "en" else category.name_zh
    visitor = visit(cast.founder, language=language)
    page = visitor.page
    drafts.keep(cast.founder, "company", {"short_zh": "泵", "region": cast.company.region_id}, "what")
    visitor.open("/companies/new/what/")
    expect(page.locator("#suggested-categories")).to_be_empty()
    page.locator(f"#id_{field}").press_sequentially(text, delay=5)
    button = page.locator("#suggested-categories").get_by_role("button", name=name, exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(page.locator("#id_primary")).to_have_value(str(category.pk))
    expect(button).to_have_attribute("aria-pressed", "true")
    page.locator("#id_primary").select_option(str(Category.objects.get(code="platform-data").pk))
    expect(button).to_have_attribute("aria-pressed", "false")
    page.locator(f"#id_{field}").fill("")
    expect(page.locator("#suggested-categories button")).to_have_count(0)
