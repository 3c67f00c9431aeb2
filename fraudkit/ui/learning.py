"""What follows a verdict in the background: the queue learns from it."""

from __future__ import annotations

from fraudkit.services import refreshing
from fraudkit.services.workbench import Workbench


def learn_soon(workbench: Workbench) -> None:
    """Rank the open queue anew in the background, and in time everything below its line."""
    refreshing.after_verdict(workbench)


def is_learning(workbench: Workbench) -> bool:
    """Return whether the open queue is being ranked anew right now."""
    job = workbench.jobs.latest(refreshing.RELEARN)
    return job is not None and job.active
