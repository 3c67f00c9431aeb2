"""How good a ranking is and how far data have drifted: pure numpy."""

from __future__ import annotations

from fraudkit.evaluate.drift import FeatureBins, population_stability_index
from fraudkit.evaluate.metrics import average_precision, precision_at, rank_correlation

__all__ = [
    "FeatureBins",
    "average_precision",
    "population_stability_index",
    "precision_at",
    "rank_correlation",
]
