"""The probability of fraud by score band: properties, known truth, and what selection does to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fraudkit.evaluate.calibration import LEAST_VERDICTS, Calibration, brier, calibrate

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed: int, rows: int = 600) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return scores, some of them equal, and frauds that rise with them, at least fifty of each class."""
    random = np.random.default_rng(seed)
    score = np.round(random.normal(0.0, 2.0, rows), 1)
    fraud = random.random(rows) < truth(score)
    fraud[:LEAST_VERDICTS], fraud[LEAST_VERDICTS : 2 * LEAST_VERDICTS] = True, False
    return score, fraud


def truth(score: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(2.0 - score))


def calibrated(score: object, fraud: object, **given_: object) -> Calibration:
    found = calibrate(score, fraud, **given_)  # type: ignore[arg-type]
    assert found is not None
    return found


@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_probability_rises_with_the_score_and_lies_within_its_interval(seed: int) -> None:
    found = calibrated(*drawn(seed))
    shares = [band.probability for band in found.bands]
    assert shares == sorted(shares)
    assert len(set(shares)) == len(shares)
    assert all(0.0 < band.low < band.probability < band.high < 1.0 for band in found.bands)
    lowest = [band.lowest for band in found.bands]
    assert lowest[0] == -np.inf
    assert lowest == sorted(lowest)


@given(seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_every_verdict_is_counted_once_in_the_band_of_its_score(seed: int) -> None:
    score, fraud = drawn(seed)
    found = calibrated(score, fraud)
    for band in found.bands:
        inside = np.array([found.band(value) == band for value in score])
        assert (band.verdicts, band.frauds) == (inside.sum(), fraud[inside].sum())
        assert band.effective == pytest.approx(band.verdicts)
        assert band.probability == pytest.approx((band.frauds + 0.5) / (band.verdicts + 1))
    assert found.verdicts == len(score)
    assert found.observed_from == score.min()
    assert found.probability(score).tolist() == [found.band(value).probability for value in score]


@given(seed=SEEDS, factor=st.floats(0.01, 1000.0))
@settings(max_examples=30, deadline=None)
def test_neither_the_order_of_verdicts_nor_a_common_weight_matters(seed: int, factor: float) -> None:
    score, fraud = drawn(seed)
    order = np.random.default_rng(seed + 1).permutation(len(score))
    found, again = calibrated(score, fraud), calibrated(score[order], fraud[order], weight=factor)
    assert [band.lowest for band in again.bands] == [band.lowest for band in found.bands]
    assert again.probability(score) == pytest.approx(found.probability(score))


@pytest.mark.parametrize("frauds", [0, LEAST_VERDICTS - 1, LEAST_VERDICTS])
@pytest.mark.parametrize("others", [0, LEAST_VERDICTS - 1, LEAST_VERDICTS])
def test_nothing_is_said_before_fifty_verdicts_of_each_class(frauds: int, others: int) -> None:
    fraud = np.arange(frauds + others) < frauds
    enough = min(frauds, others) >= LEAST_VERDICTS
    assert (calibrate(np.arange(frauds + others), fraud) is not None) == enough


def test_a_score_that_says_nothing_gives_one_band() -> None:
    found = calibrated(np.zeros(200), np.arange(200) < 60)
    assert len(found.bands) == 1
    assert found.bands[0].probability == pytest.approx(60.5 / 201)


def test_distrusted_verdicts_widen_the_interval_and_keep_the_share() -> None:
    score, fraud = np.zeros(400), np.arange(400) < 100
    full, quarter = calibrated(score, fraud).bands[0], calibrated(score, fraud, trust=0.25).bands[0]
    assert quarter.effective == pytest.approx(100)
    assert quarter.high - quarter.low > 1.8 * (full.high - full.low)
    assert quarter.probability == pytest.approx(full.probability, abs=0.01)


def test_verdicts_under_the_present_model_outweigh_former_ones() -> None:
    score = np.zeros(400)
    fraud = np.concatenate([np.arange(200) < 150, np.arange(200) < 50])
    trust = np.repeat([1.0, 0.25], 200)
    assert calibrated(score, fraud, trust=trust).bands[0].probability == pytest.approx(0.65, abs=0.01)


def test_it_is_calibrated_where_the_truth_is_known() -> None:
    random = np.random.default_rng(3)
    seen, unseen = random.normal(0.0, 2.0, 1_500), random.normal(0.0, 2.0, 60_000)
    found = calibrated(seen, random.random(1_500) < truth(seen))
    happened = random.random(60_000) < truth(unseen)
    probability = found.probability(unseen)
    assert brier(happened, probability) < brier(happened, np.full(60_000, happened.mean())) * 0.75
    assert probability.mean() == pytest.approx(happened.mean(), abs=0.02)
    for band in found.bands:
        inside = probability == band.probability
        assert abs(happened[inside].mean() - band.probability) < 0.06


def test_nine_of_ten_intervals_hold_the_true_share() -> None:
    held = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        score = random.normal(0.0, 2.0, 900)
        found = calibrated(score, random.random(900) < truth(score))
        everybody = random.normal(0.0, 2.0, 40_000)
        places = found.probability(everybody)
        held += [
            band.low <= truth(everybody[places == band.probability]).mean() <= band.high
            for band in found.bands
        ]
    assert 0.85 < np.mean(held) < 0.97


def test_a_random_sample_below_the_line_counts_for_what_it_stands_for() -> None:
    """Above the line people looked at everything, below it at one in fifty: only the weights say so."""
    random = np.random.default_rng(11)
    score = random.normal(0.0, 2.0, 60_000)
    fraud = random.random(60_000) < truth(score - 2.0)
    line = np.quantile(score, 0.98)
    chance = np.where(score >= line, 1.0, 0.02)
    looked = random.random(60_000) < chance
    honest = calibrated(score[looked], fraud[looked], weight=1.0 / chance[looked])
    naive = calibrated(score[looked], fraud[looked])
    top_only = calibrated(score[score >= line], fraud[score >= line])
    below = score < line
    errors = [
        abs(found.probability(score[below]).mean() - fraud[below].mean())
        for found in (honest, naive, top_only)
    ]
    assert errors[0] < 0.01
    assert errors[0] < errors[1] < errors[2]
    assert top_only.observed_from >= line, "it must say that nothing was seen below the line"
    assert honest.observed_from < line


def test_brier_score_by_hand() -> None:
    assert brier([1, 0], [0.8, 0.4]) == pytest.approx((0.04 + 0.16) / 2)
