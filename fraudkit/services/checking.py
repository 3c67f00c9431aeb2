"""The doctor: what an administrator needs to know before and after starting the server."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.errors import FraudkitError
from fraudkit.registry import Registry
from fraudkit.store import Database
from fraudkit.words import N_

_LEAST_FREE_BYTES: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name
        What was checked, marked for translation.
    passed
        Whether it is as it should be.
    detail
        What was found.
    """

    name: str
    passed: bool
    detail: str


def check(settings: Settings) -> list[Check]:
    """Look at versions, folders, free space, the bundled model and the database."""
    return [
        _python(),
        _packages(),
        _space(settings.database.parent),
        _guarded(N_("Bundled model"), lambda: _bundled_model(settings)),
        _guarded(N_("Database"), lambda: _database(settings)),
    ]


def _python() -> Check:
    return Check("Python", sys.version_info[:2] == (3, 11), sys.version.split()[0])


def _packages() -> Check:
    """Compare what is installed with the pins, because one wrong pin gives silently wrong rows."""
    pins = re.findall(r"^([\w-]+)==([\w.]+)", (PROJECT_ROOT / "requirements.txt").read_text(), re.MULTILINE)
    wrong = [f"{name} {_installed(name)} ≠ {pin}" for name, pin in pins if _installed(name) != pin]
    return Check(N_("Packages"), not wrong, ", ".join(wrong) or f"{len(pins)} as pinned")


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "–"


def _space(folder: Path) -> Check:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    writable = os.access(existing, os.W_OK)
    return Check(N_("Disk"), writable and free >= _LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB free")


def _guarded(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except FraudkitError as error:
        return Check(name, False, f"{error.message} {error.hint}")


def _bundled_model(settings: Settings) -> str:
    manifest = Registry(settings.bundled_models, settings.local_models).bundled().manifest
    return f"{manifest.model_id}, sha256 {manifest.sha256[:12]}"


def _database(settings: Settings) -> str:
    path = settings.database if settings.database.exists() else settings.sample_database
    if not path.exists():
        return "none yet"
    opened = Database(path, memory_limit=settings.memory_limit, threads=1)
    try:
        with opened.read() as cursor:
            return f"{path.name}: {cursor.value('SELECT count(*) FROM transactions')} transactions"
    finally:
        opened.close()
