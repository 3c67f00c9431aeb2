"""From the forest's log2 anomaly score to log-odds of fraud, before any label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fraudkit.forest.feedback import LearningSettings


@dataclass(frozen=True)
class LogOdds:
    """log-odds = intercept + slope * log2(anomaly score)."""

    slope: float
    intercept: float

    def apply(self, log2_score: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map log2 anomaly scores, (n,), to log-odds."""
        return self.intercept + self.slope * log2_score


def calibrate(log2_score: NDArray[np.float64], settings: LearningSettings) -> LogOdds:
    """Scale so that one standard deviation of the reference rows is `prior_weight` log-odds.

    Zero log-odds lies at the quantile above which `flagged_share` of the reference rows score. When all
    reference rows score the same, a standard deviation of 1 is assumed.
    """
    deviation = float(log2_score.std()) or 1.0
    quantile = float(np.quantile(log2_score, 1.0 - settings.flagged_share))
    slope = settings.prior_weight / deviation
    return LogOdds(slope, -slope * quantile)
