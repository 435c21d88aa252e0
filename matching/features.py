"""What is known of a pair: an investor's record and thesis against a raise.

``PairFeatures`` learns one state of the market and hands out blocks of features. Each feature belongs to one
factor (``profiles.FACTORS``); unknown on either side is 0, which is also "no different from the market".
"""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator

from matching import activity, answers, declared, encoding, tastes
from matching import market as m
from matching import profiles as p
from matching.answers import ANSWER_FEATURES
from matching.encoding import EASE_ATTRIBUTES, EncodedRaises
from matching.feature_names import APPEAL, FEATURES, FRIENDS, INVESTOR_FEATURES, PAIR_FEATURES, SURE, TOGETHER
from matching.market import Market
from matching.retrieval import DealKernel, EaseWithFeatures
from matching.theses import THESIS_FEATURES

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
# So many shared companies weigh as much as all that is not known of an investor's circle.
_CIRCLE = 3.0


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
            self.said_ = tastes.learn(market, encoding.kinds(self, market), self.said_)
        return self

    def _learn_tastes(self, deals, deal_row, column, weight):
        n = len(self.investors_)
        by_investor = sparse.csr_matrix((weight.astype(np.float32), (deal_row, column)), shape=(len(deals), n))
        self.encoders_, self.gain_, self.penalty_, self.share_ = {}, {}, {}, {}
        for attribute in p.ATTRIBUTES:
            encoder = p.Encoder(attribute).fit(deals)
            encoded = encoder.transform(deals)
            counts = (encoded.T @ by_investor).tocsr()
            if attribute.name == "co_investors":
                counts = self._without_self(counts, encoder)
            share = self.share_[attribute.name] = _share(counts)
            self.gain_[attribute.name], self.penalty_[attribute.name] = self._log_ratios(counts, share)
            self.encoders_[attribute.name] = encoder

    def _log_ratios(self, counts, share, total=None) -> tuple[sparse.csr_matrix, np.ndarray]:
        """Of ``counts`` (values × investors): gains of each value, and what a value without any count takes off.

        ``share``: the market's part of each value. ``total``: deals of each investor that tell one, where ``counts``
        lack some.
        """
        total = np.asarray(counts.sum(axis=0)).ravel() if total is None else total
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
            self.friends_[name] = self._log_ratios(counts, _share(counts))

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

    def told(self, market: Market) -> PairFeatures:
        """This state with the theses of ``market`` as the tastes of those without a record: see ``declared``."""
        position = pd.Index(self.investors_).get_indexer(market.theses[m.INVESTOR])
        bare = (position >= 0) & ~self.recorded_[position] if len(self.investors_) else np.zeros(len(position), bool)
        if not bare.any():
            return self
        theses, column = market.theses[bare], position[bare]
        state = copy.copy(self)
        state.gain_, state.penalty_ = dict(self.gain_), dict(self.penalty_)
        for name in declared.ATTRIBUTES:
            vocabulary, share = self.encoders_[name].vocabulary_, self.share_[name]
            counts, total = declared.counts(theses, column, len(self.investors_), name, vocabulary, share)
            gain, penalty = self._log_ratios(counts, share, total)
            # Of those without a record both were 0.
            state.gain_[name], state.penalty_[name] = (self.gain_[name] + gain).tocsr(), self.penalty_[name] + penalty
        return state

    def encode(self, market: Market, raise_ids=None, known: EncodedRaises | None = None) -> EncodedRaises:
        """Open raises of ``market``, in the order of ``raise_ids`` (all of them when None).

        ``known`` were encoded by the same fitted state, for whichever market and investors: what a raise is by itself
        is taken from there where its profile is the same.
        """
        return encoding.encode(self, market, raise_ids, known)

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


def _share(counts) -> np.ndarray:
    """(values,) the market's part of each value of ``counts`` (values × investors)."""
    share = np.asarray(counts.sum(axis=1)).ravel() + 1e-3
    return share / share.sum() if len(share) else share


def _unit(vectors: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 0, length, 1)


def _spread(values: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Columns of ``values`` by ``position``; zeros where it is -1."""
    if not values.shape[1]:
        return np.zeros((len(values), len(position)), values.dtype)
    return np.where(position[None, :] >= 0, values[:, np.maximum(position, 0)], 0).astype(values.dtype)
