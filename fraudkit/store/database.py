"""The main DuckDB instance: opened once per process, locked down, one cursor per use, one writer.

A connection object shared by threads gives silently wrong rows, and a second process cannot open the
file: hence one owner, a cursor for every use, and a lock around every write transaction.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import duckdb
import pandas as pd
import pyarrow as pa

from fraudkit.errors import ConflictError, DatabaseError
from fraudkit.store import rewriting, statements
from fraudkit.words import N_

Parameters = Sequence[object] | Mapping[str, object]
Row = dict[str, Any]

_LOCK_HOLDER: Final = re.compile(r"PID (\d+)")


class Change(NamedTuple):
    """One appended row, or one erased, that the audit records when the transaction commits."""

    action: str
    subject: str
    actor: str
    role: str
    content: bytes
    """Canonical form of the row; empty when nothing is left of it."""


class CommitGuard(Protocol):
    """Who looks at every write transaction that recorded changes."""

    def before_commit(self, cursor: Cursor) -> None:
        """Add what must be written in the same transaction; an error stops the commit."""

    def after_commit(self) -> None:
        """Note that the transaction is durable."""


class Cursor:
    """One use of the database: runs statements and returns plain values.

    Results are always drained, because an open result blocks checkpoints.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self.changes: list[Change] = []

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement and drop its result."""
        self._run(sql, parameters).fetchall()

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """Return all rows as dictionaries."""
        result = self._run(sql, parameters)
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]

    def row(self, sql: str, parameters: Parameters | None = None) -> Row | None:
        """Return the first row, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """Return the first value of the first row, or None."""
        found = self._run(sql, parameters).fetchall()
        return found[0][0] if found else None

    def frame(self, sql: str, parameters: Parameters | None = None) -> pd.DataFrame:
        """Return the result as a data frame."""
        return self._run(sql, parameters).df()

    def arrow(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        """Return the result as an Arrow table."""
        return self._run(sql, parameters).to_arrow_table()

    def numpy(self, sql: str, parameters: Parameters | None = None) -> dict[str, Any]:
        """Return the result as one array per column."""
        return self._run(sql, parameters).fetchnumpy()

    def batches(self, sql: str, parameters: Parameters | None, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the result as Arrow batches of at most so many rows; read it to its end."""
        yield from self._run(sql, parameters).to_arrow_reader(rows)

    @contextmanager
    def registered(self, name: str, table: pa.Table | pa.RecordBatchReader | pd.DataFrame) -> Iterator[None]:
        """Make an Arrow table or a data frame readable under a name while the block runs."""
        self._cursor.register(name, table)
        try:
            yield
        finally:
            self._cursor.unregister(name)

    def _run(self, sql: str, parameters: Parameters | None) -> duckdb.DuckDBPyConnection:
        return self._cursor.execute(sql) if parameters is None else self._cursor.execute(sql, parameters)


class Database:
    """The owner of one database file.

    Parameters
    ----------
    path
        The file; made, with its folder, when it is not there.
    memory_limit
        Bound for the engine, such as `4GB`.
    threads
        Worker threads of the engine.

    Raises
    ------
    DatabaseError
        When another process holds the file, or it cannot be read.
    """

    def __init__(self, path: Path, *, memory_limit: str = "4GB", threads: int = 2) -> None:
        self.path = path
        self.guard: CommitGuard | None = None
        self._write_lock = threading.RLock()
        self._readers = threading.Condition()
        self._reading = 0
        self._is_rewriting = False
        self._own = threading.local()
        self._options = (memory_limit, threads)
        self._lent: Cursor | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        self._root = _connect(path, memory_limit, threads)
        self.applied_now = self._bring_up_to_date()

    def _bring_up_to_date(self) -> frozenset[str]:
        """Run what migrations are missing and lock the configuration; return their names.

        Their commit goes into the file at once, past the write-ahead log: DuckDB cannot replay a log that
        adds a column to a table whose default draws a number, so a crash would leave the file unreadable.
        """
        self._root.execute("SET checkpoint_threshold = '0KB'")
        with self.write() as cursor:
            applied = _migrate(cursor)
        self._root.execute("RESET checkpoint_threshold")
        self._root.execute("SET lock_configuration = true")
        return applied

    @contextmanager
    def read(self) -> Iterator[Cursor]:
        """Lend a cursor for reading; it sees one snapshot per statement."""
        depth: int = getattr(self._own, "depth", 0)
        with self._readers:
            if not depth:  # who reads already must be able to go on, or nobody would ever end
                self._readers.wait_for(lambda: not self._is_rewriting)
            cursor = self._root.cursor()
            self._reading += 1
        self._own.depth = depth + 1
        try:
            yield Cursor(cursor)
        finally:
            cursor.close()
            self._own.depth = depth
            with self._readers:
                self._reading -= 1
                self._readers.notify_all()

    @contextmanager
    def write(self) -> Iterator[Cursor]:
        """Lend a cursor inside one transaction: everything in the block is written, or nothing is.

        A block inside another one, of the same thread, joins it; its errors must not be caught between them.
        """
        with self._write_lock:
            if self._lent is not None:
                yield self._lent
                return
            cursor = self._root.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                self._lent = lent = Cursor(cursor)
                yield lent
                guard = self.guard if lent.changes else None
                if guard:
                    guard.before_commit(lent)
                cursor.execute("COMMIT")
                if guard:
                    guard.after_commit()
            except BaseException as error:
                _rollback(cursor)
                if isinstance(error, duckdb.TransactionException | duckdb.ConstraintException):
                    raise ConflictError(
                        N_("Somebody else changed the same record first; nothing was written."),
                        N_("Look at the record again and repeat what you did."),
                    ) from error
                raise
            finally:
                self._lent = None
                cursor.close()

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file."""
        with self._write_lock, self.read() as cursor:
            cursor.execute("CHECKPOINT")

    def rewrite(self, patience_seconds: float = 10.0) -> None:
        """Write the file anew, so that nothing that was deleted stays in it; everybody else waits meanwhile.

        Raises
        ------
        DatabaseError
            When somebody reads for longer than this waits; nothing was changed.
        """
        with self._write_lock, self._readers:
            self._is_rewriting = True
            try:
                if not self._readers.wait_for(lambda: self._reading == 0, patience_seconds):
                    raise DatabaseError(
                        N_("Somebody reads the database for long; its file was not written anew."),
                        N_("Run `python -m fraudkit compact` when nobody works."),
                    )
                self._swap()
            finally:
                self._is_rewriting = False
                self._readers.notify_all()

    def _swap(self) -> None:
        self._root.execute("CHECKPOINT").fetchall()
        self._root.close()
        try:
            rewriting.rewrite(self.path)
        finally:
            self._root = _connect(self.path, *self._options)

    def close(self) -> None:
        """Release the file."""
        self._root.close()


def _connect(path: Path, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    options: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": memory_limit,
        "threads": threads,
        "storage_compatibility_version": "latest",  # empty columns of a wide table cost next to nothing
    }
    try:
        connection = duckdb.connect(str(path), config=options)
    except (duckdb.IOException, duckdb.ConnectionException) as error:
        holder = _LOCK_HOLDER.search(str(error))
        if holder or "lock" in str(error).lower():
            raise DatabaseError(
                N_("The database {file} is in use by another process ({holder})."),
                N_("Work through that server, or stop it first."),
                file=path.name,
                holder=f"PID {holder.group(1)}" if holder else "?",
            ) from error
        raise _unreadable(path) from error
    except duckdb.Error as error:
        raise _unreadable(path) from error
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _unreadable(path: Path) -> DatabaseError:
    return DatabaseError(
        N_("The file {file} cannot be opened as a fraudkit database."),
        N_("Name another file, or restore it from a backup."),
        file=path.name,
    )


def _rollback(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        return  # the failed statement already ended the transaction


def _migrate(cursor: Cursor) -> frozenset[str]:
    """Bring the layout up to date and return what that took; each migration runs once, in their order."""
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS migration (name VARCHAR PRIMARY KEY, applied_at BIGINT NOT NULL)"
    )
    applied = {row["name"] for row in cursor.rows("SELECT name FROM migration")}
    known = statements.migrations()
    unknown = applied - known.keys()
    if unknown:
        raise DatabaseError(
            N_("This database was written by a newer fraudkit (layout {name})."),
            N_("Install that version, or name another file."),
            name=max(unknown),
        )
    for name, sql in known.items():
        if name not in applied:
            cursor.execute(sql)
            cursor.execute("INSERT INTO migration VALUES (?, ?)", [name, now_us()])
    return frozenset(known.keys() - applied)


def now_us() -> int:
    """Return the present moment in microseconds UTC."""
    return time.time_ns() // 1_000
