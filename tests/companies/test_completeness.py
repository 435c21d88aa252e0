from django.urls import reverse

from companies import completeness
from companies.models import Company
from investors import completeness as of_investors


def test_a_new_field_moves_the_meter_by_its_points(cast):
    company = Company.objects.for_page().get(pk=cast.company.pk)
    meter = completeness.of(company)
    # Place, raise, amount, category, city, address: what the cast's company states.
    assert meter.percent == 22 + 20 + 16 + 10 + 4 + 4
    assert meter.missing[0].url.endswith("#id_keywords")
    company.keywords = ["firewall"]
    assert completeness.of(company).percent == meter.percent + 8
    assert sum(part.points for part in meter.parts) == 100


def test_without_a_raise_opening_one_comes_first(cast):
    cast.raise_.end("closed")
    (first, *_rest) = completeness.of(Company.objects.for_page().get(pk=cast.company.pk)).missing
    assert first.url == reverse("companies:raise_create", args=[cast.company.pk])


def test_theses_count_together(cast):
    meter = of_investors.of(cast.investor_firm)
    assert sum(part.points for part in meter.parts) == 100
    assert meter.missing[0].points == 24
    second = cast.investor_firm.theses.create(title="East")
    second.regions.add(cast.company.region)
    assert of_investors.of(cast.investor_firm).percent == meter.percent + 24


def test_only_its_editors_see_the_meter(client, cast):
    for user, seen in ((cast.founder, True), (cast.company_viewer, False), (cast.investor, False)):
        client.force_login(user)
        assert ("#id_keywords" in client.get(cast.company.get_absolute_url()).text) is seen
