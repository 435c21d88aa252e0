"""Records as files: what lists of them show, column by column, as far as a reader may see it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, override, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from deals.models import Deal
from deals.spreadsheets import CSV, XLSX, Head, Table, csv_lines, xlsx
from deals.statistics.claims.base import Unit
from deals.statistics.files import origin
from taxonomy import display
from taxonomy.dates import DAY, PartialDate
from taxonomy.templatetags.facts import place

FORMS = ("csv", "xlsx")
# A book holds so many rows: it is written before it is sent, in some seconds. As CSV a list of any length is sent line by
# line.
XLSX_ROWS = 50_000
# So many are read from the database, and so many lines sent, at once.
READ, SENT = 2_000, 500


@dataclass(frozen=True)
class Field:
    title: str | Promise
    get: Callable[[Any], Any]
    unit: Unit = Unit.TEXT


def _joined(names: Iterable[str]) -> str:
    return pgettext("between the items of a list", ", ").join(names)


def _day(value: PartialDate):
    return value.first if value.precision == DAY else value.text


def _amount(get: Callable[[Deal], Any]) -> Callable[[Deal], Any]:
    """What `get` says of an amount, to whom it may be shown."""
    return lambda deal: get(deal) if deal.amount_shown else None


def _whole(value: Decimal | None) -> int | Decimal | None:
    return int(value) if value is not None and value == int(value) else value


def _investors(deal: Deal, leading: bool) -> str:
    parts = deal.participations.all()
    return _joined(part.investor.name for part in parts if part.is_lead or not leading)


def _raised(listing) -> str | None:
    offering = listing.offering
    return display.amount(offering.amount) if offering and offering.is_shown_to_all else None


NUMBER = Field(pgettext_lazy("of a record", "Number"), lambda row: row.pk, Unit.TEXT)
COMPANY = Field(gettext_lazy("Company"), lambda row: row.company.name)
STATUS = Field(gettext_lazy("Status"), lambda row: row.get_status_display())
SOURCE = Field(gettext_lazy("Source"), lambda row: row.source and str(row.source))
SOURCE_ADDRESS = Field(gettext_lazy("Address of the source"), lambda row: row.source_url)
KNOWN_ON = Field(gettext_lazy("Known since"), lambda row: row.known_on, Unit.DAY)
PLACE = Field(gettext_lazy("Place"), place)

# By kind, as `deals.statistics.evidence` names them.
FIELDS: dict[str, tuple[Field, ...]] = {
    "deals": (
        NUMBER,
        Field(gettext_lazy("Date"), lambda deal: _day(deal.announced), Unit.DAY),
        Field(gettext_lazy("Date is a"), lambda deal: deal.get_announced_precision_display()),
        COMPANY,
        Field(gettext_lazy("Kind"), lambda deal: deal.get_kind_display()),
        Field(gettext_lazy("Round"), lambda deal: deal.round and deal.round.name),
        Field(gettext_lazy("Amount is"), lambda deal: deal.get_amount_kind_display() if deal.amount_shown else _("kept to the parties")),
        Field(gettext_lazy("Amount, from"), _amount(lambda deal: _whole(deal.amount_low)), Unit.MONEY),
        Field(gettext_lazy("Amount, to"), _amount(lambda deal: _whole(deal.amount_high)), Unit.MONEY),
        Field(gettext_lazy("Currency"), _amount(lambda deal: deal.currency_id)),
        Field(gettext_lazy("Lead investor"), lambda deal: _investors(deal, leading=True)),
        Field(gettext_lazy("Investors"), lambda deal: _investors(deal, leading=False)),
        STATUS,
        Field(gettext_lazy("Confirmed by the start-up"), lambda deal: bool(deal.company_confirmed_at)),
        Field(gettext_lazy("Confirmed by an investor"), lambda deal: bool(deal.investor_confirmed_at)),
        SOURCE,
        SOURCE_ADDRESS,
        KNOWN_ON,
    ),
    "listings": (
        NUMBER,
        Field(gettext_lazy("Listed on"), lambda listing: _day(listing.listed), Unit.DAY),
        COMPANY,
        Field(gettext_lazy("Board"), lambda listing: listing.board.name),
        Field(gettext_lazy("Ticker"), lambda listing: listing.ticker),
        Field(gettext_lazy("Raised"), _raised),
        STATUS,
        SOURCE,
        SOURCE_ADDRESS,
        KNOWN_ON,
    ),
    "companies": (
        NUMBER,
        Field(gettext_lazy("Company"), lambda company: company.name),
        Field(gettext_lazy("Category"), lambda company: company.primary_category and company.primary_category.name),
        PLACE,
    ),
    "investors": (
        NUMBER,
        Field(gettext_lazy("Institution"), lambda investor: investor.name),
        Field(gettext_lazy("Type"), lambda investor: investor.get_type_display()),
        PLACE,
    ),
    "raises": (
        NUMBER,
        COMPANY,
        Field(gettext_lazy("Round"), lambda asked: asked.round.name),
        Field(gettext_lazy("Opened"), lambda asked: asked.opened_on, Unit.DAY),
        STATUS,
    ),
    "introductions": (
        NUMBER,
        Field(gettext_lazy("Asked"), lambda introduction: timezone.localdate(introduction.asked_at), Unit.DAY),
        COMPANY,
        Field(gettext_lazy("Investor"), lambda introduction: introduction.investor.name),
        STATUS,
    ),
}  # fmt: skip


def chosen(form: forms.Form) -> list[tuple[str, str]]:
    """Return what the valid form of a filter set keeps, as pairs of a label and its value."""
    pairs = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        values = value if isinstance(value, list) else [value]
        labels = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
        if text := _joined(str(labels.get(one, one)) for one in values if one not in (None, "")):
            pairs.append((str(field.label), text))
    return pairs


def respond(kind: str, records: QuerySet, about: list[tuple[str, str]], form: str, name: str) -> HttpResponse:
    """Return `records` as a file; deals come `with_amount_shown`. `about` says what they are."""
    number = records.count()
    about = [*about, (pgettext("of a file", "Records"), display.count(number))]
    if form == "xlsx" and number > XLSX_ROWS:
        left_out = _("This file holds the first %(number)s of them; the CSV file holds all.")
        about.append((_("Left out"), left_out % {"number": display.count(XLSX_ROWS)}))
    fields = FIELDS[kind]
    table = Table(
        capfirst(str(records.model._meta.verbose_name_plural)),
        [*about, *origin()],
        [Head(str(field.title), field.unit) for field in fields],
        ([field.get(record) for field in fields] for record in _read(records, form)),
    )
    headers = {"Content-Disposition": f'attachment; filename="rongqiao-{name}.{form}"'}
    if form == "xlsx":
        return HttpResponse(xlsx(table), content_type=XLSX, headers=headers)
    return StreamingHttpResponse(_in_language(csv_lines(table), get_language()), content_type=CSV, headers=headers)


def _read(records: QuerySet, form: str) -> Iterator:
    return (records[:XLSX_ROWS] if form == "xlsx" else records).iterator(chunk_size=READ)


def _in_language(lines: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Yield lines that are written after the request is over, in the language that it was in."""
    while True:
        # Not open while somebody else's request may run in this thread.
        with override(language):
            sent = b"".join(islice(lines, SENT))
        if not sent:
            return
        yield sent
