"""The ranking of last resort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraudkit.features.fallback import FallbackRanking, is_needed

NAMES = ("amount", "hour_habit", "amount_ratio_90d", "balance_share")


@pytest.mark.parametrize(
    ("rows", "features", "missing", "needed"),
    [
        (999, 15, 0, True),
        (1_000, 15, 0, False),
        (5_000, 15, 7, False),
        (5_000, 15, 8, True),
        (5_000, 4, 2, True),
    ],
)
def test_it_is_needed_below_a_thousand_rows_or_without_half_of_the_features(
    rows: int, features: int, missing: int, needed: bool
) -> None:
    assert is_needed(rows, features, missing) is needed


@given(st.integers(1, 40), st.integers(0, 1_000))
@settings(max_examples=40, deadline=None)
def test_evidence_adds_up_and_stays_between_zero_and_one(rows: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    X = draw.exponential(100, (rows, 4)).astype(np.float32)
    X[draw.random(X.shape) < 0.3] = np.nan
    ranking = FallbackRanking.fit(X, NAMES)
    score = ranking.score(X, NAMES)
    np.testing.assert_allclose(ranking.base + ranking.explain(X, NAMES).sum(axis=1), score)
    assert ((score >= 0) & (score <= 1)).all()


def test_larger_is_more_suspicious_and_habits_do_not_count() -> None:
    X = np.array([[1, 9, 1, 0.1], [2, 1, 2, 0.2], [3, 5, 3, 0.3]], np.float32)
    ranking = FallbackRanking.fit(X, NAMES)
    assert list(np.argsort(ranking.score(X, NAMES))) == [0, 1, 2]
    assert (ranking.explain(X, NAMES)[:, 1] == 0).all()


def test_a_feature_that_the_extract_lacks_dilutes_nothing() -> None:
    X = np.array([[1, 0, np.nan, np.nan], [3, 0, np.nan, np.nan]], np.float32)
    ranking = FallbackRanking.fit(X, NAMES)
    assert set(ranking.quantiles) == {"amount"}
    assert ranking.score(X, NAMES)[1] == pytest.approx(1.0)


def test_constant_values_are_the_middle() -> None:
    X = np.full((5, 4), 7.0, np.float32)
    assert FallbackRanking.fit(X, NAMES).score(X, NAMES) == pytest.approx(0.5)


def test_it_survives_storage() -> None:
    X = np.random.default_rng(0).random((50, 4)).astype(np.float32)
    ranking = FallbackRanking.fit(X, NAMES)
    again = FallbackRanking.from_json(ranking.as_json())
    np.testing.assert_array_equal(again.score(X, NAMES), ranking.score(X, NAMES))
