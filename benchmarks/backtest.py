"""How good are the published lists? Import, match and export of the product, measured on deals that came later.

    python benchmarks/backtest.py MARKET --as-of 2013-01-01 --months 6 [--json FILE] [--keep DIR]

History is what MARKET (a folder in the market CSV format) says before the date; every company with a deal in the
window is a raise opened on the date, with the round and amount of its first deal in it. Truth: the new (company,
investor) pairs of the window among investors with a deal in the history. Baselines are computed on the same cut.
A temporary SQLite database is used, never the installation's own.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RAISES = ["company_id", "opened_on", "round", "amount_text", "amount", "currency"]


def read(path: Path) -> tuple[list[str], list[dict]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        return list(reader.fieldnames), list(reader)


def write(path: Path, columns: list[str], rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def add_months(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


def cut(market: Path, folder: Path, as_of: date, months: int, withhold: str) -> None:
    """Write the market as it was before `as_of` into `folder`, the window's companies as raises."""
    folder.mkdir()
    end = add_months(as_of, months).isoformat()
    for name in ("companies.csv", "investors.csv"):
        shutil.copy(market / name, folder / name)
    columns, deals = read(market / "deals.csv")
    history = [deal for deal in deals if deal["announced_on"] < as_of.isoformat()]
    write(folder / "deals.csv", columns, history)
    kept = {deal["deal_id"] for deal in history}
    columns, parts = read(market / "participations.csv")
    write(folder / "participations.csv", columns, (part for part in parts if part["deal_id"] in kept))
    window = sorted(
        (deal for deal in deals if as_of.isoformat() <= deal["announced_on"] < end),
        key=lambda deal: deal["announced_on"],
    )
    first: dict[str, dict] = {}
    for deal in window:
        first.setdefault(deal["company_id"], deal)
    hidden = {"": [], "amount": ["amount", "amount_text"], "amount+round": ["amount", "amount_text", "round"]}[withhold]
    raises = [{**deal, **dict.fromkeys(hidden, ""), "opened_on": as_of.isoformat()} for deal in first.values()]
    write(folder / "raises.csv", RAISES, raises)


def truth(market: Path, as_of: date, months: int) -> tuple[dict[str, set], dict[str, set]]:
    """Return what each side should have found, by the source's ids."""
    end = add_months(as_of, months).isoformat()
    start = as_of.isoformat()
    _, deals = read(market / "deals.csv")
    when = {deal["deal_id"]: (deal["company_id"], deal["announced_on"]) for deal in deals}
    held, later = set(), set()
    for part in read(market / "participations.csv")[1]:
        company, day = when[part["deal_id"]]
        if day < start:
            held.add((company, part["investor_id"]))
        elif day < end:
            later.add((company, part["investor_id"]))
    companies_of = defaultdict(set)
    for company, investor in held:
        companies_of[investor].add(company)
    to_investors, to_raises = defaultdict(set), defaultdict(set)
    for company, investor in later - held:
        if investor in companies_of:
            to_investors[company].add(investor)
            if len(companies_of[investor]) >= 3:
                to_raises[investor].add(company)
    return dict(to_investors), dict(to_raises)


def manage(environment: dict, *arguments: str) -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
    return time.monotonic() - started


def exported(path: Path) -> dict[str, list[str]]:
    lists = defaultdict(list)
    _, rows = read(path)
    columns = list(rows[0])[:2] if rows else []
    for row in rows:
        lists[row[columns[0]]].append(row[columns[1]])
    return dict(lists)


def measure(environment: dict, market: Path, folder: Path, as_of: date, months: int) -> dict:
    """Return figures of the exported lists and of the baselines, per direction and method."""
    os.environ.update(environment)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from companies.models import Company
    from investors.models import Investor
    from matching import datasets, evaluation
    from matching.training import TO_INVESTORS, TO_RAISES

    companies = dict(Company.objects.values_list("pk", "source_ref"))
    investors = dict(Investor.objects.values_list("pk", "source_ref"))
    wanted = dict(zip((TO_INVESTORS, TO_RAISES), truth(market, as_of, months), strict=True))
    # The later deals come in only now, for the baselines' protocol object: nothing was matched on them.
    manage(environment, "import_market", str(market), "--source", "backtest")
    everything = datasets.load(add_months(as_of, months))
    task = evaluation.task(everything, as_of, months)
    names = {TO_INVESTORS: (companies, investors), TO_RAISES: (investors, companies)}
    files = {TO_INVESTORS: "startup_to_investor.csv", TO_RAISES: "investor_to_startup.csv"}
    figures = {}
    for direction in (TO_INVESTORS, TO_RAISES):
        subjects, targets = names[direction]
        methods = {
            "12-month popularity": evaluation.popularity_ranking(task, direction),
            "category cosine": evaluation.cosine_ranking(task, direction, attributes=("category",)),
            "cosine (category, keywords, place, round)": evaluation.cosine_ranking(
                task, direction, attributes=("category", "keywords", "country", "region", "round")
            ),
        }
        lists = {
            name: {subjects[query]: [targets[target] for target in ranked] for query, ranked in ranking.items()}
            for name, ranking in methods.items()
        }
        lists["Rongqiao, as published"] = exported(folder / files[direction])
        count = len(task.candidates[direction])
        reports = {name: evaluation.evaluate(ranking, wanted[direction], count) for name, ranking in lists.items()}
        product = reports["Rongqiao, as published"]
        figures[direction] = {
            "queries": len(wanted[direction]),
            "pairs": sum(len(found) for found in wanted[direction].values()),
            "methods": {
                name: {
                    "ndcg_10": report.mean("ndcg_10"),
                    "interval": report.interval("ndcg_10"),
                    "recall_20": report.mean("recall_20"),
                    "mrr": report.mean("mrr"),
                    "coverage_10": report.coverage_10,
                    "gini_10": report.gini_10,
                    "product_is_better_by": evaluation.paired_difference(product, report)
                    if report is not product
                    else None,
                }
                for name, report in reports.items()
            },
        }
    return figures


def table(figures: dict) -> str:
    lines = []
    for direction, found in figures.items():
        lines.append(f"\n{direction}: {found['queries']} queries, {found['pairs']} pairs")
        lines.append(f"{'':44}{'NDCG@10':>9}{'95 %':>16}{'Rec@20':>8}{'MRR':>7}{'cover':>7}{'Gini':>7}")
        for name, row in found["methods"].items():
            low, high = row["interval"]
            lines.append(
                f"{name:44}{row['ndcg_10']:>9.3f}{f'[{low:.3f}, {high:.3f}]':>16}{row['recall_20']:>8.3f}"
                f"{row['mrr']:>7.3f}{row['coverage_10']:>7.2f}{row['gini_10']:>7.2f}"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("market", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--withhold", choices=["", "amount", "amount+round"], default="", help="leave out of raises")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--keep", type=Path, help="folder for the cut, the database and the lists (default: temporary)")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="backtest-"))
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'backtest.sqlite3'}",
        "DATA_DIR": str(folder / "data"),
        "REDIS_URL": "",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    try:
        cut(options.market, folder / "cut", options.as_of, options.months, options.withhold)
        manage(environment, "migrate", "--verbosity", "0")
        seconds = {"import": manage(environment, "import_market", str(folder / "cut"), "--source", "backtest")}
        seconds["match"] = manage(environment, "match", "--as-of", options.as_of.isoformat(), "--inline")
        seconds["export"] = manage(environment, "export_recommendations", "--out", str(folder / "lists"))
        figures = measure(environment, options.market.resolve(), folder / "lists", options.as_of, options.months)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{options.market.name}, {options.as_of} + {options.months} months"
        + (f", without {options.withhold}" if options.withhold else "")
    )
    print(", ".join(f"{step} {taken:.0f} s" for step, taken in seconds.items()))
    print(table(figures))
    if options.json:
        options.json.write_text(json.dumps({"seconds": seconds, "figures": figures}, indent=1, default=float))


if __name__ == "__main__":
    main()
