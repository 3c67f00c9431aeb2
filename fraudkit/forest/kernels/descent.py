"""Walk rows down the trees: leaf indices, and sums of leaf values.

Rows are taken in small blocks, eight at a time through one tree, so that a tree stays in the first-level
cache and the loads of eight independent walks overlap. A leaf is its own left child with an infinite
threshold: every walk takes exactly as many steps as the tree is deep, without a branch to mispredict.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

ROWS_PER_BLOCK = 64


class Trees(NamedTuple):
    """What a walk reads of the flattened forest; see fraudkit.forest.arrays.ForestArrays."""

    tree_start: Any
    tree_depth: Any
    left: Any
    column: Any
    threshold: Any


@njit(cache=True, nogil=True, error_model="numpy")
def encode_rows(rows: Any, encoded: Any) -> None:
    """Copy rows into 2f columns: missing is -inf in the first f (goes left), +inf in the rest (right)."""
    features = rows.shape[1]
    for row in range(rows.shape[0]):
        for feature in range(features):
            value = rows[row, feature]
            missing = np.isnan(value)
            encoded[row, feature] = -np.inf if missing else value
            encoded[row, features + feature] = np.inf if missing else value


@njit(cache=True, nogil=True, error_model="numpy")
def descend(encoded: Any, tree: int, trees: Any, leaf: Any) -> None:
    """Write the leaf that each encoded row of a block reaches in one tree."""
    _, _, left, column, threshold = trees
    width = np.uint64(encoded.shape[1])
    flat = encoded.reshape(-1)
    root = np.uint32(trees.tree_start[tree])
    depth = trees.tree_depth[tree]
    for block in range(0, encoded.shape[0], 8):
        o0 = np.uint64(block) * width
        o1 = o0 + width
        o2 = o1 + width
        o3 = o2 + width
        o4 = o3 + width
        o5 = o4 + width
        o6 = o5 + width
        o7 = o6 + width
        i0 = i1 = i2 = i3 = i4 = i5 = i6 = i7 = root
        for _ in range(depth):
            i0 = np.uint32(left[i0] + np.uint32(flat[o0 + column[i0]] > threshold[i0]))
            i1 = np.uint32(left[i1] + np.uint32(flat[o1 + column[i1]] > threshold[i1]))
            i2 = np.uint32(left[i2] + np.uint32(flat[o2 + column[i2]] > threshold[i2]))
            i3 = np.uint32(left[i3] + np.uint32(flat[o3 + column[i3]] > threshold[i3]))
            i4 = np.uint32(left[i4] + np.uint32(flat[o4 + column[i4]] > threshold[i4]))
            i5 = np.uint32(left[i5] + np.uint32(flat[o5 + column[i5]] > threshold[i5]))
            i6 = np.uint32(left[i6] + np.uint32(flat[o6 + column[i6]] > threshold[i6]))
            i7 = np.uint32(left[i7] + np.uint32(flat[o7 + column[i7]] > threshold[i7]))
        leaf[block] = i0
        leaf[block + 1] = i1
        leaf[block + 2] = i2
        leaf[block + 3] = i3
        leaf[block + 4] = i4
        leaf[block + 5] = i5
        leaf[block + 6] = i6
        leaf[block + 7] = i7


@njit(cache=True, nogil=True, error_model="numpy")
def sum_leaf_values(rows: Any, trees: Any, value: Any, total: Any) -> None:
    """Add up the values of the leaves that the rows reach, tree after tree, in float64."""
    encoded = np.zeros((ROWS_PER_BLOCK, 2 * rows.shape[1]), np.float32)
    leaf = np.empty(ROWS_PER_BLOCK, np.uint32)
    summed = np.empty(ROWS_PER_BLOCK, np.float64)
    for first in range(0, rows.shape[0], ROWS_PER_BLOCK):
        last = min(rows.shape[0], first + ROWS_PER_BLOCK)
        encode_rows(rows[first:last], encoded)
        summed[:] = 0.0
        for tree in range(trees.tree_depth.size):
            descend(encoded, tree, trees, leaf)
            for row in range(ROWS_PER_BLOCK):
                summed[row] += value[leaf[row]]
        total[first:last] = summed[: last - first]


@njit(cache=True, nogil=True, error_model="numpy")
def find_leaves(rows: Any, trees: Any, leaves: Any) -> None:
    """Write the leaf of every tree that the rows reach, (n, trees)."""
    encoded = np.zeros((ROWS_PER_BLOCK, 2 * rows.shape[1]), np.float32)
    leaf = np.empty(ROWS_PER_BLOCK, np.uint32)
    for first in range(0, rows.shape[0], ROWS_PER_BLOCK):
        last = min(rows.shape[0], first + ROWS_PER_BLOCK)
        encode_rows(rows[first:last], encoded)
        for tree in range(trees.tree_depth.size):
            descend(encoded, tree, trees, leaf)
            leaves[first:last, tree] = leaf[: last - first]
