"""CPU time of a careful import against a careless one: pandas with duplicate removal, into DuckDB.

Both read the same CSV: the Fraud Detection Handbook when it is there (`FRAUDKIT_SHARED_DATA`), else rows
made here; `--copies 10` writes it ten times, each copy later and under new identifiers. Rounds are
interleaved, each in a process of its own; the ratio of the medians is printed, and the peak memory of each.
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


def write_copies(path: Path, rows: int, copies: int) -> None:
    """Write the CSV that both read, one copy after the other."""
    once = path.with_suffix(".once")
    write_extract(once, rows)
    frame = pd.read_csv(once, parse_dates=["TX_DATETIME"])
    once.unlink()
    days = pd.Timedelta(days=(frame["TX_DATETIME"].max() - frame["TX_DATETIME"].min()).days + 1)
    for copy in range(copies):
        later = frame.assign(
            TRANSACTION_ID=frame["TRANSACTION_ID"] + copy * len(frame),
            TX_DATETIME=frame["TX_DATETIME"] + copy * days,
        )
        later.to_csv(path, index=False, mode="a", header=copy == 0)


def write_extract(path: Path, rows: int) -> None:
    """Write the CSV of one copy."""
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


MEASURES = {"pandas": careless, "fraudkit": careful}


def in_child(name: str, path: Path) -> tuple[float, int]:
    """Return CPU seconds and peak megabytes of one measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--only", name, str(path)]
    seconds, megabytes = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(megabytes)


def in_folder(measure: Any, path: Path) -> float:
    """Run one measurement in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        return float(measure(path, Path(folder)))


def compare(path: Path, rounds: int) -> dict[str, tuple[float, int]]:
    """Return the median of the CPU seconds and the peak memory of each, measured in turns."""
    found: dict[str, list[tuple[float, int]]] = {name: [] for name in MEASURES}
    for _ in range(rounds):
        for name, measured in found.items():
            measured.append(in_child(name, path))
    return {
        name: (statistics.median(seconds for seconds, _ in measured), max(peak for _, peak in measured))
        for name, measured in found.items()
    }


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROWS} rows instead of {FULL_ROWS}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        name, path = arguments.only
        seconds = in_folder(MEASURES[name], Path(path))
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
        return
    rows = QUICK_ROWS if arguments.quick else FULL_ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract.csv"
        write_copies(path, rows, arguments.copies)
        found = compare(path, arguments.rounds)
    print(f"rows {rows * arguments.copies}")
    for name, (seconds, megabytes) in found.items():
        print(f"{name:9} {seconds:7.2f} s CPU  peak memory {megabytes} MB")
    ratio = found["fraudkit"][0] / found["pandas"][0]
    print(f"CPU-time ratio {ratio:.2f} (at most {1.0 if arguments.copies > 1 else 2.0:.2f})")


if __name__ == "__main__":
    main()
