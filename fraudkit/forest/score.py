"""Sums of leaf values and leaf look-ups; scikit-learn's scores bit for bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fraudkit.forest.arrays import ForestArrays
from fraudkit.forest.kernels import descent
from fraudkit.forest.parallel import read_only, run_blocks


def sum_leaf_values(
    arrays: ForestArrays, rows: NDArray[np.float32], leaf_value: NDArray[np.float64], threads: int = 1
) -> NDArray[np.float64]:
    """Return per row the sum over the trees of the value of its leaf, (n,).

    Added in float64 in the order of the trees, as scikit-learn does, so equal leaves give equal bits.
    """
    total = np.empty(len(rows))
    rows, trees = read_only(rows), _trees(arrays)

    def work(part: slice) -> None:
        descent.sum_leaf_values(rows[part], trees, leaf_value, total[part])

    run_blocks(work, len(rows), descent.ROWS_PER_BLOCK, threads)
    return total


def find_leaves(arrays: ForestArrays, rows: NDArray[np.float32], threads: int = 1) -> NDArray[np.uint32]:
    """Return per row the node number of its leaf in every tree, (n, trees)."""
    leaves = np.empty((len(rows), arrays.n_trees), np.uint32)
    rows, trees = read_only(rows), _trees(arrays)

    def work(part: slice) -> None:
        descent.find_leaves(rows[part], trees, leaves[part])

    run_blocks(work, len(rows), descent.ROWS_PER_BLOCK, threads)
    return leaves


def anomaly_score(arrays: ForestArrays, rows: NDArray[np.float32], threads: int = 1) -> NDArray[np.float64]:
    """Return 2 ** -(mean path length / c(max_samples)), the negative of scikit-learn's `score_samples`.

    Between 0 and 1; larger is more anomalous. A forest of one-row samples gives 0.5 everywhere.
    """
    path = sum_leaf_values(arrays, rows, arrays.path_length, threads)
    denominator = arrays.n_trees * arrays.normaliser
    exponent = np.divide(path, denominator, out=np.ones_like(path), where=denominator != 0)
    score: NDArray[np.float64] = 2.0**-exponent
    return score


def _trees(arrays: ForestArrays) -> descent.Trees:
    return descent.Trees(arrays.tree_start, arrays.tree_depth, arrays.left, arrays.column, arrays.threshold)
