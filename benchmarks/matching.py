"""How fast is the matching, and how does it grow? Every figure is a median; what is compared runs in turn in one go.

    python benchmarks/matching.py all --database postgres://… [the options of retrieval and run]
        everything of the issue in one run: retrieval, then run
    python benchmarks/matching.py retrieval [--queries 100000 --items 10000]
        exact top 100 of a product of matrices, beside implicit's and the bare product
    python benchmarks/matching.py model [--sizes 1000x1000 10000x3000]
        training and both directions of ranking on generated frames, in this process, without a database
    python benchmarks/matching.py run --database postgres://… [--sizes …] [--workers 1 2] [--results FILE]
        full runs by Celery workers, and refreshes of one company and of one investor, on a database WHICH IS EMPTIED
        and filled for it

Sizes are raises x investors. `run` goes on behind the last line of its file of results: a size that was measured is not
measured again. Memory is the proportional set size of all worker processes together, and of all of PostgreSQL's,
sampled twice a second. What goes on is told on standard error.
"""

import argparse
import os
import statistics
import sys
import time
from functools import partial
from pathlib import Path

# Settings that hold OpenBLAS back to what an older processor can do.
for _name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(_name, None)

import numpy as np  # noqa: E402  (OpenBLAS reads the environment when it is loaded)

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import full_runs  # noqa: E402


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
    from threadpoolctl import threadpool_limits

    from matching.search import best_products

    try:
        from implicit.cpu.topk import topk
    except ImportError:
        topk = None
        print("implicit is not installed (pip install implicit): retrieval is not compared with it")

    rng = np.random.default_rng(0)
    queries = rng.standard_normal((options.queries, options.dimensions), dtype=np.float32)
    items = rng.standard_normal((options.items, options.dimensions), dtype=np.float32)

    def bare():
        with threadpool_limits(options.threads, "blas"):
            for start in range(0, len(queries), 512):
                queries[start : start + 512] @ items.T

    methods = {"bare": bare, "ours": lambda: best_products(queries, items, options.top, threads=options.threads)}
    if topk:
        methods["implicit"] = lambda: topk(items, queries, options.top, num_threads=options.threads)
    seconds = in_turn(options.repeats, **methods)
    print(
        f"{options.queries} × {options.items}, {options.dimensions} dimensions, top {options.top}, "
        f"{options.threads} threads, median of {options.repeats}, load {os.getloadavg()[0]:.1f}"
    )
    titles = {"bare": "matrix product alone", "ours": "matching.search", "implicit": "implicit.cpu.topk"}
    for name in methods:
        median = statistics.median(seconds[name])
        ratio = median / statistics.median(seconds["ours"])
        print(
            f"  {titles[name]:22} {median:7.2f} s   {ratio:5.2f} × ours   ({', '.join(f'{s:.2f}' for s in seconds[name])})"
        )
    if topk:
        ours, _ = best_products(queries[:1000], items, options.top)
        theirs, _ = topk(items, queries[:1000], options.top)
        print(f"  the same items in the first 1000 lists: {(ours == theirs).mean():.2%} of places", flush=True)


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


def run(options) -> None:
    full_runs.table(full_runs.measure(options))


def everything(options) -> None:
    retrieval(options)
    run(options)


def size(text: str) -> tuple[int, int]:
    raises, investors = text.split("x")
    return int(raises), int(investors)


def _retrieval_options(command) -> None:
    for name, value in (
        ("queries", 100_000),
        ("items", 10_000),
        ("dimensions", 256),
        ("top", 100),
        ("threads", 2),
    ):
        command.add_argument(f"--{name}", type=int, default=value)


def _run_options(command) -> None:
    command.add_argument("--database", required=True, help="it is emptied")
    sizes = [(1000, 1000), (10_000, 3000), (100_000, 10_000)]
    command.add_argument("--sizes", type=size, nargs="+", default=sizes)
    command.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    command.add_argument("--large", type=int, default=100_000_000, help="more pairs than these are run once")
    command.add_argument("--refreshes", type=int, default=5, help="of each side, after each run")
    command.add_argument("--limit", type=float, default=60, help="minutes after which a run is given up")
    command.add_argument("--results", default="matching-results.jsonl", help="kept, and not measured again")
    command.add_argument("--filled", action="store_true", help="the database holds the market of the one size already")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, do, needs in (
        ("all", everything, (_retrieval_options, _run_options)),
        ("retrieval", retrieval, (_retrieval_options,)),
        ("run", run, (_run_options,)),
        ("model", model, ()),
    ):
        command = commands.add_parser(name)
        command.set_defaults(do=do)
        command.add_argument("--repeats", type=int, default=3)
        for add in needs:
            add(command)
    command.add_argument("--sizes", type=size, nargs="+", default=[(1000, 1000), (10_000, 3000)])
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
