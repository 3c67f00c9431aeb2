"""Explanations add up to the score and equal shap's exact path-dependent values."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import IsolationForest

from fraudkit.forest import Forest
from tests.forest.conftest import make_rows


@pytest.fixture(scope="session")
def shap() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("shap")


def explainer_of(shap: Any, forest: Forest, model: IsolationForest) -> Any:
    """Hand shap the trees of scikit-learn with the leaf values of our forest."""
    trees = []
    leaf_value = forest._leaf_value
    for number, (estimator, subset) in enumerate(
        zip(model.estimators_, model.estimators_features_, strict=True)
    ):
        tree = estimator.tree_
        start = forest.arrays.tree_start[number]
        order, values = [0], np.zeros(tree.node_count)
        for node in order:  # our numbering: breadth first, children in pairs
            if tree.children_left[node] >= 0:
                order += [tree.children_left[node], tree.children_right[node]]
        values[order] = leaf_value[start : start + tree.node_count]
        weight = tree.weighted_n_node_samples
        for node in reversed(order):
            left, right = tree.children_left[node], tree.children_right[node]
            if left >= 0:
                values[node] = (values[left] * weight[left] + values[right] * weight[right]) / weight[node]
        trees.append(
            {
                "children_left": tree.children_left,
                "children_right": tree.children_right,
                "children_default": np.where(
                    tree.missing_go_to_left, tree.children_left, tree.children_right
                ),
                "features": subset[np.maximum(tree.feature, 0)],
                "thresholds": tree.threshold,
                "values": values.reshape(-1, 1),
                "node_sample_weight": weight,
            }
        )
    return shap.TreeExplainer(
        {"trees": trees, "input_dtype": np.float32}, feature_perturbation="tree_path_dependent"
    )


def oracle(shap: Any, forest: Forest, model: IsolationForest, X: np.ndarray) -> np.ndarray:
    result: np.ndarray = explainer_of(shap, forest, model).shap_values(X, check_additivity=False)
    return result.reshape(X.shape)


def assert_adds_up(forest: Forest, X: np.ndarray) -> None:
    explanation = forest.explain(X)
    total = explanation.base + explanation.values.sum(axis=1)
    np.testing.assert_allclose(total, forest.score(X), atol=1e-9, rtol=0)


def test_adds_up(rows: np.ndarray, forest: Forest, learned: Forest, model: IsolationForest) -> None:
    for explained in (forest, learned, Forest.from_sklearn(model)):
        assert_adds_up(explained, rows)


def test_adds_up_with_gaps(rows_with_gaps: np.ndarray) -> None:
    forest = Forest.fit(rows_with_gaps, n_estimators=20)
    assert_adds_up(forest, rows_with_gaps)
    assert_adds_up(forest.learn(rows_with_gaps[:30], np.arange(30) % 2), rows_with_gaps)


def test_equals_shap(shap: Any, rows: np.ndarray, model: IsolationForest) -> None:
    """shap explains the mean path length; the score falls with it by 1 / c(max_samples)."""
    forest = Forest.from_sklearn(model)
    expected = shap.TreeExplainer(model).shap_values(rows[:200], check_additivity=False)
    values = -forest.explain(rows[:200]).values * forest.arrays.normaliser
    np.testing.assert_allclose(values, expected, atol=1e-12, rtol=0)
    single = -forest.explain(rows[:200], dtype=np.float32).values * forest.arrays.normaliser
    np.testing.assert_allclose(single, expected, atol=1e-5, rtol=0)


def test_equals_shap_after_learning(
    shap: Any, rows: np.ndarray, learned: Forest, model: IsolationForest
) -> None:
    expected = oracle(shap, learned, model, rows[:200])
    np.testing.assert_allclose(learned.explain(rows[:200]).values, expected, atol=1e-12, rtol=0)


def test_equals_shap_with_gaps(shap: Any, rows_with_gaps: np.ndarray) -> None:
    model = IsolationForest(n_estimators=20, random_state=3).fit(rows_with_gaps)
    forest = Forest.from_sklearn(model)
    expected = oracle(shap, forest, model, rows_with_gaps[:100])
    np.testing.assert_allclose(forest.explain(rows_with_gaps[:100]).values, expected, atol=1e-12, rtol=0)


def test_equals_shap_in_deep_trees_and_feature_subsets(shap: Any) -> None:
    X = make_rows(6000, features=12, seed=5)
    model = IsolationForest(n_estimators=4, max_samples=6000, max_features=0.7, random_state=0).fit(X)
    forest = Forest.from_sklearn(model)
    assert forest.arrays.tree_depth.max() > 12
    expected = oracle(shap, forest, model, X[:60])
    np.testing.assert_allclose(forest.explain(X[:60]).values, expected, atol=1e-12, rtol=0)


@settings(max_examples=20, deadline=None)
@given(
    size=st.integers(2, 60),
    features=st.integers(1, 5),
    missing=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 2**20),
)
def test_equals_shap_on_small_forests(shap: Any, size: int, features: int, missing: float, seed: int) -> None:
    X = make_rows(size, features, missing, seed)
    model = IsolationForest(n_estimators=3, random_state=seed).fit(X)
    forest = Forest.from_sklearn(model)
    assert_adds_up(forest, X)
    if forest.arrays.tree_depth.min() > 0:  # shap refuses trees without a split
        expected = oracle(shap, forest, model, X)
        np.testing.assert_allclose(forest.explain(X).values, expected, atol=1e-12, rtol=0)


def test_positive_evidence_is_suspicious(forest: Forest) -> None:
    row = np.zeros((1, 6))
    row[0, 2] = 1e6
    values = forest.explain(row).values[0]
    assert values.argmax() == 2
    assert values[2] > 0


def test_a_forest_without_splits_explains_nothing() -> None:
    forest = Forest.fit(np.zeros((50, 2)), n_estimators=5)
    explanation = forest.explain(np.array([[1.0, 2.0]]))
    np.testing.assert_array_equal(explanation.values, np.zeros((1, 2)))
    assert explanation.base == pytest.approx(forest.score(np.array([[1.0, 2.0]]))[0])


@pytest.mark.parametrize("count", [0, 1, 127, 129, 700])
def test_blocks_and_threads_change_nothing(rows: np.ndarray, learned: Forest, count: int) -> None:
    whole = learned.explain(rows).values[:count]
    np.testing.assert_allclose(learned.explain(rows[:count]).values, whole, atol=1e-13, rtol=0)
    np.testing.assert_allclose(learned.explain(rows[:count], threads=2).values, whole, atol=1e-13, rtol=0)
