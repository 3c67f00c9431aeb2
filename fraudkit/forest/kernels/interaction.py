"""Exact Shapley interaction values by quadrature, leaf by leaf; for few rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit


class Leaves(NamedTuple):
    """What the kernel reads of the flattened forest: (N,) per node, (leaves,) for `leaf` and its `value`."""

    leaf: Any
    value: Any
    parent: Any
    left: Any
    column: Any
    threshold: Any
    cover: Any


class Path(NamedTuple):
    """One leaf's path by feature: its features, whether the row takes all turns on each, their covers."""

    features: Any
    followed: Any
    cover: Any
    term: Any


@njit(cache=True, nogil=True, error_model="numpy")
def collect_path(leaf: int, encoded: Any, leaves: Any, path: Any) -> int:
    """Walk from a leaf to the root; return the number of distinct features on the way."""
    n_features, count = path.followed.size, 0
    node = leaf
    while leaves.parent[node] != node:
        above = leaves.parent[node]
        column = leaves.column[above]
        feature = column % n_features
        if path.cover[feature] == 0.0:
            path.features[count] = feature
            path.cover[feature] = path.followed[feature] = 1.0
            count += 1
        path.cover[feature] *= leaves.cover[node]
        if (encoded[column] <= leaves.threshold[above]) != (leaves.left[above] == node):
            path.followed[feature] = 0.0
        node = above
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def add_leaf(count: int, value: float, points: Any, weights: Any, path: Any, out: Any) -> None:
    """Add a leaf's share: pairs below the diagonal, whole Shapley values on it; forget the path."""
    for q in range(points.size):
        t = points[q]
        product = weights[q] * value
        for k in range(count):
            feature = path.features[k]
            taken, cover = path.followed[feature], path.cover[feature]
            factor = (1.0 - t) * cover + t * taken
            product *= factor
            path.term[k] = (taken - cover) / factor
        for k in range(count):
            own = product * path.term[k]
            row = path.features[k]
            out[row, row] += own
            for other in range(k):
                column = path.features[other]
                out[max(row, column), min(row, column)] += 0.5 * own * path.term[other]
    for k in range(count):
        path.cover[path.features[k]] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def interact_rows(rows: Any, leaves: Any, points: Any, weights: Any, out: Any) -> None:
    """Write the interaction values of the rows into out, (n, features, features), which holds zeros."""
    features = rows.shape[1]
    encoded = np.empty(2 * features, np.float32)
    path = Path(np.empty(features, np.int64), np.zeros(features), np.zeros(features), np.empty(features))
    for number in range(rows.shape[0]):
        for feature in range(features):
            value = rows[number, feature]
            missing = np.isnan(value)
            encoded[feature] = -np.inf if missing else value
            encoded[features + feature] = np.inf if missing else value
        result = out[number]
        for place in range(leaves.leaf.size):
            count = collect_path(leaves.leaf[place], encoded, leaves, path)
            add_leaf(count, leaves.value[place], points, weights, path, result)
        for row in range(features):
            for column in range(row):
                result[column, row] = result[row, column]
        for row in range(features):
            others = 0.0
            for column in range(features):
                others += result[row, column] if column != row else 0.0
            result[row, row] -= others
