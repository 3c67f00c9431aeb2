"""The forest that ranks, explains and learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraudkit.errors import InvalidInputError, ModelError
from fraudkit.forest import choose, feedback, fit, inputs, interactions, score, shapley, similarity, storage
from fraudkit.forest.arrays import ForestArrays, flatten
from fraudkit.forest.calibration import LogOdds, calibrate
from fraudkit.forest.feedback import LabelledRows, Learned, LearningSettings
from fraudkit.words import N_

SETTINGS = LearningSettings()
LOG2 = LogOdds(slope=1.0, intercept=0.0)


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why rows score as they do: base + values.sum(1) == score.

    Attributes
    ----------
    values
        (n, features) evidence in the units of the score; positive makes a row more suspicious.
    base
        The forest's mean score over its training rows, which no feature explains.
    """

    values: NDArray[Any]
    base: float


@dataclass(frozen=True, eq=False)
class Forest:
    """An Isolation Forest flattened once, for scoring, exact explanation and learning from labels.

    Make one with `Forest.fit` or `Forest.from_sklearn`; instances never change.

    Attributes
    ----------
    arrays
        The flattened trees.
    feature_names
        One name per column of X.
    reference
        (m, features) rows that give the score its scale; None when not known.
    scale
        How the log2 of the anomaly score becomes the score; the identity without reference rows.
    settings
        Constants of the learning method.
    learned
        What labels taught; None before any label.
    """

    arrays: ForestArrays
    feature_names: tuple[str, ...]
    reference: NDArray[np.float32] | None = None
    scale: LogOdds = LOG2
    settings: LearningSettings = SETTINGS
    learned: Learned | None = None

    @classmethod
    def fit(
        cls,
        X: Any,
        feature_names: Sequence[str] | None = None,
        n_estimators: int = 200,
        max_samples: int = 1024,
        random_state: int = 0,
    ) -> Forest:
        """Fit on rows without labels.

        Parameters
        ----------
        X
            (n, features), float32 or float64; NaN is a missing value.
        feature_names
            One per column; `feature_0`, ... when not given.
        n_estimators, max_samples, random_state
            Trees, rows per tree (all rows when there are fewer) and seed, as in scikit-learn.

        Raises
        ------
        InvalidInputError
            When X or a parameter cannot be used.
        """
        rows = inputs.as_rows(X)
        names = inputs.as_feature_names(feature_names, rows.shape[1])
        seed = inputs.as_positive_integer(random_state, "random_state", least=0)
        model = fit.fit_model(
            rows,
            inputs.as_positive_integer(n_estimators, "n_estimators"),
            inputs.as_positive_integer(max_samples, "max_samples"),
            seed,
        )
        return cls(flatten(model), names).with_reference(fit.sample_reference(rows, seed))

    @classmethod
    def from_sklearn(cls, model: Any, feature_names: Sequence[str] | None = None) -> Forest:
        """Take over a fitted scikit-learn IsolationForest; feature names default to those it was fitted with.

        It knows no reference rows: `score` is the log2 of the anomaly score until `with_reference` or `learn`
        is given some.

        Raises
        ------
        InvalidInputError
            When the model is not a fitted IsolationForest.
        """
        fit.check_model(model)
        if feature_names is None:
            feature_names = getattr(model, "feature_names_in_", None)
        return cls(flatten(model), inputs.as_feature_names(feature_names, model.n_features_in_))

    def with_reference(self, X: Any) -> Forest:
        """Return the same forest without labels, its score scaled by these rows, (m, features)."""
        rows = self._rows(X)
        if len(rows) == 0:
            raise InvalidInputError(
                N_("There are no reference rows."), N_("Pass a sample of ordinary, unlabelled transactions.")
            )
        scale = calibrate(np.log2(score.anomaly_score(self.arrays, rows)), self.settings)
        return replace(self, reference=rows, scale=scale, learned=None)

    @property
    def n_features(self) -> int:
        """Number of columns of X."""
        return self.arrays.n_features

    @property
    def n_labels(self) -> int:
        """Number of labels learned from."""
        return 0 if self.learned is None else len(self.learned.labels)

    @property
    def unlearned(self) -> Forest:
        """The same forest without labels."""
        return self if self.learned is None else replace(self, learned=None)

    def anomaly_score(self, X: Any, threads: int = 1) -> NDArray[np.float64]:
        """Return scikit-learn's anomaly score, `-score_samples(X)`, (n,) in (0, 1], whatever was learned."""
        return score.anomaly_score(self.arrays, self._rows(X), threads)

    def score(self, X: Any, threads: int = 1) -> NDArray[np.float64]:
        """Return how suspicious each row is, (n,).

        Log-odds of fraud once reference rows are known, else the log2 of the anomaly score: without labels
        the same ranking as scikit-learn's.
        """
        return self._score(self._rows(X), threads)

    def prior_score(self, X: Any, threads: int = 1) -> NDArray[np.float64]:
        """Return the score without the labels' own contributions, (n,).

        The static forest's, plus the pull of the reference rows that count as genuine in the fit.
        """
        rows = self._rows(X)
        static = self.unlearned._score(rows, threads)  # noqa: SLF001 -- the same class
        if self.learned is None:
            return static
        return static + score.sum_leaf_values(self.arrays, rows, self._background_shift, threads)

    def label_contributions(self, X: Any, threads: int = 1) -> NDArray[np.float64]:
        """Return how much each label moved each row's score, (n, labels) in the order given to `learn`.

        Exact: prior_score(X) + label_contributions(X).sum(1) == score(X).
        """
        rows = self._rows(X)
        if self.learned is None:
            return np.zeros((len(rows), 0))
        leaves = score.find_leaves(self.arrays, rows, threads)
        kernel = similarity.leaf_similarity(self.arrays, leaves, self.learned.labels, threads)
        return self.settings.variance * kernel * self.learned.pull

    @property
    def base(self) -> float:
        """Mean score over the forest's training rows; the base of every explanation."""
        return self.scale.intercept + shapley.expected_value(self.arrays, self._leaf_value)

    def explain(self, X: Any, dtype: Any = np.float64, threads: int = 1) -> Explanation:
        """Explain each row's score exactly by path-dependent TreeSHAP.

        Parameters
        ----------
        X
            (n, features).
        dtype
            float64 is exact to about 1e-14; float32 takes half the time and is good to about 1e-5.
        threads
            Rows are shared among this many threads.
        """
        dtype = np.dtype(dtype)
        if dtype not in (np.float32, np.float64):
            raise InvalidInputError(
                N_("Explanations cannot be computed in {dtype}."),
                N_("Pass float64 (exact) or float32 (faster)."),
                dtype=dtype,
            )
        tables = shapley.tables_of(self.arrays, dtype)
        values = shapley.shapley_values(tables, self._rows(X), self._leaf_value, threads)
        return Explanation(values, self.base)

    def interactions(self, X: Any, threads: int = 1) -> NDArray[np.float64]:
        """Return how pairs of features act together on each row's score, (n, features, features).

        Exact Shapley interaction values: symmetric, half of a pair's joint effect on either side, what a
        feature does by itself on the diagonal. Rows add up to `explain`: interactions(X).sum(2) equals its
        values. For a few rows: 200 trees of 1,024 samples take tens of milliseconds for one.
        """
        return interactions.interaction_values(self.arrays, self._rows(X), self._leaf_value, threads)

    def learn(self, X: Any, y: Any, reference: Any = None, weights: Any = None) -> Forest:
        """Return a new forest that has learned from exactly these labels, whatever this one had learned.

        Parameters
        ----------
        X, y
            (labels, features) and (labels,): 1 is fraud, 0 is genuine. The order does not matter.
        reference
            (m, features) unlabelled rows; those known from `fit` when not given.
        weights
            (labels,) from 0 (ignored) to 1 (in full); 1 each when not given.

        Raises
        ------
        InvalidInputError
            When X, y or weights cannot be used.
        ModelError
            When no reference rows are known.
        """
        base = self.unlearned if reference is None else self.with_reference(reference)
        rows = self._rows(X)
        labels = inputs.as_labels(y, len(rows))
        weight = inputs.as_weights(weights, len(rows))
        return base._learn(rows, labels, weight)  # noqa: SLF001 -- the same class

    def similarity(self, X: Any, Y: Any, threads: int = 1) -> NDArray[np.float64]:
        """Return how alike rows are to the forest, (n, m) in [0, 1]; 1 when they share every leaf."""
        first = score.find_leaves(self.arrays, self._rows(X), threads)
        second = score.find_leaves(self.arrays, self._rows(Y), threads)
        return similarity.leaf_similarity(self.arrays, first, second, threads)

    def choose(
        self, X: Any, k: int, diversity: float = 3.0, exclude: Any = None, threads: int = 1
    ) -> NDArray[np.intp]:
        """Return the positions in X of the next k rows to review, in the order chosen.

        Parameters
        ----------
        X
            (n, features).
        k
            How many; fewer come back when fewer are open.
        diversity
            Log-odds that repeating a row of the batch costs. 0 takes the k highest scores; more teaches the
            forest more and finds a little less at once.
        exclude
            Positions, or a mask, of rows that may not be chosen because they are labelled.
        """
        k = inputs.as_positive_integer(k, "k")
        if not diversity >= 0 or np.isinf(diversity):
            raise InvalidInputError(
                N_("diversity is {diversity}."),
                N_("Pass 0 or more; 3 is the measured default."),
                diversity=diversity,
            )
        rows = self._rows(X)
        excluded = inputs.as_excluded(exclude, len(rows))
        scores = self._score(rows, threads)
        candidates = choose.rank_candidates(scores, excluded, k)
        leaves = score.find_leaves(self.arrays, rows[candidates], threads)
        return candidates[choose.choose_batch(self.arrays, leaves, scores[candidates], k, diversity)]

    def to_arrays(self) -> dict[str, Any]:
        """Return all that the forest is as arrays, numbers and strings; `from_arrays` restores every bit."""
        return storage.pack(self)

    @classmethod
    def from_arrays(cls, mapping: Mapping[str, Any]) -> Forest:
        """Restore a forest from `to_arrays`.

        Raises
        ------
        ModelError
            When an entry is missing or of another format.
        """
        return cls(**storage.unpack(mapping))

    def _rows(self, X: Any) -> NDArray[np.float32]:
        return inputs.as_rows(X, self.n_features)

    def _score(self, rows: NDArray[np.float32], threads: int = 1) -> NDArray[np.float64]:
        if self.learned is None or not len(self.learned.order):
            # through the anomaly score itself: equal there is equal here
            return self.scale.apply(np.log2(score.anomaly_score(self.arrays, rows, threads)))
        summed = score.sum_leaf_values(self.arrays, rows, self._leaf_value, threads)
        return self.scale.intercept + summed

    def _learn(self, rows: NDArray[np.float32], y: NDArray[np.int8], weight: NDArray[np.float64]) -> Forest:
        """Fit labels on this unlearned forest with reference rows."""
        if not len(weight):
            return self
        background = self._background_rows()
        learned = feedback.fit_labels(
            self.arrays,
            self._labelled(rows, y, weight),
            self._labelled(
                background,
                np.zeros(len(background), np.int8),
                np.full(len(background), self.settings.background_weight),
            ),
            self.settings.variance,
        )
        return replace(self, learned=learned)

    def _labelled(
        self, rows: NDArray[np.float32], y: NDArray[np.int8], weight: NDArray[np.float64]
    ) -> LabelledRows:
        return LabelledRows(score.find_leaves(self.arrays, rows), self._score(rows), y, weight)

    def _background_rows(self) -> NDArray[np.float32]:
        """Return the reference rows that count as genuine in a fit; a fixed draw."""
        if self.reference is None:
            raise ModelError(
                N_("This forest knows no reference rows, so labels have no scale."),
                N_("Pass a sample of unlabelled transactions as reference."),
            )
        count = min(self.settings.background_rows, len(self.reference))
        drawn = np.random.default_rng(0).choice(len(self.reference), count, replace=False)
        return self.reference[drawn]

    @cached_property
    def _leaf_value(self) -> NDArray[np.float64]:
        """(N,) leaf values that sum to the score less its intercept."""
        value = self.scale.slope * self.arrays.log2_leaf_values
        if self.learned is None:
            return value
        order = self.learned.order
        pull = self.settings.variance * self.learned.pull[order]
        own = similarity.leaf_sums(self.arrays, self.learned.labels[order], pull)
        return value + own + self._background_shift

    @cached_property
    def _background_shift(self) -> NDArray[np.float64]:
        """(N,) what the reference rows that count as genuine add to every leaf."""
        if self.learned is None:
            return np.zeros(len(self.arrays.left))
        pull = self.settings.variance * self.learned.background_pull
        return similarity.leaf_sums(self.arrays, self.learned.background, pull)
