"""The workbench on a large extract: from file to ranked queue, after a verdict, all reasons; time and memory.

`python -m benchmarks.application FILE FOLDER PART` runs one part in a process of its own and prints what it
took as JSON; benchmarks/engine.py calls it so, because memory is a property of a process.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.forest import warm_up
from fraudkit.services import deciding, importing, reasoning, reviewing, scoring
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.taxonomy import REASONS_BY_VERDICT

ANALYST = Actor("benchmark", "lead")
VERDICTS = 15
ALERTS = 1000
MEGABYTES = {"rank": 800, "reasons": 1200}
BAR_VERDICT = 0.3
Figures = dict[str, float]


def settings_in(folder: Path) -> Settings:
    """Return settings whose files lie in one folder; a thousand alerts, so that so many are explained."""
    return Settings(
        database=folder / "portfolio.duckdb",
        sample_database=folder / "sample.duckdb",
        local_models=folder / "models",
        upload_folder=folder / "uploads",
        card_key=folder / "card.key",
        alert_capacity=ALERTS,
    )


def timed(work: Callable[[], object]) -> Figures:
    """Return wall and CPU seconds of some work."""
    wall, used = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - used}


def run_import(workbench: Workbench, path: Path) -> Figures:
    """Import the file."""

    def work() -> None:
        result = importing.import_file(workbench, path, ANALYST)
        assert result.outcome == "load", result.message
        workbench.database.checkpoint()

    return timed(work)


def run_rank(workbench: Workbench, _path: Path) -> Figures:
    """Rank everything and explain the riskiest thousand."""
    return timed(lambda: scoring.rank(workbench))


def run_reasons(workbench: Workbench, _path: Path) -> Figures:
    """Explain every transaction and store the reasons."""
    return timed(lambda: reasoning.refresh(workbench))


def run_verdicts(workbench: Workbench, _path: Path) -> Figures:
    """Decide case after case; from each verdict to the newly ranked open queue."""
    taken = [_verdict(workbench, place) for place in range(VERDICTS + 1)][1:]  # the first loads the model
    return {name: statistics.median(figures[name] for figures in taken) for name in ("wall", "cpu")}


def _verdict(workbench: Workbench, place: int) -> Figures:
    verdict = "fraud" if place % 2 else "genuine"
    first = reviewing.queue_page(workbench, QueueFilter()).rows[0]
    reason = REASONS_BY_VERDICT[verdict][0].code

    def work() -> None:
        deciding.decide(workbench, ANALYST, first.case_id, first.version, verdict, reason)
        scoring.relearn(workbench)
        reviewing.queue_page(workbench, QueueFilter())

    return timed(work)


PARTS: dict[str, Callable[[Workbench, Path], Figures]] = {
    "import": run_import,
    "rank": run_rank,
    "verdicts": run_verdicts,
    "reasons": run_reasons,
}


def run_part(path: Path, folder: Path, part: str) -> Figures:
    """Run one part in this process."""
    warm_up()
    settings = settings_in(folder)
    settings.upload_folder.mkdir(parents=True, exist_ok=True)
    workbench = Workbench.open_file(settings, settings.database)
    try:
        figures = PARTS[part](workbench, path)
    finally:
        workbench.close()
    return {**figures, "megabytes": peak_megabytes()}


def peak_megabytes() -> float:
    """Return the peak of resident memory since this program began."""
    status = Path("/proc/self/status")
    if not status.exists():  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # on Linux ru_maxrss begins with the peak of the process that started this one
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def in_child(path: Path, folder: Path, part: str) -> Figures:
    """Run one part in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.application", str(path), str(folder), part]
    root = Path(__file__).parent.parent
    printed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def measure(path: Path, folder: Path, rows: int, *, quick: bool) -> bool:
    """Print all parts beside their bars; a quick run stays in this process and knows no bars."""
    print(f"the workbench on {rows:,} transactions: wall s, CPU s, peak memory of a process of its own")
    run = run_part if quick else in_child
    reached = []
    for part in PARTS:
        found = run(path, folder, part)
        said = f"  {part:9} {found['wall']:8.2f} {found['cpu']:8.2f} {found['megabytes']:7.0f} MB"
        if part in MEGABYTES:
            reached.append(quick or found["megabytes"] <= MEGABYTES[part])
            said += f"  bar {MEGABYTES[part]} MB  {'reached' if reached[-1] else 'MISSED'}"
        elif part == "verdicts":
            reached.append(quick or found["cpu"] <= BAR_VERDICT)
            said += (
                f"  bar {BAR_VERDICT} s CPU, median of {VERDICTS}  {'reached' if reached[-1] else 'MISSED'}"
            )
        print(said)
    return all(reached)


if __name__ == "__main__":
    print(json.dumps(run_part(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
