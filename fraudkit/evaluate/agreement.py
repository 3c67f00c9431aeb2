"""Agreement of two people who judged the same cases without knowing of each other.

Cohen's kappa is the agreement beyond chance: (p_o - p_e) / (1 - p_e), with the observed share p_o and the
share p_e that two people with the same habits would reach by chance. Source: Cohen, "A coefficient of
agreement for nominal scales", 1960; its standard error: Fleiss, Cohen, Everitt, "Large sample standard
errors of kappa and weighted kappa", 1969, equation 13.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

NORMAL_95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people agree.

    Parameters
    ----------
    pairs
        Cases that both judged.
    agreeing
        How many of them were judged alike.
    kappa, low, high
        Cohen's kappa and its 95 % interval; NaN where it is not defined: no pairs, or both people always said
        the same one thing, so that chance alone explains everything.
    """

    pairs: int
    agreeing: int
    kappa: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """The observed share of agreement; NaN without pairs."""
        return self.agreeing / self.pairs if self.pairs else math.nan


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Return how far the first and the second judgements of the same cases agree.

    Parameters
    ----------
    first, second
        One judgement for each case, in the same order.
    """
    counts = _table(first, second)
    pairs, agreeing = int(counts.sum()), int(np.trace(counts))
    if not pairs:
        return Agreement(0, 0, math.nan, math.nan, math.nan)
    shares = counts / pairs
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = float(np.trace(shares)), float(rows @ columns)
    if math.isclose(chance, 1.0):
        return Agreement(pairs, agreeing, math.nan, math.nan, math.nan)
    kappa = (observed - chance) / (1.0 - chance)
    reach = NORMAL_95 * math.sqrt(_variance(shares, observed, chance) / pairs)
    return Agreement(pairs, agreeing, kappa, max(kappa - reach, -1.0), min(kappa + reach, 1.0))


def _table(first: Sequence[str], second: Sequence[str]) -> NDArray[np.float64]:
    """Return how often each pair of judgements occurs."""
    kinds = {kind: place for place, kind in enumerate(sorted({*first, *second}))}
    counts = np.zeros((len(kinds), len(kinds)))
    for one, other in zip(first, second, strict=True):
        counts[kinds[one], kinds[other]] += 1.0
    return counts


def _variance(shares: NDArray[np.float64], observed: float, chance: float) -> float:
    """Return the variance of kappa times the number of pairs; zero in perfect agreement."""
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    both = rows[None, :] + columns[:, None]  # of cell (i, j): row sum of j, column sum of i
    diagonal = np.diag(shares) * ((1.0 - chance) - np.diag(both) * (1.0 - observed)) ** 2
    beside = shares * both**2
    np.fill_diagonal(beside, 0.0)
    rest = (observed * chance - 2.0 * chance + observed) ** 2
    total = diagonal.sum() + (1.0 - observed) ** 2 * beside.sum() - rest
    return float(max(total, 0.0) / (1.0 - chance) ** 4)
