"""Words of profiles as short dense vectors in which Chinese and English meet."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from matching import glossary
from matching import market as m
from matching.market import Market

_NUMBER = re.compile(r"[\d.\-+#]+")
# Of a longer word only the beginning is cut into n-grams: it is no word.
_LONGEST_WORD = 40


@lru_cache(maxsize=100_000)
def _grams(word: str) -> tuple[str, ...]:
    """Pieces under which spellings of a word meet: of Chinese each character and each pair, else three to five letters."""
    if glossary.is_han(word):
        return tuple(word[at : at + n] for n in (1, 2) for at in range(len(word) - n + 1))
    word = f"<{word[:_LONGEST_WORD]}>"
    return tuple(word[at : at + n] for n in (3, 4, 5) for at in range(len(word) - n + 1))


def _itself(word: str) -> tuple[str, ...]:
    return (word,)


def _given(found: list) -> list:
    return found


@lru_cache(maxsize=100_000)
def _speaks(word: str) -> bool:
    return any(c.isalnum() for c in word)


@lru_cache(maxsize=100_000)
def _is_number(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word))


class _Block:
    """TF-IDF over counts, of the columns that enough texts share and at most half of them have."""

    def __init__(self, weight: float, min_texts: int, max_features: int):
        self.weight = weight
        self.min_texts = min_texts
        self.max_features = max_features

    def fit(self, counts: sparse.csr_matrix) -> _Block:
        shared = counts.getnnz(axis=0)
        kept = np.flatnonzero((shared >= self.min_texts) & (shared <= counts.shape[0] / 2))
        self.columns_ = np.sort(kept[np.argsort(-shared[kept], kind="stable")[: self.max_features]])
        self.tfidf_ = TfidfTransformer(sublinear_tf=True)
        if len(self.columns_):
            self.tfidf_.fit(counts[:, self.columns_])
        return self

    def transform(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        counts = counts[:, self.columns_]
        return self.weight * self.tfidf_.transform(counts) if len(self.columns_) else counts


class TextFeatures(TransformerMixin, BaseEstimator):
    """TF-IDF of words, of their character n-grams and of concepts, side by side (texts × features, sparse float32).

    A concept is a group of Chinese and English spellings in ``glossary.csv``, a column that both languages share.
    ``words``, ``grams`` and ``concepts`` weigh the three, each of length 1 in a text. Texts are segmented, words
    joined by blanks, and cut at ``max_words``. Bare numbers (years, counts of customers) say nothing about a subject.
    """

    def __init__(self, min_texts=2, max_words=2000, max_features=20_000, words=1.0, grams=0.5, concepts=1.0):
        self.min_texts = min_texts
        self.max_words = max_words
        self.max_features = max_features
        self.words = words
        self.grams = grams
        self.concepts = concepts

    def fit(self, texts, y=None) -> TextFeatures:
        self.fit_transform(texts)
        return self

    def fit_transform(self, texts, y=None) -> sparse.csr_matrix:
        texts = list(texts)
        unique = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        # What many say alike is counted as often as it is said.
        said = np.fromiter((unique[text] for text in texts), dtype=np.int64, count=len(texts))
        found = [self._found(text) for text in unique]
        vocabulary = _vocabulary(found)
        self.columns_ = [CountVectorizer(analyzer=pieces).fit(vocabulary) for pieces in (_itself, _grams)]
        counts = [count[said] for count in self._counts(found)]
        weights = (self.words, self.grams, self.concepts)
        self.blocks_ = [
            _Block(weight, self.min_texts, self.max_features).fit(count)
            for weight, count in zip(weights, counts, strict=True)
        ]
        return self._matrix(counts)

    def transform(self, texts) -> sparse.csr_matrix:
        return self._matrix(self._counts([self._found(text) for text in texts]))

    def _found(self, text: str) -> tuple[list[str], list[int]]:
        """Words and concepts of a text."""
        spoken = [word for word in text.casefold().split() if _speaks(word)][: self.max_words]
        return [word for word in spoken if not _is_number(word)], glossary.default().find(spoken)

    def _counts(self, found) -> list[sparse.csr_matrix]:
        """Counts of words, n-grams and concepts, (texts × columns) each.

        An n-gram is counted as often as the words that it is in: a product of counts by word and of words by n-gram.
        """
        vocabulary = _vocabulary(found)
        tally = CountVectorizer(analyzer=_given, vocabulary=vocabulary, dtype=np.float32)
        by_word = tally.transform([words for words, _ in found])
        counts = [(by_word @ column.transform(vocabulary)).tocsr() for column in self.columns_]
        concepts = CountVectorizer(analyzer=_given, vocabulary=range(glossary.default().size), dtype=np.float32)
        return [*counts, concepts.transform([named for _, named in found])]

    def _matrix(self, counts) -> sparse.csr_matrix:
        blocks = [block.transform(count) for block, count in zip(self.blocks_, counts, strict=True)]
        return sparse.hstack(blocks, format="csr", dtype=np.float32)


def _vocabulary(found) -> list[str]:
    # A vectoriser wants one word at least.
    return sorted({word for words, _ in found for word in words}) or ["-"]


# Vectors of so many texts stay in memory beside those of the market.
_KEPT_LATELY = 50_000


class TextVectors(BaseEstimator):
    """Latent semantic analysis of ``TextFeatures``: unit vectors, zero where nothing is known.

    With the glossary's concepts texts meet across languages even in a market where no profile is written in both;
    profiles in both languages teach the analysis the rest. What one text alone says tells no likeness and is left
    out. The analysis is learned from ``max_texts`` of the texts at most.
    """

    def __init__(
        self,
        dimensions=64,
        max_words=2000,
        max_features=20_000,
        words=1.0,
        grams=0.5,
        concepts=1.0,
        max_texts=20_000,
        seed=0,
    ):
        self.dimensions = dimensions
        self.max_words = max_words
        self.max_features = max_features
        self.words = words
        self.grams = grams
        self.concepts = concepts
        self.max_texts = max_texts
        self.seed = seed

    def fit(self, market: Market) -> TextVectors:
        texts = [*market.companies[m.TEXT], *market.investors[m.TEXT], *market.theses[m.TEXT]]
        self.features_ = TextFeatures(2, self.max_words, self.max_features, self.words, self.grams, self.concepts)
        matrix = self.features_.fit_transform(texts)
        self.svd_, self.known_, self.vectors_ = None, {}, np.zeros((0, 0), np.float32)
        rows = np.arange(len(texts))
        if len(rows) > self.max_texts:
            rows = np.random.default_rng(self.seed).choice(rows, self.max_texts, replace=False)
        dimensions = min(self.dimensions, matrix.shape[1] - 1, len(rows) - 1)
        if dimensions < 1:
            return self
        self.svd_ = TruncatedSVD(dimensions, n_iter=4, random_state=self.seed).fit(matrix[rows])
        # The same texts are asked for in every window and every run.
        self.known_ = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        first = dict(zip(reversed(texts), range(len(texts) - 1, -1, -1), strict=True))
        self.vectors_ = self._project(matrix[[first[text] for text in self.known_]])
        return self

    def _project(self, matrix) -> np.ndarray:
        vectors = self.svd_.transform(matrix)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.where(length > 1e-6, vectors / np.maximum(length, 1e-6), 0).astype(np.float32)

    def transform(self, texts) -> np.ndarray:
        """(n × dimensions) float32, zero where nothing is known; no columns when nothing could be learned."""
        texts = list(texts)
        if self.svd_ is None:
            return np.zeros((len(texts), 0), np.float32)
        strange = {text: row for row, text in enumerate(dict.fromkeys(t for t in texts if t not in self.known_))}
        vectors = self.vectors_
        if strange:
            vectors = np.concatenate([vectors, self._of_strange(list(strange))])
        row = [self.known_[text] if text in self.known_ else len(self.known_) + strange[text] for text in texts]
        return vectors[row]

    def _of_strange(self, texts: list[str]) -> np.ndarray:
        """Vectors of different texts that the analysis was not learned from. What was asked for lately is kept, for
        whoever looks at the same investors again: several threads may ask at once.
        """
        lately = self.__dict__.setdefault("lately_", {})
        held = [lately.get(text) for text in texts]
        fresh = [text for text, vector in zip(texts, held, strict=True) if vector is None]
        if not fresh:
            return np.stack(held)
        vectors = self._project(self.features_.transform(fresh))
        if len(lately) + len(fresh) > _KEPT_LATELY:
            self.lately_ = lately = {}
        lately.update(zip(fresh, vectors, strict=True))
        new = iter(vectors)
        return np.stack([next(new) if vector is None else vector for vector in held])

    def __getstate__(self):
        return {name: value for name, value in super().__getstate__().items() if name != "lately_"}
