"""A rejected row keeps the line that it has in the file as it came, whatever the file was converted from."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook as Book

from fraudkit.ingest import line_numbers
from fraudkit.ingest.line_numbers import LineNumbers
from fraudkit.services import importing
from fraudkit.services.workbench import Workbench
from tests.ingest.helpers import ANA, load_bytes, reasons, stored

CELLS = st.lists(st.sampled_from(["a", "a\nb", "a\r\nb\rc", ""]), min_size=2, max_size=3)


@given(st.lists(st.tuples(CELLS, st.integers(1, 3)), max_size=12))
def test_lines_of_a_converted_file_lead_back_to_the_original(rows: list[tuple[list[str], int]]) -> None:
    output, numbers, expected, at = io.StringIO(newline=""), LineNumbers(), {}, 0
    writer = csv.writer(output)
    for cells, step in rows:
        at += step
        expected[len(output.getvalue().splitlines()) + 1] = at
        writer.writerow(cells)
        numbers.wrote(cells, at)
    lines = np.array(list(expected), np.int64)
    found = line_numbers.original(lines, numbers.shifts)
    assert found.tolist() == list(expected.values())
    assert line_numbers.converted(found, numbers.shifts).tolist() == lines.tolist()


JSON = b"""{"transaction_id": "a", "fecha": "2024-02-01", "monto": 1, "nota": "x"}

{"transaction_id": "b", "fecha": "2024-02-02", "monto": "dos", "nota": "two\\nlines"}
{"transaction_id": "a", "fecha": "2024-02-03", "monto": 3, "nota": "x"}
{"transaction_id": "c", "fecha": "2024-02-04", "monto": 4, "nota": "more\\nthan\\none"}
broken
{"transaction_id": "d", "fecha": "nunca", "monto": 5, "nota": ""}
"""


def test_json_lines_keep_their_numbers(workbench: Workbench, tmp_path: Path) -> None:
    result = load_bytes(workbench, tmp_path, JSON, "x.jsonl")
    assert reasons(workbench, result) == [
        (3, "number_unreadable"), (4, "conflict"), (6, "too_few_columns"), (7, "date_unreadable"),
    ]  # fmt: skip
    assert [(row["transaction_id"], row["source_row"]) for row in stored(workbench)] == [("a", 1), ("c", 5)]
    conflict = importing.rejected_rows(workbench, result.batch_id or 0)[1]
    assert "2024-02-03" in conflict["raw_text"]


def test_rows_of_a_workbook_keep_their_numbers(workbench: Workbench, tmp_path: Path) -> None:
    book = Book()
    for row in (["fecha", "monto", "nota"], ["2024-02-01", 1, "two\nlines"], [], ["2024-02-02", "x", ""]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    result = importing.import_file(workbench, tmp_path / "x.xlsx", ANA)
    assert reasons(workbench, result) == [(4, "number_unreadable")]
