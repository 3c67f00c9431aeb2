"""A small, real portfolio for tests of screens: the invented bank, ranked by the bundled model."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fraudkit.config import Settings, load_settings
from fraudkit.domain import Actor
from fraudkit.sample import write_sample
from fraudkit.services import importing, policies, reasoning, scoring
from fraudkit.services.workbench import Workbench, head_path
from fraudkit.store import preferences
from fraudkit.ui import state

TRANSACTIONS = 10_000
ACTOR = Actor("Ana", "lead")
NO_DRAWS = {"random_share": 0.0, "data_first_share": 0.0, "double_review_share": 0.0}
"""Which case hides its score follows from the installation's key: a test that looks at one wants it shown."""
ONE_PERSON_DECIDES = {
    "approval_amount": 1e12,
    "approve_sensitive_types": False,
    "approve_high_genuine": False,
    "approve_reversal": False,
}
"""Most tests of screens are not about the second person; tests/pages/test_approval.py is."""


def extract(folder: Path, transactions: int = TRANSACTIONS, seed: int = 7) -> Path:
    """Write an extract and return where it lies."""
    path = folder / "extract.csv"
    write_sample(path, folder / "truth.csv", transactions=transactions, seed=seed)
    return path


def settings_in(folder: Path, **changes: object) -> Settings:
    """Return settings whose files all lie in one folder."""
    values: dict[str, object] = {
        "database": folder / "portfolio.duckdb",
        "sample_database": folder / "sample.duckdb",
        "local_models": folder / "models",
        "upload_folder": folder / "uploads",
        "threads": 1,
        "memory_limit": "1GB",
        "alert_capacity": 80,
    }
    return load_settings(**{**values, **changes})


def build(folder: Path) -> Path:
    """Import and rank an extract; return the database's file."""
    settings = settings_in(folder)
    settings.upload_folder.mkdir(parents=True)
    path = extract(settings.upload_folder)
    workbench = Workbench.open_file(settings, settings.database)
    try:
        with workbench.database.write() as cursor:
            preferences.write(cursor, "currency_rates", {"USD": 3.75}, ACTOR)
        policies.change(workbench, ACTOR, **ONE_PERSON_DECIDES, **NO_DRAWS)
        importing.import_file(workbench, path, ACTOR)
        scoring.rank(workbench)
        reasoning.refresh(workbench)
        workbench.database.checkpoint()
    finally:
        workbench.close()
    return settings.database


def environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the environment of a server."""
    return {
        f"FRAUDKIT_{name.upper()}": str(getattr(settings, name))
        for name in (
            "database",
            "sample_database",
            "local_models",
            "upload_folder",
            "threads",
            "memory_limit",
            "alert_capacity",
        )
    }


@contextmanager
def opened(settings: Settings) -> Iterator[Workbench]:
    """Lend a workbench of its own on the settings' database."""
    workbench = Workbench.open(settings)
    try:
        yield workbench
    finally:
        workbench.close()


@contextmanager
def shown_by_screens() -> Iterator[Workbench]:
    """Lend the workbench that the screens of this process use; it stays open."""
    yield state.workbench()


def copied(source: Path, settings: Settings, *, as_sample: bool = False) -> None:
    """Put a copy of a database where the settings expect it."""
    target = settings.sample_database if as_sample else settings.database
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copyfile(head_path(settings, source), head_path(settings, target))
    os.chmod(target, 0o600)  # noqa: PTH101 - the copy alone is changed
