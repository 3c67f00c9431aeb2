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

LOOPS = [value for value in vars(kernel).values() if hasattr(value, "signatures")]


@given(st.lists(st.integers(0, 2**60 - 1), min_size=1, max_size=30), st.data())
@settings(deadline=None)
def test_squares_are_exact_to_128_bits(amounts: list[int], data: st.DataObject) -> None:
    cents = np.array(amounts, np.int64)
    begin = data.draw(st.integers(0, len(amounts)))
    end = data.draw(st.integers(begin, len(amounts)))
    low, high = np.empty(len(cents) + 1, np.uint64), np.empty(len(cents) + 1, np.uint64)
    kernel.running_squares(cents, low, high)
    found = kernel.squares_between(low, high, np.array([begin], np.int32), np.array([end], np.int32))
    exact = sum(amount * amount for amount in amounts[begin:end])
    assert found[0] == pytest.approx(exact, rel=2**-52, abs=0)
    word = 2**64
    gained = (int(high[end]) - int(high[begin])) * word + int(low[end]) - int(low[begin])
    assert gained == exact


def test_sorting_keeps_the_order_within_a_code_and_leaves_the_missing_out() -> None:
    codes = np.array([1, -1, 0, 1, 0], np.int32)
    order, first = np.empty(5, np.int32), np.empty(5, np.int32)
    assert kernel.sort_by_code(codes, 3, np.array([4, 3, 2, 1, 0], np.int32), order, first) == 4
    assert order[:4].tolist() == [4, 2, 3, 0]
    assert first[:4].tolist() == [0, 0, 2, 2]


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
