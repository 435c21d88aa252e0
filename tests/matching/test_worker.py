"""Runs and refreshes with real worker processes that are killed at bad moments."""

import os
import random
import threading
import time
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection

from companies.models import Company, CompanyCategory, Raise
from deals.models import Side
from investors.models import Investor
from matching import datasets, refreshing, runs, tasks
from matching.models import ModelRun, Publication, RecommendationList, Refresh, Shard
from taxonomy.models import Category, Region
from tests.matching.markets import build
from tests.worker import Nursery, Worker, until

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


def seen(run: ModelRun) -> tuple[str, int]:
    """How far a run is, as a number that grows within each status."""
    run.refresh_from_db()
    return run.status, run.done if run.status == ModelRun.Status.TRAINING else run.shards.filter(
        status=Shard.Status.DONE
    ).count()


def asked(as_of) -> ModelRun:
    run = runs.request(as_of)
    tasks.enqueue(tasks.train, run.pk)
    return run


def stored(lists) -> dict[tuple, list]:
    """Reader → what is recommended, of lists that hold each reader once."""
    rows = list(lists.values_list("run", "company", "investor", "items"))
    found = {(company, investor): items for _, company, investor, items in rows}
    assert len(found) == len(rows) and len({row[0] for row in rows}) <= 1
    return found


class Readers:
    """`with Readers(expected):` reads what is published, again and again, in a thread: it must always be `expected`."""

    def __init__(self, expected: dict):
        self.expected, self.done, self.seen = expected, threading.Event(), Counter()
        self.thread = threading.Thread(target=self._read)

    def _read(self):
        try:
            while not self.done.wait(0.05):
                self.seen[stored(RecommendationList.objects.published()) == self.expected] += 1
        except AssertionError:
            self.seen[False] += 1
        finally:
            connection.close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.done.set()
        self.thread.join()


def course(run: ModelRun) -> list[tuple[float, str, int]]:
    """What a run comes to by itself, with the seconds since it was asked for: each status and each shard."""
    began, found = time.monotonic(), []
    while not found or found[-1][1] in ModelRun.UNFINISHED:
        assert time.monotonic() - began < 60, found
        now = seen(run)
        if not found or now != found[-1][1:]:
            found.append((time.monotonic() - began, *now))
        else:
            time.sleep(0.01)
    return found


def test_a_run_survives_twenty_kills_at_random_moments(tmp_path):
    """Two workers; at each moment of the run's length one of them is killed, and another takes its place. The sweep of
    the scheduler asks again for what they leave."""
    seed = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"KILL_SEED={seed}")
    rng = random.Random(seed)
    build(companies=60, investors=20, raising=40)
    first = runs.finish_inline(runs.request().pk)
    expected = stored(first.lists)
    market = datasets.load(first.as_of)
    assert len(expected) == sum(len(datasets.subjects(market, side)) for side in Side) == 60
    order = list(ModelRun.Status.values)
    # Files are looked for five times a second: fewer shards take as long.
    quick = {"MATCHING_SHARD_SIZE": "1" if settings.REDIS_URL else "3", "MATCHING_LEASE_SECONDS": "1"}
    with Nursery(tmp_path, **quick) as nursery, Readers(expected) as readers:
        nursery.scheduler()
        workers = [nursery.worker(), nursery.worker()]
        for worker in workers:
            until(lambda worker=worker: worker.is_ready, 60, "a worker", worker)
        undisturbed = asked(first.as_of)
        steps = course(undisturbed)
        assert stored(undisturbed.lists) == expected

        run, length, hit = asked(first.as_of), steps[-1][0], []
        for number in range(20):
            moment = length * (number + rng.random()) / 20
            since, status, done = max(step for step in steps if step[0] <= moment)

            def reached(status=status, done=done):
                now = seen(run)
                return (order.index(now[0]), now[1]) >= (order.index(status), done)

            until(reached, 60, f"{status} {done}")
            # The moment is drawn; nothing is waited for.
            time.sleep(moment - since)
            victim = rng.randrange(2)
            workers[victim].kill()
            hit.append((victim, *seen(run)))
            workers[victim] = nursery.worker()
        print(hit)
        until(lambda: seen(run)[0] not in ModelRun.UNFINISHED, 60, "the end of the run", workers[0])
    assert run.status == ModelRun.Status.PUBLISHED, run.error
    assert Publication.objects.get().run == run
    assert stored(run.lists) == expected
    assert set(run.shards.values_list("status", flat=True)) == {Shard.Status.DONE}
    assert readers.seen[True] > 20 and not readers.seen[False], readers.seen
    # How many fall into which part is up to the machine; the first comes at the latest when training has begun.
    assert hit[0][1] in ModelRun.UNFINISHED, hit


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
