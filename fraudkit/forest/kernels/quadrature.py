"""Exact path-dependent TreeSHAP by quadrature: one depth-first walk per tree for a block of rows.

The formula and its derivation are in fraudkit/forest/shapley.py. Lanes (the rows of a block) are the
innermost dimension of every buffer, so each loop over lanes becomes vector instructions. Two quadrature
points share a loop (their number is even): half the loops, and half the traffic on what they share.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

# Missing values travel as infinities that must compare, so "no NaN, no infinity" is not assumed.
RELAXED = {"contract", "nsz", "arcp"}


class Edges(NamedTuple):
    """The edges of all trees depth first; see fraudkit.forest.shapley.ShapleyTables.

    `leaf_value` is (E,); `kept` is 0 where an edge is the first to add to the subtree above, else 1.
    """

    level: Any
    earlier: Any
    closing: Any
    column: Any
    feature: Any
    threshold: Any
    goes_left: Any
    leaf_value: Any
    kept: Any
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


@njit(inline="always")
def follow(edge: int, edges: Any, encoded: Any, walk: Any) -> None:
    """Write per lane 1 where the row takes this edge and took the feature's edges before it, else 0."""
    values, threshold = encoded[edges.column[edge]], edges.threshold[edge]
    before, now = walk.followed[edges.earlier[edge]], walk.followed[edges.level[edge]]
    zero = now.dtype.type(0)
    if edges.goes_left[edge]:
        for lane in range(now.size):
            now[lane] = before[lane] if values[lane] <= threshold else zero
    else:
        for lane in range(now.size):
            now[lane] = zero if values[lane] <= threshold else before[lane]


@njit(inline="always")
def enter(edge: int, edges: Any, walk: Any) -> None:
    """Multiply the product by the edge's factor, for an edge that has edges below it."""
    k = edges.level[edge]
    before, now = walk.followed[edges.earlier[edge]], walk.followed[k]
    for q in range(0, walk.product.shape[1], 2):
        f0, f1, f2 = edges.factor[edge, q, 0], edges.factor[edge, q, 1], edges.factor[edge, q, 2]
        g0, g1, g2 = edges.factor[edge, q + 1, 0], edges.factor[edge, q + 1, 1], edges.factor[edge, q + 1, 2]
        above, here = walk.product[k - 1, q], walk.product[k, q]
        above_next, here_next = walk.product[k - 1, q + 1], walk.product[k, q + 1]
        for lane in range(now.size):
            b, o = before[lane], now[lane]
            here[lane] = above[lane] * (f0 + b * f1 + o * f2)
            here_next[lane] = above_next[lane] * (g0 + b * g1 + o * g2)


@njit(inline="always")
def close_leaf(edge: int, edges: Any, walk: Any) -> None:
    """Add a leaf's value to the subtree above and to the gain of its edge's feature."""
    k, value = edges.level[edge], edges.leaf_value[edge]
    before, now = walk.followed[edges.earlier[edge]], walk.followed[k]
    gain, kept = walk.gain[edges.feature[edge]], edges.kept[edge]
    for q in range(0, walk.product.shape[1], 2):
        f0, f1, f2 = edges.factor[edge, q, 0], edges.factor[edge, q, 1], edges.factor[edge, q, 2]
        g0, g1, g2 = edges.factor[edge, q + 1, 0], edges.factor[edge, q + 1, 1], edges.factor[edge, q + 1, 2]
        s0, s1, s2 = edges.slope[edge, q, 0], edges.slope[edge, q, 1], edges.slope[edge, q, 2]
        u0, u1, u2 = edges.slope[edge, q + 1, 0], edges.slope[edge, q + 1, 1], edges.slope[edge, q + 1, 2]
        f0, f1, f2, g0, g1, g2 = value * f0, value * f1, value * f2, value * g0, value * g1, value * g2
        above, above_next = walk.product[k - 1, q], walk.product[k - 1, q + 1]
        upper, upper_next = walk.subtree[k - 1, q], walk.subtree[k - 1, q + 1]
        for lane in range(now.size):
            b, o = before[lane], now[lane]
            total = above[lane] * (f0 + b * f1 + o * f2)
            total_next = above_next[lane] * (g0 + b * g1 + o * g2)
            upper[lane] = kept * upper[lane] + total
            upper_next[lane] = kept * upper_next[lane] + total_next
            gain[lane] += total * (s0 + b * s1 + o * s2) + total_next * (u0 + b * u1 + o * u2)


@njit(inline="always")
def close(edge: int, edges: Any, walk: Any) -> None:
    """Add a finished subtree to the one above and to the gain of its edge's feature."""
    k = edges.level[edge]
    before, now = walk.followed[edges.earlier[edge]], walk.followed[k]
    gain, kept = walk.gain[edges.feature[edge]], edges.kept[edge]
    for q in range(0, walk.product.shape[1], 2):
        s0, s1, s2 = edges.slope[edge, q, 0], edges.slope[edge, q, 1], edges.slope[edge, q, 2]
        u0, u1, u2 = edges.slope[edge, q + 1, 0], edges.slope[edge, q + 1, 1], edges.slope[edge, q + 1, 2]
        total, total_next = walk.subtree[k, q], walk.subtree[k, q + 1]
        upper, upper_next = walk.subtree[k - 1, q], walk.subtree[k - 1, q + 1]
        for lane in range(now.size):
            b, o, v, w = before[lane], now[lane], total[lane], total_next[lane]
            upper[lane] = kept * upper[lane] + v
            upper_next[lane] = kept * upper_next[lane] + w
            gain[lane] += v * (s0 + b * s1 + o * s2) + w * (u0 + b * u1 + o * u2)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=RELAXED)
def explain_block(encoded: Any, edges: Any, walk: Any) -> None:
    """Add every tree's Shapley values of a block of encoded rows, (2 features, lanes), to the gain."""
    walk.followed[0, :] = 1
    walk.product[0, :, :] = 1
    for edge in range(edges.level.size):
        k = edges.level[edge]
        walk.path[k] = edge
        follow(edge, edges, encoded, walk)
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
