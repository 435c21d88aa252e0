"""Words of profiles as short dense vectors."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from matching import market as m
from matching.market import Market


class TextVectors(BaseEstimator):
    """TF-IDF of segmented words, then latent semantic analysis; unit vectors, zero where no word is known.

    Words of one document alone say nothing about likeness and are left out; long texts are cut at
    ``max_words``.
    """

    def __init__(self, dimensions=32, max_words=2000, max_features=20_000, seed=0):
        self.dimensions = dimensions
        self.max_words = max_words
        self.max_features = max_features
        self.seed = seed

    def _words(self, text: str) -> list[str]:
        return [word for word in text.casefold().split() if any(c.isalnum() for c in word)][: self.max_words]

    def fit(self, market: Market) -> TextVectors:
        texts = [*market.companies[m.TEXT], *market.investors[m.TEXT], *market.theses[m.TEXT]]
        self.tfidf_ = TfidfVectorizer(
            analyzer=self._words, min_df=2, max_df=0.5, sublinear_tf=True, max_features=self.max_features
        )
        self.svd_ = None
        try:
            matrix = self.tfidf_.fit_transform(texts)
        except ValueError:  # no word is left: an empty market, or one without texts
            return self
        dimensions = min(self.dimensions, min(matrix.shape) - 1)
        if dimensions < 1:
            return self
        self.svd_ = TruncatedSVD(dimensions, n_iter=4, random_state=self.seed).fit(matrix)
        return self

    def transform(self, texts) -> np.ndarray:
        """(n × dimensions) float32; no columns when nothing could be learned."""
        texts = list(texts)
        if self.svd_ is None or not texts:
            return np.zeros((len(texts), 0 if self.svd_ is None else self.svd_.n_components), np.float32)
        vectors = self.svd_.transform(self.tfidf_.transform(texts))
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(length > 1e-6, length, 1)).astype(np.float32)
