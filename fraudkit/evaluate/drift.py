"""How far data are from what a model was trained on: the population stability index of each feature.

PSI = sum over bins of (q - p) ln(q / p), p the share of the reference and q that of the data. The usual
reading (Siddiqi, Credit Risk Scorecards, 2006): below 0.1 stable, from 0.25 a real shift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINS: Final = 10
LEAST_SHARE: Final = 1e-4
"""An empty bin counts as this share, so that the index stays finite."""
SHIFTED: Final = 0.25


def population_stability_index(reference: ArrayLike, counts: ArrayLike) -> float:
    """Return the index of two histograms over the same bins."""
    expected, actual = (_shares(np.asarray(values, np.float64)) for values in (reference, counts))
    return float(np.sum((actual - expected) * np.log(actual / expected)))


@dataclass(frozen=True, eq=False)
class FeatureBins:
    """Bins of one feature: deciles of the reference, equal values never split, and one bin for missing.

    Attributes
    ----------
    edges
        (bins - 1,) inner edges; a value on an edge belongs to the bin below it.
    shares
        (bins + 1,) shares of the reference, the missing ones last.
    """

    edges: NDArray[np.float64]
    shares: NDArray[np.float64]

    @classmethod
    def fit(cls, values: ArrayLike) -> FeatureBins:
        """Lay the bins over reference values, (n,), NaN allowed."""
        column = np.asarray(values, np.float64)
        present = column[~np.isnan(column)]
        levels = np.linspace(0, 1, BINS + 1)[1:-1]
        edges = np.unique(np.quantile(present, levels, method="lower")) if len(present) else np.empty(0)
        bins = cls(edges, np.empty(0))
        counts = bins.count(column)
        return cls(edges, counts / max(counts.sum(), 1))

    def count(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return how many values fall into each bin, (bins + 1,), missing last."""
        column = np.asarray(values, np.float64)
        missing = np.isnan(column)
        places = np.searchsorted(self.edges, column[~missing], side="left")
        counts = np.bincount(places, minlength=len(self.edges) + 1)
        return np.append(counts, missing.sum()).astype(np.float64)

    def stability(self, values: ArrayLike) -> float:
        """Return the population stability index of values against the reference."""
        return population_stability_index(self.shares, self.count(values))

    def as_json(self) -> dict[str, list[float]]:
        """Return plain lists."""
        return {"edges": self.edges.tolist(), "shares": self.shares.tolist()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Sequence[Any]]) -> FeatureBins:
        """Read what `as_json` wrote."""
        return cls(np.asarray(stored["edges"], np.float64), np.asarray(stored["shares"], np.float64))


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    total = counts.sum()
    return np.maximum(counts / total if total > 0 else counts, LEAST_SHARE)
