"""The loops at their limits, and what is compiled when."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraudkit.config import PROJECT_ROOT
from fraudkit.features import kernel
from fraudkit.features.build import build_features
from fraudkit.features.plan import plan_features
from fraudkit.features.rows import Codes, FeatureRows, Labels
from tests.features.ledgers import ALL_COLUMNS
from tests.features.test_kernel_equals_sql import every_measure

LOOPS = [
    value for name, value in vars(kernel).items() if hasattr(value, "signatures") and not name.startswith("_")
]


@given(st.lists(st.integers(0, 2**60 - 1), min_size=1, max_size=30), st.data())
@settings(deadline=None)
def test_squares_are_exact_to_128_bits(amounts: list[int], data: st.DataObject) -> None:
    cents = np.array(amounts, np.int64)
    begin = data.draw(st.integers(0, len(amounts)))
    end = data.draw(st.integers(begin, len(amounts)))
    asking = np.uint32(len(amounts))  # a row after all elements, asked about at the beginning and the end
    totals = [np.empty((2, 2), np.uint64) for _ in range(2)]
    for passed, total in zip((begin, end), totals, strict=True):
        events = np.array([*(-1 - place for place in range(passed)), asking], np.int32)
        kept = np.zeros((1, 2), np.uint64)
        kernel.add_up_wide_squares(events, np.zeros(asking + 1, np.uint32), cents, kept, total)
    gained = [int(later) - int(earlier) for later, earlier in zip(totals[1][0], totals[0][0], strict=True)]
    exact = sum(amount * amount for amount in amounts[begin:end])
    assert gained[0] + 2**64 * gained[1] == exact
    found = np.empty(1)
    kernel.wide_difference(totals[1], totals[0], found)
    assert found[0] == pytest.approx(exact, rel=2**-52, abs=0)


_CODES = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), max_size=30)


@given(_CODES)
@settings(deadline=None)
def test_pairs_are_numbered_without_gaps_and_the_missing_left_out(rows: list[tuple[int, int]]) -> None:
    first, second = (np.array([row[side] for row in rows], np.int32) for side in (0, 1))
    pairs = np.empty(len(rows), np.int32)
    count = kernel.pair_codes(first, 5, second, 5, pairs)
    numbers: dict[tuple[int, int], int] = {}
    for row, number in zip(rows, pairs.tolist(), strict=True):
        if min(row) < 0:
            assert number == -1
        else:
            assert numbers.setdefault(row, number) == number
    assert sorted(numbers.values()) == list(range(count))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=20), st.integers(0, 5), st.integers(-1, 8))
@settings(deadline=None)
def test_elements_before_a_moment_are_passed_before_its_row_asks(
    steps: list[int], begin: int, back: int
) -> None:
    times = np.cumsum(steps)
    begin = min(begin, int(np.searchsorted(times, times[0] - back)))
    passed = int(np.searchsorted(times, times[-1] - back)) - begin
    events = np.empty(passed + len(times), np.int32)
    kernel.merge(np.append(times, kernel.NEVER), begin, 0, times, back, 0, events)
    expected: list[int] = []
    place = begin
    for row, moment in enumerate(times):
        while place < len(times) and times[place] < moment - back:
            expected.append(-1 - place)
            place += 1
        expected.append(row)
    assert events.tolist() == expected


def test_warm_up_compiles_all_that_features_need() -> None:
    code = (
        "from tests.features import test_kernel_loops as loops; loops.kernel.warm_up();"
        "before = loops.compiled(); loops.use_everything();"
        "print(before == loops.compiled(), min(before) > 0)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )
    assert printed.stdout.split() == ["True", "True"]


def compiled() -> list[int]:
    """Return how many versions of each loop there are."""
    return [len(loop.signatures) for loop in LOOPS]


def use_everything() -> None:
    """Compute every measure over rows with and without amounts."""
    specs = every_measure("7d")
    plan = plan_features(specs, ALL_COLUMNS)
    times = np.arange(5, dtype=np.int64)
    codes = dict.fromkeys(plan.keys, Codes(np.array([0, 0, 1, -1, 0], np.int32), 2))
    labels = Labels(np.array([1]), np.array([3]))
    for known in (None, np.array([True, False, True, True, True])):
        build_features(specs, plan, FeatureRows(times, times, codes, {}, labels, known))
