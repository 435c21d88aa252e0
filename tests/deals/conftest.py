from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from companies.models import Company, CompanyCategory, Raise
from deals import actions
from deals.models import Deal, Introduction, Participation
from deals.statistics import Scope
from investors.models import Investor, Thesis
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


def thesis(of, categories=(), excluded=(), rounds=(), regions=(), ticket=(None, None), **fields):
    made = Thesis.objects.create(investor=of, ticket_low=ticket[0], ticket_high=ticket[1], **fields)
    made.categories.set(Category.objects.filter(code__in=categories))
    made.excluded.set(Category.objects.filter(code__in=excluded))
    made.rounds.set(rounds)
    made.regions.set(Region.objects.filter(code__in=regions))
    return made


def raised(of, round, opened, low=None, audience="members", **fields):
    return Raise.objects.create(
        company=of,
        round_id=round,
        opened_on=date.fromisoformat(opened),
        amount_low=low,
        amount_audience=audience,
        **fields,
    )


def met(company, investor, asked, side="company", status="asked", days=None, **fields):
    """An introduction asked at noon of a day; answered `days` later where it is no longer waiting."""
    noon = datetime.fromisoformat(f"{asked}T12:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return Introduction.objects.create(
        company=company,
        investor=investor,
        asked_side=side,
        message="Shall we meet?",
        status=status,
        asked_at=noon,
        expires_on=noon.date() + timedelta(14),
        answered_at=None if status == "asked" else noon + timedelta(days=days),
        decline_reason="timing" if status == "declined" else "",
        **fields,
    )


@pytest.fixture
def populated(market):
    """The market with five institutions, what they look for, open raises, and who asked whom to meet."""
    m = market
    m.alder = Investor.objects.create(name_en="Alder", name_zh="桤木", type="large_venture")
    m.birch = Investor.objects.create(name_en="Birch", name_zh="白桦", type="venture")
    m.cedar = Investor.objects.create(name_en="Cedar", name_zh="雪松", type="government")
    m.fir = Investor.objects.create(name_en="Fir", name_zh="冷杉", type="corporate")
    m.dogwood = Investor.objects.create(name_en="Dogwood", name_zh="山茱萸", type="venture")
    for firm, position, led in [
        (m.alder, 0, True), (m.alder, 2, False), (m.alder, 3, True), (m.birch, 7, True), (m.birch, 2, None),
        (m.cedar, 1, True), (m.fir, 6, True), (m.fir, 9, True), (m.dogwood, 8, True),
    ]:  # fmt: skip
        Participation.objects.create(deal=m.deals[position], investor=firm, is_lead=led)
    m.theses = [
        thesis(m.birch, ["devices-robots"], rounds=["c", "d"], regions=["CN-WEST"], ticket=(5_000_000, 50_000_000)),
        thesis(m.cedar, ["security"], ["devices"], ["a_plus", "b"], ["CN-JS"], (10_000_000, 20_000_000)),
        thesis(m.dogwood, ["software", "services-solutions"]),
        thesis(m.dogwood, ["network"], is_active=False),
    ]
    m.raises = [
        raised(m.anshan, "b", "2020-08-01", 100_000_000),
        raised(m.bolt, "d", "2020-06-01", 600_000_000, status="closed", ended_on=date(2020, 12, 1)),
        raised(m.chip, "angel", "2020-09-01", 3_000_000, "investors"),
        # Without a category, over before the day, and not yet open.
        raised(m.dune, "a", "2020-09-01", 9_000_000),
        raised(m.elm, "a", "2020-01-01", status="withdrawn", ended_on=date(2020, 5, 1)),
        raised(m.bolt, "pre_ipo", "2020-12-02"),
    ]
    m.meetings = [
        met(m.anshan, m.alder, "2020-02-01", status="accepted", days=4),
        met(m.anshan, m.birch, "2020-02-03", status="declined", days=1),
        met(m.chip, m.alder, "2020-09-10", status="accepted", days=60),
        met(m.bolt, m.cedar, "2020-05-01", status="expired", days=15),
        met(m.bolt, m.birch, "2020-03-01", "investor", "accepted", 10),
        met(m.chip, m.birch, "2020-03-05", "investor", "declined", 2),
        met(m.dune, m.birch, "2020-03-06", "investor", "withdrawn", 3),
        met(m.anshan, m.alder, "2020-08-01", "investor", "expired", 15),
        # Outside the period.
        met(m.chip, m.cedar, "2019-12-31", status="accepted", days=20),
        met(m.dune, m.alder, "2020-10-01", "investor"),
    ]
    return m
