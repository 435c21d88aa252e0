"""A model run from request to publication. Plain functions; tasks and commands only call them.

    request → train → (work, work, …) → publish (or hold back: `matching.publication`)

Every step claims its row first (`matching.leases`), so that each may be called twice, late, or by two workers.
"""

import logging
import resource
import sys
import time
import traceback
from datetime import date, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from threadpoolctl import threadpool_limits

from companies.models import Company
from deals.models import Side
from investors.models import Investor
from matching import artefacts, categorising, datasets, inputs, lists, promotion, sharding
from matching.leases import Heartbeat, LeaseLost, claim, free
from matching.matcher import Matcher
from matching.models import AttentionSettings, ModelRun, RecommendationList, Shard
from matching.publication import publish, published_run

log = logging.getLogger(__name__)
# Beyond this many attempts a step does not fail, it kills its workers.
ATTEMPTS = 30
# So often may a step fail before its run does; a worker that dies does not count as often.
FAILURES = 3
RETRY_AFTER = timedelta(seconds=5)


class RunUnderWay(Exception):
    """Another run is not finished; `run` is that one."""

    def __init__(self, run: ModelRun):
        super().__init__(f"run {run.pk} is under way")
        self.run = run


class TooManyAttempts(Exception):
    """A step has been begun so often that trying it again is of no use."""


def request(as_of: date | None = None, user=None) -> ModelRun:
    """Queue a run over what is known on `as_of` (today if None). Raises `RunUnderWay`."""
    try:
        with transaction.atomic():
            return ModelRun.objects.create(as_of=as_of or timezone.localdate(), requested_by=user)
    except IntegrityError:
        run = ModelRun.objects.unfinished().first()
        if run is None:
            # It ended between our attempt and this look.
            return request(as_of, user)
        raise RunUnderWay(run) from None


def _mine(run: ModelRun):
    return ModelRun.objects.filter(pk=run.pk, attempt=run.attempt)


def train(run_id: int, on_progress=None) -> bool:
    """Fit the model of a queued run and cut its ranking into shards. False if another does it or it is done."""
    waiting = ModelRun.objects.filter(pk=run_id, status__in=[ModelRun.Status.QUEUED, ModelRun.Status.TRAINING])
    if not claim(waiting, status=ModelRun.Status.TRAINING, started_at=timezone.now(), stage="", done=0, total=0):
        return False
    run = ModelRun.objects.get(pk=run_id)
    try:
        if run.attempt > ATTEMPTS:
            raise TooManyAttempts
        # Many small products: threads of the linear algebra only get into each other's way.
        with Heartbeat(run) as heartbeat, threadpool_limits(1):
            progress, laps = _Progress(run, heartbeat, on_progress), _Laps()
            market = datasets.load(run.as_of)
            laps.end("reading")
            attention = AttentionSettings.current().parameters()
            matcher = Matcher(seed=0, **attention).fit(market, progress=progress)
            laps.end("training")
            progress(0, 1, "comparing")
            quality = promotion.plain(matcher.quality_)
            decision = promotion.decide(matcher, quality, run.as_of, published_run())
            laps.end("comparing")
            heartbeat.check()
            name, signature = artefacts.save(artefacts.Artefact(matcher, market), f"models/run-{run.pk}.model")
            categories = categorising.store(run)
            laps.end("saving")
        run.figures = {
            "categories": categories,
            "market": market.sizes(),
            "fallback": matcher.fallback_,
            "attention": attention,
            "quality": quality,
            "inputs": promotion.plain(inputs.describe(market)),
            "promotion": decision,
            "cost": {"seconds": laps.seconds, "memory_mb": _peak_memory(), "artefact_mb": artefacts.size(name) / 1e6},
        }
        return _begin_ranking(run, market, name, signature)
    except LeaseLost:
        return False
    except Exception as error:
        _again_or_fail(run, run, error)
        return False


class _Laps:
    """Seconds of one step after the other."""

    def __init__(self):
        self.seconds, self.last = {}, time.monotonic()

    def end(self, step: str) -> None:
        now = time.monotonic()
        self.seconds[step], self.last = round(now - self.last, 2), now


def _peak_memory() -> float:
    """The most that this process has held since it began, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1024), 1)


class _Progress:
    """Writes how far the training is into the run's row, at most once a second."""

    def __init__(self, run: ModelRun, heartbeat: Heartbeat, listener=None):
        self.run, self.heartbeat, self.listener, self.last = run, heartbeat, listener, 0.0

    def __call__(self, done: int, total: int, stage: str) -> None:
        self.heartbeat.check()
        now = time.monotonic()
        if now - self.last >= 1 or done == total:
            self.last = now
            if not _mine(self.run).update(stage=stage, done=done, total=total):
                raise LeaseLost
            if self.listener:
                self.listener(stage, done, total)


def _begin_ranking(run, market, name: str, signature: str) -> bool:
    counts = [len(datasets.subjects(market, side)) for side in (Side.COMPANY, Side.INVESTOR)]
    sizes = [settings.MATCHING_SHARD_SIZE or size for size in sharding.sizes(*counts)]
    shards = [
        Shard(run=run, side=side, first=first, last=min(first + size, count))
        for side, size, count in zip((Side.COMPANY, Side.INVESTOR), sizes, counts, strict=True)
        for first in range(0, count, size)
    ]
    with transaction.atomic():
        ours = _mine(run).filter(status=ModelRun.Status.TRAINING)
        if not ours.update(
            status=ModelRun.Status.RANKING,
            artefact=name,
            artefact_hash=signature,
            lease_until=None,
            ranked_at=timezone.now(),
            figures=run.figures,
            stage="",
        ):
            artefacts.delete(name)
            categorising.forget(run)
            return False
        # An attempt that died before this line left nothing; shards are made once.
        Shard.objects.bulk_create(shards)
    if not shards:
        publish(run.pk)
    return True


def work(run_id: int) -> Shard | None:
    """Rank one waiting shard of a run. Return it, or None where nothing is left to claim."""
    run = ModelRun.objects.filter(pk=run_id, status=ModelRun.Status.RANKING).first()
    shard = _claim_shard(run) if run else None
    if shard is None:
        return None
    started = time.monotonic()
    try:
        if shard.attempt > ATTEMPTS:
            raise TooManyAttempts
        artefact = artefacts.load(run.artefact, run.artefact_hash)
        with Heartbeat(shard) as heartbeat, threadpool_limits(1):
            artefact.matcher.prepare(artefact.market)
            subjects = _subjects(run.artefact, run.artefact_hash, shard.side)[shard.first : shard.last]
            rows = lists.rank(artefact, shard.side, subjects, settings.MATCHING_LIST_LENGTH)
            heartbeat.check()
        _store(run, shard, rows, time.monotonic() - started)
    except LeaseLost:
        return shard
    except Exception as error:
        _again_or_fail(run, shard, error)
        return shard
    if not run.shards.exclude(status=Shard.Status.DONE).exists():
        publish(run.pk)
    return shard


@lru_cache(maxsize=4)
def _subjects(name: str, signature: str, side: str):
    """Who is ranked by position, the same in every process."""
    return datasets.subjects(artefacts.load(name, signature).market, side)


def _claim_shard(run: ModelRun) -> Shard | None:
    while True:
        shard = run.shards.exclude(status=Shard.Status.DONE).filter(free()).order_by("pk").first()
        if shard is None:
            return None
        mine = Shard.objects.filter(pk=shard.pk, attempt=shard.attempt).exclude(status=Shard.Status.DONE)
        if claim(mine, status=Shard.Status.RUNNING):
            shard.refresh_from_db()
            return shard


def _store(run: ModelRun, shard: Shard, rows: list[RecommendationList], seconds: float) -> None:
    """Write a shard's lists and its end together; nothing where the shard is another's or the run has ended."""
    column = "company" if shard.side == Side.COMPANY else "investor"
    model = Company if shard.side == Side.COMPANY else Investor
    with transaction.atomic():
        if not ModelRun.objects.select_for_update().filter(pk=run.pk, status=ModelRun.Status.RANKING).exists():
            raise LeaseLost
        ours = Shard.objects.filter(pk=shard.pk, attempt=shard.attempt, status=Shard.Status.RUNNING)
        if not ours.update(status=Shard.Status.DONE, lease_until=None, seconds=round(seconds, 3)):
            raise LeaseLost
        # A company may have been deleted since the market was read.
        keys = [getattr(row, f"{column}_id") for row in rows]
        alive = set(model.objects.filter(pk__in=keys).values_list("pk", flat=True))
        for row in rows:
            row.run = run
        RecommendationList.objects.bulk_create(
            [row for row in rows if getattr(row, f"{column}_id") in alive], batch_size=200
        )


def _again_or_fail(run: ModelRun, row, error: Exception) -> None:
    """Leave a failed step to the sweep, which tries it again, or end the run when it failed often enough."""
    if row.attempt >= FAILURES or isinstance(error, TooManyAttempts):
        fail(run, f"{error.__class__.__name__}: {error}", traceback.format_exc())
        return
    log.exception("A step of run %s failed and will be tried again", run.pk)
    type(row).objects.filter(pk=row.pk, attempt=row.attempt).update(lease_until=timezone.now() + RETRY_AFTER)


def fail(run: ModelRun, message: str, details: str = "") -> None:
    """End an unfinished run. Readers keep the run before it."""
    log.error("Run %s failed: %s\n%s", run.pk, message, details)
    with transaction.atomic():
        ended = ModelRun.objects.unfinished().filter(pk=run.pk)
        if ended.update(status=ModelRun.Status.FAILED, error=message, finished_at=timezone.now(), lease_until=None):
            RecommendationList.objects.filter(run=run).delete()


def abandon(run: ModelRun) -> bool:
    """End an unfinished run that nobody works on any more. False while somebody does."""
    if ModelRun.objects.unfinished().filter(pk=run.pk).exclude(free()).exists():
        return False
    if run.shards.filter(status=Shard.Status.RUNNING).exclude(free()).exists():
        return False
    if run.created_at > timezone.now() - timedelta(seconds=settings.MATCHING_LEASE_SECONDS) and not run.attempt:
        # Just asked for: a worker may be on its way to it.
        return False
    fail(run, "abandoned")
    return True


def progress(run: ModelRun) -> tuple[str, int, int]:
    """Return (stage, done, total) of a run as it stands in the database."""
    run.refresh_from_db()
    if run.status != ModelRun.Status.RANKING:
        return run.stage or run.status, run.done, run.total
    counted = run.shards.aggregate(total=Count("pk"), done=Count("pk", filter=Q(status=Shard.Status.DONE)))
    return run.status, counted["done"], counted["total"]


def stalled() -> list[ModelRun]:
    """Return the unfinished runs that nobody works on: what a broker may have lost or a worker left behind."""
    quiet = timezone.now() - timedelta(seconds=5)
    found = []
    for run in ModelRun.objects.unfinished().filter(free(), created_at__lt=quiet):
        if (
            run.status != ModelRun.Status.RANKING
            or run.shards.exclude(status=Shard.Status.DONE).filter(free()).exists()
        ):
            found.append(run)
        elif not run.shards.exclude(status=Shard.Status.DONE).exists():
            # The last worker died between its shard and the switch.
            publish(run.pk)
    return found


def finish_inline(run_id: int, on_progress=None) -> ModelRun:
    """Carry a run to its end in this process, by the same steps and shards as workers do."""
    run = ModelRun.objects.get(pk=run_id)
    train(run_id, on_progress)
    while work(run_id):
        if on_progress:
            on_progress(*progress(run))
    publish(run_id)
    run.refresh_from_db()
    return run
