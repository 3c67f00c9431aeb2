"""An import that is killed leaves all or nothing."""

from __future__ import annotations

from pathlib import Path

from benchmarks import crash_import
from benchmarks.ingest import write_extract


def test_a_killed_import_leaves_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    write_extract(path, 20_000)
    nothing, all_there = crash_import.run(path, 3, (1, 2, 3))
    assert nothing + all_there == 3
