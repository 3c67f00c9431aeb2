"""The clock of the sources: a thread of the server process that starts what is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from fraudkit.domain import Actor, Progress
from fraudkit.errors import FraudkitError
from fraudkit.jobs import Job
from fraudkit.services import sourcing
from fraudkit.services.workbench import Workbench
from fraudkit.store import source_runs

SCHEDULER: Final = Actor("scheduler", "administrator")
TICK_SECONDS: Final = 10.0
JOB_KIND: Final = "source:{name}"

AfterImport = Callable[[Workbench, Progress], object]
_log = logging.getLogger(__name__)


class Scheduler:
    """Starts due sources as background jobs, one job per source at a time.

    Parameters
    ----------
    workbench
        The open workbench; its settings file is read anew at each tick, so that changes need no restart.
    after_import
        Called in the same job when a reading brought new transactions, such as the ranking.
    """

    def __init__(self, workbench: Workbench, after_import: AfterImport | None = None) -> None:
        self._workbench = workbench
        self._after_import = after_import
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="fraudkit-scheduler", daemon=True)
        self._complaint = ""

    def start(self) -> None:
        """Begin to look at the clock."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; jobs that run already end by themselves."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def tick(self, now: datetime | None = None) -> list[Job]:
        """Start every source that is due and return the jobs.

        Raises
        ------
        InvalidInputError
            When the settings file is wrong.
        """
        zone = ZoneInfo(self._workbench.settings.time_zone)
        moment = now or datetime.now(zone)
        return [self._submit(name) for name in self._due(moment, zone)]

    def _due(self, now: datetime, zone: ZoneInfo) -> list[str]:
        due = []
        for name, settings in sorted(sourcing.configured(self._workbench).items()):
            if settings.schedule is None:
                continue
            with self._workbench.database.read() as cursor:
                last = source_runs.last_run(cursor, name)
            began = sourcing.local_time(last["started_at"], zone) if last else None
            if settings.schedule.is_due(began, now):
                due.append(name)
        return due

    def _submit(self, name: str) -> Job:
        def work(progress: Progress) -> sourcing.ReadingReport:
            report = sourcing.run_source(self._workbench, name, SCHEDULER, progress, again=False)
            if report.rows_loaded and self._after_import is not None:
                self._after_import(self._workbench, progress)
            return report

        return self._workbench.jobs.submit(JOB_KIND.format(name=name), work)

    def _loop(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            try:
                self.tick()
                self._complaint = ""
            except FraudkitError as error:
                if error.message != self._complaint:  # once, not at every tick
                    self._complaint = error.message
                    _log.warning("sources: %s", error.message)
            except Exception:  # noqa: BLE001 - a fault in one tick must not stop the clock
                _log.exception("the scheduler of the sources stumbled")
