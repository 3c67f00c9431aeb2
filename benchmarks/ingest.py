"""CPU time of a careful import against a careless one: pandas with duplicate removal, into DuckDB.

Both read the same CSV: the Fraud Detection Handbook when it is there (`FRAUDKIT_SHARED_DATA`), else rows
made here. Rounds are interleaved; the ratio of the medians is printed, and the memory of an import alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import numpy as np
import pandas as pd

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.domain import Actor
from fraudkit.services import importing
from fraudkit.services.workbench import Workbench
from fraudkit.store import Database

SHARED_DATA = Path(os.environ.get("FRAUDKIT_SHARED_DATA", PROJECT_ROOT.parent / "shared" / "data"))
FULL_ROWS = 1_754_155
QUICK_ROWS = 200_000


def cpu_seconds() -> float:
    """Return the CPU time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def write_extract(path: Path, rows: int) -> None:
    """Write the CSV that both read."""
    handbook = SHARED_DATA / "handbook" / "transactions.parquet"
    if handbook.exists():
        frame = pd.read_parquet(handbook).head(rows)
    else:
        random = np.random.default_rng(0)
        frame = pd.DataFrame(
            {
                "TRANSACTION_ID": np.arange(rows),
                "TX_DATETIME": pd.Timestamp("2018-04-01") + pd.to_timedelta(np.arange(rows) * 9, unit="s"),
                "CUSTOMER_ID": random.integers(0, 5_000, rows),
                "TERMINAL_ID": random.integers(0, 10_000, rows),
                "TX_AMOUNT": random.gamma(2.0, 27.0, rows).round(2),
                "TX_FRAUD": (random.random(rows) < 0.01).astype(int),
            }
        )
    frame.to_csv(path, index=False)


def careless(path: Path, folder: Path) -> float:
    """Return the CPU seconds of pandas: read, drop duplicates, insert."""
    start = cpu_seconds()
    frame = pd.read_csv(path, parse_dates=["TX_DATETIME"]).drop_duplicates()
    connection = duckdb.connect(str(folder / "careless.duckdb"), config={"threads": 1})
    connection.register("frame", frame)
    connection.execute("CREATE TABLE transactions AS SELECT * FROM frame")
    connection.close()
    return cpu_seconds() - start


def careful(path: Path, folder: Path) -> float:
    """Return the CPU seconds of an import with every check."""
    settings = Settings(
        database=folder / "careful.duckdb",
        upload_folder=folder / "uploads",
        card_key=folder / "card.key",
        threads=1,
    )
    start = cpu_seconds()
    database = Database(settings.database, memory_limit="1GB", threads=1)
    workbench = cast("Workbench", SimpleNamespace(settings=settings, database=database))
    result = importing.import_file(workbench, path, Actor("benchmark"))
    database.close()
    seconds = cpu_seconds() - start
    assert result.outcome == "load", result.message
    return seconds


def peak_megabytes(path: Path) -> int:
    """Return the peak memory of one import in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--only-import", str(path)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def in_folder(measure: Any, path: Path) -> float:
    """Run one measurement in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        return float(measure(path, Path(folder)))


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROWS} rows instead of {FULL_ROWS}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only-import", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only_import:
        in_folder(careful, arguments.only_import)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
        return
    rows = QUICK_ROWS if arguments.quick else FULL_ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract.csv"
        write_extract(path, rows)
        pairs = [(in_folder(careless, path), in_folder(careful, path)) for _ in range(arguments.rounds)]
        memory = peak_megabytes(path)
    pandas_seconds = statistics.median(pair[0] for pair in pairs)
    own_seconds = statistics.median(pair[1] for pair in pairs)
    print(
        f"rows {rows}  pandas {pandas_seconds:.2f} s  fraudkit {own_seconds:.2f} s  peak memory {memory} MB"
    )
    print(f"CPU-time ratio {own_seconds / pandas_seconds:.2f} (at most 2.00)")


if __name__ == "__main__":
    main()
