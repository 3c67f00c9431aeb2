"""How alike two transactions are to the forest: the kernel of the learning method.

k(x, x') = mean over the trees of 1/2 [same leaf] + 1/2 (levels of the path shared) / sqrt(depth depth'),
the isolation kernel (Ting et al. 2018) mixed half and half with its refinement along the path. k(x, x) = 1
unless a tree has no split at all; it is normalised for that case.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fraudkit.forest.arrays import ForestArrays
from fraudkit.forest.kernels import similarity as kernels
from fraudkit.forest.parallel import run_blocks

TRIANGLE_STEP = 64


def leaf_similarity(
    arrays: ForestArrays, first: NDArray[np.uint32], second: NDArray[np.uint32], threads: int = 1
) -> NDArray[np.float64]:
    """Return the kernel between rows given by their leaves, (n, m), normalised to k(x, x) = 1."""
    grown = arrays.tree_depth > 0
    weight = _tree_weight(arrays)
    # a tree without a split always agrees, by the leaf half of the kernel alone
    out = np.full((len(first), len(second)), 0.5 * float(np.sum(~grown)) * weight)
    paths = _paths(arrays)
    first, second = np.ascontiguousarray(first[:, grown]), np.ascontiguousarray(second[:, grown])

    def work(part: slice) -> None:
        kernels.add_similarities(first[part], second, paths, weight, out[part])

    run_blocks(work, len(first), 1, threads)
    return out


def symmetric_similarity(arrays: ForestArrays, leaves: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return the kernel of rows with themselves, (n, n), at half the work: the lower triangle, mirrored."""
    out = np.zeros((len(leaves), len(leaves)))
    for begin in range(0, len(leaves), TRIANGLE_STEP):
        end = min(len(leaves), begin + TRIANGLE_STEP)
        out[begin:end, :end] = leaf_similarity(arrays, leaves[begin:end], leaves[:end])
    lower = np.tril(out)
    mirrored: NDArray[np.float64] = lower + np.tril(out, -1).T
    return mirrored


def leaf_sums(
    arrays: ForestArrays, leaves: NDArray[np.uint32], mass: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (N,) leaf values whose sum over a row's leaves is the kernel with `leaves` times `mass`."""
    total = np.zeros(len(arrays.left))
    if len(leaves):
        kernels.spread_masses(leaves, 0.5 * mass * _tree_weight(arrays), _paths(arrays), total)
    return total


def _tree_weight(arrays: ForestArrays) -> float:
    """Return 1 / (trees k(x, x)) with k before normalising, which is the same for every x."""
    return 1.0 / float(np.sum(0.5 + 0.5 * (arrays.tree_depth > 0)))


def _paths(arrays: ForestArrays) -> kernels.Paths:
    return kernels.Paths(arrays.parent, arrays.is_leaf, arrays.path_code, arrays.path_scale)
