from datetime import date

import pytest
from django.utils import timezone

from companies.models import Company, Raise
from deals import actions
from deals.models import Deal
from matching.models import Feedback, ModelRun, Publication, RecommendationList
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Round

FACTORS = {"base": -1.0, "category": 0.75, "ticket": -0.5, "portfolio": 0.25}


@pytest.fixture
def published(cast):
    """A published run that recommends the cast's company and the two institutions to each other."""
    run = ModelRun.objects.create(as_of=date(2026, 1, 1), status=ModelRun.Status.PUBLISHED, finished_at=timezone.now())
    items = [
        {"id": investor.pk, "score": sum(FACTORS.values()), "factors": FACTORS}
        for investor in (cast.investor_firm, cast.other_investor_firm)
    ]
    RecommendationList.objects.create(run=run, company=cast.company, items=items)
    item = {"id": cast.company.pk, "score": sum(FACTORS.values()), "factors": FACTORS}
    for investor in (cast.investor_firm, cast.other_investor_firm):
        RecommendationList.objects.create(run=run, investor=investor, items=[item])
    Publication.objects.create(run=run)
    return run


def of(party) -> str:
    return f"/api/v1/{'companies' if isinstance(party, Company) else 'investors'}/{party.pk}/recommendations/"


def record(cast, company, investor, **fields):
    given = {
        "company": company,
        "round": Round.objects.get(pk="a"),
        "announced": parse_date("2024-07"),
        "amount": parse_amount("7654万元"),
        "investors": [(investor, True)],
    }
    return actions.record_deal(cast.administrator, **given | fields)


def test_before_the_first_run_there_is_an_empty_list(as_, cast):
    page = as_("founder").get(of(cast.company)).json()
    assert (page["run"], page["count"], page["results"]) == (None, 0, [])


def test_reasons_are_coded_worded_and_sum_to_the_score(as_, cast, published):
    cast.founder.language = "en"
    cast.founder.save()
    page = as_("founder").get(of(cast.company), {"page_size": 1}).json()
    assert (page["run"], page["as_of"], page["count"]) == (published.pk, "2026-01-01", 2)
    assert page["next"].endswith("page=2&page_size=1")
    (first,) = page["results"]
    assert (first["rank"], first["target"]) == (1, {"id": cast.investor_firm.pk, "name": "Far Shore Capital"})
    assert sum(reason["contribution"] for reason in first["reasons"]) == pytest.approx(first["score"])
    assert [reason["factor"] for reason in first["reasons"]] == ["category", "ticket", "portfolio", "base"]
    assert first["reasons"][0]["name"] == "Category"


def test_an_answer_is_kept_shown_and_taken_back(as_, cast, published):
    founder = as_("founder")
    body = {"company": cast.company.pk, "investor": cast.investor_firm.pk, "side": "company"}
    assert founder.post("/api/v1/feedback/", body | {"kind": "passed"}, format="json").status_code == 400
    passed = founder.post("/api/v1/feedback/", body | {"kind": "passed", "reason": "ticket"}, format="json")
    assert passed.json()["reason"] == "ticket"
    assert founder.get(of(cast.company)).json()["count"] == 1
    assert founder.get(of(cast.company), {"show": "answered"}).json()["results"][0]["feedback"]["kind"] == "passed"
    assert founder.post("/api/v1/feedback/", body | {"kind": "none"}, format="json").status_code == 204
    assert founder.get(of(cast.company)).json()["count"] == 2
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(("parameter", "status"), [("show=all", 400), ("page=9", 404), ("page=x", 404)])
def test_a_parameter_that_makes_no_sense_is_refused(as_, cast, published, parameter, status):
    assert as_("founder").get(f"{of(cast.company)}?{parameter}").status_code == status


def test_reasons_tell_no_amount_that_the_reader_may_not_see(as_, cast, published):
    record(cast, cast.other_company, cast.other_investor_firm, amount_audience=Deal.Audience.PARTIES)
    Raise.objects.update(amount_low=87_650_000, amount_high=87_650_000, amount_audience=Raise.Audience.INTRODUCED)

    # Sums of deals are given in two digits: 7,654 becomes 7,700. What somebody asks for is quoted as entered.
    def told(reader, party) -> str:
        return as_(reader).get(of(party)).content.decode()

    assert "7,700" not in told("founder", cast.company)
    assert "8,765" not in told("investor", cast.investor_firm)
    assert "8,765" not in told("other_investor", cast.other_investor_firm)
    # What is open is told.
    Deal.objects.update(amount_audience=Deal.Audience.EVERYONE)
    Raise.objects.update(amount_audience=Raise.Audience.INVESTORS)
    assert "7,700" in told("founder", cast.company)
    assert "8,765" in told("other_investor", cast.other_investor_firm)


def test_reasons_name_no_company_that_is_not_published(as_, cast, published):
    kept_back = Company.objects.create(short_zh="隐山科技", short_en="Hidden Hill", region=cast.company.region)
    kept_back.category_links.create(category=cast.security, is_primary=True)
    record(cast, kept_back, cast.investor_firm)
    assert "隐山" in as_("founder").get(of(cast.company)).content.decode()
    Company.objects.filter(pk=kept_back.pk).update(is_published=False)
    assert "隐山" not in as_("founder").get(of(cast.company)).content.decode()
