from datetime import date

import pytest

from deals import actions
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Round


@pytest.fixture
def asked(cast):
    """The founder asks the fund."""
    return actions.ask_introduction(
        cast.founder, cast.company, cast.investor_firm, "We would like to show you our gateway."
    )


@pytest.fixture
def accepted(cast, asked):
    return actions.accept(cast.investor, asked)


@pytest.fixture
def record(cast):
    """Record a deal of the cast's company; keywords change what is recorded."""

    def make(user=None, **fields):
        given = {
            "company": cast.company,
            "kind": "venture",
            "round": Round.objects.get(pk="a"),
            "announced": parse_date("2020-07-22"),
            "amount": parse_amount("1500万元"),
            "investors": [(cast.investor_firm, True)],
        }
        return actions.record_deal(user or cast.founder, **given | fields)

    return make


@pytest.fixture
def today(monkeypatch):
    """The day on which the tests of deadlines play."""
    day = date(2026, 3, 2)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: day)
    return day
