from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraudkit.evaluate.draws import is_drawn, place


@given(st.binary(min_size=32, max_size=32), st.integers(0, 10**9), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_keeps_whom_a_smaller_one_drew(
    key: bytes, name: int, one: float, other: float
) -> None:
    small, large = sorted((one, other))
    assert 0.0 <= place(key, "lean", name) < 1.0
    assert is_drawn(key, "lean", name, large) or not is_drawn(key, "lean", name, small)
    assert is_drawn(key, "lean", name, 1.0)
    assert not is_drawn(key, "lean", name, 0.0)


def test_draws_are_even_and_purposes_draw_apart() -> None:
    key = b"k" * 32
    first = np.array([place(key, "lean", name) for name in range(20_000)])
    second = np.array([place(key, "pair", name) for name in range(20_000)])
    counts, _ = np.histogram(first, bins=20, range=(0, 1))
    assert ((counts - 1000) ** 2 / 1000).sum() < 50, "chi-squared, 19 degrees of freedom: 50 is one in 7,000"
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03
    assert (first < 0.1).mean() == pytest.approx(0.1, abs=0.01)


def test_another_key_draws_others() -> None:
    drawn = [{n for n in range(1000) if is_drawn(key, "lean", n, 0.1)} for key in (b"a", b"b")]
    assert drawn[0] != drawn[1]
