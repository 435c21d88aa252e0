"""Notes to what is saved, and institutions side by side."""

import pytest
from django.urls import reverse

from companies.models import Company, Raise
from deals import actions as deals
from deals.models import Deal, Participation
from investors.models import Investor
from matching import actions
from matching.models import Feedback, ModelRun, Publication, RecommendationList, Refresh
from taxonomy.amounts import parse_amount

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(cast):
    """The cast's company with six recommendations: the fund third, the other institution first."""
    run = ModelRun.objects.create(as_of="2026-01-01", status=ModelRun.Status.PUBLISHED)
    Publication.objects.create(run=run)
    firms = [Investor.objects.create(name_en=f"Firm {number}") for number in range(4)]
    order = [cast.other_investor_firm, firms[0], cast.investor_firm, *firms[1:]]
    items = [{"id": firm.pk, "score": 9.0 - at, "factors": {"category": 9.0 - at}} for at, firm in enumerate(order)]
    RecommendationList.objects.create(run=run, company=cast.company, items=items)
    for at, amount in enumerate(("1000万元", "2000万元", "3000万元")):
        deal = Deal(company=cast.other_company, round_id="b" if at else "a", announced_on=f"2020-0{at + 1}-01")
        deal.known_on, deal.amount = deal.announced_on, parse_amount(amount)
        deal.save()
        Participation.objects.create(deal=deal, investor=cast.investor_firm)
    return cast, firms


@pytest.fixture
def founder(client, listed):
    cast, _firms = listed
    cast.founder.language = "en"
    cast.founder.save()
    client.force_login(cast.founder)
    return client


def compared(client, cast, *firms):
    return client.get(reverse("matching:compare", args=[cast.company.pk]), {"with": [firm.pk for firm in firms]})


def test_they_stand_in_the_order_of_the_list_with_what_is_known_of_each(founder, listed):
    cast, _firms = listed
    stranger = Investor.objects.create(name_en="Off the list")
    page = compared(founder, cast, stranger, cast.investor_firm, cast.other_investor_firm)
    names = [column.entry.target.name for column in page.context["columns"]]
    assert names == ["Northwood Ventures", "Far Shore Capital", "Off the list"]
    text = page.text
    for part in ("not on your list", "CNY 5–30 million", "CNY 15–25 million", "3 since 2016", "Series B", "66.7%"):
        assert part in text, part
    assert "Your thesis" not in text and text.count("Nothing declared") == 2


def test_four_at_most_and_two_at_least(founder, listed):
    cast, firms = listed
    page = compared(founder, cast, *firms, cast.investor_firm)
    assert len(page.context["columns"]) == 4 and "1 is left out" in page.text
    assert cast.investor_firm not in [column.entry.target for column in page.context["columns"]]
    for query in ([], [firms[0].pk], ["x", "9" * 30, firms[0].pk, firms[0].pk]):
        away = founder.get(reverse("matching:compare", args=[cast.company.pk]), {"with": query})
        assert away.headers["Location"] == reverse("matching:for_company", args=[cast.company.pk])


def test_an_introduction_is_shown_in_place_of_the_button(founder, listed):
    cast, firms = listed
    deals.ask_introduction(cast.founder, cast.company, firms[0], "Shall we meet?")
    text = compared(founder, cast, *firms[:2]).text
    assert "Waiting for an answer" in text and text.count("/introductions/new/") == 1


def test_companies_side_by_side_for_an_institution(client, listed):
    cast, _firms = listed
    run = ModelRun.objects.get()
    items = [{"id": cast.company.pk, "score": 1.0, "factors": {"category": 1.0}}]
    RecommendationList.objects.create(run=run, investor=cast.investor_firm, items=items)
    further = [Company.objects.create(short_en=f"Further {number}") for number in range(4)]
    Raise.objects.update(amount_audience=Raise.Audience.INTRODUCED)
    client.cookies["language"] = "en"
    client.force_login(cast.investor)
    url = reverse("matching:compare_companies", args=[cast.investor_firm.pk])
    page = client.get(url, {"with": [cast.other_company.pk, cast.company.pk]})
    assert [column.entry.target for column in page.context["columns"]] == [cast.company, cast.other_company]
    text = page.text
    for part in ("Series A", "amount not open to you", "Jiangsu", "not raising", "CNY 30 million", "not on your list"):
        assert part in text, part
    assert "20 million" not in text and "工业防火墙" in text
    assert f"?company={cast.company.pk}&amp;investor={cast.investor_firm.pk}" in text
    many = client.get(url, {"with": [cast.company.pk, *(one.pk for one in further)]})
    assert len(many.context["columns"]) == 4 and many.context["left_out"] == 1
    assert client.get(url, {"with": cast.company.pk}).url == reverse(
        "matching:for_investor", args=[cast.investor_firm.pk]
    )
    assert 'form="compare"' in client.get(reverse("matching:for_investor", args=[cast.investor_firm.pk])).text


def test_a_note_stands_beside_what_is_saved(founder, listed):
    cast, firms = listed
    pair = (cast.company, firms[0], "company")
    said = {"company": cast.company.pk, "investor": firms[0].pk, "side": "company"}
    write = reverse("matching:note")
    missing = founder.post(write, said | {"note": "Too early"}, follow=True)
    assert "Save the entry first" in missing.text
    actions.answer(cast.founder, *pair, Feedback.Kind.SAVED)
    Refresh.objects.all().delete()
    founder.post(write, said | {"note": "Partner <Lin> knows valves"})
    assert not Refresh.objects.exists(), "nobody is matched again for a note"
    feed = reverse("matching:for_company", args=[cast.company.pk])
    saved = founder.get(feed, {"show": "saved"}).text
    assert "Partner &lt;Lin&gt; knows valves" in saved and "Change the note" in saved
    assert "Partner &lt;Lin&gt;" in compared(founder, cast, *firms[:2]).text
    # Another answer does not lose it.
    actions.answer(cast.founder, *pair, Feedback.Kind.PASSED, "quality")
    assert Feedback.objects.get().note
    refused = founder.post(write, said | {"note": "x" * 501})
    assert refused.status_code == 400


def test_notes_are_read_by_the_own_side_alone(client, listed):
    cast, firms = listed
    actions.answer(cast.founder, cast.company, firms[0], "company", Feedback.Kind.SAVED, note="A secret")
    feed = reverse("matching:for_company", args=[cast.company.pk])
    for user, reads in ((cast.company_viewer, True), (cast.administrator, False)):
        client.force_login(user)
        assert ("A secret" in client.get(feed, {"show": "saved"}).text) == reads
        assert ("A secret" in compared(client, cast, *firms[:2]).text) == reads
