"""Taking away what the strongest factor rests on, through the product: the score loses what the factor said."""

from functools import partial

import pytest

from companies.models import Company
from matching import reading, refreshing, runs
from matching.lists import DIGITS
from matching.matcher import Matcher
from matching.models import Refresh
from tests.matching.markets import build

pytestmark = pytest.mark.django_db

# What else the place of a company speaks of, beside its own factor: who knows it as well, and among whom the likeness to
# single deals that is left is shared out anew.
MOVED_BY_PLACE = {"portfolio", "activity", "thesis", "category", "round", "ticket"}


@pytest.fixture
def matched(monkeypatch):
    """Eight companies that raise, before institutions that keep to one province each."""
    monkeypatch.setattr(runs, "Matcher", partial(Matcher, windows=1, max_queries=40))
    companies, firms = build(companies=50, investors=16, raising=8, local=True)
    Refresh.objects.all().delete()
    runs.finish_inline(runs.request().pk)
    return companies[:8], firms


def strongest(entry: reading.Entry) -> str:
    return max((name for name in entry.factors if name != "base"), key=lambda name: entry.factors[name])


def after_a_change(company: Company, target) -> reading.Entry:
    while refreshing.refresh_next():
        pass
    return next(entry for entry in reading.for_company(company).entries if entry.target == target)


def test_without_the_thesis_the_score_falls_by_exactly_what_the_thesis_said(matched):
    companies, firms = matched
    pairs = ((company, entry) for company in companies for entry in reading.for_company(company).entries)
    company, before = next(
        (company, entry) for company, entry in pairs if strongest(entry) == "thesis" and entry.target in firms
    )
    assert before.factors["thesis"] > 1
    thesis = before.target.theses.get()
    thesis.is_active = False
    thesis.save()
    after = after_a_change(company, before.target)
    assert {**after.factors, "thesis": before.factors["thesis"]} == before.factors
    assert before.score - after.score == pytest.approx(before.factors["thesis"], abs=1e-9)


def test_without_the_place_the_score_loses_what_the_place_said_and_what_else_knew_of_it(matched):
    """Of what a company states, its place carries these pairs; likeness to single deals knows of it too."""
    companies, _firms = matched
    for company in companies[:4]:
        before = reading.for_company(company).entries[0]
        stated = {name: before.factors.get(name, 0) for name in ("category", "round", "ticket", "place", "text")}
        assert max(stated, key=stated.get) == "place" and stated["place"] > 0.3
        company.region = None
        company.save()
        after = after_a_change(company, before.target)
        lost = {
            name: round(before.factors.get(name, 0) - after.factors.get(name, 0), DIGITS)
            for name in {*before.factors, *after.factors}
        }
        assert lost.pop("place") == before.factors["place"]
        assert {name for name, value in lost.items() if value} <= MOVED_BY_PLACE
        fall = before.score - after.score
        assert fall == pytest.approx(before.factors["place"] + sum(lost.values()), abs=1e-9)
        # Likeness to single deals weighs more here than the place alone: the factor says the least that is lost.
        assert fall > before.factors["place"]
