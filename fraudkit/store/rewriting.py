"""Writing the database anew into a file of its own, so that nothing that was deleted stays in free blocks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import duckdb

from fraudkit.errors import DatabaseError
from fraudkit.store.parser import literal
from fraudkit.words import N_

_COUNTS: Final = (
    "SELECT table_name, estimated_size FROM duckdb_tables() WHERE database_name = ? ORDER BY table_name"
)


def rewrite(path: Path) -> None:
    """Replace a closed database file by a fresh copy of what is in it.

    Emptied cells and deleted rows stay in a file's free blocks and in the unused parts of others; only what
    is there is copied. The old file is replaced in one step, so a crash leaves one of the two.

    Raises
    ------
    DatabaseError
        When the copy does not hold as many rows as the original; the original stays.
    """
    fresh = path.with_name(path.name + ".fresh")
    fresh.unlink(missing_ok=True)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH {literal(str(path))} AS was (READ_ONLY)")
        connection.execute(f"ATTACH {literal(str(fresh))} AS fresh")
        connection.execute("COPY FROM DATABASE was TO fresh")
        was, now = _rows(connection, "was"), _rows(connection, "fresh")
        connection.execute("DETACH fresh")
        connection.execute("DETACH was")
    if was != now:
        fresh.unlink(missing_ok=True)
        raise DatabaseError(
            N_("The database could not be written anew; the old file stays."),
            N_("Look at the free disk space."),
        )
    fresh.chmod(path.stat().st_mode & 0o777)
    with fresh.open("rb") as stream:
        os.fsync(stream.fileno())
    fresh.replace(path)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    tables = [row[0] for row in connection.execute(_COUNTS, [name]).fetchall()]
    counted = (
        (table, connection.execute(f'SELECT count(*) FROM {name}."{table}"').fetchall()) for table in tables
    )
    return {table: found[0][0] for table, found in counted}
