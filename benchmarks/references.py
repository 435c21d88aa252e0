"""Reference methods that the model card sets beside the model: the same raises and investors, ranked by other means.

Two need no learning, only counts of the companies that each investor has joined:

- *place only*: the log ratios of country, region and city, and the log of the investor's share of all entries, added up;
- *naive Bayes*: the same of category, region, country and round.

The others look at a pair as the model does, and those that learn are taught by the very choices that taught the model:

- *EASE with features*: the closed-form autoencoder over investors and attributes, alone;
- *logistic*: regression on the standardised features, a candidate a row, weighted to undo the sampling;
- *listwise logit*: the model's own curves, a conditional logit, without the network;
- *boosted trees*: as logistic, with 250 trees of 15 leaves; they look at the 300 best of each list by the logistic;
- *logistic and trees*: the mean of their log odds, of the same 300.

None of them spreads attention, which costs the model up to a hundredth of its NDCG@10.
"""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from matching import market as m
from matching import profiles as p
from matching.evaluation import Task
from matching.feature_names import FEATURES, INVESTOR_FEATURES, PAIR_FEATURES
from matching.matcher import IGNORED, Matcher
from matching.retrieval import top_k
from matching.training import DIRECTIONS, TO_INVESTORS, TO_RAISES, Sample

PLACE_ONLY, NAIVE_BAYES, EASE = "place only", "naive Bayes", "EASE with features"
LOGISTIC, LISTWISE, TREES, BLEND = "logistic", "listwise logit", "boosted trees", "logistic and trees"
PLACE = ("country", "region", "city")
BAYES = ("category", "region", "country", "round")
# Deals like the market's that each investor is given beforehand.
SMOOTHING = 2.0
_RAISES_AT_ONCE = 32
# Targets of each list, the best by the logistic, that the trees look at: to see every pair would take them hours.
_LOOKED_AT = 300


class RecordingMatcher(Matcher):
    """A matcher that keeps what it was taught by: ``samples_``, per direction."""

    def draw(self, market, progress=None):
        self.samples_, latest = super().draw(market, progress)
        return self.samples_, latest


def rankings(task: Task, matcher: RecordingMatcher, k: int = 50) -> dict[str, dict[str, dict]]:
    """Direction → method → ranking. ``matcher`` was fitted on the history of ``task``."""
    found = {}
    for direction in DIRECTIONS:
        _, investors = sides(task, direction)
        scores = {
            PLACE_ONLY: bayes_scores(task.history, investors, PLACE),
            NAIVE_BAYES: bayes_scores(task.history, investors),
            **_scores_by_features(task, direction, matcher),
        }
        found[direction] = {name: ranked(task, direction, table, k) for name, table in scores.items()}
    return found


def sides(task: Task, direction: str) -> tuple[np.ndarray, np.ndarray]:
    """Ids of the raises and of the investors (sorted) between which one direction ranks."""
    if direction == TO_INVESTORS:
        return task.queries[TO_INVESTORS], task.candidates[TO_INVESTORS]
    return task.candidates[TO_RAISES], np.sort(task.queries[TO_RAISES])


def ranked(task: Task, direction: str, scores: np.ndarray, k: int) -> dict[int, np.ndarray]:
    """Query id → the ``k`` best target ids by ``scores`` (raises × investors), without those already in."""
    queries, targets = sides(task, direction)
    if direction == TO_RAISES:
        queries, targets = targets, queries
    best = _best(task, direction, scores, k)
    return {int(query): targets[row[row >= 0]] for query, row in zip(queries, best, strict=True)}


def _best(task: Task, direction: str, scores: np.ndarray, k: int) -> np.ndarray:
    """(queries × k) positions of the best targets, -1 where there are no more."""
    allowed = np.where(_held(task.history, *sides(task, direction)), -np.inf, scores)
    return top_k(allowed if direction == TO_INVESTORS else allowed.T, k)


def _held(history: m.Market, raises, investors) -> np.ndarray:
    """(raises × investors) bool: who is in the company. Raises have their companies' ids, as of ``evaluation.task``."""
    held = p.past_participations(history)
    held = held[held[m.COMPANY].isin(raises) & held[m.INVESTOR].isin(investors)]
    taken = np.zeros((len(raises), len(investors)), bool)
    row = history.raises.index.get_indexer(held[m.COMPANY])
    taken[row, np.searchsorted(investors, held[m.INVESTOR])] = True
    return taken


def bayes_scores(history: m.Market, investors, attributes=BAYES) -> np.ndarray:
    """(open raises × ``investors``) scores of naive Bayes."""
    entries = p.past_participations(history).query("entry")
    joined = entries.groupby(m.INVESTOR).size().reindex(investors).to_numpy(float)
    return _log_ratios(history, investors, attributes) + np.log(joined / len(entries))


def _log_ratios(history: m.Market, investors, attributes) -> np.ndarray:
    """(open raises × ``investors``): how much more often an investor joins companies of the value of the raise than
    the market does, as a log ratio, added up over ``attributes``; one that the raise leaves open, or that nobody has
    joined, adds 0.
    """
    held = p.past_participations(history)
    entries = held[held["entry"]]
    rows, raises = p.deal_profiles(history, held).loc[entries[m.DEAL]], p.raise_profiles(history)
    column = pd.Index(investors).get_indexer(entries[m.INVESTOR])
    theirs = np.flatnonzero(column >= 0)
    by = sparse.csr_matrix((np.ones(len(theirs)), (theirs, column[theirs])), (len(entries), len(investors)))
    total = np.zeros((len(raises), len(investors)))
    for attribute in (a for a in p.ATTRIBUTES if a.name in attributes):
        encoder = p.Encoder(attribute).fit(rows)
        joined, asked = encoder.transform(rows), encoder.transform(raises)
        share = np.asarray(joined.sum(axis=0)).ravel() / joined.sum()
        counts = (joined.T @ by).tocoo()
        loss = np.log1p(np.asarray(counts.sum(axis=0)) / SMOOTHING)
        counts.data = np.log1p(counts.data / (SMOOTHING * share[counts.row]))
        total += (asked @ counts).toarray() - np.asarray(asked.sum(axis=1)) * loss
    return total


def _scores_by_features(task: Task, direction: str, matcher: RecordingMatcher) -> dict[str, np.ndarray]:
    """Method → (raises × investors) float32."""
    state = matcher.state_.over(sides(task, direction)[1])
    raises, sample = state.encode(task.history), matcher.samples_[direction]
    slopes = _logistic(sample, direction)
    tables = {name: np.empty((len(raises), len(state.investors_)), np.float32) for name in (EASE, LOGISTIC, LISTWISE)}
    for start in range(0, len(raises), _RAISES_AT_ONCE):
        here = slice(start, start + _RAISES_AT_ONCE)
        some = raises.take(np.arange(len(raises))[here])
        block = state.block(some)
        tables[EASE][here] = block[FEATURES.index("ease_popular")]
        tables[LOGISTIC][here] = _linear(slopes, block, state.level_, some.level)
        tables[LISTWISE][here] = matcher.rankers_[direction].curves_block(block, state.level_, some.level)
    tables[TREES] = _looked_at_again(task, direction, tables[LOGISTIC], state, raises, _trees(sample, direction))
    tables[BLEND] = (tables[LOGISTIC] + tables[TREES]) / 2
    return tables


def _looked_at_again(task: Task, direction: str, scores, state, raises, classifier) -> np.ndarray:
    """(raises × investors) log odds by ``classifier`` of the best of each list by ``scores``, -inf of all others."""
    best = _best(task, direction, scores, _LOOKED_AT)
    query, slot = np.nonzero(best >= 0)
    row, column = query, best[query, slot]
    if direction == TO_RAISES:
        row, column = column, row
    again = np.full_like(scores, -np.inf)
    again[row, column] = classifier.decision_function(state.of_pairs(raises, row, column)[:, _used(direction)])
    return again


def _used(direction: str) -> np.ndarray:
    """Numbers of the features that differ among the candidates of a choice."""
    return np.array([number for number, name in enumerate(FEATURES) if name not in IGNORED[direction]])


def _logistic(sample: Sample, direction: str) -> np.ndarray:
    """(len(FEATURES),) float32: what each feature adds to the log odds, up to a constant."""
    used = _used(direction)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    model.fit(sample.X[:, used], sample.y, logisticregression__sample_weight=sample.weight)
    slopes = np.zeros(len(FEATURES), np.float32)
    slopes[used] = model[1].coef_[0] / model[0].scale_
    return slopes


def _linear(slopes, block, investor_level, raise_level) -> np.ndarray:
    """(raises × investors) float32; arguments as of ``AdditiveRanker.score_block``."""
    pair, investor, raised = np.split(slopes, [len(PAIR_FEATURES), len(PAIR_FEATURES) + len(INVESTOR_FEATURES)])
    return np.tensordot(pair[: len(block)], block, 1) + investor @ investor_level + (raise_level @ raised)[:, None]


def _trees(sample: Sample, direction: str) -> HistGradientBoostingClassifier:
    """Slow and held back: with the defaults they learn the few choices of a small market by heart."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.03,
        max_iter=250,
        max_leaf_nodes=15,
        min_samples_leaf=500,
        l2_regularization=30.0,
        early_stopping=False,
        random_state=0,
    )
    return model.fit(sample.X[:, _used(direction)], sample.y, sample.weight)
