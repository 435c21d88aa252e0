"""Columns that many questions share."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from deals.statistics.amounts import COUNTED
from deals.statistics.claims.base import Column, Unit
from deals.statistics.scope import Scope

Records = Callable[[Scope, Any], QuerySet]


def name(title: str | Promise, get: Callable[[Any], str] = lambda row: row.name) -> Column:
    return Column("name", title, get, Unit.TEXT)


def events(behind: Records) -> Column:
    return Column("events", gettext_lazy("Events"), lambda row: row.events, behind=behind)


def companies(behind: Records) -> Column:
    return Column("companies", gettext_lazy("Companies"), lambda row: row.companies, behind=behind)


def numerator(title: str | Promise, behind: Records) -> Column:
    return Column("numerator", title, lambda row: row.numerator, behind=behind)


def denominator(title: str | Promise, behind: Records | None = None) -> Column:
    return Column("denominator", title, lambda row: row.denominator, behind=behind)


def share(
    get: Callable[[Any], float | None] = lambda row: row.share,
    rests_on: str = "numerator",
    title: str | Promise = "",
) -> Column:
    title = title or (gettext_lazy("Share of events") if rests_on == "events" else gettext_lazy("Share"))
    return Column("share", title, get, Unit.SHARE, rests_on=rests_on)


def money(
    get: Callable[[Any], Any] = lambda row: row.money,
    title: str | Promise = "",
    name: str = "amount",
    rests_on: str = "events",
) -> Column:
    return Column(name, title or gettext_lazy("Amount"), get, Unit.MONEY, rests_on=rests_on)


def undisclosed(behind: Records, get: Callable[[Any], Any] = lambda row: row.money) -> Column:
    """How many events of a sum count with nothing. `behind` returns all events of the sum."""
    return Column(
        "undisclosed",
        gettext_lazy("Undisclosed"),
        lambda row: get(row).undisclosed,
        behind=lambda scope, row: behind(scope, row).exclude(COUNTED),
    )


def of_part(title: str | Promise, events_behind: Records, companies_behind: Records) -> tuple[Column, ...]:
    """The columns of a `ShareRow`: a part of the events, of the companies and of the money."""
    return (
        name(title),
        events(events_behind),
        share(lambda row: row.event_share, "events"),
        companies(companies_behind),
        Column(
            "company_share",
            gettext_lazy("Share of companies"),
            lambda row: row.company_share,
            Unit.SHARE,
            rests_on="companies",
        ),
        money(),
        undisclosed(events_behind),
    )
