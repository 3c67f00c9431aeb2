"""Further columns as one JSON object: the same text as the engine writes, whatever the values hold."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from fraudkit.ingest import blocks, other_columns
from fraudkit.services.workbench import Workbench
from fraudkit.store import transactions

NAMES = {"other_0": 'a "quoted" naïve\\name', "other_1": "line\nbreak"}
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
CELLS = st.one_of(st.none(), TEXTS, st.sampled_from(['"', "\\", '\\"', "\x01\x1f\t\r\n\b\f", "ñ☃"]))


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_each_object_reads_back_and_is_what_the_engine_writes(
    cells: list[tuple[str | None, str | None]],
) -> None:
    columns = {name: pa.array([row[place] for row in cells], pa.string()) for place, name in enumerate(NAMES)}
    written = other_columns.joined(pa.table(columns), NAMES)["other_columns"].to_pylist()
    expected = [
        {NAMES[name]: value for name, value in zip(NAMES, row, strict=True) if value is not None}
        for row in cells
    ]
    assert [json.loads(text) if text else {} for text in written] == expected
    for text, members in zip(written, expected, strict=True):
        for value in members.values():
            assert _engine_writes(value) in text


def _engine_writes(value: str) -> str:
    found = duckdb.execute("SELECT CAST(to_json(?::VARCHAR) AS VARCHAR)", [value]).fetchone()
    assert found is not None
    return str(found[0])


def test_rows_in_order_of_time_are_dealt_out_as_a_full_sort_would() -> None:
    random = np.random.default_rng(1)
    ranks = random.integers(-1, 40, 5_000)
    moments = np.sort(random.integers(0, 900, 5_000))
    assert np.array_equal(blocks._order(ranks, moments), np.lexsort((moments, ranks)))
    mixed = random.permutation(moments)
    assert np.array_equal(blocks._order(ranks, mixed), np.lexsort((mixed, ranks)))
    many = random.permutation(70_000)
    assert np.array_equal(blocks._order(many, np.zeros(70_000)), np.argsort(many))


def test_appended_rows_are_freed_before_the_transaction_ends(workbench: Workbench, tmp_path: Path) -> None:
    count = 50_000
    with workbench.database.write() as cursor:
        batch_id = transactions.open_batch(cursor)
        before = pa.total_allocated_bytes()
        for block in range(3):
            rows = pa.table(
                {
                    "source_row": np.arange(count),
                    "ts_us": np.arange(count),
                    "utc_offset_minutes": np.zeros(count, np.int16),
                    "time_precision": pa.array(["second"] * count),
                    "transaction_amount": pa.array(np.arange(count)).cast(pa.decimal128(21, 2)),
                    "transaction_id": pa.array([f"{block}-{place}" for place in range(count)]),
                }
            )
            transactions.append_rows(cursor, rows, batch_id, 1 + block * count)
            del rows
        assert pa.total_allocated_bytes() - before < 1_000_000
        assert cursor.value("SELECT count(*) FROM transactions") == 3 * count
