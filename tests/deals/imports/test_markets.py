"""The two real markets, whole. They lie beside the checkout, or where MARKETS_DIR says; absent, these tests are left out."""

import csv
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from companies.models import Company
from deals.imports.actions import import_market
from deals.models import Deal, Listing, Participation
from investors.models import Investor, Thesis
from taxonomy.facts import AmountKind

MARKETS = Path(os.environ.get("MARKETS_DIR") or Path(settings.BASE_DIR).parent / "shared" / "data")
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


def test_a_chinese_market():
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


def test_a_worldwide_market():
    source = "crunchbase-2013"
    report = import_market(MARKETS / source, source, attribution="Data: Crunchbase 2013 Snapshot, CC-BY")
    assert counts(source) == {"companies": 20060, "investors": 10175, "deals": 30712, "participations": 67044}
    assert set(report.unmapped) == {"country"}
    assert sum(report.unmapped["country"].values()) == 5
    kinds = {kind: Deal.objects.filter(kind=kind).count() for kind in (Deal.Kind.VENTURE, Deal.Kind.FOLLOW_ON)}
    assert kinds == {Deal.Kind.VENTURE: 30712 - 21, Deal.Kind.FOLLOW_ON: 21}
    assert Deal.objects.filter(amount_kind=AmountKind.EXACT).count() == 26496
    assert import_market(MARKETS / source, source).changes == 0
