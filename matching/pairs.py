"""The part of a market that speaks about a few pairs: enough to score them, whatever the size of the rest."""

from __future__ import annotations

from dataclasses import replace

from matching import market as m
from matching.market import Market


def cut(market: Market, companies, investors) -> Market:
    """``market`` with these companies and investors only (ids), and all that their scores depend on.

    A fitted matcher gives a pair the same score in it as in the whole market: theses, raises and blocks of these, their
    deals, and in them everybody who took part, their answers, and the companies that these speak of.
    """
    companies, investors = list(companies), list(investors)
    own = market.deals.index[market.deals[m.COMPANY].isin(companies)]
    parts = market.participations
    parts = parts[parts[m.DEAL].isin(own) | parts[m.INVESTOR].isin(investors)]
    blocks, answers = market.blocks, market.answers
    answers = answers[answers[m.COMPANY].isin(companies) | answers[m.INVESTOR].isin(investors)]
    spoken_of = {*companies, *answers[m.COMPANY]}
    return replace(
        market,
        companies=market.companies[market.companies.index.isin(spoken_of)],
        investors=market.investors[market.investors.index.isin(investors)],
        theses=market.theses[market.theses[m.INVESTOR].isin(investors)],
        deals=market.deals[market.deals.index.isin(own.union(parts[m.DEAL]))],
        participations=parts.reset_index(drop=True),
        raises=market.raises[market.raises[m.COMPANY].isin(companies)],
        blocks=blocks[blocks[m.COMPANY].isin(companies) & blocks[m.INVESTOR].isin(investors)],
        answers=answers.reset_index(drop=True),
    )


def unbarred(market: Market) -> Market:
    """``market`` without what forbids pairs for other reasons than an earlier deal: answers and exclusions of theses."""
    theses = m.frame(m.THESES, market.theses.drop(columns=m.EXCLUDED))
    return replace(market, theses=theses, blocks=m.empty(m.BLOCKS))
