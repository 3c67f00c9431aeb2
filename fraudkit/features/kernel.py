"""The loops behind the windows: one walk through time, with a running total for each entity.

Transactions, and the moments at which labels became known, are elements in order of time. Where a window
begins or ends, so many microseconds before a transaction, is a moment that only ever moves forward. `merge`
lists what happens until then: elements that are passed, and rows that ask. The other loops walk such a list:
an element adds to the total of its entity, a row reads the total of its own. What a window holds is the
difference of two such totals. They are integers that may wrap around, so a difference is exact whenever the
window's own sum fits, and removing one row changes no bit.

Nothing is sorted by entity and nothing scattered: rows are answered in their order, and the totals of some
thousands of entities stay in the processor's cache. Lists are made and totals walked without a branch that
the processor could guess wrongly, and by unsigned numbers, as numba asks of signed ones whether they count
from the end. Every loop releases the interpreter's lock and is kept compiled on disk.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

NEVER: Final = np.iinfo(np.int64).max
"""The time that stands after the last element's."""


@njit(cache=True, nogil=True)
def merge(times: Any, begin: int, offset: int, moments: Any, back: int, first: int, events: Any) -> None:
    """List in order of time which elements are passed and which rows ask.

    Parameters
    ----------
    times
        (m + 1,) int64 of the elements, ascending, `NEVER` at the end.
    begin
        The first element that was not passed yet.
    offset
        Added to the number of an element.
    moments
        (b,) int64 of the rows, ascending. A row asks when the elements before its moment - back are passed.
    back
        Microseconds.
    first
        Number of the first row.
    events
        (passed + b,) int32, written: the number of a row, or -1 - the number of an element.
    """
    place, row = np.uint64(begin), np.uint64(0)
    for event in range(np.uint64(events.size)):
        passed = np.uint64(times[place] < moments[row] - back)
        events[event] = -1 - np.int64(place) - offset if passed else first + np.int64(row)
        place += passed
        row += np.uint64(1) - passed


@njit(cache=True, nogil=True)
def count(events: Any, codes: Any, counts: Any, found: Any) -> None:
    """Write for each row how many elements of its code were passed, (b + 1,) int32; the last is void."""
    row = np.uint64(0)
    for event in events:
        is_element = event >> 31  # -1 or 0
        code = codes[np.uint32(event ^ is_element)]
        found[row] = counts[code]
        row += np.uint64(1 + is_element)
        counts[code] -= is_element


@njit(cache=True, nogil=True)
def add_up(events: Any, codes: Any, values: Any, totals: Any, found: Any) -> None:
    """Write for each row the total of the passed elements of its code, (b + 1,) int64; the last is void."""
    row = np.uint64(0)
    for event in events:
        is_element = event >> 31
        element = np.uint32(event ^ is_element)
        code = codes[element]
        found[row] = totals[code]
        row += np.uint64(1 + is_element)
        totals[code] += np.int64(values[element]) & is_element


@njit(cache=True, nogil=True)
def add_up_squares(events: Any, codes: Any, values: Any, totals: Any, found: Any) -> None:
    """Write for each row the total of squares of the passed elements of its code, as `add_up` does."""
    row = np.uint64(0)
    for event in events:
        is_element = event >> 31
        element = np.uint32(event ^ is_element)
        code = codes[element]
        found[row] = totals[code]
        row += np.uint64(1 + is_element)
        totals[code] += (values[element] * values[element]) & is_element


@njit(cache=True, nogil=True)
def add_up_wide_squares(events: Any, codes: Any, values: Any, totals: Any, found: Any) -> None:
    """Write totals of squares in two words, low and high, (b, 2) uint64: exact to 128 bits."""
    row = 0
    half = np.uint64(32)
    for event in events:
        if event >= 0:
            found[row] = totals[codes[event]]
            row += 1
            continue
        total = totals[codes[-1 - event]]
        value = np.uint64(values[-1 - event])
        upper, lower = value >> half, value & np.uint64(0xFFFFFFFF)
        cross = upper * lower  # counts twice
        total[1] += upper * upper + (cross >> np.uint64(31))
        for part in (lower * lower, cross << np.uint64(33)):
            total[0] += part
            if total[0] < part:
                total[1] += np.uint64(1)


@njit(cache=True, nogil=True)
def difference(later: Any, earlier: Any, found: Any) -> None:
    """Write what totals gained, (b,) float64."""
    for row in range(found.size):
        found[row] = later[row] - earlier[row]


@njit(cache=True, nogil=True)
def wide_difference(later: Any, earlier: Any, found: Any) -> None:
    """Write what two-word totals (b, 2) gained, (b,) float64."""
    for row in range(found.size):
        most = later[row, 1] - earlier[row, 1]
        if later[row, 0] < earlier[row, 0]:
            most -= np.uint64(1)
        found[row] = np.float64(most) * 2.0**64 + np.float64(later[row, 0] - earlier[row, 0])


@njit(cache=True, nogil=True)
def latest(events: Any, codes: Any, elements: Any, found: Any) -> None:
    """Write for each row the last element of its code that was passed, (b,) int64, -1 for none.

    `elements` (codes,) int64 keeps the last of each code.
    """
    row = 0
    for event in events:
        if event < 0:
            elements[codes[-1 - event]] = -1 - event
        else:
            found[row] = elements[codes[event]]
            row += 1


@njit(cache=True, nogil=True)
def link(codes: Any, begin: int, following: Any, elements: Any) -> None:
    """Write for each element from `begin` the next of its code, and for each code its first; -1 for none."""
    elements[:] = -1
    for element in range(codes.size - 1, begin - 1, -1):
        following[element] = elements[codes[element]]
        elements[codes[element]] = element


@njit(cache=True, nogil=True)
def earliest(events: Any, codes: Any, following: Any, elements: Any, found: Any) -> None:
    """Write for each row the first element of its code that was not passed, (b,) int64, -1 for none.

    `elements` (codes,) int64 keeps the first of each code; `following` the next one of each element's.
    """
    row = 0
    for event in events:
        if event < 0:
            elements[codes[-1 - event]] = following[-1 - event]
        else:
            found[row] = elements[codes[event]]
            row += 1


@njit(cache=True, nogil=True)
def mark_spells(pairs: Any, size: int, times: Any, begin: int, width: int, comes: Any, goes: Any) -> None:
    """Mark where a value comes into a window and where it leaves it, both (n,) bool.

    A value stays as long as its rows follow each other within the width; it comes with the first of them and
    goes with the last. Different values in the window are those that came less those that went.

    Parameters
    ----------
    pairs, size
        (n,) uint32 codes of entity and value together, and their number; the last one means no value.
    times
        (n,) int64, ascending.
    begin
        The first row that is looked at.
    width
        Of the window, microseconds.
    """
    latest = np.full(size, -1, np.int32)
    for row in range(np.uint64(begin), np.uint64(times.size)):
        pair = pairs[row]
        before = latest[pair]
        latest[pair] = row
        has_value = pair + np.uint32(1) < np.uint32(size)
        stays = before >= 0 and times[row] - times[np.uint32(before)] <= width
        comes[row] = has_value and not stays
        goes[row] = has_value
        if stays:
            goes[np.uint32(before)] = False


@njit(cache=True, nogil=True)
def pair_codes(first: Any, first_count: int, second: Any, second_count: int, pairs: Any) -> int:
    """Give numbers to the pairs of codes that occur, (n,) int32; -1 where one is missing.

    The second codes are put in order of the first; each is numbered where it is new to its first code; the
    numbers are put back. Each first code fills its own stretch, so that no line of memory is fetched twice.
    Returns how many pairs there are.
    """
    starts = np.zeros(first_count + 1, np.int64)
    for code in first:
        if code >= 0:
            starts[code + 1] += 1
    starts = np.cumsum(starts)
    sorted_codes = np.empty(starts[first_count], np.int32)
    starts = starts[:-1]
    places = starts.copy()
    for row in range(first.size):
        if first[row] >= 0:
            sorted_codes[places[first[row]]] = second[row]
            places[first[row]] += 1
    found = _number(sorted_codes, starts, places, second_count)
    for row in range(first.size):
        pairs[row] = -1
        if first[row] >= 0:
            pairs[row] = sorted_codes[starts[first[row]]]
            starts[first[row]] += 1
    return found


@njit(cache=True, nogil=True)
def _number(codes: Any, starts: Any, ends: Any, count: int) -> int:
    """Replace codes by the numbers of those that are different within each stretch; return how many."""
    number, stretch_of = np.empty(count, np.int32), np.full(count, -1, np.int32)
    found = 0
    for stretch in range(starts.size):
        for place in range(starts[stretch], ends[stretch]):
            code = codes[place]
            if code < 0:
                continue
            if stretch_of[code] != stretch:
                stretch_of[code] = stretch
                number[code] = found
                found += 1
            codes[place] = number[code]
    return found


def warm_up() -> None:
    """Compile, or load from the cache, every loop by running each over two elements.

    A few seconds at the first start ever, then a fraction of one. Safe to run in a background thread.
    """
    codes, whole, flags = np.zeros(2, np.uint32), np.ones(2, np.int64), np.ones(2, np.bool_)
    signed, given = np.zeros(2, np.int32), np.ones(2, np.int64)
    for array in (codes, signed, given):
        array.flags.writeable = False
    events, read = np.zeros(1, np.int32), np.empty(2, np.int64)
    merge(np.array([0, NEVER]), 0, 0, np.ones(1, np.int64), 0, 1, events)
    count(events, codes, np.zeros(1, np.int32), np.empty(2, np.int32))
    known = flags.copy()
    known.flags.writeable = False
    for values in (given, flags, known):
        add_up(events, codes, values, np.zeros(1, np.int64), read)
    add_up_squares(events, codes, given, np.zeros(1, np.int64), read)
    for totals in (np.ones(1, np.int32), whole):
        difference(totals, totals, np.empty(totals.size))
    wide = np.zeros((2, 2), np.uint64)
    add_up_wide_squares(events, codes, given, wide, wide)
    wide_difference(wide, wide, np.empty(2))
    elements, following = np.empty(1, np.int64), np.empty(2, np.int64)
    link(codes, 0, following, elements)
    latest(events, codes, elements, read)
    earliest(events, codes, following, elements, read)
    mark_spells(codes, 2, whole, 0, 1, flags, flags)
    pair_codes(signed, 1, signed, 1, np.empty(2, np.int32))
