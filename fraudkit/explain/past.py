"""An entity's transactions around one of them, as arrays: what all facts of a case are counted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.domain import EntityKind

HISTORY_DAYS: Final = 90
THIN_HISTORY: Final = 5
"""Below this number of earlier payments a ratio or a median says nothing; the count is said instead."""
RECEIVED: Final = 1
"""The direction of money that arrives: the balance after is higher."""
ABSENT: Final = -1
"""The code of a text that a row does not have."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of texts, each row's as a code.

    Parameters
    ----------
    codes
        (n,) place in `values`; `ABSENT` for none.
    values
        The different texts.
    """

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def at(self, place: int) -> str | None:
        """Return the text of one row."""
        code = int(self.codes[place])
        return None if code == ABSENT else self.values[code]

    def same_as(self, place: int) -> Mask:
        """Return which rows share the text of one row; none when it has none."""
        mask: Mask = (self.codes == self.codes[place]) & (self.codes != ABSENT)
        return mask

    def counts(self, mask: Mask) -> list[tuple[str, int]]:
        """Return how often each text occurs among some rows, the most frequent first."""
        codes = self.codes[mask]
        found = np.bincount(codes[codes != ABSENT], minlength=len(self.values))
        order = np.argsort(-found, kind="stable")
        return [(self.values[code], int(found[code])) for code in order if found[code]]


@dataclass(frozen=True, eq=False)
class Past:
    """An entity's transactions in order of time, one of them under review.

    Parameters
    ----------
    entity_kind, entity_id
        Whose they are.
    place
        Which row is under review.
    transaction_ids
        (n,) identifiers.
    ts_us, utc_offset_minutes
        (n,) moments.
    is_timed
        (n,) whether the time of day is known.
    amount, base
        (n,) magnitude in the row's own currency, and in the base currency; NaN where no rate is known.
    direction
        (n,) 1 for money that arrives, 2 for amounts below zero without balances, 0 else.
    severity
        (n,) percentile of the last ranking; NaN before any.
    is_alert
        (n,) whether an alert was raised.
    texts
        Columns of texts by name; `verdict` is the label that stands, `payee` and `payee_name` are the
        merchant, else the receiver, else the terminal.
    is_cut
        Whether older or newer transactions were left out.
    """

    entity_kind: EntityKind
    entity_id: str
    place: int
    transaction_ids: NDArray[np.object_]
    ts_us: NDArray[np.int64]
    utc_offset_minutes: NDArray[np.int64]
    is_timed: Mask
    amount: NDArray[np.float64]
    base: NDArray[np.float64]
    direction: NDArray[np.int64]
    severity: NDArray[np.float64]
    is_alert: Mask
    texts: Mapping[str, Texts]
    is_cut: bool = False

    def __len__(self) -> int:
        return len(self.ts_us)

    @property
    def now_us(self) -> int:
        """The moment of the transaction under review."""
        return int(self.ts_us[self.place])

    @cached_property
    def earlier(self) -> Mask:
        """(n,) which transactions lie strictly before."""
        mask: Mask = self.ts_us < self.ts_us[self.place]
        return mask

    @cached_property
    def alike(self) -> Mask:
        """(n,) which transactions move money the same way: a salary is no yardstick for payments."""
        mask: Mask = self.direction == self.direction[self.place]
        return mask

    @cached_property
    def same_currency(self) -> Mask:
        """(n,) which transactions are in the same currency, or like it in none."""
        codes = self.texts["currency"].codes
        mask: Mask = codes == codes[self.place]
        return mask

    def before(self, span_us: int) -> Mask:
        """Return which transactions lie strictly before, at most so long ago, and move money the same way."""
        mask: Mask = self.earlier & self.alike & (self.ts_us >= self.ts_us[self.place] - span_us)
        return mask

    def shares(self, *columns: str) -> Mask:
        """Return which transactions share one of some columns with the one under review."""
        mask = np.zeros(len(self), bool)
        for column in columns:
            mask |= self.texts[column].same_as(self.place)
        return mask

    def has(self, *columns: str) -> bool:
        """Return whether the transaction under review has one of some columns."""
        return any(self.texts[column].at(self.place) is not None for column in columns)

    def minute_of_day(self) -> NDArray[np.int64]:
        """Return the local minute of the day of each transaction."""
        minutes: NDArray[np.int64] = (self.ts_us // 60_000_000 + self.utc_offset_minutes) % 1440
        return minutes
