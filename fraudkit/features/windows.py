"""The values of windows, group by group: sort once, find the edges, then totals and formulas in blocks.

A column is finished before the next one begins: blocks of a few thousand elements stay in the processor's
cache from the totals to the value, and the column that the values are scattered to nearly does (3 ns a value
against 8 when the columns take turns). Blocks are independent, so threads share them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fraudkit.features import kernel
from fraudkit.features.formula import Formula, read_formula
from fraudkit.features.measures import ARITHMETIC, WHOLE_NUMBERS, Primitive, reach
from fraudkit.features.plan import AMOUNT, WindowGroup, primitives_of
from fraudkit.features.rows import Codes, FeatureRows
from fraudkit.features.spec import Window
from fraudkit.forest.parallel import run_blocks

BLOCK: Final = 16_384

Column = NDArray[np.float64] | NDArray[np.float32]


class Target(NamedTuple):
    """A formula over windows of one group and the amount, and the column (n,) that its values go to."""

    formula: Formula
    inputs: Mapping[str, Window]
    column: NDArray[Any]


def write_targets(rows: FeatureRows, group: WindowGroup, targets: Sequence[Target], threads: int = 1) -> None:
    """Compute formulas over the windows of a group and write each to its column; NaN for NULL."""
    elements = _Elements(rows, group)
    if len(elements.order) < elements.total:  # some rows lack the keys: their windows are NULL
        for target in targets:
            _write_without_windows(rows, target)

    def fill(part: slice) -> None:
        stretch = _Stretch(elements, part)
        for target in targets:
            for begin in range(part.start, part.stop, BLOCK):
                block = slice(begin, min(begin + BLOCK, part.stop))
                values = target.formula.evaluate(stretch.inputs(target, block))
                kernel.scatter(values, elements.order[block], target.column)

    run_blocks(fill, len(elements.order), BLOCK, threads)


def _write_without_windows(rows: FeatureRows, target: Target) -> None:
    for begin in range(0, len(rows), BLOCK):
        block = slice(begin, begin + BLOCK)
        values = {AMOUNT: rows.amount(block), **dict.fromkeys(target.inputs, np.nan)}
        target.column[block] = target.formula.evaluate(values)


def empty_column(window: Window, rows: int) -> Column:
    """Return room for the values of a window: float32, which holds counts to 16.7 million, else float64."""
    if window.measure in WHOLE_NUMBERS:
        return np.empty(rows, np.float32)
    return np.empty(rows, np.float64)


class _Elements:
    """What a group's windows run over: transactions, and labels after them, by group and time."""

    def __init__(self, rows: FeatureRows, group: WindowGroup) -> None:
        self.rows = rows
        self.with_labels = group.with_labels
        unsorted_times = self._with_labels(rows.ts_us, rows.labels.known_at)
        self.total = len(unsorted_times)
        order = _time_order(unsorted_times)
        keys = [rows.codes[key] for key in group.keys]
        codes = [self._with_labels(key.values, key.values[rows.labels.row]) for key in keys]
        for key, values in reversed(list(zip(keys, codes, strict=True))):
            order, self.first = _sorted_by(values, key.count, order)
        for values in codes[1:]:
            kernel.split_groups(values, order, self.first)
        self.order: NDArray[np.int32] = order
        self.times = _gathered(unsorted_times, order)

    def _with_labels(self, values: NDArray[Any], of_labels: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([values, of_labels]) if self.with_labels else values

    @cached_property
    def valued(self) -> NDArray[np.int64] | None:
        known = self.rows.has_cents
        return None if known is None else _running_total(_gathered(known, self.order))

    @cached_property
    def _sorted_cents(self) -> NDArray[np.int64]:
        return _gathered(self.rows.cents, self.order)

    def amount(self, block: slice) -> NDArray[np.float64]:
        """Return the amounts of a block's transactions, NaN where unknown; there must be no labels."""
        amount: NDArray[np.float64] = self._sorted_cents[block] / 1e2
        if self.rows.has_cents is not None:
            amount[~self.rows.has_cents[self.order[block]]] = np.nan
        return amount

    @cached_property
    def cents(self) -> NDArray[np.int64]:
        return _running_total(self._sorted_cents)

    @cached_property
    def squares(self) -> NDArray[np.int64] | None:
        """Totals of squares where they fit into one word."""
        cents = self._sorted_cents
        if int(cents.max(initial=0)) ** 2 * len(cents) >= 2**63:
            return None
        return _running_total(cents * cents)

    @cached_property
    def wide_squares(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        cents = self._sorted_cents
        low, high = np.empty(len(cents) + 1, np.uint64), np.empty(len(cents) + 1, np.uint64)
        kernel.running_squares(cents, low, high)
        return low, high

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        return _running_total(self.order >= len(self.rows))


def _time_order(times: NDArray[np.int64]) -> NDArray[np.int32]:
    if np.all(times[1:] >= times[:-1]):
        return np.arange(len(times), dtype=np.int32)
    return np.argsort(times, kind="stable").astype(np.int32)


def _sorted_by(
    codes: NDArray[np.int32], n_codes: int, order: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    found, first = np.empty_like(order), np.empty_like(order)
    left = kernel.sort_by_code(codes, n_codes, order, found, first)
    return found[:left], first[:left]


def _gathered(values: NDArray[Any], order: NDArray[np.int32]) -> NDArray[Any]:
    found = np.empty(len(order), values.dtype)
    kernel.gather(values, order, found)
    return found


def _running_total(values: NDArray[Any]) -> NDArray[np.int64]:
    totals = np.empty(len(values) + 1, np.int64)
    kernel.running_total(values, totals)
    return totals


class _Stretch:
    """The elements that one thread works on, with the edges of their windows, each found once."""

    def __init__(self, elements: _Elements, part: slice) -> None:
        self.elements = elements
        self.part = part
        self._edges: dict[int, NDArray[np.int32]] = {}

    def inputs(self, target: Target, block: slice) -> dict[str, NDArray[np.float64]]:
        """Return what a formula reads for each element of a block."""
        found = {name: self._value(window, block) for name, window in target.inputs.items()}
        if AMOUNT in target.formula.gaps:
            found[AMOUNT] = self.elements.amount(block)
        return found

    def _value(self, window: Window, block: slice) -> NDArray[np.float64]:
        formula = read_formula(ARITHMETIC[window.measure])
        found: dict[str, Any] = {}
        for name in primitives_of(window):
            furthest, nearest = reach(window, name)
            lower, upper = self._edge(furthest, block), self._edge(nearest - 1, block)
            found[name] = _PRIMITIVES[name](self.elements, lower, upper, window)
        if formula.columns:
            found["ts_us"] = self.elements.times[block].astype(np.float64)
        return formula.evaluate(found)

    def _edge(self, back: int, block: slice) -> NDArray[np.int32]:
        if back not in self._edges:
            edges = np.empty(self.part.stop - self.part.start, np.int32)
            kernel.window_edges(self.elements.times, self.elements.first, self.part.start, back, edges)
            self._edges[back] = edges
        begin = self.part.start
        return self._edges[back][block.start - begin : block.stop - begin]


Edge = NDArray[np.int32]


def _count(_elements: _Elements, lower: Edge, upper: Edge, _window: Window) -> NDArray[np.float64]:
    return (upper - lower).astype(np.float64)


def _valued(elements: _Elements, lower: Edge, upper: Edge, window: Window) -> NDArray[np.float64]:
    if elements.valued is None:
        return _count(elements, lower, upper, window)
    return _gain(elements.valued, lower, upper)


def _sum(elements: _Elements, lower: Edge, upper: Edge, _window: Window) -> NDArray[np.float64]:
    return _gain(elements.cents, lower, upper)


def _squares(elements: _Elements, lower: Edge, upper: Edge, _window: Window) -> NDArray[np.float64]:
    if elements.squares is not None:
        return _gain(elements.squares, lower, upper)
    found: NDArray[np.float64] = kernel.squares_between(*elements.wide_squares, lower, upper)
    return found


def _last(elements: _Elements, lower: Edge, upper: Edge, _window: Window) -> NDArray[np.float64]:
    found: NDArray[np.float64] = kernel.time_at(elements.times, upper - np.int32(1), lower, upper)
    return found


def _first(elements: _Elements, lower: Edge, upper: Edge, _window: Window) -> NDArray[np.float64]:
    found: NDArray[np.float64] = kernel.time_at(elements.times, lower, lower, upper)
    return found


def _distinct(elements: _Elements, lower: Edge, upper: Edge, window: Window) -> NDArray[np.float64]:
    counted: Codes = elements.rows.codes[str(window.of)]
    found: NDArray[np.float64] = kernel.distinct_between(
        counted.values, counted.count, elements.order, lower[0], lower, upper
    )
    return found


def _known_frauds(elements: _Elements, lower: Edge, upper: Edge, _window: Window) -> NDArray[np.float64]:
    return _gain(elements.labels, lower, upper)


def _matured(elements: _Elements, lower: Edge, upper: Edge, window: Window) -> NDArray[np.float64]:
    both = _count(elements, lower, upper, window)
    both -= _gain(elements.labels, lower, upper)
    return both


def _gain(totals: NDArray[np.int64], lower: Edge, upper: Edge) -> NDArray[np.float64]:
    gained: NDArray[np.float64] = kernel.total_between(totals, lower, upper)
    return gained


_PRIMITIVES: Final[dict[Primitive, Callable[[_Elements, Edge, Edge, Window], NDArray[np.float64]]]] = {
    "count": _count,
    "valued": _valued,
    "sum": _sum,
    "squares": _squares,
    "last": _last,
    "first": _first,
    "distinct": _distinct,
    "known_frauds": _known_frauds,
    "matured": _matured,
}
