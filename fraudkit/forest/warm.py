"""Compile all kernels once; the compiled code is kept on disk for every later start."""

from __future__ import annotations

import numpy as np

from fraudkit.forest.arrays import ForestArrays
from fraudkit.forest.forest import Forest


def warm_up() -> None:
    """Compile, or load from the cache, every kernel by using each on a forest of one split.

    A few seconds at the first start ever, then a fraction of one. Safe to run in a background thread; needs
    neither scikit-learn nor data.
    """
    arrays = ForestArrays(
        tree_start=np.array([0, 3], np.int64),
        left=np.array([1, 1, 2], np.uint32),
        column=np.zeros(3, np.uint32),
        threshold=np.array([0.0, np.inf, np.inf], np.float32),
        cover=np.array([1.0, 0.5, 0.5]),
        path_length=np.array([0.0, 1.0, 1.0]),
        normaliser=1.0,
        n_features=1,
    )
    rows = np.array([[-1.0], [1.0]], np.float32)
    forest = Forest(arrays, ("feature_0",), rows).learn(rows, [0, 1])
    forest.score(rows)
    forest.explain(rows)
    forest.explain(rows, dtype=np.float32)
    forest.interactions(rows)
    forest.choose(rows, 2)
