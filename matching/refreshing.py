"""A profile, a raise or a thesis that changed is matched again at once, in both directions, without a full run.

The `Refresh` row is the truth about what is behind; a task that the broker loses is made up for by the sweep.
"""

import logging
from datetime import timedelta

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Case, F, When
from django.utils import timezone

from deals.models import Side
from matching import artefacts, datasets, lists
from matching.leases import free
from matching.models import ModelRun, Publication, RecommendationList, Refresh, Refreshed

log = logging.getLogger(__name__)

# Lists that are read, changed and written in one statement each.
_LISTS_AT_ONCE = 500


def ask(*, company_id: int | None = None, investor_id: int | None = None) -> bool:
    """Note that the lists of a company or an institution are behind its profile.

    False if that was noted a moment ago and a worker is on its way: a form that saves ten rows asks once.
    """
    key = {"company_id": company_id, "investor_id": investor_id}
    row, made = Refresh.objects.get_or_create(**key)
    if not made:
        Refresh.objects.filter(pk=row.pk).update(version=F("version") + 1, asked_at=timezone.now())
    return made or row.lease_until is not None or row.asked_at < timezone.now() - timedelta(seconds=2)


def pending() -> int:
    return Refresh.objects.filter(free()).count() if Publication.objects.exists() else 0


def needs_run() -> bool:
    """Whether somebody waits for what only a run can do: nothing was ever matched, or the model that readers see can
    no longer be opened and no run has failed to replace it since."""
    if not Refresh.objects.exists():
        return False
    publication = Publication.objects.select_related("run").first()
    if publication is None:
        return not ModelRun.objects.exists()
    return bool(publication.run.error) and not ModelRun.objects.filter(created_at__gt=publication.switched_at).exists()


def refresh_next() -> bool:
    """Do the oldest pending refresh. False where nothing is pending, no run is published, or its model cannot be
    opened: the run then says so, and what is pending waits for the next."""
    publication = Publication.objects.select_related("run").first()
    if publication is None:
        return False
    row = Refresh.objects.filter(free()).order_by("asked_at").first()
    lease = timezone.now() + timedelta(seconds=settings.MATCHING_LEASE_SECONDS)
    if row is None or not Refresh.objects.filter(free(), pk=row.pk, version=row.version).update(lease_until=lease):
        return False
    try:
        artefact = artefacts.load(publication.run.artefact, publication.run.artefact_hash)
    except artefacts.ArtefactError as error:
        log.error("Nothing can be matched anew before the next run: %s", error)
        ModelRun.objects.filter(pk=publication.run_id).update(error=str(error))
        return False
    market = datasets.current(artefact.market, publication.run.started_at, timezone.localdate())
    find, pk = (_company, row.company_id) if row.company_id else (_investor, row.investor_id)
    fresh = find(artefacts.Artefact(artefact.matcher.hear(market), market), pk)
    with transaction.atomic():
        current = Publication.objects.select_for_update().get(pk=publication.pk)
        if current.run_id != publication.run_id:
            # The lists that we read for are no longer shown: do it again on the new ones.
            Refresh.objects.filter(pk=row.pk).update(lease_until=None)
            return True
        _store(publication.run, row, *fresh)
        if Refresh.objects.select_for_update().filter(pk=row.pk).exists():
            # Runs that read the market earlier are behind until they are asked for it as well.
            Refreshed.objects.update_or_create(
                company_id=row.company_id, investor_id=row.investor_id, defaults={"asked_at": row.asked_at}
            )
        if not Refresh.objects.filter(pk=row.pk, version=row.version).delete()[0]:
            Refresh.objects.filter(pk=row.pk).update(lease_until=None)
    return True


def _company(fresh, pk: int):
    """Return (own list or None, what this company is to investors)."""
    market = fresh.market
    own = market.raises.index[market.raises["company"] == pk]
    if not len(own):
        return None, lists.Offers.none()
    rows = lists.rank(fresh, Side.COMPANY, own.to_numpy(), settings.MATCHING_LIST_LENGTH)
    return (rows[0] if rows else None), lists.company_for_investors(fresh, int(own[0]))


def _investor(fresh, pk: int):
    """Return (own list or None, what this institution is to companies)."""
    if pk not in fresh.market.active_investors:
        return None, lists.Offers.none()
    fresh.matcher.prepare(fresh.market)
    rows = lists.rank(fresh, Side.INVESTOR, [pk], settings.MATCHING_LIST_LENGTH)
    return (rows[0] if rows else None), lists.investor_for_companies(fresh, pk)


def _store(run, row: Refresh, own: RecommendationList | None, offers: lists.Offers) -> None:
    column, other = ("company", "investor") if row.company_id else ("investor", "company")
    pk = row.company_id or row.investor_id
    key = {"run": run, f"{column}_id": pk}
    if own is None:
        RecommendationList.objects.filter(**key).delete()
    else:
        RecommendationList.objects.update_or_create(
            **key, defaults={"items": own.items, "ids": own.ids, "floor": own.floor, "updated_at": timezone.now()}
        )
    _insert(run, other, pk, offers)


def _insert(run, column: str, pk: int, offers: lists.Offers) -> None:
    """Bring `pk` to its new place in every list of the other side that holds it or should."""
    length, now = settings.MATCHING_LIST_LENGTH, timezone.now()
    theirs = RecommendationList.objects.filter(run=run, **{f"{column}__isnull": False})
    holding = Case(When(ids__contains=f" {pk} ", then=True), default=False, output_field=BooleanField())
    found = list(theirs.order_by("pk").values_list("pk", f"{column}_id", "floor", holding))
    rows, readers, floors, holds = (np.array(part) for part in zip(*found, strict=True)) if found else [np.zeros(0)] * 4
    touched = rows[holds.astype(bool) | offers.above(readers, floors)].tolist()
    for start in range(0, len(touched), _LISTS_AT_ONCE):
        changed = []
        for entry in theirs.filter(pk__in=touched[start : start + _LISTS_AT_ONCE]).select_for_update():
            before = entry.items
            entry.fill(before.with_item(pk, offers.item(getattr(entry, f"{column}_id"), pk), length), length)
            entry.updated_at = now
            changed.append(entry)
        RecommendationList.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["pk"], update_fields=["items", "ids", "floor", "updated_at"]
        )
    # A party that had no list at all gets its first one.
    first = []
    for reader in np.setdiff1d(offers.readers, readers).tolist():
        entry = RecommendationList(run=run, **{f"{column}_id": reader})
        entry.fill(offers.item(reader, pk), length)
        first.append(entry)
    RecommendationList.objects.bulk_create(first, batch_size=_LISTS_AT_ONCE)
