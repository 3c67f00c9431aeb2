"""Labels act, add up, do not depend on their order and can be undone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import IsolationForest

from fraudkit.errors import ModelError
from fraudkit.forest import Forest
from fraudkit.forest.feedback import solve_logistic
from tests.forest.conftest import make_rows

Labels = tuple[np.ndarray, np.ndarray]


def assert_same_bits(first: Forest, second: Forest, X: np.ndarray) -> None:
    np.testing.assert_array_equal(first.score(X), second.score(X))
    np.testing.assert_array_equal(first.explain(X[:50]).values, second.explain(X[:50]).values)
    np.testing.assert_array_equal(first.prior_score(X), second.prior_score(X))


def test_labels_move_scores_their_way(
    rows: np.ndarray, forest: Forest, labels: Labels, learned: Forest
) -> None:
    positions, y = labels
    moved = learned.score(rows[positions]) - forest.score(rows[positions])
    assert moved[y == 1].mean() > moved[y == 0].mean() + 1
    lone = forest.learn(rows[positions[:1]], [1])
    assert lone.score(rows[positions[:1]])[0] > forest.score(rows[positions[:1]])[0]


def test_no_label_changes_nothing(rows: np.ndarray, forest: Forest) -> None:
    assert_same_bits(forest.learn(rows[:0], []), forest, rows)
    ignored = forest.learn(rows[:3], [1, 0, 1], weights=[0, 0, 0])
    assert_same_bits(ignored, forest, rows)
    np.testing.assert_array_equal(ignored.label_contributions(rows), np.zeros((len(rows), 3)))


def test_order_does_not_matter(rows: np.ndarray, forest: Forest, labels: Labels, learned: Forest) -> None:
    positions, y = labels
    shuffled = np.random.default_rng(0).permutation(len(y))
    again = forest.learn(rows[positions[shuffled]], y[shuffled])
    assert_same_bits(again, learned, rows)
    np.testing.assert_array_equal(
        again.label_contributions(rows[:40]), learned.label_contributions(rows[:40])[:, shuffled]
    )


@settings(max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_order_does_not_matter_with_repeats_and_weights(data: st.DataObject, seed: int) -> None:
    X = make_rows(60, 3, 0.1, seed)
    forest = Forest.fit(X, n_estimators=6, random_state=seed)
    entry = st.tuples(st.integers(0, 59), st.integers(0, 1), st.sampled_from([0.0, 0.5, 1.0]))
    entries = data.draw(st.lists(entry, min_size=1, max_size=12))
    shuffled = data.draw(st.permutations(entries))

    def learn(given_labels: list[tuple[int, int, float]]) -> Forest:
        positions, y, weights = zip(*given_labels, strict=True)
        return forest.learn(X[list(positions)], y, weights=weights)

    assert_same_bits(learn(shuffled), learn(entries), X)


def test_undo_gives_the_bits_of_never_having_had_it(
    rows: np.ndarray, forest: Forest, labels: Labels, learned: Forest
) -> None:
    positions, y = labels
    never = forest.learn(rows[positions[:-1]], y[:-1])
    assert_same_bits(learned.learn(rows[positions[:-1]], y[:-1]), never, rows)
    weight = np.ones(len(y))
    weight[-1] = 0
    assert_same_bits(learned.learn(rows[positions], y, weights=weight), never, rows)
    assert_same_bits(learned.unlearned, forest, rows)


def test_contributions_of_labels_add_up(rows: np.ndarray, learned: Forest) -> None:
    contributions = learned.label_contributions(rows)
    assert contributions.shape == (len(rows), learned.n_labels)
    total = learned.prior_score(rows) + contributions.sum(axis=1)
    np.testing.assert_allclose(total, learned.score(rows), atol=1e-9, rtol=0)


def test_without_labels_nothing_contributes(rows: np.ndarray, forest: Forest) -> None:
    assert forest.label_contributions(rows).shape == (len(rows), 0)
    np.testing.assert_array_equal(forest.prior_score(rows), forest.score(rows))


def test_a_light_label_moves_less(rows: np.ndarray, forest: Forest) -> None:
    full, half, light = (forest.learn(rows[:1], [1], weights=[w]).score(rows[:1])[0] for w in (1, 0.5, 0.1))
    assert full > half > light


def test_reference_rows_set_the_scale(rows: np.ndarray, model: IsolationForest, labels: Labels) -> None:
    positions, y = labels
    bare = Forest.from_sklearn(model)
    with pytest.raises(ModelError, match="reference rows"):
        bare.learn(rows[positions], y)
    taught = bare.learn(rows[positions], y, reference=rows)
    assert_same_bits(taught, bare.with_reference(rows).learn(rows[positions], y), rows)


def test_solver_reaches_the_optimum() -> None:
    """The gradient of the convex objective vanishes: K (alpha - w (positive - p)) = 0."""
    generator = np.random.default_rng(3)
    factors = generator.standard_normal((40, 8))
    kernel = 20 * factors @ factors.T
    positive = (generator.random(40) < 0.4).astype(float)
    weight, mean = generator.uniform(0.05, 1, 40), generator.standard_normal(40) - 3
    alpha = solve_logistic(kernel, mean=mean, positive=positive, weight=weight)
    probability = 1 / (1 + np.exp(-(mean + kernel @ alpha)))
    gradient = kernel @ (alpha - weight * (positive - probability))
    assert np.abs(gradient).max() < 1e-3 * np.abs(kernel @ weight).max()
