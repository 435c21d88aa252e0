"""Steps of policy over the time line of listings."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from deals.statistics.rows import Figure, Names, PartRow
from deals.statistics.scope import Scope
from taxonomy.dates import PartialDate
from taxonomy.models import Milestone


@dataclass(frozen=True)
class MilestoneRow(PartRow):
    """A milestone, and the new listings from its first day to the day before the next, or to the end of the period.

    `numerator` are those on the board that the milestone is about (on any, where it is about none) of the
    `denominator` on all boards. `until` is the first day that no longer counts.
    """

    when: PartialDate | None = None
    until: date | None = None
    board: str = ""
    source: Names | None = None


def milestones(scope: Scope) -> Figure[MilestoneRow]:
    """L12: milestones up to the end of the period and the as-of date, oldest first, with the listings after each.

    The first day of the period does not narrow it. `left_out` counts listings before the first milestone.
    """
    steps = list(Milestone.objects.filter(on__lte=scope.known_until).select_related("source").order_by("on", "code"))
    if not steps:
        return Figure("L12", scope, (), scope.listings().count())
    ends = [step.on for step in steps[1:]] + [None]
    counts = {}
    for number, (step, end) in enumerate(zip(steps, ends, strict=True)):
        after = Q(listed_on__gte=step.on) & (Q(listed_on__lt=end) if end else Q())
        counts[f"all_{number}"] = Count("pk", filter=after)
        counts[f"part_{number}"] = Count("pk", filter=after & (Q(board=step.board_id) if step.board_id else Q()))
    found = scope.listings().aggregate(before=Count("pk", filter=Q(listed_on__lt=steps[0].on)), **counts)
    rows = tuple(
        MilestoneRow(
            key=step.code,
            name_zh=step.name_zh,
            name_en=step.name_en,
            numerator=found[f"part_{number}"],
            denominator=found[f"all_{number}"],
            when=PartialDate(step.on, step.precision),
            until=end,
            board=step.board_id or "",
            source=Names(step.source.code, step.source.name, step.source.name_en) if step.source else None,
        )
        for number, (step, end) in enumerate(zip(steps, ends, strict=True))
    )
    return Figure("L12", scope, rows, found["before"])


def listings_after(scope: Scope, row: MilestoneRow):
    """The listings that a row counts in its denominator."""
    listings = scope.listings().filter(listed_on__gte=row.when.first)
    return listings.filter(listed_on__lt=row.until) if row.until else listings
