"""Do Chinese and English meet, and does a description suggest its category? On the demonstration market.

    python benchmarks/languages.py [--seed 2020] [--dimensions 64]

Texts: half of the companies teach, the other half is asked. A query is the summary and description of a company in one
language, without bare numbers (they would give it away); the answer is the same company among all of that half by its
texts in the other language. Three markets to learn from: every profile in both languages, one in four, and none. Same
category: the share of the ten nearest that have the query's sub-category.

Categories: five-fold cross-validation over companies; the query is as above, or the one-line summary alone.

The demonstration's sentences are drawn from phrases, so that the companies that are asked share phrases with those
that teach: all that learns from companies is flattered. What the glossary and the taxonomy do alone is not: neither
was written from these phrases; how many of them stand in the glossary whole is printed too.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
from backtest import ROOT, manage

sys.path.insert(0, str(ROOT))

from sklearn.model_selection import StratifiedKFold

from matching import glossary
from matching.market import Market
from matching.suggestion import CategorySuggester
from matching.text import TextVectors
from taxonomy.text import segmented, words

TODAY = date(2026, 1, 1)
LANGUAGES = ("zh", "en")


def set_up(folder: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'languages.sqlite3'}",
        "DATA_DIR": str(folder / "data"),
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    manage(environment, "migrate", "--verbosity", "0")
    os.environ.update(environment)
    import django

    django.setup()


def without_numbers(text: str) -> str:
    return segmented(re.sub(r"\d[\d.,]*", " ", text))


def companies(seed: int) -> list[dict]:
    """The made-up companies of the demonstration in a random order: texts by language, both together, sub-category."""
    from deals.demo import store
    from deals.demo.spec import DEMONSTRATION

    found = []
    for company in store.draw(seed, TODAY).companies:
        if company.source != DEMONSTRATION or "-" not in company.category:
            continue
        summary = {"zh": company.summary_zh, "en": company.summary_en}
        description = {"zh": company.description_zh, "en": company.description_en}
        found.append(
            {
                "category": company.category,
                "both": segmented(*summary.values(), *description.values(), *company.keywords),
                **{one: without_numbers(f"{summary[one]}\n{description[one]}") for one in LANGUAGES},
                **{f"{one} summary": without_numbers(summary[one]) for one in LANGUAGES},
            }
        )
    np.random.default_rng(0).shuffle(found)
    return found


def overlap() -> str:
    """How much of the demonstration's wording the glossary holds."""
    from deals.demo.content import leaves

    known = glossary.default()
    pairs = {
        pair
        for leaf in leaves().values()
        for part in (leaf.products, leaf.methods, leaf.customers, leaf.pains, leaf.gains, leaf.keywords)
        for pair in part
    }
    keywords = {pair for leaf in leaves().values() for pair in leaf.keywords}
    spellings = {" ".join(words(spelling)) for row in glossary.rows() for spelling in row}
    whole = [pair for pair in pairs if all(" ".join(words(half)) in spellings for half in pair)]
    touched = [pair for pair in pairs if set(known.find(words(pair[0]))) & set(known.find(words(pair[1])))]
    return (
        f"{known.size} concepts. Of {len(pairs)} phrases of the demonstration {len(whole)} stand in the glossary whole "
        f"({len(set(whole) & keywords)} of them among its {len(keywords)} keywords); {len(touched)} share a concept."
    )


def ranks(queries: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """The rank of row i of `answers` for row i of `queries`; last among equals, last of all where nothing is known."""
    scores = queries @ answers.T
    rank = (scores >= np.diag(scores)[:, None]).sum(axis=1)
    return np.where(queries.any(axis=1), rank, len(rank))


def meeting(rows: list[dict], **parameters) -> None:
    half = len(rows) // 2
    teach, ask = rows[:half], rows[half:]
    category = np.array([row["category"] for row in ask])
    markets = {
        "every profile in both languages": [row["both"] for row in teach],
        "one in four in both, the others in one": [
            row["both" if n % 4 == 0 else LANGUAGES[n // 2 % 2]] for n, row in enumerate(teach)
        ],
        "every profile in one language": [row[LANGUAGES[n % 2]] for n, row in enumerate(teach)],
    }
    for name, texts in markets.items():
        market = Market.build(TODAY, companies=[{"text": text} for text in texts])
        vectors = TextVectors(**parameters).fit(market)
        told = {one: vectors.transform([row[one] for row in ask]) for one in LANGUAGES}
        for one, other in (LANGUAGES, LANGUAGES[::-1]):
            rank = ranks(told[one], told[other])
            nearest = np.argsort(-(told[one] @ told[other].T), axis=1, kind="stable")[:, :10]
            same = (category[nearest] == category[:, None]).mean()
            print(
                f"| {name} | {one} → {other} | {(rank == 1).mean():.3f} | {(rank <= 10).mean():.3f} "
                f"| {(1 / rank).mean():.3f} | {same:.3f} |"
            )


def suggestions(rows: list[dict]) -> None:
    from matching import categorising

    texts, keys = categorising.said_by_the_taxonomy()
    category = np.array([f"industrial-internet/{row['category']}" for row in rows])
    found: dict[tuple, list] = {}
    for learn, hold in StratifiedKFold(5, shuffle=True, random_state=0).split(category, category):
        for teacher in ("the taxonomy alone", "companies too"):
            more = learn if teacher == "companies too" else []
            suggester = CategorySuggester().fit(
                [*texts, *(rows[i]["both"] for i in more)], [*keys, *(category[i] for i in more)]
            )
            for language in LANGUAGES:
                for part in ("", " summary"):
                    chances = suggester.predict_proba([rows[i][language + part] for i in hold])
                    best = suggester.classes_[np.argsort(-chances, axis=1)[:, :3]]
                    right = best == category[hold][:, None]
                    shown = chances.max(axis=1) >= suggester.least
                    found.setdefault((teacher, language, part or " summary and description"), []).append(
                        (right[:, 0].mean(), right.any(axis=1).mean(), shown.mean(), right.any(axis=1)[shown].mean())
                    )
    for key, folds in found.items():
        figures = " | ".join(f"{figure:.3f}" for figure in np.mean(folds, axis=0))
        print(f"| {' | '.join(part.strip() for part in key)} | {figures} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--dimensions", type=int, default=64)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="languages-"))
    try:
        set_up(folder)
        rows = companies(options.seed)
        print(f"{len(rows)} companies. Glossary: {overlap()}")
        for name, more in (("words alone", {"grams": 0, "concepts": 0}), ("no glossary", {"concepts": 0}), ("all", {})):
            print(f"\n{name}, {options.dimensions} dimensions")
            print(
                "| learned from | direction | recall@1 | recall@10 | MRR | same category@10 |\n|---|---|---|---|---|---|"
            )
            meeting(rows, dimensions=options.dimensions, **more)
        print("\n| learned from | language | text | top 1 | top 3 | something is suggested | top 3 where it is |")
        print("|---|---|---|---|---|---|---|")
        suggestions(rows)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
