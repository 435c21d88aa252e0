"""New and changed rows of one table, gathered first and written at once."""

from django.db import models
from django.utils import timezone

from accounts.naming import SortKey

BATCH = 2000


def differs(record: models.Model, name: str, value) -> bool:
    """Whether writing `value` to the field `name` would change the record."""
    if isinstance(value, models.Model):
        return value.pk is None or getattr(record, f"{name}_id") != value.pk
    return getattr(record, name) != value


class Changes:
    """What is to be written to one table. `tally` counts source rows, `write` touches only changed fields."""

    def __init__(self, model: type[models.Model], tally=None):
        self.model, self.tally = model, tally
        self.fresh: list[models.Model] = []
        self.stale: dict[tuple[str, ...], list[models.Model]] = {}
        self.gone: list[int] = []

    def create(self, record: models.Model) -> None:
        self.fresh.append(record)
        if self.tally:
            self.tally.created += 1

    def meet(self, record: models.Model, fields: dict, *, held: bool = False, more: bool = False) -> bool:
        """Compare a record with what its row says; `more` tells that something beside its fields changed.

        A held record is left alone. Returns whether the record is to change.
        """
        changed = {name: value for name, value in fields.items() if differs(record, name, value)}
        if not changed and not more:
            self.tally.unchanged += 1
        elif held:
            self.tally.kept += 1
        else:
            self.tally.updated += 1
            self.update(record, changed)
            return True
        return False

    def update(self, record: models.Model, changed: dict) -> None:
        for name, value in changed.items():
            setattr(record, name, value)
        for field in self.model._meta.fields:
            if isinstance(field, SortKey) and not changed.keys().isdisjoint(field.names):
                changed = {**changed, field.name: field.pre_save(record, add=False)}
        if any(field.name == "updated_at" for field in self.model._meta.fields):
            record.updated_at = timezone.now()
            changed = {**changed, "updated_at": record.updated_at}
        if changed:
            self.stale.setdefault(tuple(sorted(changed)), []).append(record)

    def write(self) -> None:
        if self.gone:
            for start in range(0, len(self.gone), BATCH):
                self.model._default_manager.filter(pk__in=self.gone[start : start + BATCH]).delete()
        for names, records in self.stale.items():
            self.model._default_manager.bulk_update(records, names, batch_size=BATCH)
        self.model._default_manager.bulk_create(self.fresh, batch_size=BATCH)

    @property
    def count(self) -> int:
        return len(self.fresh) + len(self.gone) + sum(map(len, self.stale.values()))
