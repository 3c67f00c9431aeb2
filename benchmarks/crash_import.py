"""Kill an import with SIGKILL at many moments: afterwards the whole batch is there, or nothing of it.

The extract is the Fraud Detection Handbook when it is there (`FRAUDKIT_SHARED_DATA`), else rows made here.
Each round imports in a process of its own, which is killed after a share of the time that a whole import
takes; then the portfolio is opened again and checked: its rows, and that no raw file is left. At the end the
import runs to its end once. `--part 2/3` does the second third of the points.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.ingest import QUICK_ROWS, write_extract
from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import importing
from fraudkit.services.workbench import Workbench, head_path

POINTS = 50
TABLES = ("batch", "transactions", "label_event", "rejected_row", "batch_report")


def settings_in(folder: Path) -> Settings:
    """Return settings whose files all lie in one folder."""
    return replace(
        Settings(),
        database=folder / "portfolio.duckdb",
        sample_database=folder / "sample.duckdb",
        upload_folder=folder / "uploads",
        local_models=folder / "models",
        card_key=folder / "card.key",
        audit_key=folder / "audit.key",
        sources=folder / "sources.toml",
        threads=1,
    )


def import_extract(path: Path, folder: Path) -> None:
    """Import the extract; this is what is killed."""
    workbench = Workbench.open(settings_in(folder))
    importing.import_file(workbench, path, Actor("benchmark"))
    workbench.close()


def counts(folder: Path) -> tuple[int, ...]:
    """Return the rows of each table after the portfolio was opened again; checks sums and raw files."""
    settings = settings_in(folder)
    workbench = Workbench.open(settings)
    assert not settings.upload_folder.exists() or not any(settings.upload_folder.iterdir())
    with workbench.database.read() as cursor:
        found = tuple(int(cursor.value(f"SELECT count(*) FROM {table}")) for table in TABLES)
        promised = cursor.value("SELECT coalesce(sum(rows_loaded), 0) FROM batch")
        distinct = cursor.value("SELECT count(DISTINCT transaction_id) FROM transactions")
    workbench.close()
    assert promised == distinct == found[1], (promised, distinct, found)
    return found


def delete(folder: Path) -> None:
    """Delete the portfolio together with the head of its audit chain."""
    settings = settings_in(folder)
    settings.database.unlink()
    head_path(settings, settings.database).unlink()


def start(path: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start an import in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.crash_import", "--import", str(path), "--into", str(folder)]
    return subprocess.Popen(command)


def run(path: Path, points: int, chosen: Sequence[int]) -> tuple[int, int]:
    """Kill an import at some of evenly spread moments; return how often nothing and how often all was there.

    Raises
    ------
    AssertionError
        When anything between nothing and all is there.
    """
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        assert start(path, Path(name)).wait() == 0
        whole_seconds = time.monotonic() - began
        whole = counts(Path(name))
    nothing, all_there = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for point in chosen:
            process = start(path, folder)
            time.sleep(whole_seconds * point / (points + 1))
            process.kill()
            process.wait()
            found = counts(folder)
            assert found in {whole, (0,) * len(TABLES)}, f"killed at {point} of {points}: {found}"
            nothing, all_there = nothing + (not any(found)), all_there + (found == whole)
            if found == whole:
                delete(folder)
        assert start(path, folder).wait() == 0
        assert counts(folder) == whole
    return nothing, all_there


def main() -> None:
    """Run the rounds and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROWS} rows and 5 points")
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--part", default="1/1", help="which part of the points, such as 2/3")
    parser.add_argument("--rows", type=int, default=1_754_155)
    parser.add_argument("--import", dest="extract", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.extract:
        import_extract(arguments.extract, arguments.into)
        return
    points, rows = (5, QUICK_ROWS) if arguments.quick else (arguments.points, arguments.rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract.csv"
        write_extract(path, rows)
        part, parts = map(int, arguments.part.split("/"))
        chosen = range(part, points + 1, parts)
        nothing, all_there = run(path, points, chosen)
    print(
        f"killed {len(chosen)} times: {nothing} times nothing is there, {all_there} times all, never a part"
    )


if __name__ == "__main__":
    main()
