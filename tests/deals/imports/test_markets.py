"""The two real markets, whole. They lie beside the checkout, or where MARKETS_DIR says; absent, these tests are left out."""

import csv
import json
import os
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from companies.models import Company
from deals.imports.actions import import_market
from deals.models import Deal, Listing, Participation
from deals.statistics.topics import TOPICS
from investors.models import Investor, Thesis
from taxonomy.facts import AmountKind
from tests.deals.imports.by_hand import ByHand

MARKETS = Path(os.environ.get("MARKETS_DIR") or Path(settings.BASE_DIR).parent / "shared" / "data")
ROUNDS = {
    "angel": "天使轮", "series-a": "A轮", "series-b": "B轮", "series-c+": "C轮及以后", "private-equity": "私募股权",
    "venture": "风险投资（未分轮次）", "crowdfunding": "众筹", "other": "轮次不明",
    "": "轮次不明",
}  # fmt: skip
pytestmark = [
    pytest.mark.market,
    pytest.mark.django_db,
    pytest.mark.skipif(not MARKETS.is_dir(), reason=f"no real markets at {MARKETS}"),
]


def counts(source: str) -> dict[str, int]:
    return {
        "companies": Company.objects.filter(source__code=source).count(),
        "investors": Investor.objects.filter(source__code=source).count(),
        "deals": Deal.objects.filter(source__code=source).count(),
        "participations": Participation.objects.filter(deal__source__code=source).count(),
    }


def rows(source: str, file: str) -> list[dict]:
    with (MARKETS / source / f"{file}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


class Reader:
    """An analyst who reads figures and pages of one period."""

    def __init__(self, client, first: str, last: str):
        user, _made = User.objects.get_or_create(email="ana@example.com", defaults={"role": User.Role.ANALYST})
        client.force_login(user)
        self.client, self.period = client, {"since": first, "until": last}

    def figure(self, code: str) -> dict:
        answer = self.client.get(reverse("deals:figure_file", args=[code, "json"]), self.period)
        assert answer.status_code == 200
        return json.loads(answer.content)

    def column(self, code: str, name: str, by: str = "name") -> dict:
        """Return the values of a column that are not zero, by those of another."""
        return {row[by]: row[name] for row in self.figure(code)["rows"] if row[name]}

    def opens_every_page(self) -> None:
        pages = [reverse("deals:statistics"), reverse("deals:study")]
        pages += [reverse("deals:topic", args=[code]) for code in TOPICS]
        for language in ("zh-hans", "en"):
            for page in pages:
                answer = self.client.get(page, self.period, headers={"accept-language": language})
                assert answer.status_code == 200, page

    def agrees_with(self, hand: ByHand, rounds: dict[str, str]) -> None:
        """The figures that any market has; `rounds` names the round of each label of the source."""
        (events,) = self.figure("V1")["rows"]
        assert {name: events[name] for name in ("events", "companies")} == hand.events()
        assert self.column("V3", "events", by="month") == hand.by_month()
        expected = Counter()
        for label, count in hand.by("round").items():
            expected[rounds.get(label, label)] += count
        assert self.column("V4", "events") == expected
        (active,) = self.figure("I1")["rows"]
        assert (active["active"], active["new"]) == (hand.active(), hand.new())
        assert [row["events"] for row in self.figure("R2")["rows"]] == hand.most_events()
        assert len({row["name"] for row in self.figure("V12")["rows"]}) == hand.several()


def test_a_chinese_market(client):
    source = "itjuzi-2015h1"
    call_command("import_market", str(MARKETS / source))
    assert counts(source) == {"companies": 6878, "investors": 1118, "deals": 9522, "participations": 10793}

    # Every band of the source is a bound, a range or undisclosed, and every number is exact.
    deals = {deal.source_ref: deal for deal in Deal.objects.filter(source__code=source)}
    expected = {"数": AmountKind.RANGE, "亿元及以上": AmountKind.AT_LEAST, "未透露": AmountKind.UNDISCLOSED}
    for row in rows(source, "deals"):
        deal = deals[row["deal_id"]]
        if not row["currency"]:
            kind = AmountKind.UNDISCLOSED
        elif row["amount"]:
            kind = AmountKind.EXACT
        else:
            kind = next(kind for start, kind in expected.items() if row["amount_text"].startswith(start))
        assert deal.amount_kind == kind, row
        assert deal.amount_text == row["amount_text"]
        assert deal.round_label == row["round"]
        assert deal.amount_kind != AmountKind.EXACT or deal.amount_low == int(row["amount"])

    # No round is lost to the taxonomy except where the source itself does not know it.
    unclear = set(Deal.objects.filter(round="unknown").values_list("round_label", flat=True))
    assert len(unclear) == 1
    listed = [row for row in rows(source, "deals") if row["round"] in {"IPO上市", "新三板"}]
    assert Listing.objects.filter(source__code=source).count() == len(listed) == 96
    assert Deal.objects.filter(source__code=source, kind=Deal.Kind.FOLLOW_ON).count() == 47
    assert not Company.objects.filter(source__code=source, region=None).exists()

    declaring = [row for row in rows(source, "investors") if row["categories"] or row["stages"] or row["regions"]]
    assert Thesis.objects.filter(source__code=source).count() == len(declaring)

    again = import_market(MARKETS / source, source)
    assert again.changes == 0
    assert (again.places, again.categories) == (0, 0)

    hand = ByHand(MARKETS / source, "2014-01-01", "2014-12-31", {"IPO上市", "IPO上市后", "新三板"})
    reader = Reader(client, "2014-01-01", "2014-12-31")
    reader.agrees_with(hand, {"F轮-上市前": "Pre-IPO轮", "不明确": "轮次不明"})
    assert reader.column("V5", "events") == hand.by("categories")
    assert reader.column("V7", "events") == hand.by("region")
    reader.opens_every_page()


# The other market is read on every database.
@pytest.mark.one_database
def test_a_worldwide_market(client):
    source = "crunchbase-2013"
    report = import_market(MARKETS / source, source, attribution="Data: Crunchbase 2013 Snapshot, CC-BY")
    assert counts(source) == {"companies": 20060, "investors": 10175, "deals": 30712, "participations": 67044}
    assert set(report.unmapped) == {"country"}
    assert sum(report.unmapped["country"].values()) == 5
    kinds = {kind: Deal.objects.filter(kind=kind).count() for kind in (Deal.Kind.VENTURE, Deal.Kind.FOLLOW_ON)}
    assert kinds == {Deal.Kind.VENTURE: 30712 - 21, Deal.Kind.FOLLOW_ON: 21}
    assert Deal.objects.filter(amount_kind=AmountKind.EXACT).count() == 26496
    assert import_market(MARKETS / source, source).changes == 0

    hand = ByHand(MARKETS / source, "2012-01-01", "2012-12-31", {"post-ipo"})
    reader = Reader(client, "2012-01-01", "2012-12-31")
    reader.agrees_with(hand, ROUNDS)
    # All amounts are exact there, so the bound is the sum.
    (total,) = reader.figure("V2")["rows"]
    assert total["amount"]["low"] == pytest.approx(hand.total(), abs=0.01)
    assert total["undisclosed"] == hand.undisclosed()
    reader.opens_every_page()
