"""DuckDB's signed extensions, found in the installed wheels and loaded by path: no network is needed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final, Literal

import duckdb

from fraudkit.errors import SourceError
from fraudkit.words import N_

Extension = Literal["postgres_scanner", "mysql_scanner", "httpfs"]

LOCKED_DOWN: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "temp_directory": "",
}


def load_extension(connection: duckdb.DuckDBPyConnection, name: Extension) -> None:
    """Load one extension into a connection.

    Raises
    ------
    SourceError
        When its wheel is not installed or belongs to another version of DuckDB.
    """
    file = _find(name)
    if file is None:
        raise _missing(name)
    path = str(file).replace("'", "''")
    try:
        connection.execute(f"LOAD '{path}'")
    except duckdb.Error as error:
        raise _missing(name) from error


def is_installed(name: Extension) -> bool:
    """Tell whether the wheel of an extension is there, for this version of DuckDB."""
    return _find(name) is not None


def _find(name: Extension) -> Path | None:
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    return file if file.is_file() else None


def _missing(name: Extension) -> SourceError:
    return SourceError(
        N_("This kind of source needs the optional package duckdb-extension-{package} {version}."),
        N_("Install it with: python -m pip install -r requirements-sources.txt"),
        package=name.replace("_", "-"),
        version=duckdb.__version__,
    )
