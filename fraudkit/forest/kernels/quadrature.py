"""Exact path-dependent TreeSHAP by quadrature: one depth-first walk per tree for a block of rows.

The formula and its derivation are in fraudkit/forest/shapley.py. Lanes (the rows of a block) are the
innermost dimension of every buffer, so each loop over lanes becomes vector instructions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

# Missing values travel as infinities that must compare, so "no NaN, no infinity" is not assumed.
RELAXED = {"contract", "nsz", "arcp"}


class Edges(NamedTuple):
    """The edges of all trees depth first; see fraudkit.forest.shapley.ShapleyTables."""

    level: Any
    earlier: Any
    closing: Any
    column: Any
    feature: Any
    threshold: Any
    goes_left: Any
    leaf_value: Any
    factor: Any
    slope: Any


class Walk(NamedTuple):
    """State of the walk by level of the current path; the last dimension is the lane.

    `product` and `subtree` are (levels, points, lanes), `followed` (levels, lanes) is 1 where the row took
    every edge of this feature so far, `path` the edge at each level, `gain` (features, lanes) the result.
    """

    product: Any
    subtree: Any
    followed: Any
    path: Any
    gain: Any


@njit(cache=True, nogil=True, fastmath=RELAXED, error_model="numpy")
def follow(values: Any, threshold: float, before: Any, goes_left: bool, now: Any) -> None:
    """Write per lane 1 where the row takes this edge and took the feature's edges before it, else 0."""
    zero = now.dtype.type(0)
    if goes_left:
        for lane in range(now.size):
            now[lane] = before[lane] if values[lane] <= threshold else zero
    else:
        for lane in range(now.size):
            now[lane] = zero if values[lane] <= threshold else before[lane]


@njit(cache=True, nogil=True, fastmath=RELAXED, error_model="numpy")
def enter(edge: int, edges: Any, walk: Any) -> None:
    """Multiply the product by the edge's factor, for an edge that has edges below it."""
    k, same = edges.level[edge], edges.earlier[edge]
    now, before = walk.followed[k], walk.followed[same]
    for q in range(walk.product.shape[1]):
        f0, f1, f2 = edges.factor[edge, q, 0], edges.factor[edge, q, 1], edges.factor[edge, q, 2]
        above, here = walk.product[k - 1, q], walk.product[k, q]
        if same == 0:
            for lane in range(here.size):
                here[lane] = above[lane] * (f0 + now[lane] * f2)
        else:
            for lane in range(here.size):
                here[lane] = above[lane] * (f0 + before[lane] * f1 + now[lane] * f2)


@njit(cache=True, nogil=True, fastmath=RELAXED, error_model="numpy")
def close_leaf(edge: int, edges: Any, walk: Any) -> None:
    """Add a leaf's value to the subtree above and to the gain of its edge's feature."""
    k, same, value = edges.level[edge], edges.earlier[edge], edges.leaf_value[edge]
    now, before, gain = walk.followed[k], walk.followed[same], walk.gain[edges.feature[edge]]
    first = edges.goes_left[edge]
    for q in range(walk.product.shape[1]):
        f0, f1, f2 = edges.factor[edge, q, 0], edges.factor[edge, q, 1], edges.factor[edge, q, 2]
        s0, s1, s2 = edges.slope[edge, q, 0], edges.slope[edge, q, 1], edges.slope[edge, q, 2]
        f0 *= value
        f1 *= value
        f2 *= value
        above, upper = walk.product[k - 1, q], walk.subtree[k - 1, q]
        if same == 0:
            if first:
                for lane in range(gain.size):
                    total = above[lane] * (f0 + now[lane] * f2)
                    upper[lane] = total
                    gain[lane] += total * (s0 + now[lane] * s2)
            else:
                for lane in range(gain.size):
                    total = above[lane] * (f0 + now[lane] * f2)
                    upper[lane] += total
                    gain[lane] += total * (s0 + now[lane] * s2)
        elif first:
            for lane in range(gain.size):
                total = above[lane] * (f0 + before[lane] * f1 + now[lane] * f2)
                upper[lane] = total
                gain[lane] += total * (s0 + before[lane] * s1 + now[lane] * s2)
        else:
            for lane in range(gain.size):
                total = above[lane] * (f0 + before[lane] * f1 + now[lane] * f2)
                upper[lane] += total
                gain[lane] += total * (s0 + before[lane] * s1 + now[lane] * s2)


@njit(cache=True, nogil=True, fastmath=RELAXED, error_model="numpy")
def close(edge: int, edges: Any, walk: Any) -> None:
    """Add a finished subtree to the one above and to the gain of its edge's feature."""
    k, same = edges.level[edge], edges.earlier[edge]
    now, before, gain = walk.followed[k], walk.followed[same], walk.gain[edges.feature[edge]]
    first = edges.goes_left[edge]
    for q in range(walk.product.shape[1]):
        s0, s1, s2 = edges.slope[edge, q, 0], edges.slope[edge, q, 1], edges.slope[edge, q, 2]
        total, upper = walk.subtree[k, q], walk.subtree[k - 1, q]
        if first:
            for lane in range(gain.size):
                upper[lane] = total[lane]
        elif k > 1:
            for lane in range(gain.size):
                upper[lane] += total[lane]
        if same == 0:
            for lane in range(gain.size):
                gain[lane] += total[lane] * (s0 + now[lane] * s2)
        else:
            for lane in range(gain.size):
                gain[lane] += total[lane] * (s0 + before[lane] * s1 + now[lane] * s2)


@njit(cache=True, nogil=True, error_model="numpy")
def explain_block(encoded: Any, edges: Any, walk: Any) -> None:
    """Add every tree's Shapley values of a block of encoded rows, (2 features, lanes), to the gain."""
    walk.followed[0, :] = 1
    walk.product[0, :, :] = 1
    for edge in range(edges.level.size):
        k = edges.level[edge]
        walk.path[k] = edge
        before = walk.followed[edges.earlier[edge]]
        values, now = encoded[edges.column[edge]], walk.followed[k]
        follow(values, edges.threshold[edge], before, edges.goes_left[edge], now)
        if edges.closing[edge] == 0:
            enter(edge, edges, walk)
        else:
            close_leaf(edge, edges, walk)
            for above in range(1, edges.closing[edge]):
                close(walk.path[k - above], edges, walk)


@njit(cache=True, nogil=True, error_model="numpy")
def explain_rows(rows: Any, edges: Any, walk: Any, out: Any) -> None:
    """Write the Shapley values of the rows into out, (n, features), block by block."""
    features, lanes = walk.gain.shape
    encoded = np.zeros((2 * features, lanes), np.float32)
    for first in range(0, rows.shape[0], lanes):
        block = rows[first : first + lanes]
        for row in range(block.shape[0]):
            for feature in range(features):
                value = block[row, feature]
                missing = np.isnan(value)
                encoded[feature, row] = -np.inf if missing else value
                encoded[features + feature, row] = np.inf if missing else value
        walk.gain[:, :] = 0
        explain_block(encoded, edges, walk)
        for row in range(block.shape[0]):
            for feature in range(features):
                out[first + row, feature] = walk.gain[feature, row]
