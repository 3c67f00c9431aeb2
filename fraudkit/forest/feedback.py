"""Learning leaf values from labels on a frozen forest: convex, exact to undo, the same in any order.

Model
-----
score(x) = intercept + slope * log2(anomaly score) + sum_t delta[leaf_t(x)], in log-odds of fraud. The slope
is `prior_weight` per standard deviation over the reference rows; the intercept puts their
1 - `flagged_share` quantile at log-odds zero. delta minimises the logistic loss of the labels plus
|u|^2 / (2 variance), where delta = P u shares weights between a leaf and the nodes on its path; equivalently
f = prior + K alpha with K = variance * k of fraudkit/forest/similarity.py. A few fixed reference rows count
as genuine, weakly: they keep the score of ordinary rows from drifting.
benchmarks/learning.py measures method and constants.

Solution
--------
Damped Newton in the dual: one unknown per labelled row. Every fit starts cold from labels in canonical order,
so it is a function of the set of labels alone, to the last bit.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from fraudkit.forest.arrays import ForestArrays
from fraudkit.forest.similarity import symmetric_similarity

MAXIMUM_ITERATIONS, TOLERANCE, SHORTEST_STEP, LEAST_CURVATURE = 60, 1e-10, 1e-6, 1e-12


@dataclass(frozen=True)
class LearningSettings:
    """Constants of the method; part of a model's artifact.

    Attributes
    ----------
    prior_weight
        Log-odds per standard deviation of the static score over the reference rows.
    flagged_share
        Share of reference rows whose static score lies above log-odds zero.
    variance
        Prior variance of what labels may move a score by.
    background_rows, background_weight
        Reference rows that count as genuine, and the weight of each against a label's 1.
    """

    prior_weight: float = 0.5
    flagged_share: float = 0.03
    variance: float = 64.0
    background_rows: int = 200
    background_weight: float = 0.05


@dataclass(frozen=True, eq=False)
class Learned:
    """What labels taught.

    Attributes
    ----------
    labels
        (labels, trees) leaves of the labelled rows, in the caller's order.
    pull
        (labels,) dual weight of each label: positive raises the score of similar rows; 0 when ignored.
    order
        Positions of the labels that count, in the canonical order in which all sums over them are taken.
    background
        (rows, trees) leaves of the reference rows that counted as genuine.
    background_pull
        (rows,) their dual weights.
    """

    labels: NDArray[np.uint32]
    pull: NDArray[np.float64]
    order: NDArray[np.intp]
    background: NDArray[np.uint32]
    background_pull: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """Rows as the fit sees them.

    Attributes
    ----------
    leaves
        (n, trees) leaf of each tree.
    prior
        (n,) static log-odds.
    y
        (n,) 1 is fraud, 0 is genuine.
    weight
        (n,) in [0, 1].
    """

    leaves: NDArray[np.uint32]
    prior: NDArray[np.float64]
    y: NDArray[np.int8]
    weight: NDArray[np.float64]


def fit_labels(
    arrays: ForestArrays, labelled: LabelledRows, background: LabelledRows, variance: float
) -> Learned:
    """Fit the dual weights of labelled rows and of reference rows that count as genuine."""
    used = np.flatnonzero(labelled.weight > 0)
    pull = np.zeros(len(labelled.y))
    if not len(used):
        return Learned(labelled.leaves, pull, used, background.leaves[:0], np.zeros(0))
    order = used[_canonical_order(labelled, used)]
    rows = np.concatenate([labelled.leaves[order], background.leaves])
    kernel = variance * symmetric_similarity(arrays, rows)
    with one_blas_thread():
        solution = solve_logistic(
            kernel,
            mean=np.concatenate([labelled.prior[order], background.prior]),
            positive=np.concatenate([labelled.y[order], background.y]).astype(np.float64),
            weight=np.concatenate([labelled.weight[order], background.weight]),
        )
    pull[order] = solution[: len(order)]
    return Learned(labelled.leaves, pull, order, background.leaves, solution[len(order) :])


_BLAS = threading.Lock()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep linear algebra on the calling thread: systems of a few hundred rows lose by waiting for others.

    It also makes the solution the same to the last bit on any number of cores.
    """
    with _BLAS, _thread_pools().limit(limits=1, user_api="blas"):
        yield


@cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()  # looks up the loaded libraries, once


def _canonical_order(labelled: LabelledRows, used: NDArray[np.intp]) -> NDArray[np.intp]:
    """Order labels by what the fit sees of them, so that equal neighbours are interchangeable."""
    return np.lexsort([*labelled.leaves[used].T, labelled.y[used], labelled.weight[used]])


def solve_logistic(
    kernel: NDArray[np.float64],
    *,
    mean: NDArray[np.float64],
    positive: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return alpha that minimises sum w log(1 + exp(-s f)) + alpha' K alpha / 2 with f = mean + K alpha.

    s is 1 where `positive` is 1, else -1. Damped Newton steps in the stable form of Rasmussen and Williams
    (2006, algorithm 3.1); the objective is convex, and halving a step that raises it makes the descent
    monotone.
    """
    sign = 2.0 * positive - 1.0

    def objective(alpha: NDArray[np.float64], f: NDArray[np.float64]) -> float:
        return float((weight * np.logaddexp(0.0, -sign * f)).sum() + 0.5 * np.dot(alpha, f - mean))

    alpha, f = np.zeros(len(mean)), mean.copy()
    current = objective(alpha, f)
    for _ in range(MAXIMUM_ITERATIONS):
        direction = _newton_target(kernel, f - mean, f, positive, weight) - alpha
        step = 1.0
        while True:
            trial = alpha + step * direction
            trial_f = mean + kernel @ trial
            reached = objective(trial, trial_f)
            if reached <= current or step < SHORTEST_STEP:
                break
            step /= 2
        if reached > current:
            break
        converged = current - reached <= TOLERANCE * max(1.0, abs(current))
        alpha, f, current = trial, trial_f, reached
        if converged:
            break
    return alpha


def _newton_target(
    kernel: NDArray[np.float64],
    shift: NDArray[np.float64],
    f: NDArray[np.float64],
    positive: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the full Newton step's alpha."""
    probability = 1.0 / (1.0 + np.exp(-f))
    curvature = np.maximum(weight * probability * (1.0 - probability), LEAST_CURVATURE)
    root = np.sqrt(curvature)
    right = curvature * shift + weight * (positive - probability)
    system = root[:, None] * kernel * root[None, :]
    np.fill_diagonal(system, system.diagonal() + 1.0)
    factor = cho_factor(system, lower=True, overwrite_a=True, check_finite=False)
    solved = cho_solve(factor, root * (kernel @ right), check_finite=False)
    target: NDArray[np.float64] = right - root * solved
    return target
