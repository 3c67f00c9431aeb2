"""Background work: one job at a time in each lane, with progress, cancel and a result that outlives a page.

Three lanes: `long` for imports and training, `quick` for what follows a verdict, which must not wait
behind a training, and `background` for what nobody waits for.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from fraudkit.domain import Progress
from fraudkit.errors import FraudkitError
from fraudkit.words import N_

Lane = Literal["long", "quick", "background"]
JobStatus = Literal["waiting", "running", "done", "failed", "cancelled"]
_KEPT: Final = 50
_log = logging.getLogger(__name__)


class JobCancelledError(FraudkitError):
    """The person who started the job stopped it."""


@dataclass(slots=True)
class Job:
    """One piece of background work; read it from any thread.

    Parameters
    ----------
    number
        Identifies the job while the server runs.
    kind
        What it does, such as `import`; one job of a kind waits or runs at a time.
    """

    number: int
    kind: str
    lane: Lane
    status: JobStatus = "waiting"
    share: float = 0.0
    text: str = ""
    result: Any = None
    error: FraudkitError | None = None
    started_at: float = field(default_factory=time.time)
    finished: threading.Event = field(default_factory=threading.Event)
    cancel_asked: threading.Event = field(default_factory=threading.Event)

    @property
    def active(self) -> bool:
        """Whether the job waits or runs."""
        return not self.finished.is_set()


class JobRunner:
    """Runs jobs on one worker thread per lane."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._guard = threading.Lock()
        self._closed = False
        self._timers: dict[str, threading.Timer] = {}
        self._pools: dict[Lane, ThreadPoolExecutor] = {
            lane: ThreadPoolExecutor(1, thread_name_prefix=f"fraudkit-{lane}") for lane in get_args(Lane)
        }

    def submit(self, kind: str, work: Callable[[Progress], object], lane: Lane = "long") -> Job:
        """Start work, or return the job of the same kind that is already waiting or running.

        A double click therefore starts one job.
        """
        with self._guard:
            for job in self._jobs.values():
                if job.kind == kind and job.active:
                    return job
            return self._start(kind, work, lane)

    def repeat(self, kind: str, work: Callable[[Progress], object], lane: Lane = "quick") -> Job:
        """Start work again: at most one more run waits behind the one that runs now."""
        with self._guard:
            for job in self._jobs.values():
                if job.kind == kind and job.status == "waiting":
                    return job
            return self._start(kind, work, lane)

    def later(self, kind: str, work: Callable[[Progress], object], lane: Lane, seconds: float) -> None:
        """Start work after some time, once, however often this is asked meanwhile."""
        with self._guard:
            if kind in self._timers or self._closed:
                return
            timer = threading.Timer(seconds, self._on_time, (kind, work, lane))
            timer.daemon = True
            self._timers[kind] = timer
            timer.start()

    def latest(self, kind: str) -> Job | None:
        """Return the newest job of a kind."""
        with self._guard:
            return next((job for job in reversed(self._jobs.values()) if job.kind == kind), None)

    def cancel(self, job: Job) -> None:
        """Ask a job to stop; it does so at its next report of progress."""
        job.cancel_asked.set()

    def close(self) -> None:
        """Ask all jobs to stop and wait for the workers."""
        with self._guard:
            self._closed = True
            for timer in self._timers.values():
                timer.cancel()
        for job in list(self._jobs.values()):
            self.cancel(job)
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)

    def _on_time(self, kind: str, work: Callable[[Progress], object], lane: Lane) -> None:
        with self._guard:
            del self._timers[kind]
            if not self._closed:
                self._start(kind, work, lane)

    def _start(self, kind: str, work: Callable[[Progress], object], lane: Lane) -> Job:
        job = Job(next(self._numbers), kind, lane)
        self._jobs[job.number] = job
        for number in list(self._jobs)[:-_KEPT]:
            if not self._jobs[number].active:
                del self._jobs[number]
        self._pools[lane].submit(_run, job, work)
        return job


def _run(job: Job, work: Callable[[Progress], object]) -> None:
    def progress(share: float, text: str) -> None:
        if job.cancel_asked.is_set():
            raise JobCancelledError(N_("The work was stopped; nothing was changed."))
        job.share, job.text = min(max(share, 0.0), 1.0), text

    job.status = "running"
    try:
        progress(0.0, "")
        job.result = work(progress)
        job.share, job.status = 1.0, "done"
    except JobCancelledError as error:
        job.error, job.status = error, "cancelled"
    except FraudkitError as error:
        job.error, job.status = error, "failed"
    except Exception:  # noqa: BLE001 - a job's fault must reach the page, not kill the worker
        _log.exception("job %s %s failed", job.number, job.kind)
        job.error = FraudkitError(
            N_("The work stopped because of an unexpected error (job {number})."),
            N_("The server's log holds the details under that number; nothing was changed."),
            number=job.number,
        )
        job.status = "failed"
    finally:
        job.finished.set()
