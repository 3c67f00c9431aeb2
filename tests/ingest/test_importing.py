"""Files made here, loaded end to end: counts, values, questions and refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fraudkit.domain import Actor
from fraudkit.services import importing
from fraudkit.services.workbench import Workbench

HEADER = "id,fecha,monto,cliente\n"


def load(workbench: Workbench, folder: Path, text: str, **answers: str) -> importing.ImportResult:
    path = folder / "extract.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return importing.import_file(workbench, path, Actor("Ana"), answers=answers)


def stored(workbench: Workbench, columns: str = "*") -> list[dict[str, object]]:
    with workbench.database.read() as cursor:
        return cursor.rows(f"SELECT {columns} FROM transactions ORDER BY source_row")


def test_a_plain_file_is_loaded_with_its_values(workbench: Workbench, tmp_path: Path) -> None:
    result = load(workbench, tmp_path, "fecha,monto,cliente,nota\n2024-02-13 10:30:00,12.50,007,hola\n")
    assert (result.outcome, result.rows_read, result.rows_loaded) == ("load", 1, 1)
    (row,) = stored(workbench)
    assert row["ts_us"] == int(datetime(2024, 2, 13, 15, 30, tzinfo=UTC).timestamp()) * 1_000_000
    assert (row["utc_offset_minutes"], row["time_precision"]) == (-300, "second")
    assert (str(row["transaction_amount"]), row["customer_id"]) == ("12.50", "007")
    assert row["other_columns"] == '{"nota":"hola"}'
    assert row["transaction_id"].startswith("h")
    assert row["source_row"] == 2


def test_the_same_file_adds_nothing(workbench: Workbench, tmp_path: Path) -> None:
    text = "fecha,monto\n2024-02-13,1\n2024-02-13,1\n"
    first = load(workbench, tmp_path, text)
    again = load(workbench, tmp_path, text)
    assert (first.rows_loaded, first.rows_duplicate) == (2, 0)
    assert (again.rows_loaded, again.rows_duplicate, again.batch_id) == (0, 2, first.batch_id)
    assert len(stored(workbench)) == 2


@pytest.mark.parametrize(
    "value", ["inf", "nan", "", "N/A", "-", "=1+1", "1.2.3", "12.345", "１２.50", "1e99"]
)
def test_an_amount_that_is_none_is_rejected(workbench: Workbench, tmp_path: Path, value: str) -> None:
    result = load(workbench, tmp_path, f"fecha,monto\n2024-02-13,1.00\n2024-02-13,{value}\n")
    assert (result.outcome, result.rows_loaded, result.rows_rejected) == ("partial", 1, 1)
    (rejected,) = importing.rejected_rows(workbench, result.batch_id or 0)
    assert rejected["source_row"] == 3
    assert rejected["column_name"] == "monto"
    assert rejected["raw_text"] == f"2024-02-13,{value}"
