"""The tables of docs/model-card.md: the model beside baselines and references on later deals.

    python benchmarks/model_card.py --market DIR DATE [DATE…] [--market DIR DATE…] [--withheld] [--json FILE]

Each market (a folder in the market CSV format) is read once through the product's import; at each date the model is
fitted on what was known then and ranks every raise of the six months after it (`matching.evaluation.task`), and so do
the methods of `references.py`, on one thread of linear algebra. What the product publishes is measured by `backtest.py`, one cut at a
time. With `--withheld` the same models rank the same raises once more without the amount, and without amount and round:
a real raise states a wish, not the outcome. The tables of each cut go to stderr as soon as they are known, those of all to stdout.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from backtest import add_months
from cold_start import imported
from references import RecordingMatcher, rankings
from threadpoolctl import threadpool_limits

from matching import evaluation
from matching import market as m
from matching.training import DIRECTIONS, TO_INVESTORS, TO_RAISES

TITLES = {TO_INVESTORS: "Start-up → investor", TO_RAISES: "Investor → start-up"}
MODEL = "**Rongqiao**"
CONTENT = "cosine over category, keywords, place, round"
AMOUNT = (m.AMOUNT_LOW, m.AMOUNT_HIGH, m.MONEY)
WITHHELD = {"amount": AMOUNT, "amount and round": (*AMOUNT, m.ROUND, m.ROUND_ORDER)}


def without(history, columns):
    """The same market whose raises leave ``columns`` blank."""
    blank = m.frame(m.RAISES, history.raises.drop(columns=list(columns)))
    return history.with_raises(blank)


def withheld(matcher, task, reports: dict) -> dict:
    """What is withheld → direction → figures, beside those of the whole raises (``reports``)."""
    found = {}
    for name, columns in WITHHELD.items():
        history = without(task.history, columns)
        rankings = {
            TO_INVESTORS: matcher.rank_investors(history, k=50).lists(),
            TO_RAISES: matcher.rank_raises(history, task.queries[TO_RAISES], k=50).lists(),
        }
        found[name] = {}
        for direction in DIRECTIONS:
            report = evaluation.evaluate(rankings[direction], task.truth[direction], len(task.candidates[direction]))
            change = evaluation.paired_difference(report, reports[direction])
            found[name][direction] = report.as_dict() | {"gain": change}
    return found


def cut(everything, as_of: date, months: int, withholding: bool = False) -> dict:
    """Direction → method → figures, of one date."""
    task = evaluation.task(everything, as_of, months)
    started = time.process_time()
    matcher = RecordingMatcher(seed=0).fit(task.history)
    fitted = time.process_time()
    mine = {
        TO_INVESTORS: matcher.rank_investors(task.history, k=50).lists(),
        TO_RAISES: matcher.rank_raises(task.history, task.queries[TO_RAISES], k=50).lists(),
    }
    ranked = time.process_time()
    references = rankings(task, matcher)
    found = {"seconds": {"fit": round(fitted - started), "rank": round(ranked - fitted)}, "limit": matcher.limit_}
    whole = {}
    for direction in DIRECTIONS:
        truth, candidates = task.truth[direction], len(task.candidates[direction])
        lists = {
            MODEL: mine[direction],
            "12-month popularity": evaluation.popularity_ranking(task, direction),
            "category cosine": evaluation.cosine_ranking(task, direction),
            CONTENT: evaluation.cosine_ranking(task, direction, attributes=evaluation.CONTENT),
            **references[direction],
        }
        reports = {name: evaluation.evaluate(ranking, truth, candidates) for name, ranking in lists.items()}
        model = whole[direction] = reports[MODEL]
        warm = model.restricted_to(task.warm[direction])
        cold = model.restricted_to(set(truth) - task.warm[direction])
        found[direction] = {
            name: report.as_dict()
            | ({"gain": evaluation.paired_difference(model, report)} if report is not model else {})
            for name, report in reports.items()
        }
        found[direction][MODEL] |= {"warm": warm.as_dict(), "cold": cold.as_dict()}
    if withholding:
        found["withheld"] = withheld(matcher, task, whole)
    return found


def between(figure: dict) -> str:
    return f"{figure['mean']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def markdown(cuts: dict[str, dict]) -> str:
    lines = []
    for direction, title in TITLES.items():
        lines += [f"### {title}", ""]
        lines.append(
            "| cut | method | NDCG@10 [95%] | Recall@20 | MRR | coverage@10 | Gini@10 | gained by Rongqiao [95%, paired] |"
        )
        lines.append("|---|---|---|---|---|---|---|---|")
        for name, found in cuts.items():
            for method, row in found[direction].items():
                first = f"{name} ({row['queries']} queries)" if method == MODEL else ""
                gain = between(row["gain"]) if "gain" in row else ""
                lines.append(
                    f"| {first} | {method} | {between(row['ndcg_10'])} | {row['recall_20']['mean']:.3f} "
                    f"| {row['mrr']['mean']:.3f} | {row['coverage_10']:.3f} | {row['gini_10']:.3f} | {gain} |"
                )
        lines.append("")
    lines += [
        "### Warm and cold",
        "",
        "| cut | direction | warm: queries, NDCG@10, Recall@20 | cold: the same |",
        "|---|---|---|---|",
    ]
    for name, found in cuts.items():
        for direction, title in TITLES.items():
            cells = [
                f"{part['queries']}, {part['ndcg_10']['mean']:.3f}, {part['recall_20']['mean']:.3f}"
                for part in (found[direction][MODEL]["warm"], found[direction][MODEL]["cold"])
            ]
            lines.append(f"| {name} | {title} | {cells[0]} | {cells[1]} |")
    if any("withheld" in found for found in cuts.values()):
        lines += [
            "",
            "### Withheld",
            "",
            "| cut | direction | without | NDCG@10 [95%] | Recall@20 | change [95%, paired] |",
        ]
        lines.append("|---|---|---|---|---|---|")
    for name, found in cuts.items():
        for what, directions in found.get("withheld", {}).items():
            for direction, row in directions.items():
                lines.append(
                    f"| {name} | {TITLES[direction]} | {what} | {between(row['ndcg_10'])} "
                    f"| {row['recall_20']['mean']:.3f} | {between(row['gain'])} |"
                )
    lines += [
        "",
        "### Cost",
        "",
        "| cut | fit, processor seconds | rank all, processor seconds | limit of a top-ten share |",
        "|---|---|---|---|",
    ]
    for name, found in cuts.items():
        lines.append(f"| {name} | {found['seconds']['fit']} | {found['seconds']['rank']} | {found['limit']:.0%} |")
    return "\n".join(lines)


def of_market(market: Path, dates: list[date], months: int, withholding: bool) -> dict[str, dict]:
    """Name → figures of each cut of one market. To be called in a process of its own: Django knows one database."""
    folder = Path(tempfile.mkdtemp(prefix="model-card-"))
    try:
        everything = imported(market, add_months(max(dates), months), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = {}
    with threadpool_limits(1):
        for day in dates:
            name = f"{market.name} {day}"
            found[name] = cut(everything, day, months, withholding)
            print(f"{time.ctime()}\n{markdown({name: found[name]})}\n", file=sys.stderr, flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--market", nargs="+", action="append", required=True, metavar=("DIR", "DATE"))
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--withheld", action="store_true", help="also without the amount, and without amount and round")
    parser.add_argument("--json", type=Path, help="write the figures there, after each market")
    options = parser.parse_args()
    found = {}
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as process:
        for folder, *dates in options.market:
            days = [date.fromisoformat(day) for day in dates]
            found |= process.submit(of_market, Path(folder), days, options.months, options.withheld).result()
            if options.json:
                options.json.write_text(json.dumps(found, indent=1))
    print(markdown(found))


if __name__ == "__main__":
    main()
