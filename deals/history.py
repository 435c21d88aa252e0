"""What was changed of a deal since it was recorded, as the audit record has it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from deals.comparing import GROUPS, label_of_group, word
from deals.models import Deal, Participation
from investors.models import Investor

SHOWN = 12
ONE_STROKE = timedelta(seconds=2)


@dataclass(frozen=True)
class Change:
    """At one moment: what was changed, each with its name, what stood before and what stands since."""

    when: datetime
    who: User | None
    lines: list[tuple[str, str, str]]


def changes(deal: Deal) -> list[Change]:
    """The last changes of a deal and of who takes part, the newest first."""
    found = sorted([*_of_particulars(deal), *_of_parts(deal)], key=lambda change: change.when, reverse=True)
    # What one person did at one stroke stands in several entries.
    joined: list[Change] = []
    for change in found:
        last = joined[-1] if joined else None
        if last and last.who == change.who and last.when - change.when < ONE_STROKE:
            last.lines.extend(change.lines)
        else:
            joined.append(change)
    return joined[:SHOWN]


def _of_particulars(deal: Deal) -> list[Change]:
    """An entry names only what it changed: the whole deal before it is that after it, with these put back."""
    entries = LogEntry.objects.get_for_object(deal).filter(action=LogEntry.Action.UPDATE)
    found, since = [], deal
    for entry in entries.select_related("actor").order_by("-timestamp", "-pk")[:SHOWN]:
        before = _before(since, entry.changes)
        lines = [
            (label, old, new)
            for label, old, new in zip(_labels(), _words(before), _words(since), strict=True)
            if old != new
        ]
        if lines:
            found.append(Change(entry.timestamp, entry.actor, lines))
        since = before
    return found


def _before(deal: Deal, changed: dict) -> Deal:
    values = {field.attname: getattr(deal, field.attname) for field in deal._meta.concrete_fields}
    for field in deal._meta.concrete_fields:
        if field.name in changed:
            text = changed[field.name][0]
            try:
                values[field.attname] = None if text in (None, "None") else field.to_python(text)
            except ValidationError:
                # Written by an older release: that field stays as it is since.
                continue
    return Deal(**values)


def _labels() -> list[str]:
    return [*map(label_of_group, GROUPS), _("Status"), _("Objection")]


def _words(deal: Deal) -> list[str]:
    return [*(word(deal, group) for group in GROUPS), str(deal.get_status_display()), deal.objection]


def _of_parts(deal: Deal) -> list[Change]:
    kind, pk = ContentType.objects.get_for_model(Participation), str(deal.pk)
    entries = LogEntry.objects.filter(
        Q(action=LogEntry.Action.CREATE, changes__deal__1=pk) | Q(action=LogEntry.Action.DELETE, changes__deal__0=pk),
        content_type=kind,
    )
    entries = list(entries.select_related("actor").order_by("-timestamp", "-pk")[:SHOWN])
    investor_of = [next(pk for pk in entry.changes["investor"] if pk not in (None, "None")) for entry in entries]
    names = {str(pk): investor.name for pk, investor in Investor.objects.in_bulk(investor_of).items()}
    found = []
    for entry, investor in zip(entries, investor_of, strict=True):
        added, name = entry.action == LogEntry.Action.CREATE, names.get(investor, f"#{investor}")
        line = (_("Investor"), "", name) if added else (_("Investor"), name, "")
        found.append(Change(entry.timestamp, entry.actor, [line]))
    return found
