import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1440])
def test_the_reference_of_the_api_renders_under_the_policy(visit, width, cast):
    """And what it offers to try is answered for the person who is logged in."""
    visitor = visit(cast.founder, width=width)
    visitor.open("/api/docs/")
    page = visitor.page
    page.get_by_role("button", name="GET /api/v1/rounds/", exact=True).click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table").get_by_text('"count"').wait_for()
