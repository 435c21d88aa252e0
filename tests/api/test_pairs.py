"""Why (not) over the API."""

from functools import partial

import pytest

from companies.models import Company
from investors.models import Investor
from matching import reading, runs, why_not
from matching.matcher import Matcher
from matching.models import Feedback, Refresh
from tests.matching.markets import build


def address(subject, target) -> str:
    kind = "companies" if isinstance(subject, Company) else "investors"
    return f"/api/v1/{kind}/{subject.pk}/matches/{target.pk}/"


@pytest.fixture
def matched(cast, monkeypatch, settings):
    settings.MATCHING_LIST_LENGTH = 5
    monkeypatch.setattr(runs, "Matcher", partial(Matcher, windows=1, max_queries=30))
    build(companies=40, investors=12, raising=8)
    Refresh.objects.all().delete()
    runs.finish_inline(runs.request().pk)
    cast.founder.language = "en"
    cast.founder.save()
    return cast


def test_a_pair_with_its_score_and_a_pair_without(as_, matched):
    api = as_("founder")
    listed = reading.for_company(matched.company).entries[1].target
    on_list = [entry.target.pk for entry in reading.for_company(matched.company).entries]
    outside = Investor.objects.filter(name_en__startswith="Fund").exclude(pk__in=on_list).first()
    pair = api.get(address(matched.company, outside)).json()
    assert (pair["standing"], pair["length"], pair["bars"]) == ("outside", 5, [])
    assert pair["target"] == {"id": outside.pk, "name": outside.name_en}
    said = why_not.look(matched.company, outside)
    match = pair["match"]
    assert match["rank"] is None and match["score"] == said.entry.score
    assert sum(reason["contribution"] for reason in match["reasons"]) == pytest.approx(match["score"], abs=1e-9)
    beside = pair["comparison"]
    assert (beside["rank"], beside["score"]) == (5, said.comparison.other.score)
    assert beside["differences"][0]["value"] == said.comparison.short.value
    assert {one["field"] for one in pair["advice"]} == {one.field for one in said.advice}
    second = api.get(address(matched.company, listed)).json()
    assert (second["standing"], second["match"]["rank"], second["comparison"]["rank"]) == ("listed", 2, 1)
    # What the other side has hidden is told in no other words than that.
    Feedback.objects.create(company=matched.company, investor=listed, side="investor", kind="hidden")
    barred = api.get(address(matched.company, listed)).json()
    assert barred["bars"] == [{"code": "not_now", "text": "It is not recommended at present."}]
    assert (barred["match"], barred["comparison"], barred["advice"], barred["standing"]) == (None, None, [], "")


def test_before_the_first_run(as_, cast):
    pair = as_("investor").get(address(cast.investor_firm, cast.company)).json()
    assert (pair["run"], pair["match"], [bar["code"] for bar in pair["bars"]]) == (None, None, ["no_run"])


def test_what_is_not_published_is_not_looked_up(as_, cast):
    Investor.objects.filter(pk=cast.investor_firm.pk).update(is_published=False)
    assert as_("founder").get(address(cast.company, cast.investor_firm)).status_code == 404
    assert as_("administrator").get(address(cast.company, cast.investor_firm)).status_code == 200
