"""The engine beside its peers, in CPU time, interleaved, medians of five; then end to end and in the app.

`python -m benchmarks.engine [--quick] [--folder FOLDER] [SECTION …]`. Both sides run on one thread. Ratios
hold for the machine that they are measured on; a neighbour's load moves them by a fifth. The sections are
forest (scikit-learn, shap, fasttreeshap-fixed where it is installed: see benchmarks/forest.py), features
(pandas, DuckDB, polars), threads (one and two), end_to_end (the way of tutorials) and workbench. None takes
more than some minutes; what they print is kept in FOLDER, where one that is there already is not run again.
Without the handbook's transactions only the first is measured.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks import application, end_to_end, features, forest, scaling
from benchmarks.handbook import read_transactions, shared_data
from fraudkit.features import kernel
from fraudkit.forest import warm_up

REPEATS = 5
QUICK_ROWS = 6_000


def compare_forest(*, quick: bool) -> bool:
    """Scores and explanations."""
    return forest.compare(quick=quick)


def compare_features(*, quick: bool) -> bool:
    """Windows; the quick run leaves out what is a benchmark of its own."""
    return quick or features.main([]) == 0


def print_scaling(*, quick: bool) -> bool:
    """Two threads instead of one."""
    scaling.print_scaling(features.prepare(_transactions(quick=quick)), quick=quick)
    return True


def compare_end_to_end(*, quick: bool) -> bool:
    """From a CSV to a ranked list."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "transactions.csv"
        transactions = _transactions(quick=quick)
        rows = len(transactions)
        end_to_end.write_csv(transactions, path)
        del transactions
        with threadpool_limits(1):
            return end_to_end.compare(path, rows, 1 if quick else REPEATS, quick=quick)


def measure_workbench(*, quick: bool) -> bool:
    """From a file to a ranked queue, and what follows."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "uploads" / "extract.csv"
        path.parent.mkdir()
        transactions = _transactions(quick=quick)
        rows = len(transactions)
        transactions.drop(columns=["TX_TIME_SECONDS"]).to_csv(path, index=False)
        del transactions
        return application.measure(path, Path(name), rows, quick=quick)


def _transactions(*, quick: bool) -> pd.DataFrame:
    transactions = read_transactions(shared_data())
    return transactions.head(QUICK_ROWS) if quick else transactions


SECTIONS: dict[str, Callable[..., bool]] = {
    "forest": compare_forest,
    "features": compare_features,
    "threads": print_scaling,
    "end_to_end": compare_end_to_end,
    "workbench": measure_workbench,
}


def run(section: str, folder: Path | None, *, quick: bool) -> str:
    """Run a section unless it was run before; return what it prints."""
    kept = None if folder is None else folder / f"{section}.txt"
    if kept is not None and kept.exists():
        return kept.read_text(encoding="utf-8")
    printed = io.StringIO()
    with redirect_stdout(printed):
        began = time.perf_counter()
        reached = SECTIONS[section](quick=quick)
        print(f"{section}: {'all bars reached' if reached else 'a bar was MISSED'}", end=" ")
        print(f"({time.perf_counter() - began:.0f} s)")
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(printed.getvalue(), encoding="utf-8")
    return printed.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Print every ratio beside its bar; 0 when all are reached, 1 when not. Quick runs have no bars."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="few rows, one repeat, no bars on speed")
    parser.add_argument("--folder", type=Path, help="where what was printed is kept")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; else all")
    given = parser.parse_args(arguments)
    unknown = set(given.sections) - SECTIONS.keys()
    if unknown:
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    began = time.process_time()
    warm_up()
    kernel.warm_up()
    print(f"compiled code loaded or made in {time.process_time() - began:.2f} s CPU")
    wanted = given.sections or list(SECTIONS)
    if not (shared_data() / "handbook").exists():
        print(f"The handbook's transactions are not in {shared_data()}; set FRAUDKIT_SHARED_DATA.")
        wanted = [section for section in wanted if section == "forest"]
    missed = False
    for section in wanted:
        printed = run(section, given.folder, quick=given.quick)
        print(printed, end="", flush=True)
        missed |= "MISSED" in printed
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
