"""The values of windows, block by block in order of time.

What a walk keeps between blocks are the totals of the entities, at each moment that a window begins or ends:
windows that end together share their totals, and entities share the lists of events. Blocks are as large as
they are because one loop over a block has the totals of one kind in the cache and the next one others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fraudkit.features import kernel
from fraudkit.features.formula import read_formula
from fraudkit.features.measures import ARITHMETIC, Primitive, reach
from fraudkit.features.plan import primitives_of
from fraudkit.features.spec import Shared, Window
from fraudkit.features.timeline import Source, Timeline

Keys = tuple[Shared, ...]
Values = NDArray[np.float64]
_Found = TypeVar("_Found")


class Total(NamedTuple):
    """What is added up for each entity.

    Attributes
    ----------
    name
        Tells it from others of the same entities.
    loop, values
        The kernel's loop, and what it adds up.
    dtype, words
        What it is held in.
    difference
        The loop that subtracts.
    source
        The elements that are passed.
    """

    name: Any
    loop: Callable[..., None]
    values: tuple[NDArray[Any], ...]
    dtype: type[np.integer[Any]] = np.int64
    words: tuple[int, ...] = ()
    difference: Callable[..., None] = kernel.difference
    source: Source = "transactions"


class Walk:
    """A walk through a part of the rows; each block is to be turned to once, in order.

    Parameters
    ----------
    timeline
        The rows.
    windows
        Those that will be asked for in every block.
    start
        The first row of the part.
    """

    def __init__(self, timeline: Timeline, windows: Iterable[Window], start: int) -> None:
        self.timeline = timeline
        self.times = timeline.elements["transactions"].times[:-1]
        furthest = max((reach(one, name)[0] for one in windows for name in primitives_of(one)), default=0)
        earliest = int(self.times[start]) - furthest
        self.first: dict[Source, int] = {
            source: elements.before(earliest) for source, elements in timeline.elements.items()
        }
        self._passed: dict[tuple[Source, int], int] = {}
        self._kept: dict[Any, Any] = {}
        self._block_results: dict[Any, Any] = {}

    def turn_to(self, block: slice) -> None:
        """Go on to the next block."""
        self.block = block
        self.moments = self.times[block]
        self._block_results = {}

    def value(self, window: Window) -> Values:
        """Return the value of a window for each row of the block; NaN for NULL."""
        return self.once(("value", window), lambda: self._value(window))

    def _value(self, window: Window) -> Values:
        formula = read_formula(ARITHMETIC[window.measure])
        found: dict[str, Values] = {}
        for name in primitives_of(window):
            found[name] = _PRIMITIVES[name](self, window, *_edges(window, name))
        if formula.columns:
            found["ts_us"] = self.moments.astype(np.float64)
        value = formula.evaluate(found)
        absent = self.timeline.groups[window.keys].absent
        return value if absent is None else np.where(absent[self.block], np.nan, value)

    def events(self, source: Source, back: int) -> NDArray[np.int32]:
        """Return what happens until each row of the block looks so far back."""
        return self.once(("events", source, back), lambda: self._events(source, back))

    def _events(self, source: Source, back: int) -> NDArray[np.int32]:
        times, offset = self.timeline.elements[source]
        begin = self._passed.get((source, back), self.first[source])
        end = self.timeline.elements[source].before(int(self.moments[-1]) - back)
        events = np.empty(end - begin + len(self.moments), np.int32)
        kernel.merge(times, begin, offset, self.moments, back, self.block.start, events)
        self._passed[source, back] = end
        return events

    def gain(self, keys: Keys, lower: int, upper: int, total: Total, gone: Total | None = None) -> Values:
        """Return what a total has at the end of a window more than it, or another, has at its beginning."""
        end, begin = self._total(keys, upper, total), self._total(keys, lower, gone or total)
        found = np.empty(len(self.moments))
        total.difference(end, begin, found)
        return found

    def _total(self, keys: Keys, back: int, total: Total) -> NDArray[Any]:
        return self.once((keys, back, total.name), lambda: self._new_total(keys, back, total))

    def _new_total(self, keys: Keys, back: int, total: Total) -> NDArray[Any]:
        group = self.timeline.groups[keys]
        kept = self.kept((keys, back, total.name), lambda: np.zeros((group.size, *total.words), total.dtype))
        found = np.empty((len(self.moments) + 1, *total.words), total.dtype)
        total.loop(self.events(total.source, back), group.codes, *total.values, kept, found)
        return found[:-1]

    def once(self, key: Any, compute: Callable[[], _Found]) -> _Found:
        """Return what was computed for this block, or compute it."""
        if key not in self._block_results:
            self._block_results[key] = compute()
        found: _Found = self._block_results[key]
        return found

    def kept(self, key: Any, make: Callable[[], _Found]) -> _Found:
        """Return what is kept from block to block, made at the first."""
        if key not in self._kept:
            self._kept[key] = make()
        found: _Found = self._kept[key]
        return found


def _edges(window: Window, primitive: Primitive) -> tuple[int, int]:
    """Return how far back the first element of a window lies, and the first that is no longer in it."""
    furthest, nearest = reach(window, primitive)
    return furthest, nearest - 1


def _count(walk: Walk, window: Window, lower: int, upper: int) -> Values:
    return walk.gain(window.keys, lower, upper, Total("count", kernel.count, (), np.int32))


def _valued(walk: Walk, window: Window, lower: int, upper: int) -> Values:
    known = walk.timeline.has_cents
    if known is None:
        return _count(walk, window, lower, upper)
    return walk.gain(window.keys, lower, upper, Total("valued", kernel.add_up, (known,)))


def _sum(walk: Walk, window: Window, lower: int, upper: int) -> Values:
    return walk.gain(window.keys, lower, upper, Total("sum", kernel.add_up, (walk.timeline.cents,)))


def _squares(walk: Walk, window: Window, lower: int, upper: int) -> Values:
    cents = walk.timeline.cents
    total = Total("squares", kernel.add_up_squares, (cents,))
    if walk.timeline.with_wide_squares:
        loop, difference = kernel.add_up_wide_squares, kernel.wide_difference
        total = Total("squares", loop, (cents,), np.uint64, (2,), difference=difference)
    return walk.gain(window.keys, lower, upper, total)


def _known_frauds(walk: Walk, window: Window, lower: int, upper: int) -> Values:
    return walk.gain(window.keys, lower, upper, Total("labels", kernel.count, (), np.int32, source="labels"))


def _last(walk: Walk, window: Window, lower: int, upper: int) -> Values:
    codes, size, _ = walk.timeline.groups[window.keys]

    def find() -> NDArray[np.int64]:
        elements = walk.kept(("last", window.keys, upper), lambda: np.full(size, -1))
        found = np.empty(len(walk.moments), np.int64)
        kernel.latest(walk.events("transactions", upper), codes, elements, found)
        return found

    found = walk.once(("last", window.keys, upper), find)
    times = walk.times[found]
    return np.where((found >= 0) & (times >= walk.moments - lower), times, np.nan)


def _first(walk: Walk, window: Window, lower: int, upper: int) -> Values:
    codes, size, _ = walk.timeline.groups[window.keys]
    codes = codes[: len(walk.times)]

    def link() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        following, elements = np.empty(len(codes), np.int64), np.empty(size, np.int64)
        kernel.link(codes, walk.first["transactions"], following, elements)
        return following, elements

    following, elements = walk.kept(("first", window.keys, lower), link)
    found = np.empty(len(walk.moments), np.int64)
    kernel.earliest(walk.events("transactions", lower), codes, following, elements, found)
    times = walk.times[found]
    return np.where((found >= 0) & (times < walk.moments - upper), times, np.nan)


def _distinct(walk: Walk, window: Window, lower: int, upper: int) -> Values:
    codes, size, _ = walk.timeline.pairs[window]

    def mark() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        comes, goes = np.empty(len(walk.times), np.bool_), np.empty(len(walk.times), np.bool_)
        kernel.mark_spells(codes, size, walk.times, walk.first["transactions"], lower - upper, comes, goes)
        return comes, goes

    comes, goes = walk.kept(window, mark)
    came = Total(("came", window.of, window.span), kernel.add_up, (comes,))
    went = Total(("went", window.of, window.span), kernel.add_up, (goes,))
    return walk.gain(window.keys, lower, upper, came, went)


_PRIMITIVES: Final[dict[Primitive, Callable[[Walk, Window, int, int], Values]]] = {
    "count": _count,
    "valued": _valued,
    "sum": _sum,
    "squares": _squares,
    "last": _last,
    "first": _first,
    "distinct": _distinct,
    "known_frauds": _known_frauds,
    "matured": _count,
}
