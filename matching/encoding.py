"""Raises made ready for ``features.PairFeatures``: what is looked up once for each, whichever investor it is beside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from matching import answers, tastes
from matching import market as m
from matching import profiles as p
from matching.feature_names import APPEAL, RAISE_FEATURES
from matching.market import Market
from matching.tastes import AnswerTable, Sheet
from matching.theses import RaiseSide, ThesisTable

if TYPE_CHECKING:
    from matching.features import PairFeatures

# Attributes whose values are columns of the autoencoder.
EASE_ATTRIBUTES = ("category", "categories", "keywords", "country", "region", "city", "round")

# What is read for the properties of investors.
_OF_KINDS = (m.COMPANIES, m.INVESTORS, m.THESES, m.DEALS, m.PARTICIPATIONS)


@dataclass(frozen=True)
class EncodedRaises:
    """Raises made ready for ``PairFeatures.block``; rows are raises in the order asked for."""

    ids: np.ndarray
    companies: np.ndarray
    profiles: pd.DataFrame
    attributes: dict[str, sparse.csr_matrix]
    ease_queries: sparse.csr_matrix
    text: sparse.csr_matrix
    level: np.ndarray
    usual: np.ndarray  # likeness to the deals of the whole market
    theses: ThesisTable
    side: RaiseSide  # what the theses look at
    taken: sparse.csr_matrix  # pairs that are never ranked
    properties: Sheet | None  # what a taste may be for; None where nobody has answered
    answers: AnswerTable | None

    def take(self, rows) -> EncodedRaises:
        return replace(
            self,
            ids=self.ids[rows],
            companies=self.companies[rows],
            profiles=self.profiles.iloc[rows],
            attributes={name: matrix[rows] for name, matrix in self.attributes.items()},
            ease_queries=self.ease_queries[rows],
            text=self.text[rows],
            level=self.level[rows],
            usual=self.usual[rows],
            side=self.side.take(rows),
            taken=self.taken[rows],
            properties=self.properties and self.properties.take(rows),
            answers=self.answers and self.answers.take(rows),
        )

    def beside(self, columns) -> EncodedRaises:
        """The same raises beside some of the investors only, by column number in the new order."""
        return replace(
            self,
            theses=self.theses.over(columns),
            taken=self.taken[:, columns],
            answers=self.answers and self.answers.over(columns),
        )

    def __len__(self):
        return len(self.ids)


def encode(state: PairFeatures, market: Market, raise_ids, known: EncodedRaises | None) -> EncodedRaises:
    """What ``PairFeatures.encode`` says."""
    rows = p.raise_profiles(market, raise_ids)
    place = None if known is None else p.same_rows(known.profiles, rows)
    theses = ThesisTable(market, state.investors_, state.text)
    properties = answers = None
    if len(market.answers):
        properties = tastes.raise_sheet(rows, None if known is None else known.properties, place)
        answers = tastes.table(market, rows, properties, state.investors_, kinds(state, market), state.said_)
    return EncodedRaises(
        ids=rows.index.to_numpy(np.int64),
        companies=rows[m.COMPANY].to_numpy(np.int64),
        profiles=rows,
        theses=theses,
        side=theses.meet(rows),
        taken=_taken(state, market, rows),
        properties=properties,
        answers=answers,
        **(_by_itself(state, rows) if known is None else _taken_over(state, rows, known, place)),
    )


def _taken_over(state: PairFeatures, rows: pd.DataFrame, known: EncodedRaises, place: np.ndarray) -> dict:
    place = place.copy()
    new = np.flatnonzero(place < 0)
    place[new] = len(known) + np.arange(len(new))
    fresh = _by_itself(state, rows.iloc[new])
    return {name: _stacked(getattr(known, name), part, place) for name, part in fresh.items()}


def _by_itself(state: PairFeatures, rows: pd.DataFrame) -> dict:
    """What of ``EncodedRaises`` depends on the profile of a raise alone."""
    attributes = {name: encoder.transform(rows) for name, encoder in state.encoders_.items()}
    previous = pd.Index(state.ease_investors_)
    at = np.repeat(np.arange(len(rows)), [len(v) for v in rows[p.PREVIOUS_INVESTORS]])
    who = previous.get_indexer(np.array([i for v in rows[p.PREVIOUS_INVESTORS] for i in v], dtype=np.int64))
    held = sparse.csr_matrix(
        (np.ones((who >= 0).sum(), np.float32), (at[who >= 0], who[who >= 0])),
        shape=(len(rows), len(previous)),
    )
    queries = sparse.hstack([held] + [attributes[a] for a in EASE_ATTRIBUTES], format="csr", dtype=np.float32)
    queries.data[:] = 1
    text = np.zeros((len(rows), 0), np.float32) if state.text is None else state.text.transform(rows[m.TEXT])
    return {
        "attributes": attributes,
        "ease_queries": queries,
        "text": sparse.csr_matrix(text),
        "level": _raise_level(state, rows, attributes),
        "usual": state.kernel_.usual(attributes),
    }


def kinds(state: PairFeatures, market: Market) -> pd.DataFrame:
    """Properties of investors as they were when the state was learned; of those that came later, as they are."""
    heard = state.said_.read if state.said_ else None
    if heard and all(getattr(heard.market, name) is getattr(market, name) for name in _OF_KINDS):
        return heard.kinds
    later = market.investors[~market.investors.index.isin(state.kinds_["row"])]
    if later.empty:
        return state.kinds_

    def of_later(frame):
        return frame[frame[m.INVESTOR].isin(later.index)]

    theses, participations = of_later(market.theses), of_later(market.participations)
    fresh = replace(market, investors=later, theses=theses, participations=participations)
    return pd.concat([state.kinds_, answers.investor_values(fresh)], ignore_index=True)


def _taken(state: PairFeatures, market: Market, rows: pd.DataFrame) -> sparse.csr_matrix:
    fresh = p.past_participations(market)[[m.COMPANY, m.INVESTOR]]
    pairs = pd.concat([state.pairs_.to_frame(index=False), fresh, market.blocks[[m.COMPANY, m.INVESTOR]]])
    pairs = pairs[pairs[m.COMPANY].isin(rows[m.COMPANY])].drop_duplicates()
    where = pd.DataFrame({m.COMPANY: rows[m.COMPANY].to_numpy(), "row": np.arange(len(rows))})
    pairs = pairs.merge(where, on=m.COMPANY)
    column = pd.Index(state.investors_).get_indexer(pairs[m.INVESTOR])
    kept = column >= 0
    return sparse.csr_matrix(
        (np.ones(kept.sum(), bool), (pairs["row"].to_numpy()[kept], column[kept])),
        shape=(len(rows), len(state.investors_)),
    )


def _raise_level(state: PairFeatures, rows, attributes) -> np.ndarray:
    amount = rows[m.AMOUNT].to_numpy(float)
    known = amount > 0
    log_amount = np.where(known, np.log10(np.where(known, amount, 1.0)) - 6.0, 0.0)
    columns = {
        "raise_amount": log_amount,
        "raise_amount_known": known,
        "raise_nth": np.log1p(rows[p.NTH].to_numpy(float)),
        "raise_syndicate": np.log1p([len(v) for v in rows[p.PREVIOUS_INVESTORS]]),
        "raise_since_last": np.log1p(np.clip(rows[p.SINCE_LAST].fillna(0).to_numpy(float), 0, 10)),
        "raise_is_first": rows[p.NTH].to_numpy(float) == 0,
        "raise_age": np.log1p(np.clip(rows["age"].fillna(3).to_numpy(float), 0, 20)),
        "raise_keywords": np.log1p([len(v) for v in rows[m.KEYWORDS]]),
    }
    for name in APPEAL:
        columns[f"appeal_{name}"] = attributes[name] @ state.appeal_[name]
    return np.stack([np.asarray(columns[name], dtype=np.float32) for name in RAISE_FEATURES], axis=1)


def _stacked(old, fresh, place: np.ndarray):
    """Rows ``place`` of ``old`` and ``fresh`` behind one another; arrays, CSR matrices, or dicts of them."""
    if isinstance(old, dict):
        return {name: _stacked(part, fresh[name], place) for name, part in old.items()}
    if len(place) == old.shape[0] and np.array_equal(place, np.arange(len(place))):
        return old
    if sparse.issparse(old):
        return sparse.vstack([old, fresh], format="csr")[place]
    return np.concatenate([old, fresh])[place]
