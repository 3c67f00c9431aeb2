"""The kernel against its definition, and the batches chosen with it."""

from __future__ import annotations

import numpy as np
import pytest

from fraudkit.forest import Forest
from fraudkit.forest.score import find_leaves
from fraudkit.forest.similarity import leaf_sums, symmetric_similarity


def path_to(forest: Forest, leaf: int) -> set[int]:
    """Return the nodes on the way to a leaf, without the root."""
    path = set()
    node = leaf
    while forest.arrays.parent[node] != node:
        path.add(int(node))
        node = forest.arrays.parent[node]
    return path


def test_similarity_follows_its_definition(rows: np.ndarray, forest: Forest) -> None:
    leaves = find_leaves(forest.arrays, rows[:6])
    expected = np.zeros((6, 6))
    for i in range(6):
        for j in range(6):
            for tree in range(forest.arrays.n_trees):
                one, other = path_to(forest, leaves[i, tree]), path_to(forest, leaves[j, tree])
                shared = len(one & other) / np.sqrt(len(one) * len(other))
                expected[i, j] += 0.5 * (leaves[i, tree] == leaves[j, tree]) + 0.5 * shared
    expected /= forest.arrays.n_trees
    np.testing.assert_allclose(forest.similarity(rows[:6], rows[:6]), expected, rtol=1e-12)


def test_similarity_is_a_kernel(rows_with_gaps: np.ndarray, forest: Forest) -> None:
    kernel = forest.similarity(rows_with_gaps[:150], rows_with_gaps[:150])
    np.testing.assert_allclose(np.diag(kernel), 1.0, rtol=1e-12)
    np.testing.assert_allclose(kernel, kernel.T, rtol=1e-14)
    leaves = find_leaves(forest.arrays, rows_with_gaps[:150])
    np.testing.assert_allclose(symmetric_similarity(forest.arrays, leaves), kernel, rtol=1e-14)
    assert kernel.min() >= 0
    assert kernel.max() <= 1 + 1e-12
    assert np.linalg.eigvalsh(kernel).min() > -1e-10
    np.testing.assert_array_equal(
        forest.similarity(rows_with_gaps[:150], rows_with_gaps[:9], threads=2), kernel[:, :9]
    )


def test_similarity_without_splits() -> None:
    forest = Forest.fit(np.zeros((50, 2)), n_estimators=5)
    np.testing.assert_allclose(forest.similarity(np.zeros((2, 2)), np.ones((3, 2))), 1.0, rtol=1e-12)


def test_leaf_sums_are_the_kernel(rows: np.ndarray, forest: Forest) -> None:
    mass = np.linspace(-1, 2, 30)
    values = leaf_sums(forest.arrays, find_leaves(forest.arrays, rows[:30]), mass)
    summed = values[find_leaves(forest.arrays, rows)].sum(axis=1)
    np.testing.assert_allclose(summed, forest.similarity(rows, rows[:30]) @ mass, atol=1e-12)


def test_without_diversity_the_highest_are_chosen(rows: np.ndarray, learned: Forest) -> None:
    expected = np.argsort(-learned.score(rows), kind="stable")
    np.testing.assert_array_equal(learned.choose(rows, 25, diversity=0), expected[:25])
    np.testing.assert_array_equal(learned.choose(rows, 400, diversity=0), expected[:400])


def test_greedy_choice_follows_its_definition(rows: np.ndarray, learned: Forest) -> None:
    score = learned.score(rows)
    candidates = np.argsort(-score, kind="stable")[:300]
    chosen: list[int] = []
    for _ in range(15):
        penalty = learned.similarity(rows[candidates], rows[chosen]).max(axis=1) if chosen else 0.0
        value = np.where(np.isin(candidates, chosen), -np.inf, score[candidates] - 3.0 * penalty)
        chosen.append(int(candidates[np.argmax(value)]))
    np.testing.assert_array_equal(learned.choose(rows, 15), chosen)


def test_diversity_spreads_the_batch(rows: np.ndarray, forest: Forest) -> None:
    repeated = np.repeat(rows, 20, axis=0)
    plain = forest.choose(repeated, 20, diversity=0) // 20
    spread = forest.choose(repeated, 20, diversity=3) // 20
    assert len(set(plain)) == 1
    assert len(set(spread)) > 10


@pytest.mark.parametrize("as_mask", [False, True])
def test_labelled_rows_are_not_chosen_again(rows: np.ndarray, forest: Forest, as_mask: bool) -> None:
    first = forest.choose(rows, 30)
    exclude = np.isin(np.arange(len(rows)), first) if as_mask else first
    second = forest.choose(rows, 30, exclude=exclude)
    assert not set(first) & set(second)


def test_fewer_open_rows_than_wanted(rows: np.ndarray, forest: Forest) -> None:
    assert sorted(forest.choose(rows[:5], 9, exclude=[2])) == [0, 1, 3, 4]
    assert len(forest.choose(rows[:0], 3)) == 0
    assert len(forest.choose(rows[:3], 3, exclude=[0, 1, 2])) == 0
