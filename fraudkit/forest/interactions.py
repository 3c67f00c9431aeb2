"""Exact path-dependent Shapley interaction values: which pairs of features act together.

Formula
-------
With o, r and v of a leaf as in fraudkit/forest/shapley.py, a pair's joint effect given the features in S is
v (o_i - r_i) (o_j - r_j) prod_{k in S} o_k prod_{k not in S} r_k. The interaction index averages it over all
orders, half for each of the two (Fujimoto, Kojadinovic and Marichal 2006; Lundberg et al. 2020, equation 5):

    Phi_ij = v / 2 (o_i - r_i) (o_j - r_j) * integral_0^1 prod_{k != i, j} ((1 - t) r_k + t o_k) dt

What a feature does by itself is its Shapley value less its interactions, so rows add up to Shapley values.
The integrand has degree d - 2, below that of a Shapley value: the same quadrature is exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fraudkit.forest.arrays import ForestArrays
from fraudkit.forest.kernels import interaction
from fraudkit.forest.parallel import read_only, run_blocks


def interaction_values(
    arrays: ForestArrays, rows: NDArray[np.float32], leaf_value: NDArray[np.float64], threads: int = 1
) -> NDArray[np.float64]:
    """Return the interaction values of each row, (n, features, features), symmetric.

    Parameters
    ----------
    arrays
        The trees.
    rows
        (n, features); NaN is missing.
    leaf_value
        (N,) value of each node that is a leaf.
    threads
        Rows are shared among this many threads; the kernel holds no lock.
    """
    leaf = np.flatnonzero(arrays.is_leaf)
    leaves = interaction.Leaves(
        leaf,
        leaf_value[leaf],
        arrays.parent,
        arrays.left.astype(np.int64),
        arrays.column.astype(np.int64),
        arrays.threshold,
        arrays.cover,
    )
    distinct = min(int(arrays.tree_depth.max(initial=0)), arrays.n_features)
    position, weight = np.polynomial.legendre.leggauss(max(1, (distinct + 1) // 2))
    points, weights = (position + 1) / 2, weight / 2
    rows, out = read_only(rows), np.zeros((len(rows), arrays.n_features, arrays.n_features))

    def work(part: slice) -> None:
        interaction.interact_rows(rows[part], leaves, points, weights, out[part])

    run_blocks(work, len(rows), 1, threads)
    return out
