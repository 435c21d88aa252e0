"""What waits for an administrator to verify: deals and listings in one line, the oldest first."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import CharField, Value

from deals import duplicates, history
from deals.models import Deal, Listing

MODELS = {"deal": Deal, "listing": Listing}
# Of both kinds, what one side alone says.
ONE_SIDED = "asserted"


@dataclass(frozen=True)
class Waiting:
    """A record with what was changed of it since it was recorded, and how many others may tell of the same deal."""

    kind: str
    record: Deal | Listing
    changes: list[history.Change]
    duplicates: int


def line(kind: str = ""):
    """Return the kinds and numbers of the records that wait, of one kind, one-sided or all."""
    parts = [
        (model.objects.asserted() if kind == ONE_SIDED else model.objects.unverified())
        .order_by()
        .values_list("recorded_at", Value(name, CharField()), "pk")
        for name, model in MODELS.items()
        if kind in ("", ONE_SIDED, name)
    ]
    return parts[0].union(*parts[1:], all=True).order_by("recorded_at", "pk")


def counts() -> dict[str, int]:
    """How many wait of each kind, and how many of all are one-sided."""
    found = {name: model.objects.unverified().count() for name, model in MODELS.items()}
    return found | {ONE_SIDED: sum(model.objects.asserted().count() for model in MODELS.values())}


def described(entries: list[tuple]) -> list[Waiting]:
    """Return what a page of `line` shows; a record that was reviewed meanwhile is left out."""
    numbers = {name: [pk for _recorded, kind, pk in entries if kind == name] for name in MODELS}
    people = ("recorded_by", "objected_by")
    deals = Deal.objects.unverified().for_list().select_related(*people).in_bulk(numbers["deal"])
    listings = Listing.objects.unverified().for_list().select_related(*people).in_bulk(numbers["listing"])
    found = {"deal": deals, "listing": listings}
    changed = {name: history.changes_of(list(rows.values())) for name, rows in found.items()}
    pairs = duplicates.suspected() if deals else []
    alike = Counter(pk for pair in pairs for pk in (pair.first, pair.second))
    return [
        Waiting(kind, found[kind][pk], changed[kind][pk], alike[pk] if kind == "deal" else 0)
        for _recorded, kind, pk in entries
        if pk in found[kind]
    ]
