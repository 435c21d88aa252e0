"""Training data from the market's own past: several earlier windows, features strictly before each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import clone

from matching import market as m
from matching.encoding import EncodedRaises
from matching.feature_names import FEATURES
from matching.features import PairFeatures
from matching.market import Market
from matching.profiles import past_participations

TO_INVESTORS, TO_RAISES = "startup_to_investor", "investor_to_startup"
DIRECTIONS = (TO_INVESTORS, TO_RAISES)
# What an accepted introduction counts as a yes, beside a deal.
ACCEPTED_WORTH = 0.5
# So many choices of one window say better than the prior which candidates are hard to tell apart.
_ENOUGH_TO_GUESS = 150
# Scores of investors' candidates that are held at a time, and pairs whose features are.
_SCORES_AT_ONCE = 8_000_000
_PAIRS_AT_ONCE = 16_384


def months_before(day: date, months: int) -> date:
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def later_deals(market: Market, start: date, months: int = 6, also=()) -> tuple[Market, pd.DataFrame]:
    """What was known on ``start``, and what came of it.

    Returns the market before ``start`` whose raises are the companies with a deal in the window (raise id =
    company id, round and amount of the company's first deal in it), and the new (company, investor) pairs
    of the window among investors with a deal before it (or ``also``, ids): columns raise, investor.
    """
    start_at = pd.Timestamp(start)
    end_at = start_at + pd.DateOffset(months=months)
    history = market.before(start)
    window = market.deals[(market.deals[m.DATE] >= start_at) & (market.deals[m.DATE] < end_at)]
    window = window.sort_values(m.DATE, kind="stable")
    first = window.drop_duplicates(m.COMPANY)
    raises = m.frame(
        m.RAISES,
        pd.DataFrame(
            {
                m.COMPANY: first[m.COMPANY].to_numpy(),
                m.OPENED_ON: start_at,
                m.ROUND: first[m.ROUND].to_numpy(),
                m.ROUND_ORDER: first[m.ROUND_ORDER].to_numpy(),
                m.AMOUNT_LOW: first[m.AMOUNT].to_numpy(),
                m.AMOUNT_HIGH: first[m.AMOUNT].to_numpy(),
                m.MONEY: first[m.MONEY].to_numpy(),
            },
            index=first[m.COMPANY].to_numpy(np.int64),
        ),
    )
    parts = market.participations[market.participations[m.DEAL].isin(window.index)]
    pairs = pd.DataFrame(
        {"raise": window.loc[parts[m.DEAL], m.COMPANY].to_numpy(), m.INVESTOR: parts[m.INVESTOR].to_numpy()}
    ).drop_duplicates()
    held = past_participations(history)
    pairs = pairs[pairs[m.INVESTOR].isin(np.union1d(held[m.INVESTOR], np.asarray(also, np.int64)))]
    old = pd.MultiIndex.from_frame(held[[m.COMPANY, m.INVESTOR]])
    pairs = pairs[~pd.MultiIndex.from_frame(pairs[["raise", m.INVESTOR]]).isin(old)]
    return history.with_raises(raises), pairs.reset_index(drop=True)


def later_introductions(market: Market, start: date, months: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the introductions accepted in the window teach: raises, and new pairs, columns raise (company id), investor.

    The raises are those that the introductions were about, the latest of each company, with the id of the company.
    """
    start_at = pd.Timestamp(start)
    end_at = start_at + pd.DateOffset(months=months)
    answers = market.answers
    met = answers[(answers[m.KIND] == m.ACCEPTED) & (answers[m.AT] >= start_at) & (answers[m.AT] < end_at)]
    met = met.sort_values([m.AT, m.COMPANY, m.INVESTOR], kind="stable")
    latest = met.drop_duplicates(m.COMPANY, keep="last")
    columns = [m.COMPANY, m.ROUND, m.AMOUNT_LOW, m.AMOUNT_HIGH]
    raises = latest[columns].set_axis(latest[m.COMPANY].to_numpy(np.int64)).assign(**{m.OPENED_ON: start_at})
    pairs = met[[m.COMPANY, m.INVESTOR]].drop_duplicates().rename(columns={m.COMPANY: "raise"})
    held = pd.MultiIndex.from_frame(past_participations(market.before(start))[[m.COMPANY, m.INVESTOR]])
    return m.frame(m.RAISES, raises), pairs[~pd.MultiIndex.from_frame(pairs).isin(held)].reset_index(drop=True)


def taught_by(market: Market, start: date, months: int = 6) -> tuple[Market, pd.DataFrame, pd.DataFrame]:
    """The market before ``start`` with all that was raised in the window, and whom it led together: columns raise,
    investor, worth (1 for a deal, ``ACCEPTED_WORTH`` for an accepted introduction and no deal).

    Third are the accepted pairs alone, of which some may have closed. A raise of which no deal is known stands behind
    the others; without introductions it is ``later_deals``. An investor that accepted one need have no deal before.
    """
    raises, met = later_introductions(market, start, months)
    history, deals = later_deals(market, start, months, also=met[m.INVESTOR])
    further = raises[~raises.index.isin(history.raises.index)]
    if len(further):
        history = history.with_raises(pd.concat([history.raises, further]))
    pairs = pd.concat([deals.assign(worth=1.0), met.assign(worth=ACCEPTED_WORTH)])
    return history, pairs.drop_duplicates(["raise", m.INVESTOR]).reset_index(drop=True), met


def choices(worth: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each choice starts, how many candidates it has, and of each candidate its share of the choice; the shares of
    a choice that comes to less than one yes sum to less.
    """
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.array([], int)
    lengths = np.diff(np.r_[starts, len(group)])
    worth = worth.astype(float)
    whole = np.add.reduceat(worth, starts) if len(starts) else worth
    return starts, lengths, worth / np.repeat(np.maximum(whole, 1), lengths)


@dataclass
class Sample:
    """Candidates of many choices. ``group`` numbers the choice; ``weight`` undoes the sampling of
    candidates; ``worth`` is how much of a yes a chosen one is, 0 where it was not chosen.
    """

    X: np.ndarray  # (n, len(FEATURES)) float32
    y: np.ndarray  # (n,) bool
    group: np.ndarray  # (n,) int64, sorted
    weight: np.ndarray  # (n,) float32
    window: np.ndarray  # (n,) int64, 0 is the latest
    worth: np.ndarray | None = None  # (n,) float32, ``y`` unless it is given

    def __post_init__(self):
        if self.worth is None:
            self.worth = self.y.astype(np.float32)

    def __len__(self):
        return len(self.y)

    @property
    def n_choices(self) -> int:
        return len(np.unique(self.group))

    def earlier_than(self, window: int) -> Sample:
        """What comes from the windows before ``window``."""
        return self._where(self.window > window)

    def of_window(self, window: int) -> Sample:
        return self._where(self.window == window)

    def _where(self, kept) -> Sample:
        return Sample(
            self.X[kept], self.y[kept], self.group[kept], self.weight[kept], self.window[kept], self.worth[kept]
        )

    def ndcg(self, scores, k: int = 10) -> np.ndarray:
        """NDCG@k of each choice by ``scores`` (n,), among the candidates drawn."""
        order = np.lexsort((-scores, self.group))
        first = np.flatnonzero(np.r_[True, np.diff(self.group) != 0])
        place = np.arange(len(order)) - np.repeat(first, np.diff(np.r_[first, len(order)]))
        gain = np.where(place < k, 1 / np.log2(place + 2.0), 0.0)
        chosen = np.add.reduceat(self.y.astype(int), first)
        ideal = np.r_[0.0, np.cumsum(1 / np.log2(np.arange(2, k + 2)))][np.minimum(chosen, k)]
        return np.add.reduceat(gain * self.y[order], first) / ideal


def _empty_sample() -> Sample:
    return Sample(
        np.zeros((0, len(FEATURES)), np.float32),
        np.zeros(0, bool),
        np.zeros(0, np.int64),
        np.zeros(0, np.float32),
        np.zeros(0, np.int64),
    )


def join(samples: list[Sample]) -> Sample:
    """One sample of all, groups renumbered."""
    samples = [s for s in samples if len(s)]
    if not samples:
        return _empty_sample()
    groups, first = [], 0
    for sample in samples:
        groups.append(sample.group + first)
        first += sample.group[-1] + 1
    return Sample(
        np.concatenate([s.X for s in samples]),
        np.concatenate([s.y for s in samples]),
        np.concatenate(groups),
        np.concatenate([s.weight for s in samples]),
        np.concatenate([s.window for s in samples]),
        np.concatenate([s.worth for s in samples]),
    )


def _candidates(score, positive, allowed, hard, easy, rng):
    """(positions, weights): positives, the ``hard`` best others, ``easy`` random ones of the rest."""
    others = np.flatnonzero(allowed & ~positive)
    if len(others) > hard:
        order = np.argpartition(-score[others], hard) if hard else np.arange(len(others))
        best, rest = others[order[:hard]], others[order[hard:]]
    else:
        best, rest = others, others[:0]
    drawn = rng.choice(rest, size=min(easy, len(rest)), replace=False) if len(rest) else rest
    chosen = np.concatenate([np.flatnonzero(positive), best, drawn])
    weight = np.ones(len(chosen), np.float32)
    if len(drawn):
        weight[-len(drawn) :] = len(rest) / len(drawn)
    return chosen, weight


def sample_window(
    state: PairFeatures, raises: EncodedRaises, pairs: pd.DataFrame, guess, window: int, settings, rng
) -> dict[str, Sample]:
    """Candidates of both directions from one window; ``pairs`` as of ``taught_by``.

    ``guess``: direction → function of (block, investor level, raise level) that tells a hard candidate from
    an easy one.
    """
    row = pd.Index(raises.ids).get_indexer(pairs["raise"])
    column = pd.Index(state.investors_).get_indexer(pairs[m.INVESTOR])
    kept = (row >= 0) & (column >= 0)
    row, column, worth = row[kept], column[kept], pairs["worth"].to_numpy(np.float32)[kept]
    kept = ~state.forbidden_pairs(raises, row, column)
    row, column = row[kept], column[kept]
    truth = sparse.csr_matrix((worth[kept], (row, column)), shape=(len(raises), len(state.investors_)))

    # What an investor without a record accepts is its own choice among raises. In those of raises its absence teaches
    # nothing, so its presence may not either.
    rows = np.sort(rng.permutation(np.unique(row[state.recorded_[column]]))[: settings.max_queries])
    columns = np.sort(rng.permutation(np.unique(column))[: settings.max_queries])

    return {
        TO_INVESTORS: _as_sample(_choices_of_raises(state, raises, rows, truth, guess, settings, rng), window),
        TO_RAISES: _as_sample(_choices_of_investors(state, raises, columns, truth, guess, settings, rng), window),
    }


def _blocks(n, size):
    return (np.arange(start, min(start + size, n)) for start in range(0, n, size))


def _choices_of_raises(state, raises, rows, truth, guess, settings, rng) -> list:
    cells = []
    for part in _blocks(len(rows), settings.block):
        some, chosen_here = raises.take(rows[part]), truth[rows[part]].toarray() * state.recorded_
        allowed = ~state.forbidden(some) & state.recorded_
        block = state.block(some)
        score = guess[TO_INVESTORS](block, state.level_, some.level)
        for number, worth in enumerate(chosen_here):
            chosen, weight = _candidates(score[number], worth > 0, allowed[number], settings.hard, settings.easy, rng)
            said = worth[chosen]
            cells.append((state.rows(block, some, number, chosen), said > 0, weight, said))
    return cells


def _choices_of_investors(state, raises, columns, truth, guess, settings, rng) -> list:
    cells = []
    for part in _blocks(len(columns), max(_SCORES_AT_ONCE // max(len(raises), 1), 1)):
        few = columns[part]
        cells += _choices_of_few(
            state.over(state.investors_[few]), raises.beside(few), truth[:, few].toarray(), guess, settings, rng
        )
    return cells


def _choices_of_few(state, raises, truth, guess, settings, rng) -> list:
    """Of all investors of ``state``, beside whom ``raises`` and ``truth`` (raises × investors) are."""
    score = np.empty(truth.shape, dtype=np.float32)
    allowed = np.empty(truth.shape, dtype=bool)
    for part in _blocks(len(raises), max(settings.block, _PAIRS_AT_ONCE // truth.shape[1])):
        some = raises.take(part)
        score[part] = guess[TO_RAISES](state.block(some), state.level_, some.level)
        allowed[part] = ~state.forbidden(some)
    picks = [
        _candidates(score[:, n], truth[:, n] > 0, allowed[:, n], settings.hard, settings.easy, rng)
        for n in range(truth.shape[1])
    ]
    # the best raises of an investor are known only after all blocks: each is visited once more to read them
    row = np.concatenate([chosen for chosen, _ in picks])
    column = np.repeat(np.arange(len(picks)), [len(chosen) for chosen, _ in picks])
    ends = np.cumsum([len(chosen) for chosen, _ in picks])[:-1]
    X = np.split(state.of_pairs(raises, row, column), ends)
    worths = np.split(truth[row, column], ends)
    return [(X[n], worths[n] > 0, weight, worths[n]) for n, (_, weight) in enumerate(picks)]


def _as_sample(cells, window: int) -> Sample:
    if not cells:
        return _empty_sample()
    X, y, weight, worth = zip(*cells, strict=True)
    lengths = [len(chosen) for chosen in y]
    return Sample(
        np.concatenate(X),
        np.concatenate(y),
        np.repeat(np.arange(len(cells)), lengths),
        np.concatenate(weight),
        np.full(sum(lengths), window, np.int64),
        np.concatenate(worth).astype(np.float32),
    )


@dataclass(frozen=True)
class WindowSettings:
    """windows of ``months`` each; per window at most ``max_queries`` choices of hard + easy candidates."""

    windows: int = 6
    months: int = 6
    max_queries: int = 1000
    hard: int = 60
    easy: int = 40
    block: int = 32
    min_deals: int = 30


@dataclass(frozen=True)
class Window:
    """One earlier window: the market before it with what was raised in it, what came of that (columns raise,
    investor), and the state of the market before it. ``met``: pairs that accepted an introduction in it.
    """

    start: date
    end: date
    history: Market
    pairs: pd.DataFrame
    state: PairFeatures
    met: pd.DataFrame


def collect(market: Market, make_state, rankers, settings: WindowSettings, seed=0, progress=None):
    """Samples of both directions from the windows before ``market.as_of``, and the latest ``Window`` itself.

    ``make_state()`` gives an unfitted ``PairFeatures``; ``rankers`` (direction → ranker, unlearned) tell hard
    candidates from easy ones, by their prior in the oldest window and then by what that one taught. A window with no history before it is left out; the latest
    is None where it was. What is drawn from a window depends on nothing later.
    """
    guess = {direction: ranker.score_block for direction, ranker in rankers.items()}
    learned = False
    samples = {direction: [] for direction in DIRECTIONS}
    latest = None
    for window in reversed(range(settings.windows)):
        start = months_before(market.as_of, settings.months * (window + 1))
        known = market.before(market.as_of)
        history, pairs, met = taught_by(known, start, settings.months)
        if progress:
            progress(settings.windows - 1 - window, settings.windows, "training windows")
        if not len(pairs) or len(history.deals) < settings.min_deals:
            continue
        state = make_state().fit(history)
        rng = np.random.default_rng([seed, window])
        drawn = sample_window(state, state.encode(history), pairs, guess, window, settings, rng)
        for direction in DIRECTIONS:
            samples[direction].append(drawn[direction])
        if not learned and min(drawn[direction].n_choices for direction in DIRECTIONS) >= _ENOUGH_TO_GUESS:
            learned = True
            for direction, sample in drawn.items():
                ranker = clone(rankers[direction]).fit(sample.X, sample.worth, sample.group, sample.weight)
                guess[direction] = ranker.score_block
        if window == 0:
            history, deals = later_deals(known, start, settings.months)
            latest = Window(start, market.as_of, history, deals, state, met) if len(deals) else None
    if progress:
        progress(settings.windows, settings.windows, "training windows")
    return {direction: join(samples[direction]) for direction in DIRECTIONS}, latest
