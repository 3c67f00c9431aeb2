"""The loops behind the windows: sorting by entity, sliding edges, running totals, distinct counts.

Transactions, and where needed the moments at which labels became known, are elements in order of entity and
time. A window is a stretch of that order between two edges, and edges only ever move forward: one pass finds
each. Everything inside a window is then a difference of two running totals. The totals are integers that may
wrap around, so a difference is exact whenever the window's own sum fits, and removing one row changes no bit.
Every loop releases the interpreter's lock and is kept compiled on disk. Long results go to arrays that the
caller brings, because numpy asks for large pages for them, which is most of the price of fresh memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def sort_by_code(codes: Any, n_codes: int, order: Any, found: Any, first: Any) -> int:
    """Sort elements by code, keeping their order within a code; those with code -1 are left out.

    A counting sort: `order` (m,) int32 gives the elements in the order to keep. The new order goes to
    `found`, the first place of the same code to `first`; returns how many elements are left.
    """
    starts = np.zeros(n_codes + 1, np.int64)
    for element in order:
        code = codes[element]
        if code >= 0:
            starts[code + 1] += 1
    for code in range(n_codes):
        starts[code + 1] += starts[code]
    for code in range(n_codes):
        first[starts[code] : starts[code + 1]] = starts[code]
    for element in order:
        code = codes[element]
        if code >= 0:
            found[starts[code]] = element
            starts[code] += 1
    return int(starts[n_codes])


@njit(cache=True, nogil=True)
def split_groups(codes: Any, order: Any, first: Any) -> None:
    """Move the start of each element's group, `first` (m,), forward to where its code begins."""
    start = 0
    previous = np.int32(-1)
    for place in range(order.size):
        code = codes[order[place]]
        if code != previous:
            start = place
            previous = code
        first[place] = max(first[place], start)


@njit(cache=True, nogil=True)
def gather(values: Any, order: Any, found: Any) -> None:
    """Write values in the order of the elements."""
    for place in range(order.size):
        found[place] = values[order[place]]


@njit(cache=True, nogil=True)
def window_edges(times: Any, first: Any, begin: int, back: int, edges: Any) -> None:
    """Write for each element from `begin` on the first of its group that is not before its time - back."""
    group = -1
    edge = 0
    for place in range(begin, begin + edges.size):
        earliest = times[place] - back
        if first[place] != group:
            group = first[place]
            edge = group + np.searchsorted(times[group:place], earliest)
        if back >= 0:  # the element itself is the last candidate
            while times[edge] < earliest:
                edge += 1
        else:
            while edge < times.size and first[edge] == group and times[edge] < earliest:
                edge += 1
        edges[place - begin] = edge


@njit(cache=True, nogil=True)
def running_total(values: Any, totals: Any) -> None:
    """Write the totals of values before each place and at the end, (m + 1,) int64."""
    total = np.int64(0)
    for place in range(values.size):
        totals[place] = total
        total += np.int64(values[place])
    totals[values.size] = total


@njit(cache=True, nogil=True)
def running_squares(values: Any, low: Any, high: Any) -> None:
    """Write the totals of squares in two words, low and high, each (m + 1,) uint64: exact to 128 bits."""
    low_total = high_total = np.uint64(0)
    half = np.uint64(32)
    for place in range(values.size):
        low[place] = low_total
        high[place] = high_total
        value = np.uint64(values[place])
        upper = value >> half
        lower = value & np.uint64(0xFFFFFFFF)
        square = lower * lower
        cross = upper * lower  # counts twice
        high_total += upper * upper + (cross >> np.uint64(31))
        for part in (square, cross << np.uint64(33)):
            low_total += part
            if low_total < part:
                high_total += np.uint64(1)
    low[values.size] = low_total
    high[values.size] = high_total


@njit(cache=True, nogil=True)
def total_between(totals: Any, lower: Any, upper: Any) -> Any:
    """Return what the running totals gained from lower to upper edge, (b,) float64."""
    gained = np.empty(lower.size)
    for place in range(lower.size):
        gained[place] = totals[upper[place]] - totals[lower[place]]
    return gained


@njit(cache=True, nogil=True)
def squares_between(low: Any, high: Any, lower: Any, upper: Any) -> Any:
    """Return what two-word running totals gained from lower to upper edge, (b,) float64."""
    gained = np.empty(lower.size)
    for place in range(lower.size):
        least = low[upper[place]] - low[lower[place]]
        most = high[upper[place]] - high[lower[place]]
        if low[upper[place]] < low[lower[place]]:
            most -= np.uint64(1)
        gained[place] = np.float64(most) * 2.0**64 + np.float64(least)
    return gained


@njit(cache=True, nogil=True)
def time_at(times: Any, place: Any, lower: Any, upper: Any) -> Any:
    """Return the time of the element at each place, (b,) float64; NaN where the window is empty."""
    found = np.empty(lower.size)
    for row in range(lower.size):
        found[row] = times[place[row]] if lower[row] < upper[row] else np.nan
    return found


@njit(cache=True, nogil=True)
def distinct_between(codes: Any, n_codes: int, order: Any, start: int, lower: Any, upper: Any) -> Any:
    """Return how many different codes lie between the edges, (b,) float64; -1 does not count.

    `start` is the first element that an edge can name. Edges must not move back, except at a new group,
    which begins at or after every upper edge so far.
    """
    seen = np.zeros(n_codes, np.int32)
    counts = np.empty(lower.size)
    begin = end = start
    different = 0
    for row in range(lower.size):
        while end < upper[row]:
            code = codes[order[end]]
            end += 1
            if code >= 0:
                different += seen[code] == 0
                seen[code] += 1
        while begin < lower[row]:
            code = codes[order[begin]]
            begin += 1
            if code >= 0:
                seen[code] -= 1
                different -= seen[code] == 0
        counts[row] = different
    return counts


@njit(cache=True, nogil=True)
def scatter(values: Any, order: Any, column: Any) -> None:
    """Write values (b,) to the rows of a column that the order (b,) names; labels lie beyond its end."""
    for place in range(order.size):
        if order[place] < column.size:
            column[order[place]] = values[place]


def warm_up() -> None:
    """Compile, or load from the cache, every loop by running each over two elements.

    A few seconds at the first start ever, then a fraction of one. Safe to run in a background thread.
    """
    codes, whole = np.zeros(2, np.int32), np.ones(2, np.int64)
    order, first = np.empty(2, np.int32), np.empty(2, np.int32)
    lower, upper = np.empty(2, np.int32), np.empty(2, np.int32)
    totals, low, high = np.empty(3, np.int64), np.empty(3, np.uint64), np.empty(3, np.uint64)
    sort_by_code(codes, 1, np.arange(2, dtype=np.int32), order, first)
    split_groups(codes, order, first)
    for values in (np.ones(2, np.bool_), whole):
        gather(values, order, np.empty_like(values))
        running_total(values, totals)
    running_squares(whole, low, high)
    for back, edges in ((1, lower), (0, upper)):
        window_edges(whole, first, 0, back, edges)
    gained = total_between(totals, lower, upper)
    squares_between(low, high, lower, upper)
    time_at(whole, upper - np.int32(1), lower, upper)
    distinct_between(codes, 1, order, lower[0], lower, upper)
    for column in (np.empty(2, np.float32), np.empty(2)):
        scatter(gained, order, column)
