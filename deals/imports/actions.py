"""Take in one market: read and check it whole, compare it with what is known, write it at once or not at all."""

import gc
import re
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from companies.models import Company, CompanyAlias
from deals.imports.changes import Changes
from deals.imports.companies import Companies
from deals.imports.deals import Deals
from deals.imports.investors import Investors
from deals.imports.problems import Problems, Refused
from deals.imports.reading import Folder
from deals.imports.report import Report
from deals.imports.rows import Market, Reader
from investors.models import Investor, InvestorAlias
from taxonomy import labels
from taxonomy.facts import Source
from taxonomy.models import Category, Region, Scheme


def source_code(folder: Path) -> str:
    """A source's code from a folder's name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-")[:64]


def import_market(
    folder: Path,
    source: str,
    *,
    attribution: str = "",
    check: bool = False,
    progress: Callable[[str, int], None] = lambda what, count: None,
) -> Report:
    """Take in the market CSV files of `folder` as records of the source with the code `source`.

    With `check` nothing is written, and the report tells what would be. Raises `Refused` with all problems found;
    then nothing was written either. The database is locked for other writers only while it is compared and written.
    """
    started = time.monotonic()
    report = Report(source)
    with _without_collection():
        market = _read(folder, report, progress)
        if check:
            known = Source.objects.filter(code=source).first()
            _Plan(known or _new_source(source, attribution), market, report, progress)
        else:
            with transaction.atomic():
                _write(source, attribution, market, report, progress)
            report.written = True
            _refresh_planner()
    report.seconds = time.monotonic() - started
    return report


def _refresh_planner() -> None:
    """Tell the database how much there is now: until then statistics are planned for empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _without_collection():
    """All rows live until the end: looking for garbage among them again and again is a third of the whole time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(folder: Path, report: Report, progress) -> Market:
    problems = Problems()
    if not folder.is_dir():
        problems.add("missing_folder", str(folder))
        raise Refused(problems)
    files = Folder(folder, problems, report.notices, settings.IMPORT_MAX_BYTES)
    market = Reader(files, report.unread, progress).read()
    if problems:
        raise Refused(problems)
    return market


def _new_source(code: str, attribution: str) -> Source:
    return Source(code=code, name=code, attribution=attribution, simulated=False)


def _write(code: str, attribution: str, market: Market, report: Report, progress) -> None:
    # Two imports of one source wait for each other here; SQLite has one writer anyway.
    source = Source.objects.select_for_update().filter(code=code).first()
    if source is None:
        source = _new_source(code, attribution)
        source.save()
    elif attribution and source.attribution != attribution:
        Source.objects.filter(pk=source.pk).update(attribution=attribution)
    plan = _Plan(source, market, report, progress)
    plan.write()


class _Plan:
    """All changes that a market makes, in the order in which they are to be written."""

    def __init__(self, source: Source, market: Market, report: Report, progress):
        self.source, self.report, self.progress = source, report, progress
        self.places, rounds = labels.Places(), labels.Rounds()
        scheme = Scheme.objects.filter(code=source.code).first()
        self.scheme = scheme or Scheme(
            code=source.code, name_zh=source.name[:120], name_en=source.name[:120], source=source
        )
        named = {
            label
            for rows in (market.companies.values(), market.investors.values())
            for row in rows
            for label in row.categories
        }
        self.categories = labels.Categories(self.scheme, named)
        companies = Companies(source, market, self.places, self.categories, report)
        investors = Investors(source, market, self.places, self.categories, rounds, report)
        deals = Deals(source, market, companies, investors, rounds, report)
        for name, part in (("companies", companies), ("investors", investors), ("deals", deals)):
            progress(f"comparing {name}", 0)
            part.plan()
        companies.duplicates()
        investors.duplicates()
        kept = sum(report.tallies[name].kept for name in ("companies", "investors", "theses", "deals"))
        if kept:
            report.notices.counts["verified_here"] = kept
            report.notices.places["verified_here"] = []
        report.places, report.categories = len(self.places.made), len(self.categories.made)
        self.steps: list[Changes] = [
            companies.companies,
            companies.aliases,
            companies.links,
            investors.investors,
            investors.aliases,
            investors.theses,
            *investors.parts.values(),
            deals.deals,
            deals.participations,
            deals.listings,
            deals.raises,
        ]

    def write(self) -> None:
        Region.objects.bulk_create(self.places.made.values())
        if self.categories.made:
            if self.scheme.pk is None:
                self.scheme.save()
            Category.objects.bulk_create(self.categories.made.values())
        for step in self.steps:
            if step.count:
                self.progress(f"writing {step.model._meta.model_name}", step.count)
                step.write()
        written = {step.model for step in self.steps if step.count}
        for party, alias in ((Company, CompanyAlias), (Investor, InvestorAlias)):
            if not written.isdisjoint({party, alias}):
                party.objects.filter(source=self.source).index_names()
