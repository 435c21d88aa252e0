"""Full runs and refreshes by Celery workers on a filled database, measured from outside.

Each size is filled once; each number of workers then does the run and a few refreshes on it. What is measured is added
to a file of results, one JSON object a line, at once: whoever starts again goes on behind the last line.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEP = [sys.executable, "-m", "benchmarks.full_runs"]
DIRECTIONS = {"company": "start-up", "investor": "investor"}


def say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def memory(belongs) -> int:
    """Proportional set size, in bytes, of all processes whose id ``belongs`` (pid → bool)."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if belongs(int(folder.name)):
                lines = (folder / "smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
        except (OSError, StopIteration):
            # it ended meanwhile, or is somebody else's
            continue
    return total


def server_of(backend: int) -> int | None:
    """The process id of the PostgreSQL server whose ``backend`` runs on this machine; None where it runs elsewhere."""
    try:
        name, parent = (Path(f"/proc/{backend}") / "stat").read_text().split()[1:4:2]
    except OSError:
        return None
    return int(parent) if "postgres" in name else None


def is_child(pid: int, parent: int) -> bool:
    return pid == parent or (Path(f"/proc/{pid}") / "stat").read_text().rsplit(")", 1)[1].split()[1] == str(parent)


@contextmanager
def worker(environment: dict, concurrency: int, log: Path, server: int | None):
    """Celery worker processes in a process group of their own.

    Yields the most bytes seen so far, twice a second: "workers" (all their processes), "database", and "both" together
    at one moment.
    """
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--loglevel", "INFO"]
    command += ["--concurrency", str(concurrency), "--schedule", str(log.parent / "beat")]
    ended, seen = threading.Event(), {"workers": 0, "database": 0, "both": 0}
    with log.open("w") as handle:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=handle, stderr=subprocess.STDOUT, start_new_session=True
        )

    def watch():
        while not ended.wait(0.5):
            now = {"workers": memory(lambda pid: os.getpgid(pid) == process.pid)}
            now["database"] = memory(lambda pid: is_child(pid, server)) if server else 0
            now["both"] = sum(now.values())
            seen.update({name: max(seen[name], value) for name, value in now.items()})

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()
        # nothing is under way any more, and a warm shutdown of beat and pool may hang
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def kept(path: Path) -> list[dict]:
    """What was measured before."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def measure(options) -> list[dict]:
    """All full runs that ``options`` ask for and ``options.results`` does not hold yet; returns all of them."""
    results = Path(options.results)
    for raises, investors in options.sizes:
        repeats = options.repeats if raises * investors <= options.large else 1
        missing = []
        for workers in options.workers:
            have = [
                r for r in kept(results) if (r["raises"], r["investors"], r["workers"]) == (raises, investors, workers)
            ]
            missing += [workers] * max(repeats - len(have), 0)
        if not missing:
            say(f"{raises} x {investors}: measured before, in {results}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "DATABASE_URL": options.database,
                "DATA_DIR": folder,
                "SECRET_KEY": "benchmark",
                "CELERY_QUEUE": f"benchmark-{os.getpid()}",
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            _prepare(environment, raises, investors, options.filled)
            for workers in missing:
                result = _one(environment, Path(folder), workers, options)
                result = {"raises": raises, "investors": investors, "workers": workers, **result}
                with results.open("a") as handle:
                    handle.write(json.dumps(result) + "\n")
                say(_words(result))
    wanted = {(r, i, w) for r, i in options.sizes for w in options.workers}
    return [r for r in kept(results) if (r["raises"], r["investors"], r["workers"]) in wanted]


def _prepare(environment, raises, investors, is_filled) -> None:
    started = time.perf_counter()
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    if not is_filled:
        say(f"{raises} x {investors}: the database is filled")
        subprocess.run([*STEP, "fill", f"{raises}x{investors}"], cwd=ROOT, env=environment, check=True)
        say(f"filled in {time.perf_counter() - started:.0f} s")


def _one(environment, folder: Path, workers: int, options) -> dict:
    asked = subprocess.run([*STEP, "clear"], cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    server = json.loads(asked.stdout.splitlines()[-1])["server"]
    log = folder / "worker.log"
    with worker(environment, workers, log, server) as seen:
        load = os.getloadavg()[0]
        steps = [*STEP, "run", "--refreshes", str(options.refreshes), "--limit", str(options.limit)]
        found = subprocess.run(steps, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        if found.returncode:
            say("the end of the workers' log:\n" + log.read_text()[-6000:])
            raise SystemExit("the run failed")
        result = json.loads(found.stdout.splitlines()[-1])
    return {**result, "memory": {name: round(value / 2**20) for name, value in seen.items()}, "load": round(load, 1)}


def _words(result: dict) -> str:
    gigabytes = {name: value / 1024 for name, value in result["memory"].items()}
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in result["stages"].items())
    shards = ", ".join(f"{n} of {side} {busy:.0f} s of work" for side, (n, busy) in result["shards"].items())
    return (
        f"{result['raises']} x {result['investors']}, {result['workers']} workers: trained {result['trained']:.0f} s "
        f"({stages}), ranked {result['ranked']:.0f} s (shards: {shards}), {result['lists']} lists, "
        f"{result['lists_mb']:.0f} MB of lists, artefact {result['artefact_mb']:.0f} MB; at most "
        f"{gigabytes['workers']:.2f} GB in workers, {gigabytes['database']:.2f} GB in the database; refresh "
        + "; ".join(
            f"of one {DIRECTIONS[side]} {statistics.median(seconds):.2f} s ({', '.join(f'{s:.2f}' for s in seconds)})"
            for side, seconds in result["refreshes"].items()
        )
        + f"; load at the start {result['load']}"
    )


def table(results: list[dict]) -> None:
    """Medians by size and workers, and what the size and a second worker do to them."""
    print(
        "\nfull runs, medians (seconds; memory of all worker processes + of the database's, GB)\n"
        f"{'raises x investors':>20} {'workers':>7} {'runs':>4} {'trained':>8} {'ranked':>7} {'ms/raise':>8} {'memory':>12} "
        f"{'refresh start-up':>17} {'investor':>9}"
    )
    ranked = {}
    for key in dict.fromkeys((r["raises"], r["investors"], r["workers"]) for r in results):
        same = [r for r in results if (r["raises"], r["investors"], r["workers"]) == key]
        of = {name: statistics.median(r[name] for r in same) for name in ("trained", "ranked")}
        used = [statistics.median(r["memory"][name] for r in same) / 1024 for name in ("workers", "database")]
        fresh = [
            statistics.median(s for r in same for s in r["refreshes"].get(side, [float("nan")])) for side in DIRECTIONS
        ]
        ranked[key] = of["ranked"]
        print(
            f"{f'{key[0]} x {key[1]}':>20} {key[2]:>7} {len(same):>4} {of['trained']:>8.1f} {of['ranked']:>7.1f} "
            f"{of['ranked'] / key[0] * 1e3:>8.2f} {f'{used[0]:.2f} + {used[1]:.2f}':>12} {fresh[0]:>17.2f} {fresh[1]:>9.2f}"
        )
    for (raises, investors, workers), seconds in ranked.items():
        alone = ranked.get((raises, investors, 1))
        if workers > 1 and alone:
            print(f"  {raises} x {investors}: {workers} workers rank {alone / seconds:.2f} × as fast as one")
    for workers in dict.fromkeys(key[2] for key in ranked):
        line = sorted((key[0], seconds) for key, seconds in ranked.items() if key[2] == workers)
        for (small, before), (big, after) in pairwise(line):
            print(f"  {workers} workers: {big / small:.0f} × the raises take {after / before:.1f} × the time to rank")


# -- steps in processes of their own, which know the database -----------------------------------------------------


def fill_step(size: str) -> None:
    from django.core.management import call_command

    from benchmarks.filling import fill

    # the taxonomy comes back with the signal that follows
    call_command("flush", interactive=False, verbosity=0)
    fill(*map(int, size.split("x")))


def clear_step() -> None:
    """Leave nothing of earlier runs, so that each is a first one; print the process id of the database's server."""
    from django.db import connection

    from matching.models import ModelRun, Publication, RecommendationList, Refresh, Refreshed, Shard

    for model in (Publication, RecommendationList, Shard, Refresh, Refreshed, ModelRun):
        model.objects.all().delete()
    server = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("SELECT pg_backend_pid()")
            server = server_of(cursor.fetchone()[0])
    print(json.dumps({"server": server}), flush=True)


def run_step(refreshes: int, limit: float) -> None:
    from django.db.models import Count, Sum

    from matching import tasks
    from matching.models import ModelRun

    asked, ends, told = tasks.request_run(), time.monotonic() + 60 * limit, None
    while True:
        time.sleep(0.2)
        done = ModelRun.objects.get(pk=asked.pk)
        if not done.is_unfinished:
            break
        shards = done.shards.filter(status="done").count()
        now = (done.status, done.stage, shards // 10)
        if now != told:
            say(f"  {done.status} {done.stage} {done.done}/{done.total}, {shards} of {done.shards.count()} shards")
            told = now
        if time.monotonic() > ends:
            raise SystemExit(f"not done within {limit:.0f} minutes")
    if done.status != ModelRun.Status.PUBLISHED:
        raise SystemExit(f"{done.status}: {done.error}")
    sides = done.shards.values("side").annotate(n=Count("pk"), busy=Sum("seconds")).order_by("side")
    cost = done.figures["cost"]
    fit = (done.figures["quality"] or {}).get("seconds", {})
    stages = {name: seconds for name, seconds in cost["seconds"].items() if name not in ("training", "ranking")}
    result = {
        "trained": (done.ranked_at - done.started_at).total_seconds(),
        "ranked": (done.finished_at - done.ranked_at).total_seconds(),
        "stages": {**{f"fit: {name}": seconds for name, seconds in fit.items()}, **stages},
        "shards": {row["side"]: (row["n"], row["busy"]) for row in sides},
        "lists": done.lists.count(),
        "lists_mb": _lists_mb(),
        "artefact_mb": cost["artefact_mb"],
        "refreshes": {side: [_refresh(side, nth) for nth in range(refreshes)] for side in DIRECTIONS},
    }
    print(json.dumps(result), flush=True)


def _lists_mb() -> float:
    from django.db import connection

    from matching.models import RecommendationList

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [RecommendationList._meta.db_table])
        return cursor.fetchone()[0] / 1e6


def _refresh(side: str, nth: int) -> float:
    """Seconds from saving a changed profile or thesis to both directions showing it, the queue included."""
    from matching.models import Refresh

    started = time.perf_counter()
    _change(side, nth)
    while Refresh.objects.exists():
        if time.perf_counter() - started > 600:
            raise SystemExit(f"the refresh of {side} {nth} does not end")
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    say(f"  refresh of {side}: {seconds:.2f} s")
    return seconds


def _change(side: str, nth: int) -> None:
    from companies.models import Company
    from investors.models import Thesis

    if side == "company":
        companies = Company.objects.filter(raises__status="open").order_by("pk")
        company = companies[(nth * 7919) % companies.count()]
        company.keywords = [*company.keywords, f"w{nth}"]
        company.save()
    else:
        theses = Thesis.objects.active().order_by("pk")
        thesis = theses[(nth * 7919) % theses.count()]
        thesis.keywords = [*thesis.keywords, f"w{nth}"]
        thesis.save()


def main() -> None:
    import argparse

    import django

    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="step", required=True)
    commands.add_parser("fill").add_argument("size")
    commands.add_parser("clear")
    command = commands.add_parser("run")
    command.add_argument("--refreshes", type=int, default=5)
    command.add_argument("--limit", type=float, default=60)
    options = parser.parse_args()
    django.setup()
    if options.step == "fill":
        fill_step(options.size)
    elif options.step == "clear":
        clear_step()
    else:
        run_step(options.refreshes, options.limit)


if __name__ == "__main__":
    main()
