"""What is each field of a profile worth to those without a history?

    python benchmarks/cold_start.py MARKET --as-of 2013-01-01 --months 6 [--investors 200] [--json FILE]

The protocol of `backtest.py`, on the same import and a temporary database. Start-ups: the companies without a recorded
investor, their profiles and raises cut down to some fields and filled up again one by one; the model is fitted once,
on everything before the date. Investors: some of those with later deals lose all their earlier ones and get a thesis
instead, made of what appears at least twice among their deals; the model is fitted without them.
The thesis is drawn once from the deals that were taken away, and once from the very deals that are to be found: the
first is a fair test, the second what a perfect statement of intent would bring.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from backtest import ROOT, add_months, manage

sys.path.insert(0, str(ROOT))

import numpy as np
import pandas as pd

from matching import evaluation
from matching import market as m
from matching.matcher import Matcher
from matching.profiles import past_participations
from matching.training import TO_INVESTORS, TO_RAISES

CATEGORY = (m.CATEGORY, m.CATEGORIES)
PLACE = (m.COUNTRY, m.REGION)
ROUND = (m.ROUND, m.ROUND_ORDER)
AMOUNT = (m.AMOUNT_LOW, m.AMOUNT_HIGH, m.MONEY)
# Each step and the fields that it knows; a step marked + knows those of the step before as well.
STARTUP_STEPS = (
    ("nothing", ()),
    ("round", ROUND),
    ("category", CATEGORY),
    ("+ round", ROUND),
    ("+ country and province", PLACE),
    ("+ city", (m.CITY,)),
    ("+ amount", AMOUNT),
    ("+ keywords", (m.KEYWORDS,)),
    ("+ text", (m.TEXT,)),
    ("+ founding date", (m.FOUNDED_ON,)),
)
INVESTOR_STEPS = (
    ("empty thesis", ()),
    ("categories", (m.CATEGORIES,)),
    ("+ rounds", (m.ROUNDS,)),
    ("+ regions", (m.REGIONS,)),
    ("+ ticket", (m.TICKET_LOW, m.TICKET_HIGH)),
)


def cumulative(steps):
    known: tuple = ()
    for name, fields in steps:
        known = known + fields if name.startswith("+") else fields
        yield name, known


def known_only(name: str, rows: pd.DataFrame, known: tuple, always: tuple = ()) -> pd.DataFrame:
    """`rows` of the market's frame `name` with everything unknown but `known` and `always`."""
    kept = [column for column in m.SCHEMA[name] if column in known or column in always]
    return m.frame(name, rows[kept]) if kept else m.frame(name, [{}] * len(rows), rows.index)


def figures(ranking: dict, truth: dict, candidates: int) -> dict:
    report = evaluation.evaluate(ranking, truth, candidates)
    return {
        "queries": len(truth),
        "ndcg_10": report.mean("ndcg_10"),
        "interval": report.interval("ndcg_10"),
        "recall_20": report.mean("recall_20"),
        "report": report,
    }


def startups(task: evaluation.Task, matcher: Matcher) -> dict:
    """Figures per step for the companies without a recorded investor."""
    truth = {q: found for q, found in task.truth[TO_INVESTORS].items() if q not in task.warm[TO_INVESTORS]}
    history = task.history
    asked = history.raises.loc[sorted(truth)]
    found = {}
    for name, known in cumulative(STARTUP_STEPS):
        cold = known_only(m.COMPANIES, history.companies.loc[asked[m.COMPANY]], known)
        rest = history.companies.drop(index=cold.index)
        market = replace(
            history,
            companies=pd.concat([rest, cold]),
            raises=known_only(m.RAISES, asked, known, (m.COMPANY, m.OPENED_ON)),
        )
        ranking = matcher.rank_investors(market, sorted(truth)).lists()
        found[name] = figures(ranking, truth, len(task.candidates[TO_INVESTORS]))
    return found


def _twice(values) -> tuple:
    values = [value for value in values if value]
    return tuple(sorted({value for value in values if values.count(value) > 1}))


def thesis(investor: int, parts: pd.DataFrame, market: m.Market) -> dict | None:
    """The thesis that some deals speak of; None where no category appears twice. A ticket is an equal share."""
    deals = market.deals.loc[parts[m.DEAL]]
    companies = market.companies.loc[deals[m.COMPANY]]
    categories = _twice(companies[m.CATEGORY].tolist())
    if not categories:
        return None
    tickets = deals[m.AMOUNT].to_numpy(float) / parts["shared"].to_numpy(float)
    tickets = tickets[tickets > 0]
    return {
        m.INVESTOR: investor,
        m.CATEGORIES: categories,
        m.ROUNDS: _twice(deals[m.ROUND].tolist()),
        m.REGIONS: _twice(companies[m.REGION].tolist()) or _twice(companies[m.COUNTRY].tolist()),
        m.TICKET_LOW: tickets.min() if len(tickets) else np.nan,
        m.TICKET_HIGH: tickets.max() if len(tickets) else np.nan,
    }


def theses(investors, source: m.Market, start: date, end: date) -> dict[int, dict]:
    """The theses of `investors` from their entries between two dates; those without one are left out."""
    parts = past_participations(source)
    parts["shared"] = parts.groupby(m.DEAL)[m.INVESTOR].transform("size")
    during = (parts[m.DATE] >= pd.Timestamp(start)) & (parts[m.DATE] < pd.Timestamp(end)) & parts["entry"]
    drawn = {}
    for investor, own in parts[during & parts[m.INVESTOR].isin(investors)].groupby(m.INVESTOR):
        if told := thesis(investor, own, source):
            drawn[investor] = told
    return drawn


def newcomers(everything: m.Market, task: evaluation.Task, start: date, end: date, count: int, seed: int = 0) -> dict:
    """Figures per source of the thesis and step for investors whose record is withheld."""
    history = task.history
    queries = sorted(q for q in task.truth[TO_RAISES] if q in set(task.queries[TO_RAISES]))
    sources = {
        "from the deals withheld": theses(queries, history, date(1900, 1, 1), start),
        "from the deals to be found": theses(queries, everything, start, end),
    }
    both = sorted(set.intersection(*(set(drawn) for drawn in sources.values())))
    chosen = sorted(np.random.default_rng(seed).choice(both, min(count, len(both)), replace=False).tolist())
    held = past_participations(history)
    held = held.loc[held[m.INVESTOR].isin(chosen), [m.COMPANY, m.INVESTOR]].drop_duplicates()
    parts = history.participations
    # What a newcomer holds is not recommended to it, though the model does not know of it.
    bare = replace(
        history,
        participations=parts[~parts[m.INVESTOR].isin(chosen)].reset_index(drop=True),
        theses=history.theses[~history.theses[m.INVESTOR].isin(chosen)],
        blocks=m.frame(m.BLOCKS, pd.concat([history.blocks, held])),
    )
    matcher = Matcher().fit(bare)
    truth = {q: task.truth[TO_RAISES][q] for q in chosen}
    found: dict[str, dict] = {}
    for source, drawn in sources.items():
        rows = m.frame(m.THESES, [drawn[q] for q in chosen], range(10**9, 10**9 + len(chosen)))
        for name, known in cumulative(INVESTOR_STEPS):
            told = known_only(m.THESES, rows, known, (m.INVESTOR,))
            ranking = matcher.rank_raises(replace(bare, theses=pd.concat([bare.theses, told])), chosen).lists()
            found.setdefault(source, {})[name] = figures(ranking, truth, len(task.candidates[TO_RAISES]))
    return found


def measure(everything: m.Market, as_of: date, months: int, investors: int, matcher: Matcher | None = None) -> dict:
    """Figures by table and step. `matcher`: one that is fitted on the history of this very cut."""
    task = evaluation.task(everything, as_of, months)
    matcher = matcher or Matcher().fit(task.history)
    tables = {"start-up → investor": startups(task, matcher)}
    for source, found in newcomers(everything, task, as_of, add_months(as_of, months), investors).items():
        tables[f"investor → start-up, thesis {source}"] = found
    return tables


def markdown(tables: dict) -> str:
    lines = []
    for title, found in tables.items():
        queries = next(iter(found.values()))["queries"]
        lines += ["", f"### {title} ({queries} queries)", ""]
        lines += ["| what is known | NDCG@10 [95%] | Recall@20 | gain in NDCG@10 [95%, paired] |"]
        lines += ["|---|---|---|---|"]
        nothing = above = next(iter(found.values()))["report"]
        for name, row in found.items():
            low, high = row["interval"]
            gain = ""
            if row["report"] is not nothing:
                # A line without + begins anew.
                by = evaluation.paired_difference(row["report"], above if name.startswith("+") else nothing)
                gain = f"{by['mean']:+.3f} [{by['low']:+.3f}, {by['high']:+.3f}]"
            above = row["report"]
            lines.append(f"| {name} | {row['ndcg_10']:.3f} [{low:.3f}, {high:.3f}] | {row['recall_20']:.3f} | {gain} |")
    return "\n".join(lines)


def imported(market: Path, until: date, folder: Path) -> m.Market:
    """The market of a folder in the CSV format, through the product's import into a temporary database."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'cold-start.sqlite3'}",
        "DATA_DIR": str(folder / "data"),
        "REDIS_URL": "",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "import_market", str(market.resolve()), "--source", "cold-start")
    os.environ.update(environment)
    import django

    django.setup()
    from matching import datasets

    return datasets.load(until)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("market", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--investors", type=int, default=200, help="how many become newcomers")
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cold-start-"))
    try:
        everything = imported(options.market, add_months(options.as_of, options.months), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tables = measure(everything, options.as_of, options.months, options.investors)
    print(f"{options.market.name}, {options.as_of} + {options.months} months")
    print(markdown(tables))
    if options.json:
        plain = {
            title: {name: {k: v for k, v in row.items() if k != "report"} for name, row in found.items()}
            for title, found in tables.items()
        }
        options.json.write_text(json.dumps(plain, indent=1, ensure_ascii=False, default=float))


if __name__ == "__main__":
    main()
