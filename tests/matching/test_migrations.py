"""Lists that an earlier release has stored stay readable."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from companies.models import Company
from investors.models import Investor
from matching.models import ModelRun

BEFORE, PACKED = ("matching", "0004_attention_settings"), ("matching", "0005_packed_lists")
ITEMS = [
    {"id": 12, "score": 1.23456, "factors": {"category": 2.00001, "base": -0.76545}},
    {"id": 7, "score": -0.1, "factors": {"base": -0.1}},
]


def migrated_to(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


@pytest.mark.django_db(transaction=True)
def test_lists_of_json_are_packed_and_back():
    company, other = Company.objects.create(short_en="One"), Company.objects.create(short_en="Two")
    investor = Investor.objects.create(name_en="Fund")
    run = ModelRun.objects.create(as_of=timezone.localdate(), status=ModelRun.Status.PUBLISHED)
    newest = [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] == "matching"]
    try:
        old = migrated_to(BEFORE).get_model("matching", "RecommendationList")
        old.objects.create(run_id=run.pk, company_id=company.pk, items=ITEMS, ids=" 12 7 ", floor=-0.1)
        old.objects.create(run_id=run.pk, company_id=other.pk, items=[])
        packed = migrated_to(PACKED).get_model("matching", "RecommendationList")
        assert list(packed.objects.get(company=company.pk).items) == ITEMS
        assert list(packed.objects.get(company=other.pk).items) == []
        packed.objects.create(run_id=run.pk, investor_id=investor.pk, items=ITEMS[:1])
        old = migrated_to(BEFORE).get_model("matching", "RecommendationList")
        stored = dict(old.objects.filter(company__isnull=False).values_list("company", "items"))
        assert stored == {company.pk: ITEMS, other.pk: []}
        assert old.objects.get(investor=investor.pk).items == ITEMS[:1]
    finally:
        migrated_to(*newest)
