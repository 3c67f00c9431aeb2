"""What a server does first, in the background: make kernels and model ready, then bring reasons up to date.

Compiled code is kept on disk, so only the first start ever takes long. Compiling holds the interpreter's
lock, which would slow every page: a process of its own does it and leaves the code on disk, where this one
loads it from in half a second. What needs a kernel meanwhile asks `is_ready` first instead of waiting.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import Final

from fraudkit import forest
from fraudkit.config import PROJECT_ROOT
from fraudkit.domain import Progress
from fraudkit.features import kernel
from fraudkit.services import modelling, refreshing
from fraudkit.services.workbench import Workbench
from fraudkit.words import N_

PREPARE: Final = "prepare"


@cache
def _compile_apart() -> None:
    """Let another process compile, once; where it cannot, this one compiles when it loads."""
    load = "from fraudkit import forest; from fraudkit.features import kernel"
    code = f"{load}; forest.warm_up(); kernel.warm_up()"
    command = [sys.executable, "-c", code]
    subprocess.run(command, cwd=PROJECT_ROOT, check=False, capture_output=True)  # noqa: S603 - our own


def start(workbench: Workbench) -> None:
    """Start the work; returns at once."""

    def work(progress: Progress) -> None:
        progress(0.0, N_("Preparing the engine; the first start takes a little longer"))
        _compile_apart()
        progress(0.5, N_("Preparing the engine; the first start takes a little longer"))
        forest.warm_up()
        kernel.warm_up()
        progress(0.8, N_("Preparing the engine; the first start takes a little longer"))
        model = modelling.active_model(workbench)
        model.reasons(model.reference[:1])

    workbench.jobs.submit(PREPARE, work, "background")
    refreshing.after_ranking(workbench)


def is_ready(workbench: Workbench, patience_seconds: float = 0.0) -> bool:
    """Return whether the kernels can be used at once, waiting a moment where they nearly can."""
    job = workbench.jobs.latest(PREPARE)
    return job is None or job.finished.wait(patience_seconds)
