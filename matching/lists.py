"""From a fitted model's rankings to the lists that are stored."""

from dataclasses import replace

import numpy as np

from deals.models import Side
from matching import market as m
from matching.artefacts import Artefact
from matching.matcher import FACTORS, Ranking
from matching.models import RecommendationList

# Digits kept of a contribution: the score that is shown stays the sum of the factors that are shown.
DIGITS = 5


def _item(target: int, contributions: np.ndarray) -> dict:
    factors = {
        name: value for name, part in zip(FACTORS, contributions, strict=True) if (value := round(float(part), DIGITS))
    }
    return {"id": int(target), "score": round(sum(factors.values()), DIGITS), "factors": factors}


def _items(ranking: Ranking, row: int, ids: dict[int, int] | None = None) -> list[dict]:
    """The items of one subject, best first; `ids` turns raises into their companies."""
    found = []
    for target, contributions in zip(ranking.targets[row], ranking.contributions[row], strict=True):
        if target >= 0:
            found.append(_item(ids[int(target)] if ids else target, contributions))
    return sorted(found, key=lambda item: (-item["score"], item["id"]))


def rank(artefact: Artefact, side: str, subjects, length: int) -> list[RecommendationList]:
    """Return an unsaved list of at most `length` items for each of `subjects`.

    `subjects` are raise ids for the start-ups' side (the list is the company's), investor ids for theirs.
    """
    market = artefact.market
    companies = market.raises[m.COMPANY].to_dict()
    if side == Side.COMPANY:
        ranking = artefact.matcher.rank_investors(market, subjects, k=length)
        rows = [
            (RecommendationList(company_id=companies[int(subject)]), _items(ranking, row))
            for row, subject in enumerate(ranking.subjects)
        ]
    else:
        ranking = artefact.matcher.rank_raises(market, subjects, k=length)
        rows = [
            (RecommendationList(investor_id=int(subject)), _items(ranking, row, companies))
            for row, subject in enumerate(ranking.subjects)
        ]
    for entry, items in rows:
        entry.fill(items, length)
    return [entry for entry, _ in rows]


def company_for_investors(artefact: Artefact, raise_id: int) -> dict[int, dict]:
    """Return {investor id: item} of one raise for all investors that it may be recommended to."""
    market = artefact.market
    alone = market.with_raises(market.raises.loc[[raise_id]])
    company = {raise_id: int(market.raises.at[raise_id, m.COMPANY])}
    ranking = artefact.matcher.rank_raises(alone, None, k=1)
    return _first_items(ranking, company)


def investor_for_companies(artefact: Artefact, investor_id: int) -> dict[int, dict]:
    """Return {company id: item} of one institution for all companies that it may be recommended to."""
    market = artefact.market
    alone = replace(
        market,
        investors=market.investors.loc[[investor_id]],
        theses=market.theses[market.theses[m.INVESTOR] == investor_id],
        participations=market.participations[market.participations[m.INVESTOR] == investor_id],
    )
    ranking = artefact.matcher.rank_investors(alone, None, k=1)
    companies = market.raises[m.COMPANY].to_dict()
    return {companies[raise_id]: item for raise_id, item in _first_items(ranking, None).items()}


def _first_items(ranking: Ranking, ids: dict[int, int] | None) -> dict[int, dict]:
    found = {}
    for row, subject in enumerate(ranking.subjects):
        if items := _items(ranking, row, ids):
            found[int(subject)] = items[0]
    return found
