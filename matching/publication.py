"""Which run readers see: the switch, what is held back, and the way back.

Each change of the pointer locks its row first and the run after it. Whoever comes second, be it a person who clicked
at the same moment or a worker that ends a run meanwhile, then finds that its condition no longer holds.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.audit import log_change
from accounts.models import Notification, User
from companies.models import Company
from investors.models import Investor
from matching import artefacts, categorising, promotion
from matching.models import ModelRun, Publication, RecommendationList, Refresh, Refreshed, Shard

# The run that readers see and the one before it keep their lists; beside them one that is held back.
KEPT_RUNS = 2
Status = ModelRun.Status


def published_run() -> ModelRun | None:
    publication = Publication.objects.select_related("run").first()
    return publication.run if publication else None


def _locked_pointer() -> Publication | None:
    return Publication.objects.select_for_update().first()


def _locked(run_id: int, status: str) -> ModelRun | None:
    return ModelRun.objects.select_for_update().filter(pk=run_id, status=status).first()


def publish(run_id: int) -> bool:
    """Do with a fully ranked run what was decided, in one step: show it to readers, or hold it back and say so.

    False if another did it or it is not ready.
    """
    with transaction.atomic():
        pointer = _locked_pointer()
        run = _locked(run_id, Status.RANKING)
        if run is None or run.shards.exclude(status=Shard.Status.DONE).exists():
            return False
        decided = promotion.standing(run, pointer)
        now = timezone.now()
        ModelRun.objects.filter(pk=run.pk).update(
            status=Status.HELD,
            figures={**run.figures, "promotion": decided, "cost": _with_ranking(run)},
            finished_at=now,
            lease_until=None,
        )
        # At most one run waits for a decision: the newest.
        ModelRun.objects.filter(status=Status.HELD, pk__lt=run.pk).update(status=Status.DISCARDED)
        if decided.get("decision") == promotion.HOLD:
            _tell_administrators(run, decided)
        else:
            _switch(run, now)
    _forget_old_runs()
    return True


def _with_ranking(run: ModelRun) -> dict:
    """What the run cost, with the seconds that its shards took, of all workers together."""
    cost = run.figures.get("cost", {})
    seconds = run.shards.aggregate(all=Sum("seconds"))["all"] or 0
    return {**cost, "seconds": {**cost.get("seconds", {}), "ranking": round(seconds, 2)}}


def _tell_administrators(run: ModelRun, decided: dict) -> None:
    values = {"run": run.pk, "why": decided["why"]}
    administrators = User.objects.filter(is_active=True, is_staff=True)
    Notification.objects.tell(administrators, "run_held", values, run.get_absolute_url())


def publish_held(run_id: int, user) -> bool:
    """Show a run to readers that was held back. False if it is not held back any more.

    Raises `ArtefactError`, as `roll_back` does, where its model cannot be opened: nothing could keep its lists fresh.
    """
    return _lead_readers_to(run_id, Status.HELD, user)


def roll_back(run_id: int, user) -> bool:
    """Lead readers back to an earlier run. False if it is not an earlier one, or its lists are gone."""
    return _lead_readers_to(run_id, Status.REPLACED, user)


def _lead_readers_to(run_id: int, status: str, user) -> bool:
    run = ModelRun.objects.filter(pk=run_id, status=status).exclude(artefact="").first()
    if run is None:
        return False
    # Reading a large file takes a while: not under the lock.
    artefacts.check(run.artefact, run.artefact_hash)
    with transaction.atomic():
        _locked_pointer()
        run = _locked(run_id, status)
        # An earlier run loses its artefact, and its lists with it, once it is forgotten.
        if run is None or not run.artefact:
            return False
        _switch(run, timezone.now(), user)
    _forget_old_runs()
    return True


def discard(run_id: int, user) -> bool:
    """Give up a run that was held back. False if it is not held back any more."""
    with transaction.atomic():
        _locked_pointer()
        run = _locked(run_id, Status.HELD)
        if run is None:
            return False
        _move(run, Status.DISCARDED, user)
    _forget_old_runs()
    return True


def _move(run: ModelRun, status: str, user, **fields) -> None:
    ModelRun.objects.filter(pk=run.pk).update(status=status, **fields)
    if user is not None:
        log_change(run, {"status": run.status}, {"status": status}, actor=user)


def _switch(run: ModelRun, now, user=None) -> None:
    """Move the pointer. The caller holds its lock."""
    for before in ModelRun.objects.filter(status=Status.PUBLISHED).exclude(pk=run.pk):
        _move(before, Status.REPLACED, user, shown_until=now)
    _move(run, Status.PUBLISHED, user)
    Publication.objects.update_or_create(id=1, defaults={"run": run, "switched_at": now})
    # What was asked for before the market was read is in the run.
    Refresh.objects.filter(asked_at__lt=run.started_at).delete()
    _refresh_what_changed_since(run.started_at)


def _refresh_what_changed_since(moment) -> None:
    """Ask for those again who changed since a run read the market, or were matched anew in another run's lists."""
    changed = Q(updated_at__gte=moment) | Q(refreshed__asked_at__gte=moment)
    companies = Company.objects.filter(changed | Q(raises__updated_at__gte=moment)).distinct()
    investors = Investor.objects.filter(changed | Q(theses__updated_at__gte=moment)).distinct()
    now = timezone.now()
    Refresh.objects.bulk_create(
        [Refresh(company=company, asked_at=now) for company in companies.exclude(refresh__isnull=False)]
        + [Refresh(investor=investor, asked_at=now) for investor in investors.exclude(refresh__isnull=False)],
        ignore_conflicts=True,
    )


def _forget_old_runs() -> None:
    """Delete the lists and artefacts of runs that readers are not led to again; their rows and figures stay."""
    earlier = ModelRun.objects.filter(status=Status.REPLACED).exclude(artefact="")
    last_shown = earlier.order_by(Coalesce("shown_until", "finished_at").desc(), "-pk")
    keep = list(last_shown.values_list("pk", flat=True)[: KEPT_RUNS - 1])
    over = ModelRun.objects.filter(status__in=[Status.REPLACED, Status.DISCARDED, Status.FAILED]).exclude(pk__in=keep)
    lists = Exists(RecommendationList.objects.filter(run=OuterRef("pk")))
    for run in over.filter(~Q(artefact="") | lists):
        with transaction.atomic():
            # Somebody may be leading readers back to it: from here on nobody can.
            _locked_pointer()
            if not ModelRun.objects.filter(pk=run.pk, status=run.status).update(artefact=""):
                continue
        artefacts.delete(run.artefact)
        categorising.forget(run)
        run.lists.all().delete()
        run.shards.all().delete()
    shown = ModelRun.objects.exclude(started_at=None).exclude(status__in=[Status.DISCARDED, Status.FAILED])
    oldest = shown.exclude(artefact="", status=Status.REPLACED).order_by("started_at").first()
    if oldest is not None:
        Refreshed.objects.filter(asked_at__lt=oldest.started_at).delete()
