"""What follows a verdict in the background: the queue learns from it."""

from __future__ import annotations

from fraudkit.services import scoring
from fraudkit.services.workbench import Workbench

JOB: str = "relearn"


def learn_soon(workbench: Workbench) -> None:
    """Learn from all labels in the quick lane; verdicts given meanwhile wait for one more run."""
    workbench.jobs.repeat(JOB, lambda _progress: scoring.relearn(workbench), "quick")


def is_learning(workbench: Workbench) -> bool:
    """Return whether the open queue is being ranked anew right now."""
    job = workbench.jobs.latest(JOB)
    return job is not None and job.active
