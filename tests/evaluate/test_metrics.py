"""Metrics against scikit-learn and against themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import average_precision_score

from fraudkit.evaluate import (
    FeatureBins,
    average_precision,
    population_stability_index,
    precision_at,
    rank_correlation,
)

LABELLED = st.integers(2, 60).flatmap(
    lambda n: st.tuples(
        arrays.arrays(np.int64, n, elements=st.integers(0, 1)),
        arrays.arrays(np.float64, n, elements=st.integers(-5, 5).map(float)),
    )
)


@given(LABELLED)
@settings(max_examples=60, deadline=None)
def test_average_precision_is_scikit_learns(data: tuple[np.ndarray, np.ndarray]) -> None:
    y, score = data
    if y.any():
        assert average_precision(y, score) == pytest.approx(average_precision_score(y, score), abs=1e-12)
    else:
        assert math.isnan(average_precision(y, score))


def test_precision_at_counts_the_highest() -> None:
    y, score = [1, 0, 1, 0, 0], [9.0, 8.0, 7.0, 6.0, 5.0]
    assert precision_at(y, score, 1) == 1.0
    assert precision_at(y, score, 3) == pytest.approx(2 / 3)
    assert precision_at(y, score, 100) == pytest.approx(2 / 5)
    assert math.isnan(precision_at(y, score, 0))


def test_precision_at_shares_out_a_tie() -> None:
    assert precision_at([1, 0, 0, 0], [1.0, 1.0, 1.0, 1.0], 2) == pytest.approx(1 / 4)
    assert precision_at([1, 1, 0], [2.0, 1.0, 1.0], 2) == pytest.approx(3 / 4)


def test_rank_correlation() -> None:
    assert rank_correlation([1, 2, 3], [10, 200, 3000]) == pytest.approx(1.0)
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1.0)
    assert math.isnan(rank_correlation([1, 1, 1], [3, 2, 1]))


def test_stability_of_equal_histograms_is_zero_and_symmetric() -> None:
    assert population_stability_index([10, 20, 30], [1, 2, 3]) == pytest.approx(0.0)
    first, second = [10, 20, 70], [30, 30, 40]
    assert population_stability_index(first, second) == pytest.approx(
        population_stability_index(second, first)
    )


def test_stability_by_hand() -> None:
    expected = (0.2 - 0.5) * math.log(0.2 / 0.5) + (0.8 - 0.5) * math.log(0.8 / 0.5)
    assert population_stability_index([5, 5], [2, 8]) == pytest.approx(expected)


def test_bins_see_a_shift_and_values_that_vanish() -> None:
    draw = np.random.default_rng(0)
    bins = FeatureBins.fit(draw.normal(size=5_000))
    assert bins.stability(draw.normal(size=5_000)) < 0.02
    assert bins.stability(draw.normal(loc=1, size=5_000)) > 0.25
    assert bins.stability(np.full(100, np.nan)) > 0.25


def test_bins_hold_flags_constants_and_nothing() -> None:
    flags = FeatureBins.fit([0.0] * 90 + [1.0] * 10)
    assert flags.stability([0.0] * 900 + [1.0] * 100) == pytest.approx(0.0)
    assert flags.stability([0.0] * 500 + [1.0] * 500) > 0.25
    assert FeatureBins.fit([3.0] * 10).stability([3.0] * 7) == pytest.approx(0.0)
    assert FeatureBins.fit([math.nan] * 10).stability([math.nan] * 7) == pytest.approx(0.0)


def test_bins_survive_storage() -> None:
    bins = FeatureBins.fit(np.arange(100.0))
    again = FeatureBins.from_json(bins.as_json())
    assert again.stability(np.arange(50.0)) == bins.stability(np.arange(50.0))
