"""Configured sources: list them, test one, fetch and import what it brings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from fraudkit.domain import Actor, Progress, silent
from fraudkit.errors import FraudkitError
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.ingest.sources.base import FetchedFile, Source, SourceSample
from fraudkit.ingest.sources.registry import open_source
from fraudkit.ingest.sources.settings import SourceSettings, named, read_settings
from fraudkit.ingest.working_folders import working_folder
from fraudkit.services import bounds, importing
from fraudkit.services.importing import ImportResult
from fraudkit.services.workbench import Workbench
from fraudkit.store import source_runs
from fraudkit.store.database import Row, now_us
from fraudkit.store.source_runs import IMPORTED, TRIED, SourceRun
from fraudkit.words import N_

SAMPLE_ROWS: Final = 5
FETCH_SHARE: Final = 0.4
UNEXPECTED: Final = N_("The reading stopped because of an unexpected error; the server’s log holds it.")
_LONGEST_MESSAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A configured source and what became of its last reading.

    Parameters
    ----------
    name, kind
        As configured.
    schedule
        `15m`, `06:30`, or empty when only a person reads it.
    next_at
        When it is read next, local time; None without a schedule.
    last
        The last row of its memory; None before the first reading.
    """

    name: str
    kind: str
    schedule: str
    next_at: datetime | None
    last: Row | None


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What one reading of a source brought."""

    source: str
    runs: tuple[SourceRun, ...]

    @property
    def rows_loaded(self) -> int:
        """How many transactions are new."""
        return sum(run.rows_loaded for run in self.runs)

    @property
    def failed(self) -> bool:
        """Whether a file was refused, or the source could not be read."""
        return any(run.outcome in {"failed", "refuse"} for run in self.runs)

    @property
    def question_open(self) -> bool:
        """Whether a file waits for an answer."""
        return any(run.outcome == "ask" for run in self.runs)

    def as_json(self) -> dict[str, Any]:
        """Return what commands print."""
        return {
            "source": self.source,
            "rows_loaded": self.rows_loaded,
            "files": [asdict(run) for run in self.runs],
        }


def configured(workbench: Workbench) -> dict[str, SourceSettings]:
    """Return the settings of all sources by name.

    Raises
    ------
    InvalidInputError
        When the settings file is wrong.
    """
    return read_settings(workbench.settings.sources)


def list_sources(workbench: Workbench) -> list[SourceStatus]:
    """Return all configured sources with their last reading, by name."""
    sources = configured(workbench)
    with workbench.database.read() as cursor:
        last = {name: source_runs.last_run(cursor, name) for name in sources}
    return [_status(workbench, sources[name], last[name]) for name in sorted(sources)]


def runs_of(workbench: Workbench, name: str, limit: int = 50) -> list[Row]:
    """Return the memory of one source, newest first."""
    with workbench.database.read() as cursor:
        return source_runs.history(cursor, name, limit)


def sample_source(workbench: Workbench, name: str) -> SourceSample:
    """Connect to a source and read its first rows; nothing is imported.

    Raises
    ------
    NotFoundError
        When there is no such source.
    SourceError
        When it cannot be read.
    """
    sample = open_source(named(configured(workbench), name)).sample(SAMPLE_ROWS)
    key = load_key(workbench.settings.card_key)
    masked = tuple(tuple(mask_text(value, key) for value in row) for row in sample.rows)
    return SourceSample(sample.columns, masked)


def run_source(
    workbench: Workbench, name: str, actor: Actor, progress: Progress = silent, *, again: bool = True
) -> ReadingReport:
    """Fetch what is new in a source and import it; every outcome is remembered.

    Parameters
    ----------
    workbench
        The open workbench.
    name
        The source.
    actor
        Who asks, or the scheduler.
    progress
        Told how far the work is.
    again
        Whether files that were refused or left a question open are tried again; the schedule does not.

    Raises
    ------
    NotFoundError
        When there is no such source.
    FraudkitError
        When it cannot be read; that is remembered too.
    """
    settings = named(configured(workbench), name)
    reading = _Reading(workbench, settings, actor, progress)
    try:
        with working_folder(workbench.settings.upload_folder) as folder:
            source = open_source(settings)
            known = reading.known_versions(again=again)
            for file in source.fetch(folder, known, reading.fetching):
                reading.take(source, file, folder)
    except Exception as error:
        message = error.message if isinstance(error, FraudkitError) else UNEXPECTED
        reading.remember("failed", None, message=message)
        raise
    if not reading.runs:
        reading.remember("nothing", None, message=N_("The source holds nothing new."))
    return ReadingReport(name, tuple(reading.runs))


class _Reading:
    """One reading of one source: imports file by file and remembers each."""

    def __init__(
        self, workbench: Workbench, settings: SourceSettings, actor: Actor, progress: Progress
    ) -> None:
        self._workbench = workbench
        self._settings = settings
        self._actor = actor
        self._progress = progress
        self._started_at = now_us()
        self._key = load_key(workbench.settings.card_key)
        self.runs: list[SourceRun] = []

    def known_versions(self, *, again: bool) -> frozenset[str]:
        outcomes = IMPORTED if again else TRIED
        with self._workbench.database.read() as cursor:
            return source_runs.known_versions(cursor, self._settings.name, outcomes)

    def fetching(self, share: float, text: str) -> None:
        self._progress(share * FETCH_SHARE, text)

    def importing(self, share: float, text: str) -> None:
        self._progress(FETCH_SHARE + share * (1 - FETCH_SHARE), text)

    def take(self, source: Source, file: FetchedFile, folder: Path) -> None:
        """Import one file, remember what became of it, then put it away."""
        if file.path is None:
            message = file.problem.message if file.problem else ""
            self.remember("refuse", file, message=message)
            source.settle(file, "refuse")
            return
        result = self._imported(file.path, file, folder)
        self.remember(result.outcome, file, result, result.message)
        source.settle(file, result.outcome)

    def remember(
        self,
        outcome: source_runs.RunOutcome,
        file: FetchedFile | None,
        result: ImportResult | None = None,
        message: str = "",
    ) -> None:
        counted = result or ImportResult("refuse")
        run = SourceRun(
            source=self._settings.name,
            started_at=self._started_at,
            finished_at=now_us(),
            outcome=outcome,
            file_name=mask_text(file.name, self._key) if file else None,
            file_version=(file.version or None) if file else None,
            batch_id=counted.batch_id,
            rows_read=counted.rows_read,
            rows_loaded=counted.rows_loaded,
            rows_rejected=counted.rows_rejected,
            rows_duplicate=counted.rows_duplicate,
            message=mask_text(message[:_LONGEST_MESSAGE], self._key),
        )
        with self._workbench.database.write() as cursor:
            source_runs.append(cursor, run, self._actor)
        self.runs.append(run)

    def _imported(self, path: Path, file: FetchedFile, folder: Path) -> ImportResult:
        settings = self._settings
        self._workbench.clear_sample()  # a bank's own data are never mixed with the sample
        limits = bounds.of_source(self._workbench.settings, settings.max_bytes, settings.max_rows)
        try:
            return importing.import_file(
                self._workbench,
                path,
                self._actor,
                file_name=file.name,
                answers=settings.answers,
                mapping=settings.mapping,
                limits=limits,
                progress=self.importing,
            )
        finally:
            if path.is_relative_to(folder):
                path.unlink()  # one fetched file at a time on the disk


def _status(workbench: Workbench, settings: SourceSettings, last: Row | None) -> SourceStatus:
    schedule = settings.schedule
    zone = ZoneInfo(workbench.settings.time_zone)
    next_at = None
    if schedule is not None:
        began = local_time(last["started_at"], zone) if last else None
        next_at = schedule.next_after(began) if began else datetime.now(zone)
    return SourceStatus(settings.name, settings.kind, str(schedule or ""), next_at, last)


def local_time(microseconds: int, zone: ZoneInfo) -> datetime:
    """Return a stored moment as local time."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC).astimezone(zone)
