"""One flattening of an Isolation Forest into plain arrays, shared by scoring, explaining and learning.

Nodes of a tree are numbered breadth first, so the right child always follows the left one and a node needs
one child index only. Thresholds are rounded down to float32: for a float32 value x and a float64 threshold
t, `x <= t` holds exactly when `x <= floor32(t)`, which is how scikit-learn compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraudkit.errors import ModelError
from fraudkit.words import N_

CODE_BITS = 52
"""Width of a path code: the largest integers that float64 holds exactly (see kernels/similarity.py)."""


def average_path_length(samples: NDArray[Any]) -> NDArray[np.float64]:
    """Return c(n), the mean depth of an unsuccessful search in a binary search tree of n samples.

    c(n) = 2 (ln(n - 1) + Euler's constant) - 2 (n - 1) / n; c(2) = 1, c(1) = 0 (Liu, Ting and Zhou 2008,
    equation 1; written so that every bit equals scikit-learn's).
    """
    samples = np.asarray(samples)
    lengths = np.zeros(samples.shape)
    lengths[samples == 2] = 1.0  # noqa: PLR2004 -- the formula's special case
    many = samples > 2  # noqa: PLR2004
    n = samples[many]
    lengths[many] = 2.0 * (np.log(n - 1.0) + np.euler_gamma) - 2.0 * (n - 1.0) / n
    return lengths


def floor32(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the largest float32 that does not exceed each threshold."""
    rounded = thresholds.astype(np.float32)
    too_large = rounded.astype(np.float64) > thresholds
    rounded[too_large] = np.nextafter(rounded[too_large], np.float32(-np.inf))
    return rounded


@dataclass(frozen=True, eq=False)
class ForestArrays:
    """The trees as arrays over all N nodes; node numbers are global.

    Attributes
    ----------
    tree_start
        (trees + 1,) first node of each tree, its root.
    left
        (N,) left child; the right child is the next node; a leaf is its own left child.
    column
        (N,) feature of the split, plus `n_features` where missing values go right; 0 in leaves.
    threshold
        (N,) float32; values up to it go left; infinite in leaves.
    cover
        (N,) share of the parent's training weight that came this way; 1 in roots.
    path_length
        (N,) depth + c(samples) of a leaf, as scikit-learn adds it up; 0 elsewhere.
    normaliser
        c(max_samples); the anomaly score is 2 ** -(mean path length / normaliser).
    n_features
        Number of columns that a row must have.
    """

    tree_start: NDArray[np.int64]
    left: NDArray[np.uint32]
    column: NDArray[np.uint32]
    threshold: NDArray[np.float32]
    cover: NDArray[np.float64]
    path_length: NDArray[np.float64]
    normaliser: float
    n_features: int

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return len(self.tree_start) - 1

    @cached_property
    def is_leaf(self) -> NDArray[np.bool_]:
        """(N,) whether a node is a leaf."""
        leaf: NDArray[np.bool_] = self.left == np.arange(len(self.left))
        return leaf

    @cached_property
    def parent(self) -> NDArray[np.int64]:
        """(N,) parent of each node; a root is its own parent."""
        parent = np.arange(len(self.left), dtype=np.int64)
        inner = np.flatnonzero(~self.is_leaf)
        parent[self.left[inner]] = inner
        parent[self.left[inner] + 1] = inner
        return parent

    @cached_property
    def depth(self) -> NDArray[np.int64]:
        """(N,) number of splits between the root and the node."""
        depth = np.zeros(len(self.left), np.int64)
        for level, nodes in enumerate(self.levels):
            depth[nodes] = level
        return depth

    @cached_property
    def levels(self) -> list[NDArray[np.int64]]:
        """Nodes of all trees by depth, roots first."""
        levels = [self.tree_start[:-1]]
        while len(inner := levels[-1][~self.is_leaf[levels[-1]]]):
            child = self.left[inner].astype(np.int64)
            levels.append(np.stack([child, child + 1], axis=1).ravel())
        return levels

    @cached_property
    def tree_depth(self) -> NDArray[np.int64]:
        """(trees,) depth of the deepest leaf of each tree."""
        return np.maximum.reduceat(self.depth, self.tree_start[:-1])

    @cached_property
    def reach(self) -> NDArray[np.float64]:
        """(N,) share of a tree's training weight that passes each node."""
        reach = np.ones(len(self.left))
        for nodes in self.levels[1:]:
            reach[nodes] = reach[self.parent[nodes]] * self.cover[nodes]
        return reach

    @cached_property
    def path_code(self) -> NDArray[np.int64]:
        """(N,) turns on the way from the root, one bit each (right is 1), first turn in the highest bit."""
        code = np.zeros(len(self.left), np.int64)
        for level, nodes in enumerate(self.levels[1:], start=1):
            right = nodes != self.left[self.parent[nodes]]
            code[nodes] = code[self.parent[nodes]] | (right.astype(np.int64) << (CODE_BITS - level))
        return code

    @cached_property
    def path_scale(self) -> NDArray[np.float64]:
        """(N,) 1 / sqrt(depth), which gives each leaf's path length one; a root counts as depth one."""
        scale: NDArray[np.float64] = 1.0 / np.sqrt(np.maximum(self.depth, 1))
        return scale

    @cached_property
    def log2_leaf_values(self) -> NDArray[np.float64]:
        """(N,) leaf values whose sum over the trees is the log2 of the anomaly score."""
        if self.normaliser == 0.0:
            return np.where(self.is_leaf, -1.0 / self.n_trees, 0.0)
        return -self.path_length / (self.n_trees * self.normaliser)


def flatten(model: Any) -> ForestArrays:
    """Flatten a fitted scikit-learn IsolationForest.

    Raises
    ------
    ModelError
        When a tree is deeper than a path code is wide (never at scikit-learn's depth limit).
    """
    pairs = zip(model.estimators_, model.estimators_features_, strict=True)
    trees = [_flatten_tree(estimator.tree_, features, model.n_features_in_) for estimator, features in pairs]
    sizes = [len(tree["left"]) for tree in trees]
    tree_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    for tree, start in zip(trees, tree_start[:-1], strict=True):
        tree["left"] = tree["left"] + start

    def joined(name: str, dtype: Any) -> NDArray[Any]:
        return np.ascontiguousarray(np.concatenate([tree[name] for tree in trees]), dtype=dtype)

    arrays = ForestArrays(
        tree_start=tree_start,
        left=joined("left", np.uint32),
        column=joined("column", np.uint32),
        threshold=joined("threshold", np.float32),
        cover=joined("cover", np.float64),
        path_length=joined("path_length", np.float64),
        normaliser=float(average_path_length(np.array([model.max_samples_]))[0]),
        n_features=int(model.n_features_in_),
    )
    if len(arrays.levels) > CODE_BITS + 1:
        raise ModelError(
            N_("The forest has trees of depth {depth}; {limit} is the limit."),
            N_("Fit scikit-learn's IsolationForest, whose depth is at most log2(max_samples)."),
            depth=len(arrays.levels) - 1,
            limit=CODE_BITS,
        )
    return arrays


def _flatten_tree(tree: Any, features: NDArray[Any], n_features: int) -> dict[str, NDArray[Any]]:
    """Return one tree's arrays with nodes numbered breadth first from 0."""
    order = _breadth_first(tree.children_left, tree.children_right)
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    leaf = tree.children_left[order] < 0
    depths = np.asarray(tree.compute_node_depths())[order]
    missing_right = ~tree.missing_go_to_left[order].astype(bool)
    split = np.asarray(features)[np.where(leaf, 0, tree.feature[order])]
    lengths = depths + average_path_length(tree.n_node_samples[order]) - 1.0
    return {
        "left": np.where(leaf, np.arange(len(order)), number[tree.children_left[order]]),
        "column": np.where(leaf, 0, split + n_features * missing_right),
        "threshold": np.where(leaf, np.float32(np.inf), floor32(tree.threshold[order])),
        "cover": _cover(tree)[order],
        "path_length": np.where(leaf, lengths, 0.0),
    }


def _breadth_first(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.int64]:
    """Return scikit-learn's node numbers level by level, children in pairs."""
    levels = [np.zeros(1, np.int64)]
    while len(inner := levels[-1][left[levels[-1]] >= 0]):
        levels.append(np.stack([left[inner], right[inner]], axis=1).ravel())
    return np.concatenate(levels)


def _cover(tree: Any) -> NDArray[np.float64]:
    """Return each node's share of its parent's training weight."""
    weight = tree.weighted_n_node_samples
    if not np.all(weight > 0):  # rows of weight zero can leave a node without weight
        weight = tree.n_node_samples.astype(np.float64)
    cover = np.ones(len(weight))
    inner = tree.children_left >= 0
    for children in (tree.children_left[inner], tree.children_right[inner]):
        cover[children] = weight[children] / weight[inner]
    return cover
