"""Runs and refreshes with a real worker process that is killed at bad moments."""

import pytest
from django.conf import settings

from companies.models import Company, CompanyCategory, Raise
from deals.models import Side
from investors.models import Investor
from matching import datasets, refreshing, runs
from matching.models import ModelRun, Publication, RecommendationList, Refresh, Shard
from taxonomy.models import Category, Region
from tests.matching.markets import build
from tests.worker import Worker, until

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


def expected_lists(as_of) -> int:
    market = datasets.load(as_of)
    return sum(len(datasets.subjects(market, side)) for side in Side)


def seen(run: ModelRun) -> tuple[str, int]:
    """How far a run is, as a number that grows within each status."""
    run.refresh_from_db()
    return run.status, run.done if run.status == ModelRun.Status.TRAINING else run.shards.filter(
        status=Shard.Status.DONE
    ).count()


def assert_whole(run: ModelRun) -> None:
    """What readers see is one whole run."""
    publication = Publication.objects.select_related("run").first()
    if publication is not None:
        assert publication.run.status == ModelRun.Status.PUBLISHED
        assert publication.run.lists.count() == expected_lists(publication.run.as_of)
    if run.status != ModelRun.Status.PUBLISHED:
        assert publication is None or publication.run_id != run.pk


def test_a_run_survives_ten_kills():
    build(companies=120, investors=40, raising=60)
    order = list(ModelRun.Status.values)
    moments = [(ModelRun.Status.QUEUED, 0), (ModelRun.Status.TRAINING, 0), (ModelRun.Status.RANKING, 0)]
    moments += [(ModelRun.Status.RANKING, done) for done in range(2, 16, 2)]
    run = runs.request()
    worker = Worker(MATCHING_SHARD_SIZE="3")
    hit = []
    for status, steps in moments:
        worker.start()

        def reached(status=status, steps=steps):
            now = seen(run)
            return now if order.index(now[0]) > order.index(status) or (now[0] == status and now[1] >= steps) else None

        until(reached, 60, f"{status} {steps}", worker)
        worker.kill()
        hit.append(seen(run))
        assert_whole(run)
    # Ten different moments, and the run was under way at each.
    assert len(set(hit)) == 10, hit
    assert all(status in ModelRun.UNFINISHED for status, _ in hit), hit
    with worker:
        until(lambda: seen(run)[0] == ModelRun.Status.PUBLISHED, 60, "the end of the run", worker)
    assert_whole(run)
    market = datasets.load(run.as_of)
    companies = list(
        RecommendationList.objects.filter(run=run, company__isnull=False).values_list("company", flat=True)
    )
    assert sorted(companies) == sorted(market.raises["company"])
    assert not RecommendationList.objects.exclude(run=run).exists()


def test_a_worker_lives_through_what_a_killed_one_left_in_the_broker_of_files():
    build(companies=20, investors=10, raising=10)
    run = runs.request()
    broker = settings.DATA_DIR / "broker"
    for part in ("queue", "control", "processed"):
        (broker / part).mkdir(parents=True, exist_ok=True)
    (broker / "queue" / f"1_x.{settings.CELERY_TASK_DEFAULT_QUEUE}.msg").write_text("")
    (broker / "control" / f"{settings.CELERY_TASK_DEFAULT_QUEUE}.exchange").write_text("")
    with Worker(REDIS_URL="") as worker:
        until(lambda: seen(run)[0] == ModelRun.Status.PUBLISHED, 60, "the end of the run", worker)
    assert any("Left out a broken message" in line for line in worker.log)


def test_who_registers_is_matched_in_both_directions():
    build()
    run = runs.finish_inline(runs.request().pk)
    with Worker() as worker:
        company = Company.objects.create(short_en="Newcomer", region=Region.objects.get(code="CN-BJ"))
        CompanyCategory.objects.create(
            company=company, category=Category.objects.offered().get(code="devices"), is_primary=True
        )
        Raise.objects.create(company=company, round_id="b", amount_low=5_000_000, amount_high=20_000_000)
        until(lambda: not Refresh.objects.exists(), 30, "the refresh", worker)
    own = RecommendationList.objects.get(run=run, company=company)
    assert own.items
    best = Investor.objects.get(pk=own.items[0]["id"])
    theirs = RecommendationList.objects.get(run=run, investor=best)
    assert company.pk in [item["id"] for item in theirs.items]
    assert refreshing.pending() == 0
