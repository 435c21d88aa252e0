"""The board by mouse and by keyboard."""

import pytest

from deals import pipeline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_card_is_dragged_moved_by_keys_and_passed_with_a_reason(visit, cast):
    card, _made = pipeline.add(cast.investor, cast.investor_firm, cast.other_company)
    visitor = visit(cast.investor, language="en")
    page = visitor.page
    visitor.open(f"/pipeline/{cast.investor_firm.pk}/")

    def stands_at(stage):
        page.locator(f"[data-drop={stage}] #card-{card.pk}").wait_for()
        card.refresh_from_db()
        assert card.stage == stage

    page.drag_and_drop(f"#card-{card.pk} .board-what", "[data-drop=meeting]")
    stands_at("meeting")
    name = page.get_by_role("link", name="Yunfan Robotics")
    name.focus()
    page.keyboard.press("Shift+ArrowRight")
    stands_at("diligence")
    # The focus has gone with the card.
    page.locator(f"#card-{card.pk} a:focus").wait_for()
    page.keyboard.press("Shift+ArrowLeft")
    stands_at("meeting")
    # To pass wants a reason: the menu asks, and says so when none is chosen.
    page.drag_and_drop(f"#card-{card.pk} .board-what", "[data-drop=passed]")
    page.locator(f"#why-{card.pk}:focus").wait_for()
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("Say why you pass").wait_for()
    page.locator(f"#why-{card.pk}").select_option("ticket")
    page.get_by_role("button", name="Move", exact=True).click()
    stands_at("passed")
    page.get_by_role("button", name="Undo").click()
    stands_at("meeting")
    # Invested: the form of the deal.
    page.drag_and_drop(f"#card-{card.pk} .board-what", "[data-drop=invested]")
    page.wait_for_url("**/deals/new/**")
    assert "Yunfan Robotics" in page.locator("[name=company]").input_value()


def test_board_and_table_fit_a_phone(visit, cast):
    pipeline.add(cast.investor, cast.investor_firm, cast.other_company)
    visitor = visit(cast.investor, width=390)
    for path in (f"/pipeline/{cast.investor_firm.pk}/", f"/pipeline/{cast.investor_firm.pk}/table/"):
        visitor.open(path)
        assert visitor.overflow() <= 0
