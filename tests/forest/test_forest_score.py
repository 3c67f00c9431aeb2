"""Scores equal scikit-learn's to the last bit, ties, gaps and thresholds included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from sklearn.ensemble import IsolationForest

from fraudkit.forest import Forest
from tests.forest.conftest import make_rows


def test_equals_scikit_learn(rows: np.ndarray, model: IsolationForest) -> None:
    forest = Forest.from_sklearn(model)
    np.testing.assert_array_equal(forest.anomaly_score(rows), -model.score_samples(rows))


def test_fit_is_scikit_learns_fit(rows: np.ndarray, model: IsolationForest, forest: Forest) -> None:
    np.testing.assert_array_equal(forest.anomaly_score(rows), -model.score_samples(rows))


def test_missing_values_go_where_scikit_learn_sends_them(rows_with_gaps: np.ndarray) -> None:
    model = IsolationForest(n_estimators=50, random_state=1).fit(rows_with_gaps)
    forest = Forest.from_sklearn(model)
    assert (forest.arrays.column >= forest.n_features).any(), "no split sends missing values right"
    np.testing.assert_array_equal(forest.anomaly_score(rows_with_gaps), -model.score_samples(rows_with_gaps))


def test_gaps_never_seen_in_training(rows_with_gaps: np.ndarray, model: IsolationForest) -> None:
    forest = Forest.from_sklearn(model)
    np.testing.assert_array_equal(forest.anomaly_score(rows_with_gaps), -model.score_samples(rows_with_gaps))


def test_values_equal_to_thresholds(rows: np.ndarray, model: IsolationForest) -> None:
    """Values at, just below and just above every threshold, once rounded to float32."""
    thresholds = np.concatenate([tree.tree_.threshold[tree.tree_.feature >= 0] for tree in model.estimators_])
    near = thresholds.astype(np.float32)
    above, below = np.nextafter(near, np.float32(np.inf)), np.nextafter(near, np.float32(-np.inf))
    values = np.concatenate([near, above, below])
    X = np.random.default_rng(0).choice(values, (4000, rows.shape[1]))
    np.testing.assert_array_equal(Forest.from_sklearn(model).anomaly_score(X), -model.score_samples(X))


def test_feature_subsets_are_honoured(rows: np.ndarray) -> None:
    model = IsolationForest(n_estimators=30, max_features=0.5, random_state=2).fit(rows)
    np.testing.assert_array_equal(Forest.from_sklearn(model).anomaly_score(rows), -model.score_samples(rows))


@pytest.mark.parametrize("max_samples", [1, 2, 3])
def test_smallest_trees(rows: np.ndarray, max_samples: int) -> None:
    model = IsolationForest(n_estimators=5, max_samples=max_samples, random_state=0).fit(rows)
    forest = Forest.from_sklearn(model)
    np.testing.assert_array_equal(forest.anomaly_score(rows), -model.score_samples(rows))
    np.testing.assert_allclose(2.0 ** forest.score(rows), forest.anomaly_score(rows), rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    size=st.integers(2, 80),
    features=st.integers(1, 5),
    trees=st.integers(1, 12),
    missing=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 2**20),
)
def test_equals_scikit_learn_on_small_forests(
    size: int, features: int, trees: int, missing: float, seed: int
) -> None:
    X = make_rows(size, features, missing, seed)
    model = IsolationForest(n_estimators=trees, random_state=seed).fit(X)
    np.testing.assert_array_equal(Forest.from_sklearn(model).anomaly_score(X), -model.score_samples(X))


def test_score_ranks_as_scikit_learn_ties_included(rows: np.ndarray, model: IsolationForest) -> None:
    doubled = np.concatenate([rows, rows[::-1]])
    expected = rankdata(-model.score_samples(doubled))
    forest = Forest.from_sklearn(model)
    np.testing.assert_array_equal(rankdata(forest.score(doubled)), expected)
    np.testing.assert_array_equal(rankdata(forest.with_reference(rows).score(doubled)), expected)


def test_log_odds_are_zero_at_the_flagged_share(rows: np.ndarray, forest: Forest) -> None:
    scores = forest.score(forest.reference)
    assert np.mean(scores > 0) == pytest.approx(forest.settings.flagged_share, abs=1 / len(rows))
    assert scores.std() == pytest.approx(forest.settings.prior_weight)


def test_rows_of_float64_are_compared_as_float32(rows: np.ndarray, forest: Forest) -> None:
    np.testing.assert_array_equal(forest.score(rows.astype(np.float64)), forest.score(rows))


def test_threads_and_slices_change_nothing(rows: np.ndarray, learned: Forest) -> None:
    np.testing.assert_array_equal(learned.score(rows, threads=3), learned.score(rows))
    np.testing.assert_array_equal(learned.score(rows[:77]), learned.score(rows)[:77])
    np.testing.assert_array_equal(learned.score(rows[::2]), learned.score(rows)[::2])
    assert learned.score(rows[:0]).shape == (0,)


def test_constant_rows() -> None:
    forest = Forest.fit(np.zeros((50, 2)), n_estimators=5)
    scores = forest.score(np.array([[0.0, 0.0], [9.0, 1.0]]))
    assert np.isfinite(scores).all()
    assert scores[0] == scores[1]
