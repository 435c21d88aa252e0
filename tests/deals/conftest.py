from datetime import date

import pytest

from companies.models import Company, CompanyCategory
from deals import actions
from deals.models import Deal
from deals.statistics import Scope
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Category, Region, Round, Scheme


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


YEAR = Scope(date(2020, 1, 1), date(2020, 9, 30))


def company(name, place, *categories):
    made = Company.objects.create(
        short_en=name, short_zh=name, region=Region.objects.filter(code=place).first() if place else None
    )
    for number, code in enumerate(categories):
        CompanyCategory.objects.create(company=made, category=Category.objects.get(code=code), is_primary=number == 0)
    return made


def deal(of, day, amount="未透露", round="a", kind="venture", **fields):
    made = Deal(
        company=of,
        announced_on=date.fromisoformat(day),
        round_id=round if kind == "venture" else None,
        kind=kind,
        known_on=date.fromisoformat(day),
        **fields,
    )
    made.amount = parse_amount(amount)
    made.save()
    return made


@pytest.fixture
def market(db):
    other = Scheme.objects.create(code="labels", name_zh="标签", name_en="Labels")
    Category.objects.create(scheme=other, code="energy-label", name_zh="能源", name_en="Energy")

    class Market:
        anshan = company("Anshan", "CN-JS", "security", "devices")
        bolt = company("Bolt", "CN-SC", "devices-robots")
        chip = company("Chip", "", "devices")
        dune = company("Dune", "CN-BJ")
        elm = company("Elm", "USA", "energy-label")

    m = Market
    m.deals = [
        deal(m.anshan, "2020-01-10", "9.5亿元", "a"),
        deal(m.anshan, "2020-07-28", "2亿元", "a_plus"),
        deal(m.bolt, "2020-01-31", "亿元及以上人民币", "c"),
        deal(m.chip, "2020-07-01", "未透露", "seed"),
        deal(m.dune, "2020-04-01", "数千万人民币", "strategic", announced_precision="quarter"),
        deal(m.elm, "2020-09-30", "USD 1.5m", "unknown"),
        # Outside the period or not counted.
        deal(m.bolt, "2019-12-31", "1亿元", "b"),
        deal(m.bolt, "2019-01-05", "1亿元", "a"),
        deal(m.chip, "2020-10-01", "1亿元"),
        deal(m.dune, "2020-02-02", "50亿元", status="rejected", reject_reason="wrong"),
        deal(m.anshan, "2020-08-01", "50亿元", kind="follow_on"),
    ]
    return m
