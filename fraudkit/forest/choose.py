"""Which rows to review next: high scores that do not repeat each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fraudkit.forest.arrays import ForestArrays
from fraudkit.forest.similarity import leaf_similarity

LEAST_CANDIDATES, CANDIDATES_PER_CHOICE = 300, 3


def rank_candidates(score: NDArray[np.float64], excluded: NDArray[np.bool_], k: int) -> NDArray[np.intp]:
    """Return the rows among which to choose k, best first; the earlier row first among equals."""
    allowed = np.flatnonzero(~excluded)
    wanted = max(LEAST_CANDIDATES, CANDIDATES_PER_CHOICE * k)
    return allowed[np.argsort(-score[allowed], kind="stable")[:wanted]]


def choose_batch(
    arrays: ForestArrays, leaves: NDArray[np.uint32], score: NDArray[np.float64], k: int, diversity: float
) -> NDArray[np.intp]:
    """Choose greedily by score minus `diversity` times the largest similarity to a row already chosen.

    Parameters
    ----------
    arrays
        The forest whose kernel says what repeats.
    leaves, score
        Of the candidates, best first: (n, trees) and (n,) in log-odds.
    k
        How many to choose.
    diversity
        Log-odds that a perfect repetition costs; 0 takes the k highest scores.

    Returns
    -------
    Positions among the candidates in the order chosen.
    """
    k = min(k, len(score))
    closest = np.zeros(len(score))
    open_score = score.astype(np.float64).copy()
    chosen = np.empty(k, np.intp)
    for position in range(k):
        best = int(np.argmax(open_score - diversity * closest))
        chosen[position] = best
        open_score[best] = -np.inf
        if diversity:
            similar = leaf_similarity(arrays, leaves[best : best + 1], leaves)[0]
            np.maximum(closest, similar, out=closest)
    return chosen
