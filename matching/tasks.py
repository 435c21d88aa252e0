"""Celery tasks: each fetches by id, calls one function, and is safe to run twice."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from matching import refreshing, runs
from matching.models import ModelRun

# So many shards of one run are in the queue at a time: refreshes find a place between them.
ABREAST = 4
log = logging.getLogger(__name__)


def enqueue(task, *args) -> None:
    """Hand a task to the broker; without a broker the sweep will find the row that asks for it."""
    try:
        task.apply_async(args, retry=False)
    except (OperationalError, OSError):
        log.exception("The broker cannot be reached; the sweep will ask again")


@shared_task
def train(run_id: int) -> None:
    if runs.train(run_id):
        for _ in range(ABREAST):
            enqueue(work, run_id)


@shared_task
def work(run_id: int) -> None:
    if runs.work(run_id):
        enqueue(work, run_id)


@shared_task
def refresh() -> None:
    refreshing.refresh_next()


@shared_task
def sweep() -> None:
    """Ask again for whatever nobody works on."""
    for run in runs.stalled():
        enqueue(work if run.status == ModelRun.Status.RANKING else train, run.pk)
    if refreshing.needs_run():
        request_run()
    for _ in range(min(refreshing.pending(), ABREAST)):
        enqueue(refresh)


@shared_task
def nightly_run() -> None:
    request_run()


def request_run(as_of=None, user=None) -> ModelRun:
    """Ask for a run and hand it to the workers; the one under way where there is one."""
    try:
        run = runs.request(as_of, user)
    except runs.RunUnderWay as other:
        return other.run
    enqueue(train, run.pk)
    return run
