from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from fraudkit.evaluate.missed_fraud import Drawn, missed_fraud, weighted_total


def drawn(rng: np.random.Generator, population: list[tuple[np.ndarray, int]]) -> list[Drawn]:
    """Draw from each population (frauds as booleans) so many without replacement."""
    sample = []
    for number, (fraud, size) in enumerate(population):
        taken = rng.choice(len(fraud), size, replace=False)
        sample += [Drawn(str(number), size / len(fraud), bool(fraud[place]), 100.0) for place in taken]
    return sample


def populations(rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
    return [
        (rng.permutation(np.arange(size) < frauds), taken)
        for size, frauds, taken in [(2_000, 40, 120), (6_000, 30, 150), (900, 2, 60)]
    ]


def test_estimate_is_unbiased_and_its_interval_holds() -> None:
    rng = np.random.default_rng(11)
    strata = populations(rng)
    true = sum(int(fraud.sum()) for fraud, _ in strata)
    found = [missed_fraud(drawn(rng, strata)).count for _ in range(1_500)]
    totals = np.array([one.total for one in found if one])
    assert totals.mean() == pytest.approx(true, abs=4 * totals.std() / np.sqrt(len(totals)))
    held = np.mean([one.low <= true <= one.high for one in found if one])
    assert held >= 0.95


def test_sampled_but_not_reviewed_ones_do_not_bias_the_estimate() -> None:
    rng = np.random.default_rng(3)
    strata = populations(rng)
    true = sum(int(fraud.sum()) for fraud, _ in strata)
    totals = []
    for _ in range(1_500):
        sample = [
            one if rng.random() < 0.7 else Drawn(one.draw, one.probability, None, one.amount)
            for one in drawn(rng, strata)
        ]
        estimate = missed_fraud(sample).count
        assert estimate is not None
        totals.append(estimate.total)
    assert np.mean(totals) == pytest.approx(true, abs=4 * np.std(totals) / np.sqrt(len(totals)))


def test_no_fraud_found_is_not_no_fraud() -> None:
    found = missed_fraud([Drawn("1", 0.01, is_fraud=False, amount=50.0) for _ in range(100)])
    assert found.count is not None
    assert found.amount is not None
    assert (found.count.total, found.count.low) == (0.0, 0.0)
    assert found.count.high == pytest.approx(368.9, abs=0.1), "3.69 frauds of which each stands for 100"
    assert found.amount.high == pytest.approx(50 * found.count.high)


@given(st.integers(0, 60), st.floats(0.5, 500.0))
def test_with_equal_weights_it_is_the_exact_interval_of_poisson(frauds: int, weight: float) -> None:
    counts = [1] * frauds + [0] * 5
    found = weighted_total(counts, [weight] * len(counts))
    low = 0.0 if frauds == 0 else chi2.ppf(0.025, 2 * frauds) / 2
    assert found.low == pytest.approx(weight * low, rel=1e-6)
    assert found.high == pytest.approx(weight * chi2.ppf(0.975, 2 * frauds + 2) / 2, rel=1e-6)


SAMPLES = st.lists(
    st.builds(
        Drawn,
        st.sampled_from("abc"),
        st.floats(0.001, 1.0),
        st.sampled_from([True, False, None]),
        st.integers(0, 10**8).map(lambda cents: cents / 100),
    ),
    max_size=40,
)


@given(SAMPLES)
def test_the_reviewed_stand_for_everything_their_draw_stood_for(sample: list[Drawn]) -> None:
    found = missed_fraud(sample)
    reviewed = [one for one in sample if one.is_fraud is not None]
    assert (found.drawn, found.reviewed) == (len(sample), len(reviewed))
    answered = {one.draw for one in reviewed}
    wanted = sum(1 / one.probability for one in sample if one.draw in answered)
    assert found.stands_for == pytest.approx(wanted)
    if found.count is not None:
        assert found.count.low <= found.count.total <= found.count.high
        assert found.count.total <= found.stands_for * (1 + 1e-9)


def test_nothing_drawn_estimates_nothing() -> None:
    assert missed_fraud([]).count is None
