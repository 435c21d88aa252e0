"""What a profile leaves open, and what stating it would bring: the model asked again, with plausible values.

Only what is missing is tried, never another value in place of one that is stated. What would be stated nobody knows, so
each open field takes the values that its like state: companies of the same category and round, theses that want one of
the same categories. Each value is scored by the fitted matcher as if it stood in the profile; a gain is the mean over
the values, each as often as it occurs. Where more different values occur than are tried, as many are taken at even steps
through all of them in order.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from matching import market as m
from matching.market import Market

# Fields of a raise and its company; further categories beside the first are "categories".
AMOUNT, ROUND = "amount", "round"
CATEGORY, CATEGORIES, KEYWORDS, REGION, CITY = m.CATEGORY, m.CATEGORIES, m.KEYWORDS, m.REGION, m.CITY
FOUNDED_ON, TEXT = m.FOUNDED_ON, m.TEXT
# Fields of a thesis, and a first thesis where there is none.
ROUNDS, REGIONS, TICKET, THESIS = m.ROUNDS, m.REGIONS, "ticket", "thesis"
# So many values are tried of one field; so many of its like are enough to speak for it, and more than so many (the
# latest) are not asked.
DRAWS = 16
# Theses are asked about one at a time: fewer values of them.
THESIS_DRAWS = 8
ENOUGH = 10
MOST = 2000


@dataclass(frozen=True)
class Edit:
    """A field that could be stated, and what that brings to each of the pairs asked about.

    gains (pairs,) float64: mean change of the score; NaN for a pair that cannot be recommended either way. rises
    (pairs,): share of the values by which the score rises. values: how many were tried, 0 where nobody like it states
    any. ``thesis`` is the id of the thesis that leaves the field open, None elsewhere.
    """

    field: str
    gains: np.ndarray
    rises: np.ndarray
    values: int
    thesis: int | None = None

    @property
    def gain(self) -> float:
        """The mean over the pairs; NaN without any."""
        known = self.gains[~np.isnan(self.gains)]
        return float(known.mean()) if len(known) else float("nan")

    @property
    def rise(self) -> float:
        known = self.rises[~np.isnan(self.gains)]
        return float(known.mean()) if len(known) else float("nan")


def best_first(found: list[Edit]) -> list[Edit]:
    """Those of which nothing can be said come last."""
    return sorted(found, key=lambda edit: (np.isnan(edit.gain), -np.nan_to_num(edit.gain), edit.field))


# -- of a raise and its company ------------------------------------------------------------------------------


def open_fields(market: Market, raise_id: int) -> tuple[str, ...]:
    """Fields that a raise and its company leave open, as far as the frames tell: whether there are further categories
    or a description beside names and keywords may be known elsewhere.
    """
    raised = market.raises.loc[raise_id]
    company = market.companies.loc[raised[m.COMPANY]]
    is_open = {
        AMOUNT: np.isnan(raised[m.AMOUNT_LOW]) and np.isnan(raised[m.AMOUNT_HIGH]),
        ROUND: not raised[m.ROUND],
        CATEGORY: not company[m.CATEGORY],
        KEYWORDS: not company[m.KEYWORDS],
        REGION: not company[m.REGION],
        CITY: bool(company[m.REGION]) and not company[m.CITY],
        FOUNDED_ON: pd.isna(company[m.FOUNDED_ON]),
        TEXT: not company[m.TEXT],
    }
    return tuple(field for field, left in is_open.items() if left)


def company_edits(matcher, market: Market, known: Market, raise_id: int, investors, fields) -> list[Edit]:
    """What stating each of ``fields`` brings to one raise before each of ``investors`` (ids), in the list of the raise.

    ``market`` is what is known now of these parties, ``known`` the market whose values are plausible.
    """
    like = _Like(known, market, raise_id)
    tried = {field: _drawn(like.values(field)) for field in fields}
    variants = [(field, value) for field, drawn in tried.items() for value, _ in drawn]
    scores = _scores_of_variants(matcher, market, raise_id, list(investors), variants)
    found, start = [], 1
    for field, drawn in tried.items():
        found.append(_edit(field, scores[0], scores[start : start + len(drawn)], drawn))
        start += len(drawn)
    return found


def _edit(field, before, after, drawn, thesis=None) -> Edit:
    """``before`` (pairs,) and ``after`` (values × pairs) are scores, NaN where the pair is forbidden; values by which a
    thesis would exclude the pair are left out.
    """
    change = after - before[None, :]
    told = ~np.isnan(change)
    weight = np.array([count for _, count in drawn], dtype=float)[:, None] * told
    total = weight.sum(axis=0)
    with np.errstate(invalid="ignore"):
        gains = (weight * np.where(told, change, 0)).sum(axis=0) / total
        rises = (weight * (np.where(told, change, 0) > 0)).sum(axis=0) / total
    return Edit(field, gains, rises, len(drawn), thesis)


def _drawn(values: list, most: int = DRAWS) -> list[tuple]:
    """(value, how often it counts) of at most ``most`` values."""
    counted = Counter(values)
    if len(counted) <= most:
        return sorted(counted.items())
    ordered = sorted(values)
    steps = (np.arange(most) + 0.5) / most * len(ordered)
    return [(ordered[int(step)], 1) for step in steps]


class _Like:
    """What other companies state of themselves, and of the rounds that they closed or ask for."""

    def __init__(self, known: Market, market: Market, raise_id: int):
        self.raised = market.raises.loc[raise_id]
        self.company = market.companies.loc[self.raised[m.COMPANY]]
        self.as_of = pd.Timestamp(market.as_of)
        deals = known.deals[[m.COMPANY, m.ROUND, m.ROUND_ORDER, m.AMOUNT, m.MONEY, m.DATE]]
        raises = known.raises[[m.COMPANY, m.ROUND, m.ROUND_ORDER, m.MONEY]].copy()
        low, high = known.raises[m.AMOUNT_LOW], known.raises[m.AMOUNT_HIGH]
        raises[m.AMOUNT] = np.sqrt(low.fillna(high) * high.fillna(low))
        raises[m.DATE] = pd.Timestamp(known.as_of)
        rows = pd.concat([part for part in (deals, raises) if len(part)] or [deals])
        rows = rows[rows[m.COMPANY] != self.raised[m.COMPANY]]
        # One voice a company and round: the latest.
        rows = rows.sort_values(m.DATE, kind="stable").drop_duplicates([m.COMPANY, m.ROUND], keep="last")
        self.rows = rows.join(known.companies, on=m.COMPANY, how="inner").reset_index(drop=True)

    def values(self, field: str) -> list:
        """The values of a field that the nearest group of its like states, where enough of them do."""
        rows = self.rows[self._possible(field)]
        same = [
            rows[column] == mine
            for column, mine in ((m.CATEGORY, self.company[m.CATEGORY]), (m.ROUND, self.raised[m.ROUND]))
            if mine
        ]
        nearest = [same[0] & same[1]] if len(same) == 2 else []
        for group in (*nearest, *same):
            values = self._stated(field, rows[group])
            if len(values) >= ENOUGH:
                return values
        return self._stated(field, rows)

    def _stated(self, field: str, rows: pd.DataFrame) -> list:
        values = (self._value(field, row) for row in rows.tail(MOST).itertuples(index=False))
        return [value for value in values if value is not None]

    def _possible(self, field: str) -> pd.Series:
        """Which of the rows a company can share the value of: a city lies in its province, a province in its country."""
        possible = pd.Series(True, index=self.rows.index)
        within = {CITY: (m.COUNTRY, m.REGION), REGION: (m.COUNTRY,), CATEGORIES: (m.CATEGORY,)}
        for column in within.get(field, ()):
            if self.company[column]:
                possible &= self.rows[column] == self.company[column]
        return possible

    def _value(self, field: str, row):
        """What a row states of a field, as ``_state`` takes it; None where it is open there too."""
        if field == AMOUNT:
            return (float(row.amount), row.money) if row.amount > 0 else None
        if field == ROUND:
            return (row.round, float(row.round_order)) if row.round else None
        if field == CATEGORY:
            return (row.category, row.categories) if row.category else None
        if field == CATEGORIES:
            return tuple(code for code in row.categories if code not in self.company[m.CATEGORIES]) or None
        if field == REGION:
            return (row.country, row.region) if row.region else None
        if field == FOUNDED_ON:
            # As old at the round as the other was at its own.
            if pd.isna(row.founded_on) or pd.isna(row.date) or row.founded_on > row.date:
                return None
            return self.as_of - (row.date - row.founded_on)
        return getattr(row, field) or None


def _state(field: str, value, company: dict, raised: dict) -> None:
    """Write a value into the rows of a company and of its raise."""
    if field == AMOUNT:
        amount, money = value
        raised.update({m.AMOUNT_LOW: amount, m.AMOUNT_HIGH: amount, m.MONEY: money})
    elif field == ROUND:
        raised.update(zip((m.ROUND, m.ROUND_ORDER), value, strict=True))
    elif field == CATEGORY:
        company.update(zip((m.CATEGORY, m.CATEGORIES), value, strict=True))
    elif field == CATEGORIES:
        company[m.CATEGORIES] = (*company[m.CATEGORIES], *value)
    elif field == REGION:
        company.update(zip((m.COUNTRY, m.REGION), value, strict=True))
    elif field == TEXT:
        # Names, city and keywords stay among the words.
        company[m.TEXT] = f"{company[m.TEXT]} {value}".strip()
    else:
        company[field] = value


def _scores_of_variants(matcher, market: Market, raise_id: int, investors: list[int], variants) -> np.ndarray:
    """(1 + variants × investors) float64 scores of a raise as it is and with each of ``variants``, ranked together as
    raises of as many companies with the same history. NaN where the pair is forbidden.
    """
    raised = market.raises.loc[raise_id].to_dict()
    company_id = int(raised[m.COMPANY])
    company = market.companies.loc[company_id].to_dict()
    companies, raises = [company], [raised]
    for field, value in variants:
        changed, asked = dict(company), dict(raised)
        _state(field, value, changed, asked)
        companies.append(changed)
        raises.append(asked)
    # No company and no raise of a market has such a number.
    numbers = -1 - np.arange(len(variants))
    ids, of_companies = np.r_[raise_id, numbers], np.r_[company_id, numbers]
    history = market.deals[market.deals[m.COMPANY] == company_id]
    parts = market.participations[market.participations[m.DEAL].isin(history.index)]
    place = pd.Series(np.arange(len(history)), index=history.index)
    first = int(market.deals.index.max()) + 1 if len(market.deals) else 0
    deals, participations = [market.deals], [market.participations]
    for nth, number in enumerate(numbers if len(history) else []):
        start = first + nth * len(history)
        deals.append(history.assign(**{m.COMPANY: number}).set_axis(start + np.arange(len(history))))
        participations.append(parts.assign(**{m.DEAL: start + place.loc[parts[m.DEAL]].to_numpy()}))
    asking = replace(
        market,
        companies=m.frame(m.COMPANIES, companies, of_companies),
        investors=market.investors.loc[investors],
        theses=market.theses[market.theses[m.INVESTOR].isin(investors)],
        deals=pd.concat(deals),
        participations=pd.concat(participations, ignore_index=True),
        raises=m.frame(m.RAISES, [{**row, m.COMPANY: pk} for row, pk in zip(raises, of_companies, strict=True)], ids),
    )
    ranking = _over(matcher, market, investors).rank_investors(asking, ids, k=len(investors))
    scores = np.full((len(ids), len(investors)), np.nan)
    column = {pk: at for at, pk in enumerate(investors)}
    for row, (targets, values) in enumerate(zip(ranking.targets, ranking.scores, strict=True)):
        for target, value in zip(targets, values, strict=True):
            if target >= 0:
                scores[row, column[int(target)]] = value
    return scores


def _over(matcher, market: Market, investors):
    """``matcher`` with a state of these investors only: quicker to ask often, and no other answer."""
    few = copy.copy(matcher)
    candidates = matcher.state_.candidates(market)
    few.state_ = matcher.state_.over(candidates[np.isin(candidates, investors)])
    return few


# -- of a thesis ---------------------------------------------------------------------------------------------


def open_thesis_fields(thesis) -> tuple[str, ...]:
    """Fields that a row of ``Market.theses`` leaves open; words beside a title may be known elsewhere."""
    is_open = {
        ROUNDS: not thesis[m.ROUNDS],
        TICKET: np.isnan(thesis[m.TICKET_LOW]) and np.isnan(thesis[m.TICKET_HIGH]),
        REGIONS: not thesis[m.REGIONS],
        KEYWORDS: not thesis[m.KEYWORDS],
        TEXT: not thesis[m.TEXT],
    }
    return tuple(field for field, left in is_open.items() if left)


def investor_edits(matcher, market: Market, known: Market, investor_id: int, raises, fields: dict) -> list[Edit]:
    """What stating ``fields`` (thesis id → fields that it leaves open) brings to one investor before each of ``raises``
    (ids), in the list of the investor. An investor without a thesis is asked for a first one: the categories of its
    own deals, one at a time.
    """
    raises = list(raises)
    few = _over(matcher, market, [investor_id])
    asking = replace(
        market,
        investors=market.investors.loc[[investor_id]],
        theses=market.theses[market.theses[m.INVESTOR] == investor_id],
        raises=market.raises.loc[raises],
    )
    before = _scores_of_raises(few, asking, investor_id, raises)
    found = []
    for thesis, left in fields.items():
        for field in left:
            drawn = _drawn(_of_like_theses(known, asking, thesis, field), THESIS_DRAWS)
            stated = [_with_thesis(asking, thesis, field, value) for value, _ in drawn]
            found.append(_edit(field, before, _after(few, stated, investor_id, raises), drawn, thesis))
    if not len(asking.theses):
        drawn = _drawn(_own_categories(known, investor_id), THESIS_DRAWS)
        stated = [_with_first_thesis(asking, investor_id, value) for value, _ in drawn]
        found.append(_edit(THESIS, before, _after(few, stated, investor_id, raises), drawn))
    return found


def _after(matcher, markets: list[Market], investor_id: int, raises: list[int]) -> np.ndarray:
    """(markets × raises) float64 scores."""
    scores = [_scores_of_raises(matcher, market, investor_id, raises) for market in markets]
    return np.array(scores).reshape(len(markets), len(raises))


def _scores_of_raises(matcher, market: Market, investor_id: int, raises: list[int]) -> np.ndarray:
    """(raises,) float64, NaN where the pair is forbidden."""
    ranking = matcher.rank_raises(market, [investor_id], k=len(raises))
    score = dict(zip(ranking.targets[0], ranking.scores[0], strict=True))
    return np.array([score.get(pk, np.nan) for pk in raises])


def _of_like_theses(known: Market, market: Market, thesis: int, field: str) -> list:
    """What theses of others state of a field: of those that want one of the same categories where enough do."""
    mine = market.theses.loc[thesis]
    others = known.theses[known.theses[m.INVESTOR] != mine[m.INVESTOR]]
    wanted = set(mine[m.CATEGORIES])
    stated = []
    for row in others.itertuples(index=False):
        if field == TICKET:
            # No amount is no wish: an end that is open is told from a sum by its sign, so that values have an order.
            ends = tuple(-1.0 if np.isnan(end) else float(end) for end in (row.ticket_low, row.ticket_high))
            value = None if ends == (-1.0, -1.0) else ends
        else:
            value = getattr(row, field) or None
        if value is not None:
            stated.append((value, bool(wanted.intersection(row.categories))))
    near = [value for value, is_near in stated if is_near]
    return near if len(near) >= ENOUGH else [value for value, _ in stated]


def _with_thesis(market: Market, thesis: int, field: str, value) -> Market:
    row = market.theses.loc[thesis].to_dict()
    if field == TICKET:
        low, high = (np.nan if end < 0 else end for end in value)
        row.update({m.TICKET_LOW: low, m.TICKET_HIGH: high})
    elif field == TEXT:
        row[m.TEXT] = f"{row[m.TEXT]} {value}".strip()
    else:
        row[field] = value
    theses = market.theses
    rows = [row if pk == thesis else theses.loc[pk].to_dict() for pk in theses.index]
    return replace(market, theses=m.frame(m.THESES, rows, theses.index))


def _own_categories(known: Market, investor_id: int) -> list[str]:
    theirs = known.participations.loc[known.participations[m.INVESTOR] == investor_id, m.DEAL]
    companies = known.deals.loc[known.deals.index.isin(theirs), m.COMPANY]
    return [category for category in known.companies[m.CATEGORY].reindex(companies).dropna() if category]


def _with_first_thesis(market: Market, investor_id: int, category: str) -> Market:
    row = {m.INVESTOR: investor_id, m.CATEGORIES: (category,)}
    return replace(market, theses=m.frame(m.THESES, [row]))
