"""Interactions equal shap's and add up to the explanation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from fraudkit.forest import Forest
from tests.forest.conftest import make_rows
from tests.forest.test_shapley_values import explainer_of, shap

__all__ = ["shap"]


def assert_adds_up(forest: Forest, X: np.ndarray) -> np.ndarray:
    pairs = forest.interactions(X)
    np.testing.assert_array_equal(pairs, pairs.transpose(0, 2, 1))
    np.testing.assert_allclose(pairs.sum(axis=2), forest.explain(X).values, atol=1e-10, rtol=0)
    return pairs


@pytest.mark.parametrize("state", ["forest", "learned"])
def test_equal_shap(
    shap: Any, rows: np.ndarray, model: IsolationForest, request: pytest.FixtureRequest, state: str
) -> None:
    forest: Forest = request.getfixturevalue(state)
    explainer = explainer_of(shap, forest, model)
    expected = explainer.shap_interaction_values(rows[:25]).reshape(25, 6, 6)
    np.testing.assert_allclose(assert_adds_up(forest, rows[:25]), expected, atol=1e-10, rtol=0)


def test_equal_shap_with_gaps_and_feature_subsets(shap: Any) -> None:
    X = make_rows(900, features=9, missing=0.1, seed=4)
    model = IsolationForest(n_estimators=5, max_features=0.7, random_state=0).fit(X)
    forest = Forest.from_sklearn(model)
    expected = explainer_of(shap, forest, model).shap_interaction_values(X[:20]).reshape(20, 9, 9)
    np.testing.assert_allclose(assert_adds_up(forest, X[:20]), expected, atol=1e-10, rtol=0)


def test_deep_trees_add_up() -> None:
    X = make_rows(3000, features=15, seed=5)
    forest = Forest.fit(X, n_estimators=4, max_samples=3000)
    assert_adds_up(forest.learn(X[:10], np.arange(10) % 2), X[:10])


def test_threads_change_nothing(rows: np.ndarray, learned: Forest) -> None:
    np.testing.assert_array_equal(learned.interactions(rows[:5]), learned.interactions(rows[:5], threads=2))


def test_a_forest_without_splits_has_none() -> None:
    forest = Forest.fit(np.zeros((50, 2)), n_estimators=5)
    np.testing.assert_array_equal(forest.interactions(np.ones((1, 2))), np.zeros((1, 2, 2)))
