"""How fast is the matching, and how does it grow? Every figure is a median; what is compared runs in turn in one go.

    python benchmarks/matching.py retrieval [--queries 100000 --items 10000]
        exact top 100 of a product of matrices, beside implicit's and the bare product
    python benchmarks/matching.py model [--sizes 1000x1000 10000x3000]
        training and both directions of ranking on generated frames, in this process, without a database
    python benchmarks/matching.py run --database postgres://… [--sizes …] [--workers 1 2]
        a full run by Celery workers on a database that is filled for it (its tables must be empty or made by this)

Sizes are raises x investors. `run` counts the memory of all worker processes (proportional set size), sampled twice a
second; PostgreSQL's own is not in it.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

# Settings that hold OpenBLAS back to what an older processor can do.
for _name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(_name, None)

import numpy as np  # noqa: E402  (OpenBLAS reads the environment when it is loaded)

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def in_turn(repeats: int, **methods) -> dict[str, list[float]]:
    """Seconds of each method, each repeat running all of them once."""
    seconds = {name: [] for name in methods}
    for _ in range(repeats):
        for name, method in methods.items():
            started = time.perf_counter()
            method()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def retrieval(options) -> None:
    from implicit.cpu.topk import topk
    from threadpoolctl import threadpool_limits

    from matching.search import best_products

    rng = np.random.default_rng(0)
    queries = rng.standard_normal((options.queries, options.dimensions), dtype=np.float32)
    items = rng.standard_normal((options.items, options.dimensions), dtype=np.float32)

    def bare():
        with threadpool_limits(options.threads, "blas"):
            for start in range(0, len(queries), 512):
                queries[start : start + 512] @ items.T

    seconds = in_turn(
        options.repeats,
        bare=bare,
        ours=lambda: best_products(queries, items, options.top, threads=options.threads),
        implicit=lambda: topk(items, queries, options.top, num_threads=options.threads),
    )
    ours, _ = best_products(queries[:1000], items, options.top)
    theirs, _ = topk(items, queries[:1000], options.top)
    print(
        f"{options.queries} × {options.items}, {options.dimensions} dimensions, top {options.top}, "
        f"{options.threads} threads, median of {options.repeats}, load {os.getloadavg()[0]:.1f}"
    )
    for name, title in (
        ("bare", "matrix product alone"),
        ("ours", "matching.search"),
        ("implicit", "implicit.cpu.topk"),
    ):
        median = statistics.median(seconds[name])
        ratio = median / statistics.median(seconds["ours"])
        print(f"  {title:22} {median:7.2f} s   {ratio:5.2f} × ours   ({', '.join(f'{s:.2f}' for s in seconds[name])})")
    print(f"  the same items in the first 1000 lists: {(ours == theirs).mean():.2%} of places")


def model(options) -> None:
    from threadpoolctl import threadpool_limits

    from benchmarks.generator import generate
    from matching.matcher import Matcher
    from matching.training import DIRECTIONS, TO_INVESTORS

    print("raises x investors | fit s | start-up → investor: ms per raise, ns per pair | investor → start-up: the same")
    with threadpool_limits(1):
        for raises, investors in options.sizes:
            market = generate(raises, investors)
            started = time.perf_counter()
            matcher = Matcher().fit(market)
            cells = [f"{raises} x {investors}", f"{time.perf_counter() - started:.0f}"]
            for direction in DIRECTIONS:
                rank = matcher.rank_investors if direction == TO_INVESTORS else matcher.rank_raises
                subjects = market.raises.index if direction == TO_INVESTORS else market.active_investors
                some = np.asarray(subjects)[:: max(len(subjects) // 2000, 1)][:2000]
                taken = in_turn(options.repeats, rank=partial(rank, market, some, k=50))["rank"]
                each = statistics.median(taken) / len(some)
                targets = investors if direction == TO_INVESTORS else raises
                cells.append(f"{each * 1e3:.2f}, {each / targets * 1e9:.0f}")
            print("  " + " | ".join(cells) + (" (two stages)" if matcher.first_stages_ else " (dense)"), flush=True)


def group_memory(group: int) -> int:
    """Proportional set size, in bytes, of all processes of a process group."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == group:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
        except (OSError, StopIteration):
            # it ended meanwhile
            continue
    return total


@contextmanager
def worker(environment: dict, concurrency: int, log: Path):
    """Celery worker processes in a process group of their own; yields a dict whose "peak" grows."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--loglevel", "INFO"]
    command += ["--concurrency", str(concurrency), "--schedule", str(log.parent / "beat")]
    ended, seen = threading.Event(), {"peak": 0}
    with log.open("w") as handle:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=handle, stderr=subprocess.STDOUT, start_new_session=True
        )

    def watch():
        while not ended.wait(0.5):
            seen["peak"] = max(seen["peak"], group_memory(process.pid))

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


def run(options) -> None:
    for raises, investors in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "DATABASE_URL": options.database,
                "DATA_DIR": folder,
                "SECRET_KEY": "benchmark",
                "CELERY_QUEUE": f"benchmark-{os.getpid()}",
            }
            ask = [sys.executable, __file__, "_step", f"{raises}x{investors}"]
            if not options.filled:
                subprocess.run(
                    [sys.executable, "manage.py", "flush", "--noinput", "--verbosity", "0"],
                    cwd=ROOT,
                    env=environment,
                    check=False,
                )
                subprocess.run(
                    [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True
                )
                subprocess.run([*ask, "fill"], env=environment, check=True)
            for workers in options.workers:
                with worker(environment, workers, Path(folder) / "worker.log") as seen:
                    found = subprocess.run([*ask, "run"], env=environment, check=True, capture_output=True, text=True)
                print(
                    f"{raises} x {investors}, {workers} workers: {found.stdout.strip()}; "
                    f"peak {seen['peak'] / 2**30:.2f} GB; load {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
                if options.log:
                    print((Path(folder) / "worker.log").read_text()[-4000:])


def step(options) -> None:
    """One step of ``run`` in a process of its own, which knows the database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.db.models import Count, Sum

    from benchmarks.filling import fill
    from matching import tasks
    from matching.models import ModelRun

    ((raises, investors),) = options.sizes
    if options.step == "fill":
        fill(raises, investors)
        return
    asked = tasks.request_run()
    while True:
        time.sleep(0.5)
        done = ModelRun.objects.get(pk=asked.pk)
        if not done.is_unfinished:
            break
    if done.status != ModelRun.Status.PUBLISHED:
        raise SystemExit(f"{done.status}: {done.error}")
    ranked = (done.finished_at - done.ranked_at).total_seconds()
    trained = (done.ranked_at - done.started_at).total_seconds()
    sides = done.shards.values("side").annotate(n=Count("pk"), busy=Sum("seconds")).order_by("side")
    parts = ", ".join(f"{row['side']} side {row['n']} shards {row['busy']:.0f} s of work" for row in sides)
    print(f"trained {trained:.0f} s, ranked {ranked:.0f} s ({parts}), {done.lists.count()} lists")


def size(text: str) -> tuple[int, int]:
    raises, investors = text.split("x")
    return int(raises), int(investors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("retrieval")
    command.set_defaults(do=retrieval)
    for name, value in (
        ("queries", 100_000),
        ("items", 10_000),
        ("dimensions", 256),
        ("top", 100),
        ("threads", 2),
        ("repeats", 3),
    ):
        command.add_argument(f"--{name}", type=int, default=value)
    command = commands.add_parser("model")
    command.set_defaults(do=model)
    command.add_argument("--sizes", type=size, nargs="+", default=[(1000, 1000), (10_000, 3000)])
    command.add_argument("--repeats", type=int, default=3)
    command = commands.add_parser("run")
    command.set_defaults(do=run)
    command.add_argument("--database", required=True)
    command.add_argument("--sizes", type=size, nargs="+", default=[(1000, 1000)])
    command.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    command.add_argument("--filled", action="store_true", help="the database holds the market already")
    command.add_argument("--log", action="store_true", help="print the end of the workers' log")
    command = commands.add_parser("_step")
    command.set_defaults(do=step)
    command.add_argument("sizes", type=lambda text: [size(text)])
    command.add_argument("step", choices=["fill", "run"])
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
