"""Transactions as the kernel reads them: integer times, integer cents, entities as dense codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Codes:
    """A key of every row as a dense code.

    Attributes
    ----------
    values
        (n,) int32, from 0 to `count` - 1; -1 where the row has none.
    count
        Number of codes.
    """

    values: NDArray[np.int32]
    count: int

    @classmethod
    def of(cls, values: NDArray[np.int64]) -> Codes:
        """Make codes of any whole numbers, none missing."""
        found, codes = np.unique(values, return_inverse=True)
        return cls(codes.astype(np.int32), len(found))


@dataclass(frozen=True, eq=False)
class Labels:
    """Frauds by the moment at which they became known.

    Attributes
    ----------
    row
        (m,) int64, the transaction's place among the rows.
    known_at
        (m,) int64, microseconds UTC.
    """

    row: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    known_at: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, eq=False)
class FeatureRows:
    """Columns of transactions in any order.

    Attributes
    ----------
    ts_us
        (n,) int64, microseconds UTC.
    cents
        (n,) int64, magnitude in hundredths of the base currency; 0 where unknown.
    codes
        Entities and shared keys by name.
    columns
        (n,) float64 columns that formulas read, by name; NaN where unknown.
    labels
        Late labels.
    has_cents
        (n,) bool, whether the amount is known; None when all are.
    """

    ts_us: NDArray[np.int64]
    cents: NDArray[np.int64]
    codes: Mapping[str, Codes] = field(default_factory=dict)
    columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    labels: Labels = field(default_factory=Labels)
    has_cents: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.ts_us)

    def amount(self, block: slice) -> NDArray[np.float64]:
        """Return amounts in units of the base currency, NaN where unknown."""
        amount: NDArray[np.float64] = self.cents[block] / 1e2
        if self.has_cents is not None:
            amount[~self.has_cents[block]] = np.nan
        return amount

    def take(self, places: NDArray[np.int64]) -> FeatureRows:
        """Return some of the rows, in the order given, with their labels."""
        new_place = np.full(len(self), -1)
        new_place[places] = np.arange(len(places))
        kept = new_place[self.labels.row] >= 0
        return FeatureRows(
            self.ts_us[places],
            self.cents[places],
            {name: Codes(codes.values[places], codes.count) for name, codes in self.codes.items()},
            {name: column[places] for name, column in self.columns.items()},
            Labels(new_place[self.labels.row[kept]], self.labels.known_at[kept]),
            None if self.has_cents is None else self.has_cents[places],
        )
