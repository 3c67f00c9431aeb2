"""How much an entity did right before a transaction, against what it does at its other transactions.

Every window ends one microsecond before the transaction that it is counted for. What is usual is the same
count at each earlier transaction of `HISTORY_DAYS`, without those of the last day, which may belong to what
is under review.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fraudkit.domain import MICROSECONDS_PER_DAY
from fraudkit.explain.past import ABSENT, HISTORY_DAYS, RECEIVED, THIN_HISTORY, Past

Span = Literal["hour", "day", "week", "ever"]
Measure = Literal["count", "sent", "received", "payees", "places"]

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
SPANS_US: Final[Mapping[Span, int]] = {
    "hour": MICROSECONDS_PER_DAY // 24,
    "day": MICROSECONDS_PER_DAY,
    "week": 7 * MICROSECONDS_PER_DAY,
}
MOST_COMPARED: Final = 1_000
"""What is usual is counted from at most so many earlier transactions, the latest ones."""

_TEXTS: Final[Mapping[Measure, str]] = {"payees": "payee", "places": "merchant_location"}
Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of the table.

    Parameters
    ----------
    now
        Right before the transaction.
    usual, most
        Median and largest at the earlier transactions; None where there are too few, and for a lifetime.
    """

    now: float
    usual: float | None = None
    most: float | None = None

    @property
    def is_new_high(self) -> bool:
        """Whether it was never so much before."""
        return self.most is not None and self.now > self.most


@dataclass(frozen=True, slots=True)
class Velocity:
    """The table: a row for each span, a figure for each measure that the data know.

    Parameters
    ----------
    rows
        Figures by span and measure. Money is in base currency.
    compared
        How many earlier transactions tell what is usual.
    without_rate
        How many earlier transactions are in a currency without a rate; their money is not added.
    is_cut
        Whether the lifetime is that of the transactions nearest in time only.
    """

    rows: Mapping[Span, Mapping[Measure, Figure]]
    compared: int
    without_rate: int
    is_cut: bool

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures that say anything: no column of zeros where nothing is ever received."""
        ever = self.rows["ever"]
        return tuple(
            name for name in MEASURES if name in ever and (name in ("count", "sent") or ever[name].now)
        )


def velocity(past: Past) -> Velocity:
    """Count the table for the transaction under review."""
    compared = _compared(past)
    own = np.array([past.place])
    rows: dict[Span, dict[Measure, Figure]] = {}
    for span, span_us in SPANS_US.items():
        now, usual = _counts(past, own, span_us), _counts(past, compared, span_us)
        rows[span] = {name: _figure(now[name][0], usual[name]) for name in MEASURES}
    rows["ever"] = _lifetime(past)
    missing = int(np.isnan(past.base[past.earlier]).sum())
    return Velocity(rows, len(compared), missing, past.is_cut)


def _compared(past: Past) -> Places:
    """Return the earlier transactions that tell what is usual; none when they are too few."""
    age = past.now_us - past.ts_us
    chosen = np.flatnonzero((age >= MICROSECONDS_PER_DAY) & (age <= HISTORY_DAYS * MICROSECONDS_PER_DAY))
    return chosen[-MOST_COMPARED:] if len(chosen) >= THIN_HISTORY else chosen[:0]


def _counts(past: Past, places: Places, span_us: int) -> dict[Measure, Numbers]:
    """Return every measure of the span before each of some transactions, which stand in order of time."""
    moments = past.ts_us[places]
    start, end = np.searchsorted(past.ts_us, moments - span_us), np.searchsorted(past.ts_us, moments)
    received = past.direction == RECEIVED
    money = np.nan_to_num(past.base)
    counts: dict[Measure, Numbers] = {
        "count": (end - start).astype(float),
        "sent": _sums(np.where(received, 0.0, money), start, end),
        "received": _sums(np.where(received, money, 0.0), start, end),
    }
    for name, column in _TEXTS.items():
        counts[name] = _distinct(past.texts[column].codes, start, end)
    return counts


def _sums(values: Numbers, start: Places, end: Places) -> Numbers:
    cents = np.rint(values * 100).astype(np.int64)  # whole numbers: no dust is left when sums are subtracted
    total = np.concatenate([[0], np.cumsum(cents)])
    sums: Numbers = (total[end] - total[start]) / 100
    return sums


def _distinct(codes: NDArray[np.int32], start: Places, end: Places) -> Numbers:
    """Return how many different codes lie in windows whose starts and ends never go back."""
    inside: Counter[int] = Counter()
    found, left, right = np.zeros(len(start)), 0, 0
    known = codes.tolist()
    for place, (begin, stop) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        if begin > right:
            inside.clear()
            left = right = begin
        for code in known[right:stop]:
            inside[code] += 1
        for code in known[left:begin]:
            inside[code] -= 1
            if not inside[code]:
                del inside[code]
        left, right = begin, max(stop, right)
        found[place] = len(inside) - (ABSENT in inside)
    return found


def _lifetime(past: Past) -> dict[Measure, Figure]:
    span = past.now_us - int(past.ts_us[0]) + 1
    counts = _counts(past, np.array([past.place]), span)
    return {name: Figure(float(counts[name][0])) for name in MEASURES}


def _figure(now: float, usual: Numbers) -> Figure:
    if not len(usual):
        return Figure(float(now))
    return Figure(float(now), float(np.median(usual)), float(usual.max()))
