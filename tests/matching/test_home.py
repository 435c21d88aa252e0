"""The best of the recommendations, on the home page."""

from django.urls import reverse

from deals.actions import ask_introduction
from investors.models import Investor
from matching.models import ModelRun, Publication, RecommendationList


def test_who_was_asked_already_gives_way_to_the_next(client, cast):
    run = ModelRun.objects.create(as_of="2026-01-01", status=ModelRun.Status.PUBLISHED)
    Publication.objects.create(run=run)
    firms = [cast.investor_firm, *(Investor.objects.create(name_en=f"Fund {number}") for number in range(3))]
    items = [{"id": firm.pk, "score": 1.0, "factors": {"category": 1.0}} for firm in firms]
    RecommendationList.objects.create(run=run, company=cast.company, items=items)
    client.force_login(cast.founder)

    def best() -> list[Investor]:
        page = client.get(reverse("home")).text
        return [firm for firm in firms if f'href="{firm.get_absolute_url()}"' in page]

    assert best() == firms[:3]
    ask_introduction(cast.founder, cast.company, firms[0], "Shall we meet?", cast.raise_)
    assert best() == firms[1:]
