"""Updating touched entities gives the matrix of a full build, and leaves the others alone."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraudkit.features.build import build_features
from fraudkit.features.plan import plan_features
from fraudkit.features.rows import Codes, FeatureRows, Labels
from fraudkit.features.spec import FeatureSpec, Window
from fraudkit.features.update import update_features
from tests.features.ledgers import ALL_COLUMNS, Ledger, ledgers, read_rows
from tests.features.test_kernel_equals_sql import every_measure

MIXED = FeatureSpec(
    "mixed",
    "",
    "habit",
    "ratio",
    "{own} / NULLIF({all}, 0e0) + {amount}",
    "",
    "",
    "",
    inputs={"own": Window("customer", "sum", "30d"), "all": Window("terminal", "sum", "7d")},
)
SPECS = [*every_measure("7d"), *every_measure("90d"), MIXED]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledger=ledgers(), data=st.data())
def test_an_update_equals_a_full_build(ledger: Ledger, data: st.DataObject) -> None:
    plan = plan_features(SPECS, ALL_COLUMNS)
    rows = read_rows(ledger, plan)
    expected = build_features(SPECS, plan, rows)
    new = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    old = np.flatnonzero(~new)
    values = np.full(expected.shape, -1.0, np.float32, order="F")
    if len(old):
        values[old] = build_features(SPECS, plan, rows.take(old))
    update_features(SPECS, plan, rows, values, new)
    np.testing.assert_array_equal(values, expected)


def test_rows_of_other_entities_are_not_computed_again() -> None:
    spec = FeatureSpec(
        "n", "", "velocity", "count", "{n}", "", "", "", inputs={"n": Window("customer", "count", "24h")}
    )
    plan = plan_features([spec], ALL_COLUMNS)
    codes = Codes(np.array([0, 1, 1, 2, -1, 1], np.int32), 3)
    times = np.arange(6, dtype=np.int64)
    rows = FeatureRows(times, np.ones(6, np.int64), {"customer": codes}, {}, Labels())
    values = np.full((6, 1), 77.0, np.float32)
    changed = np.array([False, False, False, False, False, True])
    assert update_features([spec], plan, rows, values, changed) == 3
    assert values[:, 0].tolist() == [77.0, 0.0, 1.0, 77.0, 77.0, 2.0]
