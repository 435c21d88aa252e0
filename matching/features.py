"""What is known of a pair: an investor's record and thesis against a raise.

``PairFeatures`` learns one state of the market and hands out blocks of features. Each feature belongs to one
factor (``profiles.FACTORS``); unknown on either side is 0, which is also "no different from the market".
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator

from matching import activity, answers, tastes
from matching import market as m
from matching import profiles as p
from matching.answers import ANSWER_FEATURES
from matching.market import Market
from matching.retrieval import DealKernel, EaseWithFeatures
from matching.tastes import AnswerTable, Sheet
from matching.theses import THESIS_FEATURES, RaiseSide, ThesisTable

# Attributes whose values are columns of the autoencoder.
EASE_ATTRIBUTES = ("category", "categories", "keywords", "country", "region", "city", "round")

# How much a shared value makes two deals alike, on the scale of the exponent of the kernel.
KERNEL = {
    "country": 1.0,
    "region": 1.0,
    "city": 0.3,
    "category": 1.2,
    "keywords": 1.0,
    "round": 0.8,
    "amount": 3.0,
    "age": 0.3,
    "nth": 0.3,
    "money": 2.0,
    "co_investors": 3.0,
}
# What the deals of an investor's co-investors tell of its own taste.
FRIENDS = ("region", "city", "category", "round", "amount")
# So many shared companies weigh as much as all that is not known of an investor's circle.
_CIRCLE = 3.0
# What is read for the properties of investors.
_OF_KINDS = (m.COMPANIES, m.INVESTORS, m.THESES, m.DEALS, m.PARTICIPATIONS)

INVESTOR_FEATURES = (
    "deals_6m",
    "deals_18m",
    "deals_60m",
    "entries_12m",
    "same_season",
    "idle",
    "companies",
    "tenure",
    "follow_on_share",
    "pace",
    "forecast",
)
# Near in one sense and near in another is no nearer than once: what two features of place are together.
TOGETHER = (("lr_country", "lr_region"), ("lr_country", "friends_region"))
NEAR_TWICE = tuple("_and_".join(pair) for pair in TOGETHER)
APPEAL = ("round", "region", "category", "amount", "age", "nth", "syndicate")
SURE = ("country", "region", "category", "round", "amount")
RAISE_FEATURES = (
    "raise_amount",
    "raise_amount_known",
    "raise_nth",
    "raise_syndicate",
    "raise_since_last",
    "raise_is_first",
    "raise_age",
    "raise_keywords",
    *(f"appeal_{name}" for name in APPEAL),
)
PAIR_FEATURES = (
    *(f"lr_{a.name}" for a in p.ATTRIBUTES),
    "co_investors_sum",
    "like",
    "like_recent",
    *(f"sure_{name}" for name in SURE),
    "ease",
    "ease_popular",
    *(f"friends_{name}" for name in FRIENDS),
    *NEAR_TWICE,
    "text_portfolio",
    "text_profile",
    *THESIS_FEATURES,
    *ANSWER_FEATURES,  # the last: a block of a market without answers leaves them out
)
FEATURES = (*PAIR_FEATURES, *INVESTOR_FEATURES, *RAISE_FEATURES)

FACTOR_OF = {
    **{f"lr_{a.name}": a.factor for a in p.ATTRIBUTES},
    "co_investors_sum": p.PORTFOLIO,
    "like": p.PORTFOLIO,
    "like_recent": p.PORTFOLIO,
    **{f"sure_{a.name}": a.factor for a in p.ATTRIBUTES if a.name in SURE},
    "ease": p.PORTFOLIO,
    "ease_popular": p.PORTFOLIO,
    **{f"friends_{name}": p.PORTFOLIO for name in FRIENDS},
    **dict.fromkeys(NEAR_TWICE, p.PLACE),
    "text_portfolio": p.TEXT,
    "text_profile": p.TEXT,
    **dict.fromkeys(THESIS_FEATURES, p.THESIS),
    **dict.fromkeys(ANSWER_FEATURES, p.ANSWERS),
    **dict.fromkeys(INVESTOR_FEATURES, p.ACTIVITY),
    **dict.fromkeys(RAISE_FEATURES, p.ACTIVITY),
}


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


def _known(matrix: sparse.csr_matrix) -> np.ndarray:
    return (np.diff(matrix.indptr) > 0).astype(np.float32)


class PairFeatures(BaseEstimator):
    """State of the market on ``market.as_of`` from deals strictly before it.

    half_life: years after which a deal counts half in an investor's taste. smoothing: market-like deals that
    every investor is given beforehand. follow_on_weight: what a further investment in the same company
    counts.
    """

    def __init__(
        self,
        text=None,
        half_life=4.0,
        smoothing=2.0,
        follow_on_weight=0.3,
        ease_penalty=30.0,
        ease_half_life=6.0,
    ):
        self.text = text
        self.half_life = half_life
        self.smoothing = smoothing
        self.follow_on_weight = follow_on_weight
        self.ease_penalty = ease_penalty
        self.ease_half_life = ease_half_life

    # -- learning ------------------------------------------------------------------------------------------

    def fit(self, market: Market) -> PairFeatures:
        now, market = market, market.before(market.as_of)
        self.as_of_ = market.as_of
        self.investors_ = market.active_investors
        part = p.past_participations(market)
        deals = p.deal_profiles(market, part)
        row_of_deal = pd.Series(np.arange(len(deals)), index=deals.index)
        deal_row = row_of_deal.reindex(part[m.DEAL]).to_numpy(np.int64)
        column = np.searchsorted(self.investors_, part[m.INVESTOR])
        age = (p.days([market.as_of])[0] - p.days(part[m.DATE])) / p.DAYS_PER_YEAR
        weight = 0.5 ** (age / self.half_life) * np.where(part["entry"], 1.0, self.follow_on_weight)
        self._learn_tastes(deals, deal_row, column, weight)
        self._learn_friends(deals, deal_row, column, weight)
        self._learn_kernel(deals, deal_row, column, weight, weight * 0.5 ** (age / 1.5 - age / self.half_life))
        self._learn_appeal(deals, deal_row, part["entry"].to_numpy(), market)
        self._learn_ease(deals, deal_row, column, market)
        self._learn_text(deals, deal_row, column, weight, market)
        self._learn_activity(part, column, age)
        self.kinds_ = answers.investor_values(market, part)
        self.pairs_ = pd.MultiIndex.from_frame(part.loc[part["entry"], [m.COMPANY, m.INVESTOR]])
        self.said_ = None
        return self.hear(now)

    def hear(self, market: Market) -> PairFeatures:
        """Learn what the answers of ``market`` come to: worth it for a whole market that is ranked more than once. Of
        what was heard before, only what has changed is learned again.
        """
        if len(market.answers):
            self.said_ = tastes.learn(market, self._kinds(market), self.said_)
        return self

    def _learn_tastes(self, deals, deal_row, column, weight):
        n = len(self.investors_)
        by_investor = sparse.csr_matrix((weight.astype(np.float32), (deal_row, column)), shape=(len(deals), n))
        self.encoders_, self.gain_, self.penalty_ = {}, {}, {}
        for attribute in p.ATTRIBUTES:
            encoder = p.Encoder(attribute).fit(deals)
            encoded = encoder.transform(deals)
            counts = (encoded.T @ by_investor).tocsr()
            if attribute.name == "co_investors":
                counts = self._without_self(counts, encoder)
            self.gain_[attribute.name], self.penalty_[attribute.name] = self._log_ratios(counts)
            self.encoders_[attribute.name] = encoder

    def _log_ratios(self, counts) -> tuple[sparse.csr_matrix, np.ndarray]:
        """Of ``counts`` (values × investors): gains of each value, and what a value without any count takes off."""
        total = np.asarray(counts.sum(axis=0)).ravel()
        share = np.asarray(counts.sum(axis=1)).ravel() + 1e-3
        share = share / share.sum() if len(share) else share
        counts = counts.tocoo()
        gain = np.log1p(counts.data / (self.smoothing * share[counts.row]))
        gain = sparse.csr_matrix((gain.astype(np.float32), (counts.row, counts.col)), shape=counts.shape)
        return gain, np.log1p(total / self.smoothing).astype(np.float32)

    def _learn_friends(self, deals, deal_row, column, weight):
        """Tastes of those who share companies with an investor, each by its part in the investor's circle.

        The deals of a friend count by the root of their number: an investor of everything says little.
        """
        n = len(self.investors_)
        companies, row = np.unique(deals[m.COMPANY].to_numpy()[deal_row], return_inverse=True)
        held = sparse.csr_matrix((np.ones(len(column), np.float32), (row, column)), shape=(len(companies), n))
        held.data[:] = 1
        shared = (held.T @ held).tolil()
        shared.setdiag(0)
        shared = shared.tocsr()
        shared.eliminate_zeros()
        part = 1.0 / (np.asarray(shared.sum(axis=1)).ravel() + _CIRCLE)
        circle = sparse.diags(part.astype(np.float32)) @ shared
        by_investor = sparse.csr_matrix((weight.astype(np.float32), (deal_row, column)), shape=(len(deals), n))
        self.friends_ = {}
        for name in FRIENDS:
            counts = self.encoders_[name].transform(deals).T @ by_investor
            root = np.sqrt(np.asarray(counts.sum(axis=0)).ravel() + 1.0)
            counts = counts @ sparse.diags((4.0 / root).astype(np.float32)) @ circle.T
            self.friends_[name] = self._log_ratios(counts.tocsr())

    def _learn_kernel(self, deals, deal_row, column, weight, recent):
        # a deal that names no investor is like nobody's
        named, row = np.unique(deal_row, return_inverse=True)
        attributes = {name: encoder.transform(deals.iloc[named]) for name, encoder in self.encoders_.items()}
        self.kernel_ = DealKernel(KERNEL, self.smoothing)
        self.kernel_.fit(attributes, row, column, weight, recent, len(self.investors_))

    def _without_self(self, counts, encoder):
        position = pd.Index(self.investors_.astype(str)).get_indexer(encoder.vocabulary_)
        counts = counts.tocoo()
        kept = position[counts.row] != counts.col
        return sparse.csr_matrix((counts.data[kept], (counts.row[kept], counts.col[kept])), shape=counts.shape)

    def _learn_appeal(self, deals, deal_row, entry, market):
        """How many new investors a deal with a value drew, against the average deal (log ratio)."""
        drawn = np.bincount(deal_row[entry], minlength=len(deals)).astype(np.float64)
        age = (p.days([market.as_of])[0] - p.days(deals[p.WHEN])) / p.DAYS_PER_YEAR
        weight = 0.5 ** (age / self.half_life)
        mean = (drawn * weight).sum() / max(weight.sum(), 1e-9) or 1.0
        self.appeal_ = {}
        for name in APPEAL:
            encoded = self.encoders_[name].transform(deals)
            seen, drew = encoded.T @ weight, encoded.T @ (weight * drawn)
            prior = 5.0
            self.appeal_[name] = np.log((drew + prior * mean) / ((seen + prior) * mean)).astype(np.float32)

    def _learn_ease(self, deals, deal_row, column, market):
        companies, row = np.unique(deals[m.COMPANY].to_numpy(), return_inverse=True)
        n = len(self.investors_)
        to_company = sparse.csr_matrix(
            (np.ones(len(deals), np.float32), (row, np.arange(len(deals)))),
            shape=(len(companies), len(deals)),
        )
        held = sparse.csr_matrix((np.ones(len(deal_row), np.float32), (deal_row, column)), shape=(len(deals), n))
        blocks = [to_company @ held]
        blocks += [to_company @ self.encoders_[a].transform(deals) for a in EASE_ATTRIBUTES]
        X = sparse.hstack(blocks, format="csr")
        X.data[:] = 1
        when = p.days(deals[p.WHEN])
        last = np.full(len(companies), -np.inf)
        np.maximum.at(last, row, when)
        age = (p.days([market.as_of])[0] - last) / p.DAYS_PER_YEAR
        self.ease_investors_ = self.investors_
        self.ease_ = EaseWithFeatures(self.ease_penalty).fit(X, n, 0.5 ** (age / self.ease_half_life))
        popularity = np.asarray(X[:, :n].sum(axis=0)).ravel() if len(companies) else np.zeros(n)
        self.ease_scale_ = (1.0 / np.sqrt(popularity + 5.0)).astype(np.float32)

    def _learn_text(self, deals, deal_row, column, weight, market):
        n = len(self.investors_)
        if self.text is None:
            self.portfolio_text_ = np.zeros((n, 0), dtype=np.float32)
            return
        vectors = self.text.transform(deals[m.TEXT])
        by_investor = sparse.csr_matrix((weight, (column, deal_row)), shape=(n, len(deals)))
        self.portfolio_text_ = _unit(by_investor @ vectors).astype(np.float32)

    def _learn_activity(self, part, column, age):
        n = len(self.investors_)
        entry = part["entry"].to_numpy(float)

        columns = activity.levels(age, column, entry, n)
        total = np.bincount(column, minlength=n)
        last = np.full(n, np.inf)
        np.minimum.at(last, column, age)
        self.level_ = np.stack([columns[name] for name in INVESTOR_FEATURES]).astype(np.float32)
        self.recorded_ = total > 0
        active = last <= 1
        self.typical_ = (
            np.median(self.level_[:, active], axis=1) if active.any() else np.zeros(len(INVESTOR_FEATURES))
        ).astype(np.float32)
        self.level_[:, ~self.recorded_] = self.typical_[:, None]

    # -- use -------------------------------------------------------------------------------------------------

    def candidates(self, market: Market) -> np.ndarray:
        """Sorted ids of the investors of ``market`` with a recorded deal, here or there, or an active
        thesis.
        """
        ids = market.investors.index.to_numpy(np.int64)
        recorded = self.investors_[self.recorded_]
        return np.union1d(np.intersect1d(ids, recorded), market.active_investors)

    def over(self, investors: np.ndarray) -> PairFeatures:
        """This state over ``investors`` (sorted ids) only; those that it has never seen join without a
        record.

        Whoever states a thesis without a record is taken for as active as the typical active investor.
        """
        investors = np.asarray(investors, dtype=np.int64)
        if np.array_equal(investors, self.investors_):
            return self
        position = pd.Index(self.investors_).get_indexer(investors)
        known = position >= 0
        pick = sparse.csr_matrix(
            (np.ones(known.sum(), np.float32), (position[known], np.flatnonzero(known))),
            shape=(len(self.investors_), len(investors)),
        )
        state = copy.copy(self)
        state.investors_ = investors
        state.recorded_ = known & self.recorded_[np.maximum(position, 0)] if len(self.investors_) else known
        state.gain_ = {name: (gain @ pick).tocsr() for name, gain in self.gain_.items()}
        state.penalty_ = {name: _spread(v[None], position)[0] for name, v in self.penalty_.items()}
        state.friends_ = {
            name: ((gain @ pick).tocsr(), _spread(penalty[None], position)[0])
            for name, (gain, penalty) in self.friends_.items()
        }
        state.level_ = np.where(known[None, :], _spread(self.level_, position), self.typical_[:, None])
        state.portfolio_text_ = _spread(self.portfolio_text_.T, position).T
        state.kernel_ = self.kernel_.restricted_to(pick)
        state.ease_scale_ = _spread(self.ease_scale_[None], position)[0]
        state.ease_ = self.ease_.restricted_to(position)
        return state

    def encode(self, market: Market, raise_ids=None, known: EncodedRaises | None = None) -> EncodedRaises:
        """Open raises of ``market``, in the order of ``raise_ids`` (all of them when None).

        ``known`` were encoded by the same fitted state, for whichever market and investors: what a raise is by itself
        is taken from there where its profile is the same.
        """
        rows = p.raise_profiles(market, raise_ids)
        place = None if known is None else p.same_rows(known.profiles, rows)
        theses = ThesisTable(market, self.investors_, self.text)
        properties = answers = None
        if len(market.answers):
            properties = tastes.raise_sheet(rows, None if known is None else known.properties, place)
            answers = tastes.table(market, rows, properties, self.investors_, self._kinds(market), self.said_)
        return EncodedRaises(
            ids=rows.index.to_numpy(np.int64),
            companies=rows[m.COMPANY].to_numpy(np.int64),
            profiles=rows,
            theses=theses,
            side=theses.meet(rows),
            taken=self._taken(market, rows),
            properties=properties,
            answers=answers,
            **(self._by_itself(rows) if known is None else self._taken_over(rows, known, place)),
        )

    def _taken_over(self, rows: pd.DataFrame, known: EncodedRaises, place: np.ndarray) -> dict:
        place = place.copy()
        new = np.flatnonzero(place < 0)
        place[new] = len(known) + np.arange(len(new))
        fresh = self._by_itself(rows.iloc[new])
        return {name: _stacked(getattr(known, name), part, place) for name, part in fresh.items()}

    def _by_itself(self, rows: pd.DataFrame) -> dict:
        """What of ``EncodedRaises`` depends on the profile of a raise alone."""
        attributes = {name: encoder.transform(rows) for name, encoder in self.encoders_.items()}
        previous = pd.Index(self.ease_investors_)
        at = np.repeat(np.arange(len(rows)), [len(v) for v in rows[p.PREVIOUS_INVESTORS]])
        who = previous.get_indexer(np.array([i for v in rows[p.PREVIOUS_INVESTORS] for i in v], dtype=np.int64))
        held = sparse.csr_matrix(
            (np.ones((who >= 0).sum(), np.float32), (at[who >= 0], who[who >= 0])),
            shape=(len(rows), len(previous)),
        )
        queries = sparse.hstack([held] + [attributes[a] for a in EASE_ATTRIBUTES], format="csr", dtype=np.float32)
        queries.data[:] = 1
        text = np.zeros((len(rows), 0), np.float32) if self.text is None else self.text.transform(rows[m.TEXT])
        return {
            "attributes": attributes,
            "ease_queries": queries,
            "text": sparse.csr_matrix(text),
            "level": self._raise_level(rows, attributes),
            "usual": self.kernel_.usual(attributes),
        }

    def _kinds(self, market: Market) -> pd.DataFrame:
        """Properties of investors as they were when the state was learned; of those that came later, as they are."""
        heard = self.said_.read if self.said_ else None
        if heard and all(getattr(heard.market, name) is getattr(market, name) for name in _OF_KINDS):
            return heard.kinds
        later = market.investors[~market.investors.index.isin(self.kinds_["row"])]
        if later.empty:
            return self.kinds_

        def of_later(frame):
            return frame[frame[m.INVESTOR].isin(later.index)]

        theses, participations = of_later(market.theses), of_later(market.participations)
        fresh = replace(market, investors=later, theses=theses, participations=participations)
        return pd.concat([self.kinds_, answers.investor_values(fresh)], ignore_index=True)

    def _taken(self, market: Market, rows: pd.DataFrame) -> sparse.csr_matrix:
        fresh = p.past_participations(market)[[m.COMPANY, m.INVESTOR]]
        pairs = pd.concat([self.pairs_.to_frame(index=False), fresh, market.blocks[[m.COMPANY, m.INVESTOR]]])
        pairs = pairs[pairs[m.COMPANY].isin(rows[m.COMPANY])].drop_duplicates()
        where = pd.DataFrame({m.COMPANY: rows[m.COMPANY].to_numpy(), "row": np.arange(len(rows))})
        pairs = pairs.merge(where, on=m.COMPANY)
        column = pd.Index(self.investors_).get_indexer(pairs[m.INVESTOR])
        kept = column >= 0
        return sparse.csr_matrix(
            (np.ones(kept.sum(), bool), (pairs["row"].to_numpy()[kept], column[kept])),
            shape=(len(rows), len(self.investors_)),
        )

    def _raise_level(self, rows, attributes) -> np.ndarray:
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
            columns[f"appeal_{name}"] = attributes[name] @ self.appeal_[name]
        return np.stack([np.asarray(columns[name], dtype=np.float32) for name in RAISE_FEATURES], axis=1)

    def block(self, raises: EncodedRaises) -> np.ndarray:
        """Pair features of all ``raises`` × ``investors_``: float32 (len(PAIR_FEATURES), raises, investors).

        Where nobody has answered, the block ends before ``ANSWER_FEATURES``, which are all 0.
        A value depends on its raise and investor alone, to the last bit, whatever else is in the block.
        """
        n_features = len(PAIR_FEATURES) if raises.answers else len(PAIR_FEATURES) - len(ANSWER_FEATURES)
        out = np.empty((n_features, len(raises), len(self.investors_)), dtype=np.float32)
        for at, attribute in enumerate(p.ATTRIBUTES):
            encoded = raises.attributes[attribute.name]
            gain = (encoded @ self.gain_[attribute.name]).toarray()
            out[at] = gain - _known(encoded)[:, None] * self.penalty_[attribute.name][None, :]
            if attribute.name == "co_investors":
                many = np.log1p([len(v) for v in raises.profiles[p.COMPANY_INVESTORS]]).astype(np.float32)
                out[len(p.ATTRIBUTES)] = gain * many[:, None]
        at = len(p.ATTRIBUTES) + 1
        out[at], out[at + 1] = self.kernel_.predict(raises.attributes, raises.usual)
        at += 2
        size = np.log1p(self.kernel_.count_) / 3
        for name in SURE:
            out[at] = out[FEATURES.index(f"lr_{name}")] * size[None, :]
            at += 1
        ease = self.ease_.predict(raises.ease_queries)
        out[at] = ease * self.ease_scale_[None, :] * 20
        out[at + 1] = ease * 5
        at += 2
        for name, (gain, penalty) in self.friends_.items():
            encoded = raises.attributes[name]
            out[at] = (encoded @ gain).toarray() - _known(encoded)[:, None] * penalty[None, :]
            at += 1
        for one, other in TOGETHER:
            np.multiply(out[FEATURES.index(one)], out[FEATURES.index(other)], out=out[at])
            at += 1
        out[at] = raises.text @ self.portfolio_text_.T if self.text is not None else 0
        out[at + 1] = raises.text @ raises.theses.text.T if self.text is not None else 0
        at += 2
        out[at : at + len(THESIS_FEATURES)] = raises.theses.features(raises.side)
        if raises.answers:
            raises.answers.features(out[at + len(THESIS_FEATURES) :])
        return out

    def rows(self, block: np.ndarray, raises: EncodedRaises, row, column) -> np.ndarray:
        """Full features (n, len(FEATURES)) of single cells of a ``block``; row and column broadcast."""
        row, column = np.broadcast_arrays(row, column)
        unanswered = np.zeros((len(PAIR_FEATURES) - len(block), len(row)), np.float32)
        parts = [block[:, row, column], unanswered, self.level_[:, column], raises.level[row].T]
        return np.concatenate(parts, axis=0).T.copy()

    def of_pairs(self, raises: EncodedRaises, row, column, at_once: int = 400_000) -> np.ndarray:
        """Full features (n, len(FEATURES)) of single pairs, to the last bit those of ``block`` and ``rows``.

        Computed in blocks of ``at_once`` pairs over the rows and the columns that occur: meant for groups of pairs
        that share many of either.
        """
        columns, column = np.unique(column, return_inverse=True)
        rows, row = np.unique(row, return_inverse=True)
        state, raises = self.over(self.investors_[columns]), raises.take(rows).beside(columns)
        X = np.empty((len(row), len(FEATURES)), np.float32)
        order = np.argsort(row, kind="stable")
        size = max(at_once // max(len(columns), 1), 1)
        for start in range(0, len(rows), size):
            some = raises.take(np.arange(start, min(start + size, len(rows))))
            here = order[np.searchsorted(row[order], start) : np.searchsorted(row[order], start + size)]
            X[here] = state.rows(state.block(some), some, row[here] - start, column[here])
        return X

    def forbidden(self, raises: EncodedRaises) -> np.ndarray:
        """(raises × investors) bool: already invested, blocked, or excluded by a thesis."""
        return raises.taken.toarray() | raises.theses.excluded(raises.side)

    def forbidden_pairs(self, raises: EncodedRaises, row, column) -> np.ndarray:
        """(n,) bool: ``forbidden`` of single pairs."""
        taken = np.asarray(raises.taken[row, column]).ravel() if len(row) else np.zeros(0, bool)
        return taken | raises.theses.excluded_pairs(raises.side, row, column)


def _stacked(old, fresh, place: np.ndarray):
    """Rows ``place`` of ``old`` and ``fresh`` behind one another; arrays, CSR matrices, or dicts of them."""
    if isinstance(old, dict):
        return {name: _stacked(part, fresh[name], place) for name, part in old.items()}
    if len(place) == old.shape[0] and np.array_equal(place, np.arange(len(place))):
        return old
    if sparse.issparse(old):
        return sparse.vstack([old, fresh], format="csr")[place]
    return np.concatenate([old, fresh])[place]


def _unit(vectors: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 0, length, 1)


def _spread(values: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Columns of ``values`` by ``position``; zeros where it is -1."""
    if not values.shape[1]:
        return np.zeros((len(values), len(position)), values.dtype)
    return np.where(position[None, :] >= 0, values[:, np.maximum(position, 0)], 0).astype(values.dtype)
