"""Small forests that several tests share."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from fraudkit.forest import Forest


def make_rows(rows: int, features: int = 6, missing: float = 0.0, seed: int = 0) -> np.ndarray:
    """Heavy-tailed rows, as amounts and counts are, with some values missing."""
    generator = np.random.default_rng(seed)
    X = generator.standard_normal((rows, features)) * np.exp(generator.standard_normal((rows, 1)))
    X[:, 0] = np.round(X[:, 0])  # many equal values
    X[generator.random(X.shape) < missing] = np.nan
    return X.astype(np.float32)


@pytest.fixture(scope="session")
def rows() -> np.ndarray:
    return make_rows(1500)


@pytest.fixture(scope="session")
def rows_with_gaps() -> np.ndarray:
    return make_rows(1500, missing=0.1, seed=1)


@pytest.fixture(scope="session")
def model(rows: np.ndarray) -> IsolationForest:
    return IsolationForest(n_estimators=40, max_samples=256, random_state=0).fit(rows)


@pytest.fixture(scope="session")
def forest(rows: np.ndarray) -> Forest:
    return Forest.fit(rows, n_estimators=40, max_samples=256)


@pytest.fixture(scope="session")
def labels(rows: np.ndarray, forest: Forest) -> tuple[np.ndarray, np.ndarray]:
    """The 60 highest rows and what an analyst said about them."""
    positions = np.argsort(-forest.score(rows))[:60]
    return positions, (rows[positions, 1] > 0).astype(int)


@pytest.fixture(scope="session")
def learned(rows: np.ndarray, forest: Forest, labels: tuple[np.ndarray, np.ndarray]) -> Forest:
    positions, y = labels
    return forest.learn(rows[positions], y)
