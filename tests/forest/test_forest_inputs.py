"""Bad input is refused in one sentence with a hint; odd but meaningful input is accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from fraudkit.errors import FraudkitError
from fraudkit.forest import Forest

INFINITE = np.array([[0.0, np.inf, 0, 0, 0, 0]])
ROW = np.zeros((1, 6))

REFUSED: list[tuple[str, Callable[[Forest], Any]]] = [
    ("dimensions", lambda forest: forest.score(np.zeros(6))),
    ("dimensions", lambda forest: forest.score(np.zeros((2, 3, 6)))),
    ("5 columns", lambda forest: forest.score(np.zeros((2, 5)))),
    ("row 0, column 1", lambda forest: forest.score(INFINITE)),
    ("row 0, column 1", lambda forest: forest.explain(-INFINITE)),
    ("too large for float32", lambda forest: forest.score(np.full((1, 6), 1e39))),
    ("not numbers", lambda forest: forest.score([["a"] * 6])),
    ("unknown label 2", lambda forest: forest.learn(ROW, [2])),
    ("unknown label fraud", lambda forest: forest.learn(ROW, ["fraud"])),
    ("unknown label -1", lambda forest: forest.learn(ROW, [-1])),
    ("unknown label nan", lambda forest: forest.learn(ROW, [np.nan])),
    ("y has shape", lambda forest: forest.learn(ROW, [0, 1])),
    ("weights has shape", lambda forest: forest.learn(ROW, [1], weights=[1, 1])),
    ("outside 0 to 1", lambda forest: forest.learn(ROW, [1], weights=[1.5])),
    ("outside 0 to 1", lambda forest: forest.learn(ROW, [1], weights=[np.nan])),
    ("not numbers", lambda forest: forest.learn(ROW, [1], weights=["much"])),
    ("no reference rows", lambda forest: forest.learn(ROW, [1], reference=np.zeros((0, 6)))),
    ("k is 0", lambda forest: forest.choose(ROW, 0)),
    ("k is 2.5", lambda forest: forest.choose(ROW, 2.5)),  # type: ignore[arg-type]
    ("diversity is -1", lambda forest: forest.choose(ROW, 1, diversity=-1)),
    ("diversity is nan", lambda forest: forest.choose(ROW, 1, diversity=float("nan"))),
    ("exclude", lambda forest: forest.choose(ROW, 1, exclude=[1])),
    ("exclude", lambda forest: forest.choose(ROW, 1, exclude=[-1])),
    ("exclude", lambda forest: forest.choose(ROW, 1, exclude=[True, False])),
    ("int8", lambda forest: forest.explain(ROW, dtype=np.int8)),
    ("no rows", lambda _: Forest.fit(np.zeros((0, 3)))),
    ("no columns", lambda _: Forest.fit(np.zeros((3, 0)))),
    ("feature names", lambda _: Forest.fit(ROW, feature_names=["a"])),
    ("twice", lambda _: Forest.fit(ROW[:, :2], feature_names=["a", "a"])),
    ("n_estimators is 0", lambda _: Forest.fit(ROW, n_estimators=0)),
    ("max_samples is -1", lambda _: Forest.fit(ROW, max_samples=-1)),
    ("random_state is None", lambda _: Forest.fit(ROW, random_state=None)),  # type: ignore[arg-type]
    ("not a fitted", lambda _: Forest.from_sklearn(IsolationForest())),
    ("not a fitted", lambda _: Forest.from_sklearn("forest")),
    ("format", lambda _: Forest.from_arrays({})),
    ("lacks left", lambda f: Forest.from_arrays({k: v for k, v in f.to_arrays().items() if k != "left"})),
]


@pytest.mark.parametrize(("sentence", "call"), REFUSED)
def test_refused(forest: Forest, sentence: str, call: Callable[[Forest], Any]) -> None:
    with pytest.raises(FraudkitError) as refusal:
        call(forest)
    assert sentence in refusal.value.message
    assert refusal.value.hint


@pytest.mark.parametrize("y", [[1, 0], [True, False], [1.0, 0.0], np.array([1, 0], np.uint8)])
def test_labels_are_one_and_zero(rows: np.ndarray, forest: Forest, y: Any) -> None:
    expected = forest.learn(rows[:2], [1, 0]).score(rows)
    np.testing.assert_array_equal(forest.learn(rows[:2], y).score(rows), expected)


def test_names_come_from_the_fitted_model(rows: np.ndarray) -> None:
    import pandas as pd  # noqa: PLC0415 - only here

    model = IsolationForest(n_estimators=2, random_state=0).fit(pd.DataFrame(rows, columns=list("abcdef")))
    assert Forest.from_sklearn(model).feature_names == tuple("abcdef")
    assert Forest.from_sklearn(model, list("uvwxyz")).feature_names == tuple("uvwxyz")
    assert Forest.fit(rows, n_estimators=2).feature_names[:2] == ("feature_0", "feature_1")


def test_nothing_learned_changes_its_parent(rows: np.ndarray, forest: Forest) -> None:
    before = forest.score(rows)
    forest.learn(rows[:20], np.ones(20))
    np.testing.assert_array_equal(forest.score(rows), before)


def test_inputs_are_not_written_to(rows: np.ndarray, learned: Forest) -> None:
    frozen = rows.copy()
    frozen.flags.writeable = False
    learned.score(frozen)
    learned.explain(frozen[:5])
    learned.choose(frozen, 3)
    np.testing.assert_array_equal(frozen, rows)
