"""The audit record of changes that a conditional `update()` made: signals do not see those."""

from auditlog.models import LogEntry


def log_change(instance, before: dict, after: dict, actor=None) -> None:
    """Write one entry with the fields that differ, as `auditlog` does for a saved row."""
    changes = {
        name: [str(before[name]), str(value)] for name, value in after.items() if str(before[name]) != str(value)
    }
    if changes:
        LogEntry.objects.log_create(instance, action=LogEntry.Action.UPDATE, changes=changes, actor=actor)
