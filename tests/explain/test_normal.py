"""What would look normal: exact sets, exact reach, and the features of the amount at other amounts."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from fraudkit.explain.amounts import AmountFeatures
from fraudkit.explain.formats import formats_for
from fraudkit.explain.normal import Lever, Normality, Swap, reach, smallest, swaps
from fraudkit.explain.normal_words import conclusion
from fraudkit.forest import Forest
from tests.explain.test_reasons import FACTS

EN = formats_for("en", "en-US")
NAMES = ("customer_count_1h", "customer_count_24h", "new_merchant")
ROW = {"customer_count_1h": 6.0, "customer_count_24h": 9.0, "new_merchant": 1.0}


def lever(name: str, usual: float = 0.0) -> Lever:
    return Lever(name, {name: usual}, "own", usual, ROW[name])


LEVERS = [lever(name) for name in NAMES]


@pytest.fixture(scope="module")
def forest() -> Forest:
    draw = np.random.default_rng(3)
    X = np.column_stack([draw.poisson(0.4, 4_000), draw.poisson(1.5, 4_000), draw.random(4_000) < 0.3])
    return Forest.fit(X.astype(np.float32), NAMES, n_estimators=60, max_samples=256)


def test_every_set_is_scored_by_the_forest_itself(forest: Forest) -> None:
    found = swaps(ROW, LEVERS, NAMES, forest.score, None)
    assert len(found) == 7
    for swap in found:
        changed = {**ROW, **{each.name: 0.0 for each in swap.levers}}
        assert swap.score == forest.score([[changed[name] for name in NAMES]])[0]
        assert swap.is_below is None
    assert [len(swap.levers) for swap in found] == sorted(len(swap.levers) for swap in found)


def test_the_smallest_set_is_the_smallest_there_is(forest: Forest) -> None:
    everything = swaps(ROW, LEVERS, NAMES, forest.score, None)
    for line in np.linspace(everything[-1].score, forest.score([list(ROW.values())])[0], 9)[1:]:
        best = smallest(swaps(ROW, LEVERS, NAMES, forest.score, float(line)))
        assert best is not None
        for size in range(1, len(best.levers)):
            for smaller in combinations(LEVERS, size):
                changed = {**ROW, **{each.name: 0.0 for each in smaller}}
                assert forest.score([[changed[name] for name in NAMES]])[0] >= line
        assert best.score < line


def test_nothing_is_enough_below_everything(forest: Forest) -> None:
    assert smallest(swaps(ROW, LEVERS, NAMES, forest.score, -99.0)) is None
    assert swaps(ROW, [], NAMES, forest.score, 0.0) == []


def test_the_reach_is_exact_against_trying_every_value(forest: Forest) -> None:
    one = lever("customer_count_1h")
    thresholds = forest.arrays.threshold[~forest.arrays.is_leaf].astype(np.float64)
    values = np.linspace(0, 6, 2_401)
    X = np.tile([ROW[name] for name in NAMES], (len(values), 1)).astype(np.float32)
    X[:, 0] = values
    scores = forest.score(X)
    crossed = 0
    for line in np.linspace(scores.min(), scores.max(), 15)[1:]:
        found = reach(one, ROW, NAMES, lambda u: {one.name: u}, thresholds, forest.score, float(line))
        above = np.flatnonzero(scores >= line)
        if scores[0] >= line or not len(above):
            assert found is None
        else:
            crossed += 1
            assert found is not None
            assert values[above[0] - 1] <= found + 1e-6
            assert found < values[above[0]]
    assert crossed > 5


def amounts(**changes: object) -> AmountFeatures:
    values: dict[str, object] = {
        "names": ("amount", "amount_deviation_90d"),
        "rate": 3.75,
        "direction": 0,
        "balance_before": 1_000.0,
        "knows_balance_after": True,
        "inputs": {"amount_deviation_90d": {"count": 10.0, "typical": 100.0, "deviation": 20.0}},
    }
    return AmountFeatures(**{**values, **changes})  # type: ignore[arg-type]


def test_features_of_the_amount_follow_their_declared_formulas() -> None:
    found = amounts().at(np.array([80.0]))
    assert found["amount"] == pytest.approx([300.0])
    spread = math.sqrt(20.0**2 + 0.01 * 100.0**2 + 1e-4)
    assert found["amount_deviation_90d"] == pytest.approx([10 / 20 * 200.0 / spread])


def test_balances_follow_the_amount() -> None:
    found = amounts(names=("balance_share", "drained_account")).at(np.array([100.0, 990.0]))
    assert found["balance_share"] == pytest.approx([0.1, 0.99])
    assert found["drained_account"] == pytest.approx([0.0, 1.0])


def test_thresholds_come_back_as_amounts() -> None:
    def crossings(names: tuple[str, ...]) -> NDArray[np.float64] | None:
        thresholds = dict.fromkeys(names, np.array([375.0]))
        return amounts(names=names).crossings(thresholds, 10.0, 500.0)

    assert crossings(("amount",)) == pytest.approx([100.0])
    assert crossings(("amount", "drained_account")) is None  # a step is no straight line


def said(**changes: object) -> str:
    values: dict[str, object] = {
        "line": 1.0,
        "is_below": False,
        "best": None,
        "best_severity": math.nan,
        "reach": None,
        "singles": (),
        "together": None,
        "together_severity": math.nan,
    }
    return conclusion(Normality(**{**values, **changes}), FACTS, "PEN", EN)  # type: ignore[arg-type]


def test_the_conclusion_names_value_source_and_place() -> None:
    amount = Lever("amount", {"amount": 300.0}, "own", 300.0, 4_200.0)
    below = Swap((amount,), 0.0, is_below=True)
    assert said(best=below, reach=780.0, best_severity=93.0) == (
        "Amount: up to S/\u00a0780.00 it would have stayed below the line"
        " (usual S/\u00a0300.00, here S/\u00a04,200.00)."
    )
    pair = Swap(tuple(LEVERS[:2]), 0.0, is_below=True)
    assert said(best=pair, best_severity=93.126) == (
        "With “Payments within an hour” 0 instead of 6 and “Payments within a day” 0 instead of 9"
        " it would have stayed below the line. It would then stand at 93.12\u00a0%."
    )
    assert "Not even with" in said(together=Swap(tuple(LEVERS), 2.0, is_below=False), together_severity=99.5)
    assert said(is_below=True).startswith("It stands below the line")
    assert said() == ""
