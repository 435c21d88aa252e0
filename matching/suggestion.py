"""The categories that a description speaks of."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from matching.text import TextFeatures


class CategorySuggester(ClassifierMixin, BaseEstimator):
    """Logistic regression over ``TextFeatures``: learned from what each category says of itself and from the texts of
    companies tagged with it, in either language.

    ``suggest`` names at most ``most`` categories, those more likely than a quarter of ``least``; none at all where
    the best is less likely than ``least``. Of one category there is nothing to choose, and nothing is suggested.
    """

    def __init__(self, least=0.15, most=3, C=30.0):
        self.least = least
        self.most = most
        self.C = C

    def fit(self, texts, categories) -> CategorySuggester:
        """``texts``: segmented, as many as ``categories`` (any labels)."""
        self.classes_ = np.unique(np.asarray(categories)) if len(categories) else np.array([])
        self.features_ = TextFeatures(min_texts=1)
        self.model_ = None
        if len(self.classes_) > 1:
            matrix = self.features_.fit_transform(texts)
            self.model_ = LogisticRegression(C=self.C, max_iter=300).fit(matrix, categories)
        return self

    def predict_proba(self, texts) -> np.ndarray:
        """(texts × ``classes_``), rows sum to 1; a row of zeros where nothing in a text is known."""
        texts = list(texts)
        if self.model_ is None:
            return np.zeros((len(texts), len(self.classes_)))
        matrix = self.features_.transform(texts)
        return self.model_.predict_proba(matrix) * (matrix.getnnz(axis=1) > 0)[:, None]

    def predict(self, texts) -> np.ndarray:
        return self.classes_[self.predict_proba(texts).argmax(axis=1)]

    def suggest(self, text: str) -> list[tuple]:
        """(category, probability), the likeliest first; empty where nothing is likely enough."""
        (chances,) = self.predict_proba([text])
        best = np.argsort(-chances, kind="stable")[: self.most]
        if not len(best) or chances[best[0]] < self.least:
            return []
        return [(self.classes_[at], float(chances[at])) for at in best if chances[at] >= self.least / 4]
