import pytest
from django.utils import timezone

from deals.models import Deal, Participation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_column_of_the_deals_is_cut_off_on_a_desk(visit, cast, language):
    """Not by the longest name of a round, a company or an institution."""
    cast.company.short_en = "Panshi Industrial Control Security"
    cast.company.save()
    cast.investor_firm.name_en = "Far Shore Smart Manufacturing Guidance Fund"
    cast.investor_firm.save()
    today = timezone.localdate()
    for round_, amount in (("venture", 10_000_000), ("c_later", 123_450_000)):
        deal = Deal.objects.create(
            company=cast.company,
            round_id=round_,
            announced_on=today,
            amount_kind="range",
            amount_low=amount,
            amount_high=amount * 10,
            currency_id="CNY",
        )
        Participation.objects.create(deal=deal, investor=cast.investor_firm, is_lead=True)
    visitor = visit(cast.investor, language=language)
    visitor.open("/deals/")
    hidden = "nodes => Math.max(...nodes.map(node => node.scrollWidth - node.clientWidth))"
    assert visitor.page.locator(".table-wrap").evaluate_all(hidden) <= 0
