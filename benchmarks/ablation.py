"""What does each group of features bring?

    python benchmarks/ablation.py MARKET --as-of 2013-01-01 [--json FILE]

The candidates that training draws from the six half years before the date: rankers are taught by the older five and
asked about the latest, once with all features and once without each group. NDCG@10 among the drawn candidates (the
chosen, 60 hard, 40 easy), so figures compare with each other and not with those of whole rankings. The differences
are paired, with 95% intervals. The market is read through the product's import, into a temporary database.
"""

import argparse
import json
import shutil
import tempfile
from datetime import date
from pathlib import Path

from cold_start import imported

from matching.evaluation import bootstrap_interval
from matching.feature_names import FRIENDS, INVESTOR_FEATURES, NEAR_TWICE, SURE
from matching.features import PairFeatures
from matching.matcher import IGNORED, Matcher
from matching.ranking import AdditiveRanker
from matching.text import TextVectors
from matching.theses import THESIS_FEATURES
from matching.training import DIRECTIONS, WindowSettings, collect

GROUPS = {
    "forecast of the investor's pace": ("forecast",),
    "all of the investor's activity": INVESTOR_FEATURES,
    "exact sums": ("lr_money",),
    "taste of co-investors": tuple(f"friends_{name}" for name in FRIENDS),
    "co-investors in the company": ("lr_co_investors", "co_investors_sum"),
    "likeness to single deals": ("like", "like_recent"),
    "ratios by number of deals": tuple(f"sure_{name}" for name in SURE),
    "autoencoder": ("ease", "ease_popular"),
    "place": ("lr_country", "lr_region", "lr_city", "sure_country", "sure_region"),
    "near in two senses": NEAR_TWICE,
    "category and keywords": ("lr_category", "lr_categories", "lr_keywords", "sure_category"),
    "round, age, number": ("lr_round", "lr_nth", "lr_age", "sure_round"),
    "amount bands": ("lr_amount", "sure_amount"),
    "text": ("text_portfolio", "text_profile"),
    "thesis": THESIS_FEATURES,
}


def rows(taught, asked, ignored) -> list[dict]:
    def curves(dropped=()):
        ranker = AdditiveRanker((*ignored, *dropped))
        return ranker.fit(taught.X, taught.y, taught.group, taught.weight).score(asked.X)

    whole = curves()
    base = asked.ndcg(whole)
    found = [{"what": "all features", "ndcg_10": float(base.mean())}]

    def add(what, scores):
        mine = asked.ndcg(scores)
        low, high = bootstrap_interval(mine - base)
        found.append({"what": what, "ndcg_10": float(mine.mean()), "change": float((mine - base).mean())})
        found[-1] |= {"low": low, "high": high}

    for name, dropped in GROUPS.items():
        if set(dropped) - set(ignored):
            add(f"without {name}", curves(dropped))
    return found


def table(direction: str, found: list[dict]) -> str:
    lines = [f"\n{direction}", "", "| | NDCG@10 | change [95%, paired] |", "|---|---|---|"]
    for row in found:
        change = f"{row['change']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]" if "change" in row else ""
        lines.append(f"| {row['what']} | {row['ndcg_10']:.4f} | {change} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("market", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ablation-"))
    try:
        market = imported(options.market, options.as_of, folder).before(options.as_of)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = TextVectors(Matcher().text_dimensions).fit(market)
    samples, _ = collect(market, lambda: PairFeatures(text=text), Matcher().untrained(), WindowSettings())
    figures = {
        direction: rows(samples[direction].earlier_than(0), samples[direction].of_window(0), IGNORED[direction])
        for direction in DIRECTIONS
    }
    print(f"{options.market.name}, the half year before {options.as_of}")
    for direction, found in figures.items():
        print(table(direction, found))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
