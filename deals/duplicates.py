"""Which deals may be one and the same: for a deal, and over the whole market.

Two standing deals of one kind are set side by side where they lie close in time and their rounds do not contradict
each other, in one company or in two that share a name. What speaks for the pair is a list of `Reason`; their points
together decide whether it is offered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.core.cache import cache
from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Abs

from companies.models import Company, CompanyAlias
from deals.models import Deal, KeptApart, Participation
from taxonomy import amounts
from taxonomy.dates import PartialDate
from taxonomy.facts import DatePrecision
from taxonomy.models import Round
from taxonomy.names import fold

# How far apart two reports of one deal are dated, at most.
NEAR_DAYS = 45
# The longest that a period of a precision lasts beyond its first day.
_LENGTH = {DatePrecision.DAY: 0, DatePrecision.MONTH: 30, DatePrecision.QUARTER: 91, DatePrecision.YEAR: 365}
# Neighbours on the ladder of rounds are at most so far apart in `Round.order`.
_STEP = 10
STANDING = (Deal.Status.REPORTED, Deal.Status.VERIFIED)
# How many pairs are looked at, the newest first, and how many companies of one name.
LIMIT = 5_000
NAMESAKES = 500
NAMESAKES_SECONDS = 600


class _Later(Func):
    """A date so many days later."""

    output_field = DateField()
    arg_joiner = " + "
    template = "(%(expressions)s)"

    def as_sqlite(self, compiler, connection, **extra):
        return super().as_sql(
            compiler, connection, template="date(%(expressions)s || ' days')", arg_joiner=", ", **extra
        )


def _pairs():
    span = Case(
        *(When(announced_precision=precision, then=Value(days + NEAR_DAYS)) for precision, days in _LENGTH.items()),
        output_field=IntegerField(),
    )
    return (
        Deal.objects.standing()
        .filter(
            Q(company__deals__announced_on__gt=F("announced_on"))
            | Q(company__deals__announced_on=F("announced_on"), company__deals__pk__gt=F("pk")),
            Q(company__deals__round=F("round"))
            | Q(round__isnull=True, company__deals__round__isnull=True)
            | Q(round__order__isnull=True)
            | Q(company__deals__round__order__isnull=True)
            | Q(
                company__deals__round__order__gte=F("round__order") - _STEP,
                company__deals__round__order__lte=F("round__order") + _STEP,
            ),
            company__deals__status__in=STANDING,
            company__deals__kind=F("kind"),
            company__deals__announced_on__lte=_Later("announced_on", span),
            company__deals__announced_on__gte=F("announced_on"),
        )
        .order_by("-announced_on", "-pk", "-company__deals__pk")
        .values_list("pk", "company__deals__pk")
    )
