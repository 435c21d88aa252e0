"""By which names a party is sorted and found."""

from django.db import models
from django.db.models import Case, Value, When
from django.db.models.functions import Length

from taxonomy.names import fold, is_chinese, sort_key, sounds

BATCH = 2000
# No folded name holds it.
EDGE = "|"
# Of so many the nearest are looked at; whoever looks for more types more.
MOST = 200


class SortKey(models.CharField):
    """The name by which lists are sorted: of the fields `names` the first that says something.

    It follows the names whenever a whole row is saved, and when rows are made in bulk.
    """

    def __init__(self, *names: str, **options):
        self.names = names
        super().__init__(**{"max_length": 200, "editable": False, "default": ""} | options)

    def deconstruct(self):
        name, path, _args, options = super().deconstruct()
        return name, path, list(self.names), options

    def of(self, row) -> str:
        return sort_key(next(filter(None, (getattr(row, name) for name in self.names)), ""))[: self.max_length]

    def pre_save(self, instance, add):
        setattr(instance, self.attname, key := self.of(instance))
        return key


def sort_field(of: str = "") -> str:
    """The field by which the reader's language sorts names; `of` is the party's field, such as `company`."""
    name = "sort_zh" if is_chinese() else "sort_en"
    return f"{of}__{name}" if of else name


def names_text(names) -> str:
    """All that a party may be typed as: its names folded, Chinese ones also by their sounds and by their initials."""
    forms = (form.replace(EDGE, "") for name in names for form in (fold(name), *sounds(name)))
    found = dict.fromkeys(filter(None, forms))
    return f"{EDGE}{EDGE.join(found)}{EDGE}" if found else ""


class NamesQuerySet(models.QuerySet):
    def nearest(self, typed: str) -> list[int]:
        """Keys of those that are called by what was typed, that begin with it, that hold it; in each the shortest first."""
        # PostgreSQL takes no NUL.
        key = fold(typed).replace(EDGE, "").replace("\0", "")
        if not key or (len(key) == 1 and key.isascii()):
            return []
        nearness = Case(
            When(text__contains=f"{EDGE}{key}{EDGE}", then=Value(0)),
            When(text__contains=f"{EDGE}{key}", then=Value(1)),
            default=Value(2),
        )
        found = self.filter(text__contains=key).annotate(nearness=nearness, length=Length("text"))
        return list(found.order_by("nearness", "length", "pk").values_list("pk", flat=True)[:MOST])


class Names(models.Model):
    """A narrow row beside each party: to look through all of them takes some hundredths of a second at 100,000."""

    text = models.TextField(editable=False)

    objects = NamesQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return self.text
