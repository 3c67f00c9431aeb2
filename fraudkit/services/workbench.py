"""The open workbench: settings, database, models and background work of one process."""

from __future__ import annotations

import threading
from pathlib import Path

from fraudkit import key_file
from fraudkit.config import Settings
from fraudkit.errors import NotFoundError
from fraudkit.ingest.working_folders import remove_abandoned
from fraudkit.jobs import JobRunner
from fraudkit.registry import Registry
from fraudkit.services import log_masking
from fraudkit.store import Database
from fraudkit.store.audit import Audit
from fraudkit.words import N_


class Workbench:
    """What every service needs.

    The sample lives in a file of its own: until a person clears it, the workbench stands on the sample;
    afterwards on the portfolio of the bank.

    Parameters
    ----------
    settings
        The settings of this process.
    database
        The open portfolio.
    registry
        The models on disk.
    jobs
        The background workers.

    Attributes
    ----------
    audit
        The chain that every change of the open portfolio enters.
    """

    def __init__(self, settings: Settings, database: Database, registry: Registry, jobs: JobRunner) -> None:
        self.settings = settings
        self.database = database
        self.registry = registry
        self.jobs = jobs
        self.audit = _audit(settings, database)
        self._switching = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Workbench:
        """Open the bank's portfolio, or the sample when there is only that."""
        sample_only = settings.sample_database.exists() and not settings.database.exists()
        return cls.open_file(settings, settings.sample_database if sample_only else settings.database)

    @classmethod
    def open_file(cls, settings: Settings, path: Path) -> Workbench:
        """Open one database file, whichever the settings name."""
        registry = Registry(settings.bundled_models, settings.local_models)
        opened = cls(settings, _open_database(settings, path), registry, JobRunner())
        log_masking.install(settings.card_key)
        remove_abandoned(settings.upload_folder)  # what a killed import left behind
        return opened

    @property
    def shows_sample(self) -> bool:
        """Whether the open portfolio is the bundled sample."""
        return self.database.path == self.settings.sample_database

    def clear_sample(self) -> None:
        """Leave the sample for an empty portfolio and delete the sample's file."""
        with self._switching:
            if not self.shows_sample:
                return
            sample = self.database
            opened = _open_database(self.settings, self.settings.database)
            self.database, self.audit = opened, _audit(self.settings, opened)
            sample.close()
            wal = sample.path.with_name(sample.path.name + ".wal")
            for file in (sample.path, wal, head_path(self.settings, sample.path)):
                file.unlink(missing_ok=True)

    def require_transactions(self) -> None:
        """Refuse work on an empty portfolio.

        Raises
        ------
        NotFoundError
            When nothing has been imported yet.
        """
        with self.database.read() as cursor:
            if cursor.value("SELECT count(*) FROM (SELECT 1 FROM transactions LIMIT 1)") == 0:
                raise NotFoundError(
                    N_("There are no transactions yet."), N_("Import an extract first: CSV or Parquet.")
                )

    def close(self) -> None:
        """Stop the workers and release the file."""
        self.jobs.close()
        self.database.close()


def head_path(settings: Settings, database: Path) -> Path:
    """Return where the head of a database's audit chain is kept."""
    return (settings.audit_folder or database.parent) / f"{database.name}.head"


def _audit(settings: Settings, database: Database) -> Audit:
    without_it = N_("Restore it from its backup; with another key the audit chain cannot be verified.")
    key = key_file.load(settings.audit_key, without_it)
    return Audit(database, key, head_path(settings, database.path))


def _open_database(settings: Settings, path: Path) -> Database:
    return Database(path, memory_limit=settings.memory_limit, threads=settings.threads)
