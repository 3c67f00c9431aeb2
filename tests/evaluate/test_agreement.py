from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from fraudkit.evaluate.agreement import agreement
from fraudkit.evaluate.anchoring import Leaned, anchoring

VERDICTS = ["fraud", "genuine", "undetermined"]
PAIRS = st.lists(st.tuples(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS)), min_size=1, max_size=60)


@given(PAIRS)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    first, second = map(list, zip(*pairs, strict=True))
    found = agreement(first, second)
    if len({*first, *second}) == 1:
        assert math.isnan(found.kappa), "chance explains all of it"
        return
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second))
    assert found.low <= found.kappa <= found.high


@given(PAIRS)
def test_kappa_does_not_know_who_came_first(pairs: list[tuple[str, str]]) -> None:
    first, second = map(list, zip(*pairs, strict=True))
    one, other = agreement(first, second), agreement(second, first)
    assert (one.pairs, one.agreeing) == (other.pairs, other.agreeing)
    assert [one.kappa, one.low, one.high] == pytest.approx([other.kappa, other.low, other.high], nan_ok=True)


def test_the_published_example_of_fleiss_cohen_and_everitt() -> None:
    """Two diagnoses of 200 patients in three kinds; the paper gives kappa .429 and variance .002885."""
    table = np.array([[53, 5, 2], [11, 14, 5], [1, 6, 3]]) * 2
    first = [str(i) for i, row in enumerate(table) for count in row for _ in range(count)]
    second = [str(j) for row in table for j, count in enumerate(row) for _ in range(count)]
    found = agreement(first, second)
    assert found.kappa == pytest.approx(0.429, abs=5e-4)
    assert ((found.high - found.low) / 2 / 1.96) ** 2 == pytest.approx(0.002885, abs=2e-5)


def test_the_interval_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    joint = np.array([[0.30, 0.08], [0.07, 0.55]])
    chance = joint.sum(1) @ joint.sum(0)
    true = (np.trace(joint) - chance) / (1 - chance)
    cells = rng.choice(4, size=(800, 150), p=joint.ravel())
    found = [agreement([str(c // 2) for c in row], [str(c % 2) for c in row]) for row in cells]
    share = np.mean([one.low <= true <= one.high for one in found])
    assert 0.92 <= share <= 0.975


def test_no_pairs_have_no_kappa() -> None:
    found = agreement([], [])
    assert (found.pairs, math.isnan(found.kappa), math.isnan(found.share)) == (0, True, True)


def test_anchoring_counts_changes_and_which_were_right() -> None:
    found = anchoring(
        [
            Leaned("genuine", "fraud", "fraud"),
            Leaned("genuine", "fraud", "genuine"),
            Leaned("fraud", "fraud", "fraud"),
            Leaned("fraud", "genuine"),
            Leaned("undetermined", "fraud", "fraud"),
            Leaned("genuine", "undetermined", "undetermined"),
        ]
    )
    assert (found.cases, found.changed, found.settled) == (6, 4, 1)
    assert (found.changed_share, found.right_share, found.lean_share) == (4 / 6, 0.5, 2 / 3)
    assert math.isnan(anchoring([]).changed_share)


@settings(max_examples=50)
@given(st.lists(st.builds(Leaned, *[st.sampled_from(VERDICTS)] * 2, st.sampled_from([*VERDICTS, None]))))
def test_anchoring_adds_up(cases: list[Leaned]) -> None:
    found = anchoring(cases)
    assert found.changed + found.settled <= found.cases == len(cases)
    assert found.changed_and_right <= found.changed_and_known <= found.changed
    assert found.lean_right <= found.leaned_and_known
