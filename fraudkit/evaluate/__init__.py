"""How good a ranking is, what its scores mean and how far data have drifted: pure numpy."""

from __future__ import annotations

from fraudkit.evaluate.calibration import Band, Calibration, brier, calibrate
from fraudkit.evaluate.drift import FeatureBins, population_stability_index
from fraudkit.evaluate.metrics import average_precision, precision_at, rank_correlation

__all__ = [
    "Band",
    "Calibration",
    "FeatureBins",
    "average_precision",
    "brier",
    "calibrate",
    "population_stability_index",
    "precision_at",
    "rank_correlation",
]
