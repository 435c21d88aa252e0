"""What earlier releases have recorded counts on, unless one party alone says so."""

import pytest
from django.utils import timezone

from companies.models import Company
from deals.models import Deal, Listing
from investors.models import Investor
from taxonomy.models import Source
from tests.conftest import person
from tests.matching.test_migrations import migrated_to

BEFORE, AFTER = ("deals", "0032_saved_searches"), ("deals", "0042_established_constraints")
CONFIRMED = {"company_confirmed_at": "2026-03-02T08:00Z"}
BOTH = CONFIRMED | {"investor_confirmed_at": "2026-03-04T08:00Z"}


@pytest.mark.django_db(transaction=True)
def test_whose_word_stands_behind_what_is_here():
    company, investor = Company.objects.create(short_en="One"), Investor.objects.create(name_en="Fund")
    source = Source.objects.create(code="register", name="Register")
    founder, manager = person("f@example.com", "startup"), person("i@example.com", "investor")
    ada = person("a@example.com", "administrator", is_staff=True)
    investor.memberships.create(user=manager)
    verified = {"status": "verified", "verified_at": "2026-03-06T08:00Z"}
    recorded_at = timezone.now()
    rows = {
        "sourced": {"source_id": source.pk, "source_ref": "1"},
        "by staff": {"recorded_by_id": ada.pk},
        "by a program": {},
        "verified": {"recorded_by_id": founder.pk} | CONFIRMED | verified,
        "by both": {"recorded_by_id": founder.pk} | BOTH,
        "rejected": {"recorded_by_id": founder.pk, "status": "rejected", "reject_reason": "wrong"} | CONFIRMED,
        "by one": {"recorded_by_id": founder.pk} | CONFIRMED,
        "by the other": {"recorded_by_id": manager.pk, "investor_confirmed_at": "2026-03-04T08:00Z"},
        "by somebody who left": CONFIRMED,
    }
    try:
        apps = migrated_to(BEFORE)
        old, parts = apps.get_model("deals", "Deal"), apps.get_model("deals", "Participation")
        made = {
            name: old.objects.create(
                company_id=company.pk, round_id="a", announced_on="2026-03-01", recorded_at=recorded_at, **fields
            ).pk
            for name, fields in rows.items()
        }
        parts.objects.create(deal_id=made["by the other"], investor_id=investor.pk)
        listing = apps.get_model("deals", "Listing").objects.create(
            company_id=company.pk, board_id="star", listed_on="2026-03-01", recorded_by_id=founder.pk, **CONFIRMED
        )
        migrated_to(AFTER)
        now = {name: Deal.objects.get(pk=pk) for name, pk in made.items()}
        asserted = {name for name, deal in now.items() if deal.is_asserted}
        assert asserted == {"by one", "by the other", "by somebody who left"}
        assert {name for name, deal in now.items() if deal.established_at is None} == asserted
        assert {now[name].established_at for name in ("sourced", "by staff", "by a program")} == {recorded_at}
        assert [now[name].established_at.day for name in ("verified", "by both")] == [6, 4]
        assert now["by the other"].confirming_investor == investor
        assert Listing.objects.get(pk=listing.pk).is_asserted
        old = migrated_to(BEFORE).get_model("deals", "Deal")
        assert set(old.objects.values_list("status", flat=True)) == {"reported", "verified", "rejected"}
    finally:
        migrated_to(AFTER)
