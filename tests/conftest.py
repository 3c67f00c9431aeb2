"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.domain import Actor
from fraudkit.services.workbench import Workbench
from fraudkit.store import Database

SHARED_DATA = Path(os.environ.get("FRAUDKIT_SHARED_DATA", PROJECT_ROOT.parent / "shared" / "data"))


@pytest.fixture
def shared_data() -> Path:
    """Folder of public data for trials; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of public trial data is absent (set FRAUDKIT_SHARED_DATA)")
    return SHARED_DATA


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database=tmp_path / "fraudkit.duckdb",
        sample_database=tmp_path / "sample.duckdb",
        local_models=tmp_path / "models",
        upload_folder=tmp_path / "uploads",
        sources=tmp_path / "sources.toml",
        card_key=tmp_path / "secrets" / "card.key",
        audit_key=tmp_path / "secrets" / "audit.key",
        threads=1,
        memory_limit="1GB",
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings.database, memory_limit="1GB", threads=1)
    yield opened
    opened.close()


@pytest.fixture
def workbench(settings: Settings) -> Iterator[Workbench]:
    opened = Workbench.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def analyst() -> Actor:
    return Actor("Ana", "analyst")
