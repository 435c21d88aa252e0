"""R2 and R3: who was most active, and with whom."""

from functools import partial

import pytest

from deals.models import Deal, Participation
from deals.statistics.claims import FIGURES
from deals.statistics.investors import league
from deals.statistics.syndicates import co_investment
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


def test_who_invests_with_whom_beside_chance(syndicates, market):
    """One round: six places, of the fifteen pairs of places three lie in one event, so a fifth of all pairs meet."""
    Deal.objects.filter(pk__in=[one.pk for one in market.deals[:3]]).update(round="a")
    rows = co_investment(YEAR, enough=1).rows
    assert [(row.first.name_en, row.second.name_en, row.together) for row in rows] == [
        ("Ash", "Beech", 2),
        ("Beech", "Cedar", 1),
    ]
    assert [row.expected for row in rows] == pytest.approx([2 * 3 / 5, 3 * 1 / 5])
    assert rows[0].lift == pytest.approx(2 / 1.2)
    assert [(row.led_by_first, row.led_by_second) for row in rows] == [(0, 2), (1, 0)]
    assert (rows[1].first.deals, rows[1].second.deals) == (3, 2)


def test_who_never_could_have_met_otherwise_meets_as_expected(syndicates):
    """Each event is the only one of its round."""
    assert [row.lift for row in co_investment(YEAR, enough=1).rows] == [1, 1]


@pytest.mark.parametrize(("code", "answer"), [("R2", league), ("R3", partial(co_investment, enough=1))])
def test_the_records_behind(syndicates, code, answer):
    claim, rows = FIGURES[code], answer(YEAR).rows
    assert rows
    for row in rows:
        for column in claim.columns:
            if column.behind:
                assert column.behind(YEAR, row).count() == column.get(row)


def test_only_the_active_are_joined(syndicates):
    """Beech was in three events, Ash and Cedar in two."""
    assert len(co_investment(YEAR, enough=2).rows) == 2
    assert co_investment(YEAR, enough=3).rows == ()
