"""What was changed of a deal or a listing since it was recorded, as the audit record has it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from deals.comparing import GROUPS, label_of_group, word
from deals.models import Deal, Listing, Participation
from investors.models import Investor
from taxonomy import display
from taxonomy.templatetags.facts import bare_address

SHOWN = 12
ONE_STROKE = timedelta(seconds=2)


@dataclass(frozen=True)
class Change:
    """At one moment: what was changed, each with its name, what stood before and what stands since."""

    when: datetime
    who: User | None
    lines: list[tuple[str, str, str]]


def changes(record: Deal | Listing) -> list[Change]:
    """The last changes of a deal, with those of who takes part, or of a listing; the newest first."""
    return changes_of([record])[record.pk]


def changes_of(records: list) -> dict[int, list[Change]]:
    """`changes` of several records of one kind, by their numbers."""
    if not records:
        return {}
    found = _of_particulars(records)
    if isinstance(records[0], Deal):
        for pk, more in _of_parts(records).items():
            found[pk] += more
    return {pk: _joined(of_one)[:SHOWN] for pk, of_one in found.items()}


def _joined(found: list[Change]) -> list[Change]:
    """What one person did at one stroke stands in several entries."""
    joined: list[Change] = []
    for change in sorted(found, key=lambda change: change.when, reverse=True):
        last = joined[-1] if joined else None
        if last and last.who == change.who and last.when - change.when < ONE_STROKE:
            last.lines.extend(change.lines)
        else:
            joined.append(change)
    return joined


def _entries(model, **narrowing):
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, **narrowing)
    return entries.select_related("actor").order_by("-timestamp", "-pk")


def _of_particulars(records: list) -> dict[int, list[Change]]:
    """An entry names only what it changed: the whole record before it is that after it, with these put back."""
    since = {record.pk: record for record in records}
    found: dict[int, list[Change]] = {pk: [] for pk in since}
    seen: Counter[int] = Counter()
    for entry in _entries(type(records[0]), object_id__in=list(since), action=LogEntry.Action.UPDATE):
        pk = entry.object_id
        seen[pk] += 1
        if seen[pk] > SHOWN:
            continue
        after, before = since[pk], _before(since[pk], entry.changes)
        lines = [
            (label, old, new)
            for (label, old), (_label, new) in zip(said(before), said(after), strict=True)
            if old != new
        ]
        if lines:
            found[pk].append(Change(entry.timestamp, entry.actor, lines))
        since[pk] = before
    return found


def _before(record, changed: dict):
    values = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}
    for field in record._meta.concrete_fields:
        if field.name in changed:
            text = changed[field.name][0]
            try:
                values[field.attname] = None if text in (None, "None") else field.to_python(text)
            except ValidationError:
                # Written by an older release: that field stays as it is since.
                continue
    before = type(record)(**values)
    for field in record._meta.concrete_fields:
        # What stayed the same is at hand already.
        if field.is_relation and field.is_cached(record) and values[field.attname] == getattr(record, field.attname):
            setattr(before, field.name, getattr(record, field.name))
    return before


def said(record: Deal | Listing) -> list[tuple[str, str]]:
    """The particulars of a record, each with its name, as an administrator reads them."""
    return _of_deal(record) if isinstance(record, Deal) else _of_listing(record)


def _of_deal(deal: Deal) -> list[tuple[str, str]]:
    return [
        *((label_of_group(group), word(deal, group)) for group in GROUPS),
        (_("Status"), str(deal.get_status_display())),
        (_("Objection"), deal.objection),
    ]


def _of_listing(listing: Listing) -> list[tuple[str, str]]:
    worth = display.amount(listing.worth) if listing.worth else ""
    return [
        (_("Board"), str(listing.board)),
        (_("Ticker"), listing.ticker),
        (_("Listed on"), display.partial_date(listing.listed_on, listing.listed_precision)),
        (_("Application filed"), display.partial_date(listing.filed_on)),
        (_("Cleared by review"), display.partial_date(listing.cleared_on)),
        (_("Offering"), _offering(listing.offering)),
        (_("Market value"), worth),
        (_("Market value of"), display.partial_date(listing.market_value_on)),
        (_("Address of the source"), bare_address(listing.source_url)),
        (_("Note"), listing.note),
        (_("Status"), str(listing.get_status_display())),
        (_("Objection"), listing.objection),
    ]


def _offering(deal: Deal | None) -> str:
    return f"#{deal.pk} {display.partial_date(deal.announced_on, deal.announced_precision)}" if deal else ""


def _of_parts(deals: list[Deal]) -> dict[int, list[Change]]:
    keys = [str(deal.pk) for deal in deals]
    added, taken = LogEntry.Action.CREATE, LogEntry.Action.DELETE
    entries = list(
        _entries(Participation).filter(
            Q(action=added, changes__deal__1__in=keys) | Q(action=taken, changes__deal__0__in=keys)
        )
    )
    investor_of = [next(pk for pk in entry.changes["investor"] if pk not in (None, "None")) for entry in entries]
    names = {str(pk): investor.name for pk, investor in Investor.objects.in_bulk(investor_of).items()}
    found: dict[int, list[Change]] = {deal.pk: [] for deal in deals}
    for entry, investor in zip(entries, investor_of, strict=True):
        name = names.get(investor, f"#{investor}")
        old, new = ("", name) if entry.action == added else (name, "")
        deal = entry.changes["deal"][entry.action == added]
        found[int(deal)].append(Change(entry.timestamp, entry.actor, [(_("Investor"), old, new)]))
    return found
