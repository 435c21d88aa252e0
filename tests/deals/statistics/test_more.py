"""R2 and R3: who was most active, and with whom."""

import pytest

from deals.models import Participation
from deals.statistics.claims import FIGURES
from deals.statistics.investors import co_investment
from investors.models import Investor
from tests.deals.conftest import YEAR


@pytest.fixture
def syndicates(market):
    """Ash and Beech are in two events together, Beech and Cedar in one; Cedar and Ash meet only before the period."""
    firms = {name: Investor.objects.create(name_en=name, type="venture") for name in ("Ash", "Beech", "Cedar")}
    for position, names in [(0, "Ash Beech"), (1, "Ash Beech"), (2, "Beech Cedar"), (3, "Cedar"), (6, "Ash Cedar")]:
        for name in names.split():
            Participation.objects.create(deal=market.deals[position], investor=firms[name], is_lead=name == "Beech")
    return firms


def test_who_invests_with_whom(syndicates):
    rows = co_investment(YEAR).rows
    assert [(row.first.name_en, row.second.name_en, row.together) for row in rows] == [
        ("Ash", "Beech", 2),
        ("Beech", "Cedar", 1),
    ]
    assert (rows[1].first.deals, rows[1].second.deals) == (3, 2)


@pytest.mark.parametrize("code", ["R2", "R3"])
def test_the_records_behind(syndicates, code):
    claim = FIGURES[code]
    rows = claim.answer(YEAR).rows
    assert rows
    for row in rows:
        for column in claim.columns:
            if column.behind:
                assert column.behind(YEAR, row).count() == column.get(row)


def test_only_the_most_active_are_joined(syndicates):
    assert co_investment(YEAR, most_active=2).rows[0].together == 2
    assert len(co_investment(YEAR, most_active=2).rows) == 1
