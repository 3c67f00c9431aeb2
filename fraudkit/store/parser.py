"""The parser DuckDB instance: in memory, for untrusted files, allowed to read one folder and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from fraudkit.errors import FraudkitError
from fraudkit.store import statements
from fraudkit.words import N_

MAXIMUM_LINE_BYTES: Final = 8_400_000
MEMORY_LIMIT: Final = "600MB"


class ParserError(FraudkitError):
    """The engine cannot read the file as it was described."""


class Parser:
    """One locked-down engine for one file; it dies with its use.

    Parameters
    ----------
    folder
        The only folder whose files it may read.
    threads
        Worker threads.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": "",  # what it reads holds whole card numbers and must not reach the disk
                "threads": threads,
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET allowed_directories = [?]", [str(folder.resolve())])
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self._connection.execute(statements.parser_macros())

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with _readable():
            return self._connection.execute(sql, parameters).fetchall()

    def columns(self, sql: str) -> list[str]:
        """Return the names of a query's columns without running it."""
        with _readable():
            return [str(row[0]) for row in self._connection.execute(f"DESCRIBE {sql}").fetchall()]

    def blocks(self, sql: str, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the result of a query in the order of the file, in blocks."""
        with _readable():
            yield from self._connection.execute(sql).to_arrow_reader(rows)

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()


@contextmanager
def opened_parser(folder: Path, threads: int) -> Iterator[Parser]:
    """Lend a parser for the files of one folder."""
    parser = Parser(folder, threads)
    try:
        yield parser
    finally:
        parser.close()


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        raise ParserError(
            N_("The file cannot be read as a table."), N_("Export it again as CSV or Parquet.")
        ) from error


def csv_source(
    path: Path, columns: Sequence[str], delimiter: str, quote: str, skip: int, *, has_returns: bool = False
) -> str:
    """Return the table expression for a regular CSV file; every value is text.

    Nothing is left to detection: rows that begin with `#` are rows, types are not guessed, and a carriage
    return inside a value ends no line. Only CR LF is left to the engine, which reads it wrongly when told.
    """
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    line_end = "" if has_returns else "new_line = '\\n', "
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, header = false, skip = {skip}, {line_end}"
        f"columns = {{{types}}}, delim = {literal(delimiter)}, quote = {literal(quote)}, "
        f"escape = {literal(quote)}, comment = '', strict_mode = true, null_padding = false, "
        f"max_line_size = {MAXIMUM_LINE_BYTES})"
    )


def parquet_source(path: Path) -> str:
    """Return the table expression for a Parquet file, with the number of each row."""
    return f"read_parquet({literal(str(path))}, file_row_number = true)"


def literal(text: str) -> str:
    """Return a text as an SQL literal; for names and paths where no parameter can be bound."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
