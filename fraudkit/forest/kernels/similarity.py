"""The kernel of fraudkit/forest/similarity.py over leaf indices."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

CODE_BITS = 52
EXPONENT_SHIFT, EXPONENT_BIAS = 52, 1023  # of float64


class Paths(NamedTuple):
    """What the kernel reads of the flattened forest, (N,) each."""

    parent: Any
    is_leaf: Any
    path_code: Any
    scale: Any  # 1 / sqrt(depth)


@njit(cache=True, nogil=True, error_model="numpy")
def add_similarities(first: Any, second: Any, paths: Any, weight: float, out: Any) -> None:
    """Add to out the kernel of the leaves first, (n, trees), with the leaves second, (m, trees).

    Per tree it is `weight` for the same leaf, else half of it times the share of levels in common. The turn
    where two paths part is the highest set bit of the difference of their codes; float64's exponent gives it
    for a vector of codes at once.
    """
    m = second.shape[0]
    code = np.empty(m, np.int64)
    scale = np.empty(m, np.float64)
    parted = np.empty(m, np.float64)
    exponent = parted.view(np.int64)
    for tree in range(first.shape[1]):
        for j in range(m):
            code[j] = paths.path_code[second[j, tree]]
            scale[j] = paths.scale[second[j, tree]]
        for i in range(first.shape[0]):
            own = paths.path_code[first[i, tree]]
            own_scale = paths.scale[first[i, tree]] * 0.5 * weight
            for j in range(m):
                parted[j] = np.float64(own ^ code[j])
            for j in range(m):
                shared = CODE_BITS - 1 + EXPONENT_BIAS - (exponent[j] >> EXPONENT_SHIFT)
                out[i, j] += weight if own == code[j] else np.float64(shared) * (own_scale * scale[j])


@njit(cache=True, nogil=True, error_model="numpy")
def spread_masses(leaves: Any, mass: Any, paths: Any, total: Any) -> None:
    """Write for every leaf of the forest the kernel-weighted sum of the masses on labelled leaves.

    Equals the sum over i of mass_i * (same leaf + shared levels * scale * scale_i), in one pass up the paths
    of the labels and one down all nodes (a parent's number is smaller than its children's).
    """
    parent, is_leaf, _, scale = paths
    through = np.zeros(parent.size, np.float64)
    for i in range(leaves.shape[0]):
        for tree in range(leaves.shape[1]):
            leaf = leaves[i, tree]
            total[leaf] += mass[i]
            node = np.int64(leaf)
            while parent[node] != node:
                through[node] += mass[i] * scale[leaf]
                node = parent[node]
    for below in range(parent.size):
        if parent[below] != below:
            through[below] += through[parent[below]]
        total[below] = total[below] + scale[below] * through[below] if is_leaf[below] else 0.0
