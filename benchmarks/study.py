"""What the statistics cost, on made-up sectors of 3,000, 30,000 and 300,000 deals: each page, and each question of them.

    DATABASE_URL=postgres://… python benchmarks/study.py [pages | questions] [--deals 3000 30000 300000] [--filled]

For each size the database, which must be one for this alone, is flushed and filled; `--filled` measures the one size that
it holds already. The period is the last nine months, as in the study.

A page is asked for as a reader does, through the middleware and the templates: cold with an empty cache, so that all is
computed and drawn, then warm; whole is when a cold page has all that it asks for after its first answer. Of a question, first is the first answer on a new connection, then come median and 95%
quantile of the answers after it, each computed anew; kept is what a page takes that was asked before, from the cache. The
tables are in the memory of the server or of the machine throughout.
"""

import argparse
import os
import re
import sys
import time
from datetime import date
from functools import partial
from html import unescape
from importlib import import_module
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks.sector import TODAY, Filling  # noqa: E402


def scope():
    from deals.statistics.scope import Scope

    return Scope(first=date(TODAY.year, 1, 1), last=TODAY, scheme="industrial-internet")


def describe() -> None:
    from django.db import connection

    from companies.models import Company
    from deals.models import Deal, Participation
    from investors.models import Investor

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
    parts = [f"{model.objects.count():,} × {model.__name__}" for model in (Company, Investor, Deal, Participation)]
    print(f"\n{', '.join(parts)}; load {os.getloadavg()[0]:.1f}")


def measure_questions(only: list[str], repeats: int) -> None:
    from django.db import connection

    from deals.statistics import kept
    from deals.statistics.claims import FIGURES

    print(f"{'':12}{'first':>9}{'median':>9}{'95%':>9}{'kept':>9}{'queries':>9}{'rows':>7}   milliseconds")
    for code, claim in FIGURES.items():
        if only and code not in only:
            continue
        connection.close()
        connection.ensure_connection()
        connection.force_debug_cursor = True
        seconds = []
        for _ in range(repeats + 1):
            connection.queries_log.clear()
            seconds.append(timed(partial(claim.answer, scope())))
        queries, again = len(connection.queries_log), np.array(seconds[1:])
        figure = kept.answer(code, scope())
        times = [
            seconds[0], np.median(again), np.quantile(again, 0.95), timed(partial(kept.answer, code, scope())),
        ]  # fmt: skip
        print(f"{code:12}{in_milliseconds(*times)}{queries:9}{len(figure.rows):7}", flush=True)
    connection.force_debug_cursor = False


def addresses() -> dict[str, str]:
    """Every kind of page, by its name."""
    from django.urls import reverse

    from deals.statistics.describing import address_of
    from deals.statistics.topics import TOPICS

    pages = {"overview": reverse("deals:statistics")}
    pages |= {code: reverse("deals:topic", args=[code]) for code in TOPICS}
    pages["study"] = reverse("deals:study")
    pages["csv of V7"] = reverse("deals:figure_file", args=["V7", "csv"])
    pages["rows of V5"] = reverse("deals:figure_rows", args=["V5"])
    value = {"rows of V5": {"row": "services", "column": "events"}}
    return {name: f"{page}?{address_of(scope(), **value.get(name, {}))}" for name, page in pages.items()}


def measure_pages(only: list[str], cold: int, warm: int) -> None:
    from django.core.cache import cache
    from django.test import Client
    from django.utils import timezone

    from accounts.models import User
    from deals import duplicates, refreshing
    from deals.models import Deal

    reader, _ = User.objects.get_or_create(email="reader@localhost", defaults={"role": User.Role.ANALYST})
    client = Client(SERVER_NAME="localhost")
    client.force_login(reader)
    # As the web server does.
    import_module("config.wsgi")

    def read(address: str) -> tuple[float, float]:
        """Seconds until the page is there, and until all that it asks for after that is there too."""
        started, first = time.perf_counter(), None
        while address:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            first = first or time.perf_counter() - started
            further = re.search(r'hx-get="([^"]+)" hx-trigger="load"', answer.content.decode())
            address = unescape(further[1]) if further else ""
        return first, time.perf_counter() - started

    pages = addresses()
    # Sought every ten minutes, whoever reads.
    duplicates.refresh()
    pairs = cache.get_many([duplicates.KEPT, duplicates.KEPT_AT])
    # What a process does once, as loading templates and fonts, is not a page's.
    read(pages["overview"])
    print(f"{'':12}{'cold, min':>10}{'median':>9}{'max':>9}{'whole':>9}{'warm':>9}{'95%':>9}   milliseconds")
    for name, address in pages.items():
        if only and name not in only:
            continue
        colds, wholes = [], []
        for _ in range(cold):
            cache.clear()
            cache.set_many(pairs, duplicates.KEPT_SECONDS)
            answered, whole = read(address)
            colds.append(answered)
            wholes.append(whole)
        warms = [read(address)[0] for _ in range(warm)]
        times = [min(colds), np.median(colds), max(colds), min(wholes), np.median(warms), np.quantile(warms, 0.95)]
        print(f"{name:12} {in_milliseconds(*times)}   load {os.getloadavg()[0]:.1f}", flush=True)
    for address in pages.values():
        read(address)
    reported = Deal.objects.filter(status=Deal.Status.REPORTED).order_by("-announced_on").values("pk")[:1]
    now = timezone.now()
    Deal.objects.filter(pk__in=reported).update(status=Deal.Status.VERIFIED, verified_at=now, updated_at=now)
    started = time.perf_counter()
    ready = refreshing.refresh()
    print(f"a deal is verified: {ready} pages are ready again after {time.perf_counter() - started:.1f} s", flush=True)


def timed(do) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def in_milliseconds(*seconds: float) -> str:
    return "".join(f"{1000 * one:9.0f}" for one in seconds)


def measure(options) -> None:
    describe()
    if options.what in ("pages", "both"):
        measure_pages(options.only, options.cold, options.warm)
    if options.what in ("questions", "both"):
        measure_questions(options.only, options.repeats)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["questions", "pages", "both"], default="both")
    parser.add_argument("--deals", type=int, nargs="+", default=[3_000, 30_000, 300_000])
    parser.add_argument("--only", nargs="*", default=[], help="codes of the questions, names of the pages")
    parser.add_argument("--repeats", type=int, default=9, help="answers to each question after the first")
    parser.add_argument("--cold", type=int, default=3, help="requests of each page with an empty cache")
    parser.add_argument("--warm", type=int, default=20, help="requests of each page after them")
    parser.add_argument("--filled", action="store_true", help="measure what the database holds")
    options = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        parser.error("name a database for this alone in DATABASE_URL: it is flushed")

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    if options.filled:
        measure(options)
        return
    call_command("migrate", verbosity=0)
    for deals in options.deals:
        # The taxonomy comes back with the signal that follows.
        call_command("flush", interactive=False, verbosity=0)
        started = time.perf_counter()
        with transaction.atomic():
            Filling(deals).fill()
        print(f"filled in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        measure(options)


if __name__ == "__main__":
    main()
