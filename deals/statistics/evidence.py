"""The records behind a value of a figure, as far as a reader may see them."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from companies.models import Company, Raise
from deals.models import Deal, Introduction, Listing
from deals.statistics.claims import Claim, Column, key_of
from deals.statistics.rows import Figure
from investors.models import Investor


def _deals(found: QuerySet, user: User) -> QuerySet:
    visible = Deal.objects.counted_for(user).filter(pk__in=found.order_by().values("pk"))
    return visible.with_amount_shown(user).for_list().order_by("-announced_on", "-pk")


def _listings(found: QuerySet, user: User) -> QuerySet:
    visible = Listing.objects.counted_for(user).filter(pk__in=found.order_by().values("pk"))
    return visible.for_list().order_by("-listed_on", "-pk")


def _companies(found: QuerySet, user: User) -> QuerySet:
    visible = Company.objects.visible_to(user).filter(pk__in=found.order_by().values("pk"))
    return visible.for_list().order_by("pk")


def _investors(found: QuerySet, user: User) -> QuerySet:
    visible = Investor.objects.visible_to(user).filter(pk__in=found.order_by().values("pk"))
    return visible.for_list().order_by("pk")


def _raises(found: QuerySet, user: User) -> QuerySet:
    visible = Raise.objects.filter(pk__in=found.order_by().values("pk"), company__in=Company.objects.visible_to(user))
    return visible.select_related("company", "round", "currency").order_by("-opened_on", "-pk")


def _introductions(found: QuerySet, user: User) -> QuerySet:
    visible = Introduction.objects.visible_to(user).filter(pk__in=found.order_by().values("pk"))
    return visible.for_list().order_by("-asked_at", "-pk")


SHOWN_AS = {
    Deal: ("deals", _deals),
    Listing: ("listings", _listings),
    Company: ("companies", _companies),
    Investor: ("investors", _investors),
    Raise: ("raises", _raises),
    Introduction: ("introductions", _introductions),
}


@dataclass(frozen=True)
class Records:
    """`rows` are those that the reader may see of the `counted` ones, which the figure says; `kind` says what they are."""

    kind: str
    rows: QuerySet
    counted: int


def behind(claim: Claim, figure: Figure, key: str, name: str, user: User) -> tuple[object, Column, Records]:
    """Return row, column and records of one value. Raises `LookupError` where the figure has no such value."""
    column = claim.column(name)
    row = next((row for row in figure.rows if key_of(row) == key), None)
    if column is None or column.behind is None or row is None:
        raise LookupError(name)
    found = column.behind(figure.scope, row)
    kind, visible = SHOWN_AS[found.model]
    rows = visible(found, user)
    if column.of_requests:
        # In a sub-query: a party of several requests stands in a list once.
        theirs = Introduction.objects.visible_to(user).filter(pk__in=figure.scope.introductions().values("pk"))
        rows = rows.filter(Exists(theirs.filter(**{found.model._meta.model_name: OuterRef("pk")})))
    return row, column, Records(kind, rows, column.get(row) or 0)
