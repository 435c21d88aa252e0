"""V12 to V15: rounds and companies that stand out."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deals.models import Deal
from deals.statistics.claims import columns, words
from deals.statistics.claims.base import Claim, Column, Unit
from deals.statistics.companies import (
    CumulativeRow,
    DealRow,
    IncubatedRow,
    SeveralRow,
    cumulative,
    incubated,
    several_rounds,
)
from deals.statistics.largest import ALL, RecordRow, records
from deals.statistics.rows import Figure, Money
from deals.statistics.scope import Scope
from taxonomy import display

MILLION = 10**6
# How the study's companies begin in Chinese, whatever follows: sources write 卡奥斯 and 卡奥斯物联.
COSMOPLAT, INSPUR, CHANGYANG, LIUFANG, ROOTCLOUD = "卡奥斯", "浪潮云", "长扬科技", "六方云", "树根互联"
# Table 1: company, round, category, day, what the amount is, and its lower bound in million CNY.
TABLE_1 = (
    (COSMOPLAT, "a", "platform", date(2020, 4, 1), "exact", 950),
    (COSMOPLAT, "a_plus", "platform", date(2020, 7, 28), "exact", 200),
    (INSPUR, "c", "platform", date(2020, 3, 17), "at_least", 100),
    (INSPUR, "c_plus", "platform", date(2020, 8, 31), "exact", 150),
    (CHANGYANG, "b", "security", date(2020, 4, 15), "undisclosed", None),
    (CHANGYANG, "c", "security", date(2020, 8, 6), "exact", 150),
    (LIUFANG, "b", "security", date(2020, 4, 21), "range", 10),
    (LIUFANG, "b_plus", "security", date(2020, 7, 17), "undisclosed", None),
)


def _several(figure: Figure[SeveralRow]) -> str:
    number = figure.rows[0].companies if figure.rows else 0
    said = ngettext("%(companies)s company with several rounds", "%(companies)s companies with several rounds", number)
    return said % {"companies": display.count(number)}


def _as_in_table_1(figure: Figure[SeveralRow]) -> bool:
    """Every line of the table is among the rows; rows of other companies are not the study's."""

    def is_there(name, round_, category, day, kind, millions) -> bool:
        return any(
            row.name_zh.startswith(name)
            and (row.round, row.category, row.announced.text) == (round_, category, day.isoformat())
            and (row.amount.kind, row.amount.low) == (kind, millions and millions * MILLION)
            for row in figure.rows
        )

    return all(is_there(*line) for line in TABLE_1)


def _history(scope: Scope, row):
    return scope.history().filter(company=row.key)


def _most(figure: Figure[CumulativeRow]) -> str:
    if not figure.rows:
        return display.DASH
    return _("%(company)s: %(amount)s in %(events)s rounds") % {
        "company": figure.rows[0].name,
        "amount": words.money(figure.rows[0].money),
        "events": display.count(figure.rows[0].events),
    }


def _sums_stand(figure: Figure[CumulativeRow]) -> bool:
    sums = {name: row.money.low for name in (COSMOPLAT, INSPUR) for row in figure.rows if row.name_zh.startswith(name)}
    return sums.get(COSMOPLAT) == 1_150 * MILLION and sums.get(INSPUR, 0) > 200 * MILLION


def _record(deal: DealRow | None) -> str:
    """Who holds a record, in which round, when and with how much."""
    if deal is None:
        return ""
    return _("%(company)s, %(round)s, %(date)s: %(amount)s") % {
        "company": deal.name,
        "round": deal.round_name,
        "date": words.when(deal.announced),
        "amount": display.amount(deal.amount),
    }


def _of_all(figure: Figure[RecordRow]) -> RecordRow:
    return next(row for row in figure.rows if row.key == ALL)


def _records(figure: Figure[RecordRow]) -> str:
    row = _of_all(figure)
    if row.deal is None or row.before is None or not row.is_broken:
        return _record(row.deal) or display.DASH
    return _("%(record)s; before the period %(before)s") % {"record": _record(row.deal), "before": _record(row.before)}


def _records_stand(figure: Figure[RecordRow]) -> bool:
    """Rootcloud held the record of all rounds when the period began, COSMOPlat that of A rounds at its end."""
    of_a = next((row.deal for row in figure.rows if row.key == "a"), None)
    first = _of_all(figure).before
    return (
        first is not None
        and first.name_zh.startswith(ROOTCLOUD)
        and (first.round, first.announced.first.year, first.money.low) == ("b", 2019, 500 * MILLION)
        and of_a is not None
        and of_a.name_zh.startswith(COSMOPLAT)
        and of_a.money.low == 950 * MILLION
    )


def _particulars(name: str, get: Callable[[RecordRow], DealRow | None], when: str | Promise = "") -> tuple[Column, ...]:
    """The columns that tell of one round of each row; all are empty where there is none."""

    def titled(title: str | Promise) -> str | Promise:
        return format_lazy("{} · {}", title, when) if when else title

    def value(tell: Callable[[DealRow], Any]) -> Callable[[RecordRow], Any]:
        return lambda row: tell(get(row)) if get(row) else None

    return (
        Column(f"{name}_company", titled(gettext_lazy("Company")), value(lambda deal: deal.name), Unit.TEXT),
        Column(f"{name}_round", titled(gettext_lazy("Its round")), value(lambda deal: deal.round_name), Unit.TEXT),
        Column(f"{name}_date", titled(gettext_lazy("Date")), value(lambda deal: deal.announced), Unit.DAY),
        Column(
            f"{name}_known", titled(gettext_lazy("Amount")), value(lambda deal: display.amount(deal.amount)), Unit.TEXT
        ),
        Column(f"{name}_amount", titled(gettext_lazy("Lower bound")), _money_of(get), Unit.MONEY),
    )


def _money_of(get: Callable[[RecordRow], DealRow | None]) -> Callable[[RecordRow], Money]:
    return lambda row: get(row).money if get(row) else Money()


def _of_record(scope: Scope, row: RecordRow):
    rounds = scope.history()
    return rounds if row.key == ALL else rounds.filter(round=row.key)


def _incubated(figure: Figure[IncubatedRow]) -> str:
    pairs = [f"{row.parent_name} → {row.name}" for row in figure.rows[:3]]
    return _("%(number)s companies: %(pairs)s") % {
        "number": display.count(len(figure.rows) + figure.left_out),
        "pairs": words.listed(pairs),
    }


def _parents_stand(figure: Figure[IncubatedRow]) -> bool:
    def is_there(parent: str, name: str) -> bool:
        return any(row.parent_zh.startswith(parent) and row.name_zh.startswith(name) for row in figure.rows)

    return is_there("海尔", COSMOPLAT) and is_there("三一", ROOTCLOUD)


CLAIMS = (
    Claim(
        code="V12",
        question=gettext_lazy("Companies with two or more rounds in the period"),
        definition=gettext_lazy(
            "The venture rounds of each company that announced two or more in the period, with the amount as exactly as "
            "it is known. Companies whose profile is not published are left out."
        ),
        answer=several_rounds,
        columns=(
            columns.name(gettext_lazy("Company")),
            Column("round", gettext_lazy("Round"), lambda row: row.round_name, Unit.TEXT),
            Column("category", gettext_lazy("Category"), lambda row: row.category_name, Unit.TEXT),
            Column("date", gettext_lazy("Date"), lambda row: row.announced, Unit.DAY),
            Column("known", gettext_lazy("Amount"), lambda row: display.amount(row.amount), Unit.TEXT),
            columns.money(title=gettext_lazy("Lower bound"), rests_on=""),
            Column(
                "rounds",
                gettext_lazy("Rounds in the period"),
                lambda row: row.rounds,
                behind=lambda scope, row: scope.deals().filter(company=row.company),
            ),
        ),
        value=_several,
        paper=gettext_lazy("Table 1: COSMOPlat, Inspur Cloud, Changyang Technology and Liufangyun, two rounds each"),
        holds=_as_in_table_1,
    ),
    Claim(
        code="V13",
        question=gettext_lazy("Cumulative amount of a company"),
        definition=gettext_lazy(
            "All recorded venture rounds up to the end of the period of each company that raised in it, as a lower bound "
            "at the rates of their days. Companies whose profile is not published are left out."
        ),
        answer=cumulative,
        columns=(
            columns.name(gettext_lazy("Company")),
            columns.money(title=gettext_lazy("Cumulative amount")),
            Column("events", gettext_lazy("Rounds"), lambda row: row.events, behind=_history),
            columns.undisclosed(_history),
            Column(
                "of_period",
                gettext_lazy("Rounds in the period"),
                lambda row: row.of_period,
                behind=lambda scope, row: scope.deals().filter(company=row.key),
            ),
        ),
        value=_most,
        paper=gettext_lazy("COSMOPlat CNY 1.15 billion, Inspur Cloud over CNY 200 million"),
        holds=_sums_stand,
    ),
    Claim(
        code="V14",
        question=gettext_lazy("Records: the largest round of all and of each type"),
        definition=gettext_lazy(
            "The venture round with the largest lower bound up to the end of the period, of all rounds and of each type, "
            "beside the one that was the largest when the period began. Any undisclosed round may have been larger."
        ),
        answer=records,
        columns=(
            columns.name(gettext_lazy("Round")),
            *_particulars("record", lambda row: row.deal),
            Column(
                "holders",
                gettext_lazy("Deals at the record"),
                lambda row: int(row.deal is not None),
                behind=lambda scope, row: Deal.objects.filter(pk=row.deal.key if row.deal else None),
            ),
            *_particulars("before", lambda row: row.before, gettext_lazy("before the period")),
            columns.events(_of_record),
            columns.undisclosed(_of_record, lambda row: row),
        ),
        value=_records,
        paper=gettext_lazy(
            "2019: Rootcloud, Series B, CNY 500 million, the largest of all; 2020: COSMOPlat, CNY 950 million, the largest "
            "Series A"
        ),
        holds=_records_stand,
    ),
    Claim(
        code="V15",
        question=gettext_lazy("Companies incubated by a corporate parent"),
        definition=gettext_lazy(
            "Companies whose profile names the company that incubated them, with all their venture rounds up to the end "
            "of the period. Only categories and places narrow the companies."
        ),
        answer=incubated,
        columns=(
            Column("parent", gettext_lazy("Parent"), lambda row: row.parent_name, Unit.TEXT),
            columns.name(gettext_lazy("Company")),
            Column("events", gettext_lazy("Rounds"), lambda row: row.events, behind=_history),
            columns.money(title=gettext_lazy("Cumulative amount")),
            columns.undisclosed(_history),
        ),
        value=_incubated,
        paper=gettext_lazy("Haier → COSMOPlat, SANY → Rootcloud"),
        holds=_parents_stand,
    ),
)
