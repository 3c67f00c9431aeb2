"""Rows in order of time, with the codes that tell entities apart: prepared once, read by all threads."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fraudkit.features import kernel
from fraudkit.features.plan import FeaturePlan
from fraudkit.features.rows import Codes, FeatureRows

_Number = TypeVar("_Number", bound=np.generic)
Source = Literal["transactions", "labels"]

_PLENTY: Final = 65_536
"""So many codes may stay unused rather than be numbered anew."""


class Elements(NamedTuple):
    """What windows run over.

    Attributes
    ----------
    times
        (m + 1,) int64, ascending, `kernel.NEVER` at the end.
    offset
        Place of the first element's code among a group's.
    """

    times: NDArray[np.int64]
    offset: int

    def before(self, moment: int) -> int:
        """Return how many elements lie before a moment."""
        return int(np.searchsorted(self.times[:-1], moment))


class Group(NamedTuple):
    """By what elements belong together.

    Attributes
    ----------
    codes
        (n + labels,) uint32 of the transactions and after them of the labels; the last code is of those
        that lack a key.
    size
        Number of codes, the last one included.
    absent
        (n,) bool, transactions that lack a key; None where none does.
    """

    codes: NDArray[np.uint32]
    size: int
    absent: NDArray[np.bool_] | None


class Timeline:
    """Rows in order of time.

    Parameters
    ----------
    rows
        In any order.
    plan
        Whose windows will be asked for.

    Attributes
    ----------
    rows
        In order of time.
    order
        (n,) where each of them stands in the rows that were given; None where they were in order.
    cents, has_cents
        Of the rows; the kernels know only arrays that cannot be written to.
    elements
        Transactions and labels.
    groups
        By the keys of the windows.
    pairs
        By window, for those that count different values: the value is one of the keys.
    with_wide_squares
        Whether totals of squares may need more than one word.
    """

    def __init__(self, rows: FeatureRows, plan: FeaturePlan) -> None:
        self.order = _time_order(rows.ts_us)
        self.rows = rows if self.order is None else rows.take(self.order)
        labels = self.rows.labels
        by_time = np.argsort(labels.known_at, kind="stable")
        self._labelled = labels.row[by_time]
        self.elements: dict[Source, Elements] = {
            "transactions": Elements(_ended(self.rows.ts_us), 0),
            "labels": Elements(_ended(labels.known_at[by_time]), len(rows)),
        }
        self._codes: dict[tuple[str, ...], Codes] = {}
        windows = [window for group in plan.groups for window in group.windows]
        self.groups = {window.keys: self._group(window.keys) for window in windows}
        self.pairs = {
            window: self._group((*window.keys, window.of)) for window in windows if window.of is not None
        }
        self.cents = _read_only(self.rows.cents)
        self.has_cents = None if self.rows.has_cents is None else _read_only(self.rows.has_cents)
        largest = int(self.rows.cents.max(initial=0))
        self.with_wide_squares = largest**2 * len(rows) >= 2**63

    def _group(self, names: tuple[str, ...]) -> Group:
        codes = self._codes_of(names)
        values, count = codes.values, codes.count
        absent = None
        if int(values.min(initial=0)) < 0:
            absent = values < 0
            values = np.where(absent, np.int32(count), values)
        if len(self._labelled):
            values = np.concatenate([values, values[self._labelled]])
        return Group(_read_only(values.view(np.uint32)), count + 1, absent)

    def _codes_of(self, names: tuple[str, ...]) -> Codes:
        """Return dense codes of rows that share some keys, made of those of fewer keys."""
        if len(names) == 1:
            return self.rows.codes[names[0]]
        if names not in self._codes:
            self._codes[names] = _paired(self._codes_of(names[:-1]), self._codes_of(names[-1:]))
        return self._codes[names]


def _read_only(values: NDArray[_Number]) -> NDArray[_Number]:
    view = values.view()
    view.flags.writeable = False
    return view


def _time_order(times: NDArray[np.int64]) -> NDArray[np.int64] | None:
    if np.all(times[1:] >= times[:-1]):
        return None
    return np.argsort(times, kind="stable")


def _ended(times: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.append(times, kernel.NEVER)


def _paired(first: Codes, second: Codes) -> Codes:
    rows = len(first.values)
    if first.count * second.count <= max(rows, _PLENTY):
        both = first.values * np.int32(second.count) + second.values
        both[(first.values < 0) | (second.values < 0)] = -1
        return Codes(both, first.count * second.count)
    pairs = np.empty(rows, np.int32)
    ones, others = _read_only(first.values), _read_only(second.values)
    return Codes(pairs, kernel.pair_codes(ones, first.count, others, second.count, pairs))
