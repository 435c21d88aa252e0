from datetime import date
from decimal import Decimal

import pytest

from companies.models import Company
from deals.models import Listing
from deals.statistics.claims import CLAIMS
from deals.statistics.rows import Figure, ShareRow
from taxonomy.amounts import parse_amount
from taxonomy.models import ExchangeRate
from tests.deals.conftest import YEAR, deal


def listing(of, board, day, offering=None, value=None, value_on=None, **fields):
    """A listing known since its day; `value` is its market value as text, `offering` what it raised, as text."""
    worth = parse_amount(value) if value else None
    return Listing.objects.create(
        company=of,
        board_id=board,
        listed_on=date.fromisoformat(day),
        known_on=date.fromisoformat(day),
        offering=deal(of, day, offering, kind="ipo") if offering else None,
        market_value=worth and worth.low,
        market_value_currency_id=worth and worth.currency,
        market_value_on=value_on,
        **fields,
    )


@pytest.fixture
def market(market):
    """The market of `tests.deals`, in which four companies are listed and a fifth will be; Anshan incubated Bolt."""
    m = market
    m.listings = [
        listing(
            m.anshan, "star", "2019-08-01", "10亿元", "100亿元", "2020-09-30",
            filed_on="2019-04-03", cleared_on="2019-07-01",
        ),
        listing(m.anshan, "sse_main", "2019-11-11"),
        listing(m.bolt, "hkex", "2018-01-01", listed_precision="year", filed_on="2017-01-01"),
        listing(m.bolt, "star", "2020-08-03", "超过5亿元", "20亿元", "2020-10-01", filed_on="2020-03-01"),
        listing(m.chip, "chinext", "2020-08-02"),
        listing(m.elm, "nasdaq", "2020-03-02"),
        # After the period.
        listing(m.dune, "star", "2020-10-01"),
    ]  # fmt: skip
    m.rights_issue = deal(m.anshan, "2020-09-09", kind="rights_issue")
    Company.objects.filter(pk=m.bolt.pk).update(parent=m.anshan)
    return m


def answer(code, scope=YEAR):
    """The figure of a question."""
    return CLAIMS[code].answer(scope)


def holds(code, *rows):
    """Whether a figure of these rows agrees with the study."""
    return CLAIMS[code].holds(Figure(code, YEAR, tuple(rows)))


def category(key, events, companies=None):
    of = companies if companies is not None else events
    return ShareRow(key, "", "", events=events, companies=of, of_companies=302)


def rates(currency, **cny_since):
    """Replace the rates of a currency: `since_2019_01_01="7"`."""
    ExchangeRate.objects.filter(currency=currency).delete()
    for day, cny in cny_since.items():
        on = date(*map(int, day.split("_")[1:]))
        ExchangeRate.objects.create(currency_id=currency, date=on, cny=Decimal(cny))
