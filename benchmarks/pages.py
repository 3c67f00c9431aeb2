"""Server time of every screen on the sample: the time a script run takes, without browser and network.

    python -m benchmarks.pages [--quick] [--runs N]

A screen is entered through app.py as a browser does; printed are its first run, the median and the slowest of
the following runs by the clock, and the median processor time over all threads. The bar: 300 ms by the clock
on an idle machine.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import tempfile
import time
from pathlib import Path

BAR_MILLISECONDS = 300
SCREENS = ("queue", "case", "import", "model")


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        _prepare(Path(folder))
        from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - settings come from the environment

        from fraudkit.config import PROJECT_ROOT  # noqa: PLC0415

        logging.disable(logging.WARNING)
        at = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60)
        started = time.perf_counter()
        at.run()
        print(f"start of the server, model and queue: {1000 * (time.perf_counter() - started):8.0f} ms")
        print(f"{'screen':10}{'first ms':>12}{'median ms':>12}{'slowest ms':>12}{'processor ms':>16}")
        medians = [_measure(at, screen, arguments.runs) for screen in SCREENS]
    slowest = max(medians)
    verdict = "met" if slowest < BAR_MILLISECONDS else "MISSED"
    print(f"slowest screen {slowest:.0f} ms, bar {BAR_MILLISECONDS} ms: {verdict}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="five runs of each screen")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.runs = 5
    return arguments


def _prepare(folder: Path) -> None:
    """Load the sample into a database of its own."""
    values = {
        "FRAUDKIT_DATABASE": folder / "portfolio.duckdb",
        "FRAUDKIT_SAMPLE_DATABASE": folder / "sample.duckdb",
        "FRAUDKIT_UPLOAD_FOLDER": folder / "uploads",
        "FRAUDKIT_LOCAL_MODELS": folder / "models",
    }
    os.environ.update({name: str(path) for name, path in values.items()})
    from fraudkit.config import load_settings  # noqa: PLC0415
    from fraudkit.services import sampling  # noqa: PLC0415

    started = time.perf_counter()
    sampling.prepare(load_settings())
    print(f"sample imported and ranked: {time.perf_counter() - started:18.1f} s")


def _measure(at: object, screen: str, runs: int) -> float:
    wall, processor = [], []
    at.switch_page(f"pages/{screen}.py")  # type: ignore[attr-defined]
    for _ in range(runs + 1):
        if screen == "case":
            at.query_params["case"] = "1"  # type: ignore[attr-defined]
        started, used = time.perf_counter(), time.process_time()
        at.run()  # type: ignore[attr-defined]
        wall.append(1000 * (time.perf_counter() - started))
        processor.append(1000 * (time.process_time() - used))
        assert not at.exception, at.exception  # type: ignore[attr-defined]
    median = statistics.median(wall[1:])
    print(
        f"{screen:10}{wall[0]:12.0f}{median:12.0f}{max(wall[1:]):12.0f}{statistics.median(processor[1:]):16.0f}"
    )
    return median


if __name__ == "__main__":
    main()
