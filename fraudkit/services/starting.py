"""What a server does first, in the background: compile, or load, the kernels; then bring reasons up to date.

Compiled code is kept on disk, so only the first start ever takes seconds. Numba compiles one function at a
time for the whole process: what needs a kernel meanwhile asks `is_ready` first instead of waiting.
"""

from __future__ import annotations

from typing import Final

from fraudkit import forest
from fraudkit.domain import Progress
from fraudkit.features import kernel
from fraudkit.services import refreshing
from fraudkit.services.workbench import Workbench
from fraudkit.words import N_

PREPARE: Final = "prepare"


def start(workbench: Workbench) -> None:
    """Start the work; returns at once."""

    def work(progress: Progress) -> None:
        progress(0.0, N_("Preparing the engine; the first start takes a little longer"))
        forest.warm_up()
        progress(0.5, N_("Preparing the engine; the first start takes a little longer"))
        kernel.warm_up()

    workbench.jobs.submit(PREPARE, work, "background")
    refreshing.after_ranking(workbench)


def is_ready(workbench: Workbench, patience_seconds: float = 0.0) -> bool:
    """Return whether the kernels can be used at once, waiting a moment where they nearly can."""
    job = workbench.jobs.latest(PREPARE)
    return job is None or job.finished.wait(patience_seconds)
