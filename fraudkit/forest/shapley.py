"""Exact path-dependent TreeSHAP of any forest of the flattened form, by Gauss-Legendre quadrature.

Formula
-------
Take a leaf with value v. For each feature i split on between the root and the leaf let o_i be 1 when the
row takes all of the path's turns on feature i, else 0, and r_i the product of the training shares (covers)
of these turns. The path-dependent expectation of the leaf given the features in S is
v * prod_{i in S} o_i * prod_{i not in S} r_i (Lundberg et al. 2020, Nature Machine Intelligence 2). A Shapley
value averages over all orders; drawing each feature's position uniformly from [0, 1] makes the features
before position t independent with probability t, so

    phi_i = v (o_i - r_i) * integral_0^1 prod_{j != i} ((1 - t) r_j + t o_j) dt

Only features on the path matter: for any other, o = r = 1 and its factor is 1.

Why the rule is exact
---------------------
With d distinct features on the path the integrand is a polynomial in t of degree d - 1. Gauss-Legendre with Q
points integrates degree 2 Q - 1 exactly, so Q = ceil(d / 2) points give the value itself, at any depth; what
remains is rounding. (The kernel takes points in pairs, so an odd Q is raised by one.) Weights are positive
and points lie inside (0, 1): nothing cancels and no factor is zero by which we divide (covers are positive).

One walk
--------
At a quadrature point let P be the product over the path. Going down an edge on feature i replaces i's factor
by the new one: P is multiplied by their ratio, one of three constants per edge and point (the row was
already off the path; leaves it here; stays on it). `subtree` sums v P over the leaves below an edge. Feature
i gains subtree * w * (o - r) / ((1 - t) r + t o) from its deepest edge above each leaf; adding at every edge
its own term minus that of the earlier edge of the same feature telescopes to this sum, so each edge is
visited once. The prefixes are shared by all leaves and the rows are lanes of vector instructions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fraudkit.forest.arrays import ForestArrays
from fraudkit.forest.kernels import edges, quadrature
from fraudkit.forest.parallel import read_only, run_blocks

MOST_LANES, LANE_STEP = 384, 16  # buffers within the second-level cache; whole vectors


@dataclass(frozen=True, eq=False)
class ShapleyTables:
    """The edges of all trees depth first, with the constants of the quadrature; independent of leaf values.

    Attributes
    ----------
    node, level, earlier, closing
        (E,) lower node; level from 1; level of the same feature's edge above (0: none); edges that end here.
    column, feature, threshold, goes_left
        (E,) the test that decides whether a row takes the edge.
    factor, slope
        (E, Q, 3) see `_constants`.
    """

    node: NDArray[np.int64]
    level: NDArray[np.int64]
    earlier: NDArray[np.int64]
    closing: NDArray[np.int64]
    column: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    goes_left: NDArray[np.bool_]
    factor: NDArray[Any]
    slope: NDArray[Any]


_TABLES: WeakKeyDictionary[ForestArrays, dict[str, ShapleyTables]] = WeakKeyDictionary()


def tables_of(arrays: ForestArrays, dtype: Any) -> ShapleyTables:
    """Return the forest's tables, built at the first call and kept as long as the forest."""
    kept = _TABLES.setdefault(arrays, {})
    name = np.dtype(dtype).name
    if name not in kept:
        kept[name] = build_tables(arrays, dtype)
    return kept[name]


def build_tables(arrays: ForestArrays, dtype: Any = np.float64) -> ShapleyTables:
    """Derive the tables from the flattened forest; their dtype is the precision of the computation."""
    count = len(arrays.left) - arrays.n_trees
    feature = arrays.column.astype(np.int64) % arrays.n_features
    listed = edges.EdgeList(
        *(np.empty(count, np.float64 if "cover" in name else np.int64) for name in edges.EdgeList._fields)
    )
    nodes = edges.Nodes(arrays.tree_start, arrays.left.astype(np.int64), feature, arrays.cover)
    edges.list_edges(nodes, arrays.parent, listed)
    factor, slope = _constants(listed, _points(arrays), dtype)
    above = arrays.parent[listed.node]
    return ShapleyTables(
        node=listed.node,
        level=listed.level,
        earlier=listed.earlier,
        closing=listed.closing,
        column=arrays.column[above].astype(np.int64),
        feature=feature[above],
        threshold=arrays.threshold[above],
        goes_left=arrays.left[above] == listed.node,
        factor=factor,
        slope=slope,
    )


def _points(arrays: ForestArrays) -> int:
    """Return the even number of quadrature points that is exact for every leaf."""
    distinct = min(int(arrays.tree_depth.max(initial=0)), arrays.n_features)
    return 2 * max(1, (distinct + 3) // 4)


def _constants(listed: edges.EdgeList, points: int, dtype: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return per edge and point what the product and the feature's term change by.

    The three states of a row at an edge are 0 (off the path before), 1 (leaves it here), 2 (stays on it).
    With b = 1 when the row took the feature's earlier edges and o = 1 when it takes this one too (o <= b), a
    state's value is c[0] + b c[1] + o c[2]: no table look-up per row.
    """
    position, weight = np.polynomial.legendre.leggauss(points)
    t, weight = (position + 1) / 2, weight / 2
    before, after = listed.cover_before[:, None], listed.cover_after[:, None]
    old, new = (1 - t) * before, (1 - t) * after
    factor = np.stack([new / old, new / (old + t), (new + t) / (old + t)])
    stayed = (1 - before) / (old + t)
    off = np.broadcast_to(-1 / (1 - t), old.shape)
    # (0 - r) / ((1 - t) r) = -1 / (1 - t) before and after: a row that was off gains nothing here.
    slope = weight * np.stack([np.zeros_like(old), off - stayed, (1 - after) / (new + t) - stayed])
    tables = []
    for states in (factor, slope):
        table = np.stack([states[0], states[1] - states[0], states[2] - states[1]], axis=-1)
        tables.append(np.ascontiguousarray(table, dtype=dtype))
    return tables[0], tables[1]


def shapley_values(
    tables: ShapleyTables, rows: NDArray[np.float32], leaf_value: NDArray[np.float64], threads: int = 1
) -> NDArray[Any]:
    """Return each feature's exact Shapley value for each row.

    Parameters
    ----------
    tables
        From `build_tables`; their dtype is the precision of the computation.
    rows
        (n, features); NaN is missing.
    leaf_value
        (N,) value of each node that is a leaf.
    threads
        Rows are shared among this many threads; the kernel holds no lock.

    Returns
    -------
    (n, features) in the units of `leaf_value`.
    """
    dtype = tables.factor.dtype
    rows, out = read_only(rows), np.empty(rows.shape, dtype)
    lanes = _lanes(len(rows), threads)
    value = leaf_value[tables.node].astype(dtype)
    listed = quadrature.Edges(
        tables.level,
        tables.earlier,
        tables.closing,
        tables.column,
        tables.feature,
        tables.threshold,
        tables.goes_left,
        value,
        (~tables.goes_left).astype(dtype),
        tables.factor,
        tables.slope,
    )

    def explain(part: slice) -> None:
        quadrature.explain_rows(rows[part], listed, _new_walk(tables, rows.shape[1], lanes), out[part])

    run_blocks(explain, len(rows), lanes, threads)
    return out


def _lanes(rows: int, threads: int) -> int:
    """Return how many rows to walk together: long vectors, but few empty lanes in the last block."""
    blocks = max(threads, -(-rows // MOST_LANES))
    return max(1, -(-rows // (blocks * LANE_STEP))) * LANE_STEP


def _new_walk(tables: ShapleyTables, features: int, lanes: int) -> quadrature.Walk:
    levels, points, dtype = int(tables.level.max(initial=0)) + 1, tables.factor.shape[1], tables.factor.dtype
    return quadrature.Walk(
        product=np.empty((levels, points, lanes), dtype),
        subtree=np.zeros((levels, points, lanes), dtype),
        followed=np.empty((levels, lanes), dtype),
        path=np.zeros(levels, np.int64),
        gain=np.empty((features, lanes), dtype),
    )


def expected_value(arrays: ForestArrays, leaf_value: NDArray[np.float64]) -> float:
    """Return the mean of the forest's sum over its training weight: what no feature explains."""
    # not a dot product: its library would wait for threads of its own
    return float((arrays.reach * np.where(arrays.is_leaf, leaf_value, 0.0)).sum())
