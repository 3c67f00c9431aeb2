"""The features that speak of the amount, at any other amount: exactly, by their declared formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.explain.past import RECEIVED
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.features.formula import read_formula

AMOUNT_FEATURES: Final = (
    "amount",
    "amount_ratio_90d",
    "amount_deviation_90d",
    "balance_share",
    "drained_account",
    "round_amount",
)
_STEPS: Final = frozenset({"drained_account", "round_amount"})
"""Features that jump with the amount; the others are straight lines in it, up to a cap."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AmountFeatures:
    """What the features of the amount would be at other amounts of one transaction.

    Parameters
    ----------
    names
        Which of them the model uses and the transaction has.
    rate
        What one unit of its currency is worth in the base currency.
    direction
        Of the transaction.
    balance_before
        NaN where it is not known.
    knows_balance_after
        Whether the balance after is known; it follows the amount.
    inputs
        The windows that their formulas read, by feature and input.
    """

    names: tuple[str, ...]
    rate: float
    direction: int
    balance_before: float
    knows_balance_after: bool
    inputs: Mapping[str, Mapping[str, float | None]]

    def at(self, amounts: Numbers) -> dict[str, Numbers]:
        """Return the features at some amounts in the transaction's own currency."""
        return {name: self._values(name, amounts) for name in self.names}

    def crossings(self, thresholds: Mapping[str, Numbers], low: float, high: float) -> Numbers | None:
        """Return the amounts at which a feature passes a threshold.

        Exact for features that are a straight line in the amount; None when one of them is not.
        """
        if _STEPS & set(self.names):
            return None
        ends = np.array([low, (low + high) / 2, high])
        found = [np.empty(0)]
        for name, (first, middle, last) in self.at(ends).items():
            if not np.isclose(middle, (first + last) / 2, rtol=1e-6, atol=1e-9):
                return None
            slope = (last - first) / (high - low)
            if slope:
                found.append(low + (thresholds[name].astype(np.float64) - first) / slope)
        return np.concatenate(found)

    def _values(self, name: str, amounts: Numbers) -> Numbers:
        spec = FEATURE_BY_NAME[name]
        known = self.inputs.get(name, {})
        sign = -1.0 if self.direction != RECEIVED else 1.0
        after = self.balance_before + sign * amounts if self.knows_balance_after else np.nan
        values: dict[str, Any] = {
            "amount": amounts * self.rate,
            "own_amount": amounts,
            "direction": float(self.direction),
            "balance_before": self.balance_before,
            "balance_after": after,
        }
        for gap in spec.inputs:
            number = known.get(gap)
            values[gap] = np.nan if number is None else number
        shaped = {
            key: np.broadcast_to(np.asarray(value, np.float64), amounts.shape)
            for key, value in values.items()
        }
        return np.broadcast_to(read_formula(spec.formula).evaluate(shaped), amounts.shape)
