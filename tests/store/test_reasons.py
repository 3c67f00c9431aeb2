from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from fraudkit.store import Database, reasons

EVIDENCE = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.integers(-3, 3).map(float)
)


@given(EVIDENCE)
def test_packed_reasons_are_the_strongest_positive_features(evidence: np.ndarray) -> None:
    names = [f"feature {place}" for place in range(evidence.shape[1])]
    for row, packed in zip(evidence, reasons.pack(evidence), strict=True):
        expected = sorted((-value, place) for place, value in enumerate(row) if value > 0)[: reasons.PACKED]
        assert reasons.unpack(int(packed), names) == [names[place] for _, place in expected]


def test_blocks_replace_what_they_cover_and_are_stamped(database: Database) -> None:
    names = ["amount", "new_merchant", "hour_habit"]
    first = np.array([[3.0, 2.0, -1.0], [1.0, -1.0, 2.0]])
    with database.write() as cursor:
        run = reasons.start_run(cursor, "model", 7, 2, names)
        reasons.write_block(cursor, np.array([1, 2]), reasons.pack(first), run)
    with database.write() as cursor:
        second = reasons.start_run(cursor, "model", 8, 2, names)
        reasons.write_block(cursor, np.array([2]), reasons.pack(np.array([[0.0, 5.0, 4.0]])), second)
    with database.read() as cursor:
        rows = cursor.rows("SELECT * FROM transaction_reason ORDER BY position")
        assert reasons.last_run(cursor)["run_id"] == second
    assert [(row["position"], row["run_id"]) for row in rows] == [(1, run), (2, second)]
    assert [reasons.unpack(row["packed"], names) for row in rows] == [
        ["amount", "new_merchant"],
        ["new_merchant", "hour_habit"],
    ]
