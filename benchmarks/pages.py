"""Server time of every screen on the sample: the time a script run takes, without browser and network.

    python benchmarks/pages.py [--quick] [--runs N]

A screen is entered through app.py as a browser does; its first run and the median of the following runs are
printed. The bar: no screen takes over 300 ms on the sample (Issue 2, item 6).
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
        print(f"{'screen':10}{'first ms':>12}{'median ms':>12}{'slowest ms':>12}")
        medians = [_measure(at, screen, arguments.runs) for screen in SCREENS]
    slowest = max(medians)
    print(
        f"slowest median {slowest:.0f} ms, bar {BAR_MILLISECONDS} ms: {'met' if slowest < BAR_MILLISECONDS else 'MISSED'}"
    )


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
    times = []
    at.switch_page(f"pages/{screen}.py")  # type: ignore[attr-defined]
    for _ in range(runs + 1):
        if screen == "case":
            at.query_params["case"] = "1"  # type: ignore[attr-defined]
        started = time.perf_counter()
        at.run()  # type: ignore[attr-defined]
        times.append(1000 * (time.perf_counter() - started))
        assert not at.exception, at.exception  # type: ignore[attr-defined]
    median = statistics.median(times[1:])
    print(f"{screen:10}{times[0]:12.0f}{median:12.0f}{max(times[1:]):12.0f}")
    return median


if __name__ == "__main__":
    main()
