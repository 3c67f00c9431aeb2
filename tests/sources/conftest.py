"""Servers that the tests of sources share, and the settings of a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from fraudkit.ingest.sources.settings import SourceSettings, named, read_settings
from tests.sources import servers
from tests.sources.servers import Server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    # a folder of its own: the server's user must be able to walk there, which pytest's folders forbid
    with (
        TemporaryDirectory(prefix="fraudkit-postgresql-") as folder,
        servers.postgresql(Path(folder)) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.object_store(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def configure(tmp_path: Path) -> Callable[..., SourceSettings]:
    """Write a source into a settings file and read it back."""

    def write(**keys: Any) -> SourceSettings:
        file = tmp_path / "sources.toml"
        file.write_text("[source]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in keys.items()))
        return named(read_settings(file), "source")

    return write


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_toml(each)}' for key, each in value.items()) + "}"
    return f"'''{value}'''"
