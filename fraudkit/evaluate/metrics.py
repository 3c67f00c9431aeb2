"""Quality of a ranking against known frauds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def average_precision(y: ArrayLike, score: ArrayLike) -> float:
    """Return the average precision: the mean of the precision at each fraud, ties taken as one step.

    AP = sum over thresholds of (recall_k - recall_(k-1)) * precision_k, as scikit-learn computes it.

    Parameters
    ----------
    y
        (n,) 1 for fraud, 0 else.
    score
        (n,) higher is more suspicious.

    Returns
    -------
    float
        In [0, 1]; NaN when there is no fraud.
    """
    fraud, ranked = _arrays(y, score)
    if not fraud.any():
        return float("nan")
    order = np.argsort(-ranked, kind="stable")
    last_of_tie = np.append(np.diff(ranked[order]) != 0, True)
    found = np.cumsum(fraud[order])[last_of_tie]
    taken = np.flatnonzero(last_of_tie) + 1
    gained = np.diff(found, prepend=0)
    return float(np.sum(gained * found / taken) / fraud.sum())


def precision_at(y: ArrayLike, score: ArrayLike, k: int) -> float:
    """Return the share of frauds among the k highest scores (or all rows when there are fewer).

    When the k-th score is tied, the expected share under random order within the tie.
    """
    fraud, ranked = _arrays(y, score)
    taken = min(k, len(fraud))
    if taken <= 0:
        return float("nan")
    line = np.partition(ranked, len(ranked) - taken)[len(ranked) - taken]
    above, tied = ranked > line, ranked == line
    share_of_tie = (taken - above.sum()) / tied.sum()
    return float((fraud[above].sum() + share_of_tie * fraud[tied].sum()) / taken)


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Return Spearman's rank correlation, ties by their mean rank; NaN when one side is constant."""
    a, b = _mean_ranks(np.asarray(first, np.float64)), _mean_ranks(np.asarray(second, np.float64))
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else float("nan")


def _arrays(y: ArrayLike, score: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.asarray(y, np.float64), np.asarray(score, np.float64)


def _mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: NDArray[np.float64] = (ends - (counts - 1) / 2)[inverse]
    return ranks
