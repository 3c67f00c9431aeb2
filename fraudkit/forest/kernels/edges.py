"""List the edges of a forest depth first, with what TreeSHAP needs to know about each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit


class Nodes(NamedTuple):
    """What the listing reads of the flattened forest."""

    tree_start: Any
    left: Any
    feature: Any
    cover: Any


class EdgeList(NamedTuple):
    """What the listing writes, (edges,) each: all nodes but roots, left before right.

    The lower node; the level from 1; the level of the nearest edge above that splits on the same feature
    (0: none); the product of covers of that feature's edges before this one and with it; and for a leaf the
    number of edges whose subtree ends here, else 0.
    """

    node: Any
    level: Any
    earlier: Any
    cover_before: Any
    cover_after: Any
    closing: Any


@njit(cache=True, nogil=True, error_model="numpy")
def list_edges(nodes: Any, parent: Any, edges: Any) -> None:
    """Fill the edge list, tree after tree."""
    stack = np.empty(edges.node.size + 2, np.int64)
    stack_level = np.empty(edges.node.size + 2, np.int64)
    path = np.zeros(edges.node.size + 2, np.int64)  # path[k]: the edge at level k on the current path
    edge = 0
    for root in nodes.tree_start[:-1]:
        size = push_children(root, 0, nodes, 0, stack, stack_level) if nodes.left[root] != root else 0
        while size:
            size -= 1
            current, level = stack[size], stack_level[size]
            edges.node[edge] = current
            edges.level[edge] = level
            edges.closing[edge] = 0
            earlier = find_earlier(nodes.feature, parent, current, level)
            before = edges.cover_after[path[earlier]] if earlier else 1.0
            edges.earlier[edge] = earlier
            edges.cover_before[edge] = before
            edges.cover_after[edge] = before * nodes.cover[current]
            path[level] = edge
            if nodes.left[current] == current:
                following = stack_level[size - 1] if size else 1
                edges.closing[edge] = level - following + 1
            else:
                size = push_children(current, level, nodes, size, stack, stack_level)
            edge += 1


@njit(cache=True, nogil=True, error_model="numpy")
def push_children(node: int, level: int, nodes: Any, size: int, stack: Any, stack_level: Any) -> int:
    """Put a node's children on the stack, the left one on top; return the stack's size."""
    stack[size] = nodes.left[node] + 1
    stack[size + 1] = nodes.left[node]
    stack_level[size] = stack_level[size + 1] = level + 1
    return size + 2


@njit(cache=True, nogil=True, error_model="numpy")
def find_earlier(feature: Any, parent: Any, node: int, level: int) -> int:
    """Return the level of the nearest edge above on the feature of the edge to node; 0: none."""
    upper = parent[node]
    split = feature[upper]
    for back in range(level - 1, 0, -1):
        upper = parent[upper]
        if feature[upper] == split:
            return back
    return 0
