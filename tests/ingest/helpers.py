"""Shared by the tests of the importer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fraudkit.domain import Actor
from fraudkit.services import importing
from fraudkit.services.importing import ImportResult
from fraudkit.services.workbench import Workbench

ANA = Actor("Ana")


def load_bytes(
    workbench: Workbench,
    folder: Path,
    content: bytes,
    name: str = "extract.csv",
    mapping: dict[str, str | None] | None = None,
    **answers: str,
) -> ImportResult:
    """Write a file, import it, and check that every row is accounted for."""
    path = folder / name
    path.write_bytes(content)
    result = importing.import_file(workbench, path, ANA, answers=answers, mapping=mapping)
    assert result.rows_read == result.rows_loaded + result.rows_rejected + result.rows_duplicate
    assert result.message
    return result


def load(workbench: Workbench, folder: Path, text: str, **answers: str) -> ImportResult:
    """Import a text."""
    return load_bytes(workbench, folder, text.encode(), **answers)


def stored(workbench: Workbench) -> list[dict[str, Any]]:
    """Return all transactions in the order of their files."""
    with workbench.database.read() as cursor:
        return cursor.rows("SELECT * FROM transactions ORDER BY batch_id, source_row")


def local_times(workbench: Workbench) -> list[str]:
    """Return the local times as text."""
    with workbench.database.read() as cursor:
        return [
            row["local"]
            for row in cursor.rows(
                "SELECT CAST(make_timestamp(ts_us + utc_offset_minutes::BIGINT * 60000000) AS VARCHAR) "
                "AS local FROM transactions ORDER BY batch_id, source_row"
            )
        ]


def amounts(workbench: Workbench) -> list[str]:
    """Return the amounts as text."""
    return [str(row["transaction_amount"]) for row in stored(workbench)]


def reasons(workbench: Workbench, result: ImportResult) -> list[tuple[int, str]]:
    """Return line number and reason of each rejected row."""
    rows = importing.rejected_rows(workbench, result.batch_id or 0, 1000)
    return [(row["source_row"], row["reason"]) for row in rows]
