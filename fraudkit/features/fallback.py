"""The ranking of last resort: for extracts that are too small or too poor for the model.

A forest compares with what it was trained on. When half of its features are missing, or there are fewer than
a thousand rows, the extract is compared with itself instead: the score of a row is the mean of its
percentiles, within this extract, of the amount, of the amount against the customer's usual and of the share
of the balance. What is missing counts as the middle. It explains itself: every feature's evidence is its
percentile's distance from the middle, and they add up to the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FALLBACK_FEATURES: Final = ("amount", "amount_ratio_90d", "balance_share")
LEAST_ROWS: Final = 1_000
LEAST_SHARE_OF_FEATURES: Final = 0.5
_LEVELS: Final = np.linspace(0.0, 1.0, 101)


def is_needed(rows: int, features: int, missing: int) -> bool:
    """Return whether an extract is ranked by the fallback: half of the features missing, or too few rows."""
    return rows < LEAST_ROWS or missing >= LEAST_SHARE_OF_FEATURES * features


@dataclass(frozen=True, eq=False)
class FallbackRanking:
    """Percentiles of the features that count, (101,) each; features that the extract lacks are absent."""

    quantiles: Mapping[str, NDArray[np.float64]]

    @classmethod
    def fit(cls, X: NDArray[np.float32], names: Sequence[str]) -> FallbackRanking:
        """Take the percentiles of an extract, X (n, features)."""
        quantiles = {}
        for name in FALLBACK_FEATURES:
            if name in names:
                column = X[:, names.index(name)].astype(np.float64)
                present = column[~np.isnan(column)]
                if len(present):
                    quantiles[name] = np.quantile(present, _LEVELS)
        return cls(quantiles)

    @property
    def base(self) -> float:
        """The score of a row about which nothing is known."""
        return 0.5

    def explain(self, X: NDArray[np.float32], names: Sequence[str]) -> NDArray[np.float64]:
        """Return the evidence of each feature, (n, features); base + its sum is the score."""
        evidence = np.zeros(X.shape)
        for name, quantiles in self.quantiles.items():
            place = names.index(name)
            column = X[:, place].astype(np.float64)
            percentile = (
                np.interp(column, quantiles, _LEVELS) + (1.0 - np.interp(-column, -quantiles[::-1], _LEVELS))
            ) / 2.0
            evidence[:, place] = np.where(np.isnan(column), 0.0, percentile - 0.5) / len(self.quantiles)
        return evidence

    def score(self, X: NDArray[np.float32], names: Sequence[str]) -> NDArray[np.float64]:
        """Return the score of each row, (n,), between 0 and 1."""
        score: NDArray[np.float64] = self.base + self.explain(X, names).sum(axis=1)
        return score

    def as_json(self) -> dict[str, list[float]]:
        """Return plain lists."""
        return {name: values.tolist() for name, values in self.quantiles.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Sequence[float]]) -> FallbackRanking:
        """Read what `as_json` wrote."""
        return cls({name: np.asarray(values, np.float64) for name, values in stored.items()})
