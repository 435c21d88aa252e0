"""A small made-up market in which each investor has a plain taste, so that what must be learned is known."""

from datetime import date

import numpy as np
import pandas as pd

from matching.market import Market

CATEGORIES = ("devices", "software", "security", "network")
REGIONS = ("beijing", "shanghai", "guangdong")
ROUNDS = ("seed", "a", "b")


def planted_market(companies=160, investors=24, seed=0, as_of=date(2020, 1, 1)) -> Market:
    """Investor i wants category i mod 4 in region i mod 3; four deals in five obey. 20 companies raise."""
    rng = np.random.default_rng(seed)
    company = [
        {
            "id": 100 + n,
            "category": CATEGORIES[n % 4],
            "categories": [CATEGORIES[n % 4]],
            "country": "CHN",
            "region": REGIONS[n % 3],
            "founded_on": f"{2010 + n % 6}-03-01",
            "text": f"{CATEGORIES[n % 4]} {REGIONS[n % 3]} factory",
        }
        for n in range(companies)
    ]
    deals, participations = [], []
    start = pd.Timestamp(as_of) - pd.DateOffset(years=6)
    for n in range(companies - 20):
        for number, round_code in enumerate(ROUNDS[: 1 + n % 3]):
            day = start + pd.Timedelta(days=int(rng.integers(0, 6 * 365)))
            deal = len(deals)
            deals.append(
                {
                    "id": deal,
                    "company": 100 + n,
                    "date": day,
                    "round": round_code,
                    "round_order": number,
                    "amount": 1e6 * 10**number,
                    "kind": "venture",
                }
            )
            fitting = [i for i in range(investors) if i % 4 == n % 4 and i % 3 == n % 3]
            pool = fitting if rng.random() < 0.8 else list(range(investors))
            for i in rng.choice(pool, size=min(2, len(pool)), replace=False):
                participations.append({"deal": deal, "investor": int(i), "lead": None})
    raises = [
        {"id": 900 + n, "company": 100 + n, "opened_on": "2019-12-01", "round": "a", "round_order": 1}
        for n in range(companies - 20, companies)
    ]
    return Market.build(
        as_of,
        companies=company,
        investors=[{"id": i, "type": "venture"} for i in range(investors)],
        deals=deals,
        participations=participations,
        raises=raises,
    ).validate()
