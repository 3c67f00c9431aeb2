"""The third DuckDB instance: reads other databases and object stores, and writes what it read as Parquet.

Everything that needs access from outside is attached first, read only; then external access is switched
off and the configuration is locked, so that a query can reach what was attached and nothing else. Queries
run inside the other database, in a transaction that it keeps read only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from fraudkit.domain import Progress, silent
from fraudkit.errors import FraudkitError, InvalidInputError, SourceError
from fraudkit.store.extensions import LOCKED_DOWN, Extension, load_extension
from fraudkit.store.source_address import DatabaseAddress, DatabaseKind, ObjectStoreAddress, ReadingLimits
from fraudkit.words import N_

ROWS_PER_BLOCK: Final = 65_536
CONNECT_SECONDS: Final = 10
PLAIN_TYPES: Final = (
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
    "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "DATE", "TIMESTAMP",
)  # fmt: skip
_WIDE_DECIMAL: Final = re.compile(r"DECIMAL\((?:19|[23][0-9]),")


@dataclass(frozen=True, slots=True)
class _Dialect:
    extension: Extension
    secret_type: str
    function: str
    quote: str
    text_type: str
    options: str


_DIALECTS: Final[dict[DatabaseKind, _Dialect]] = {
    "postgresql": _Dialect(
        "postgres_scanner",
        "postgres",
        "postgres_query",
        '"',
        "text",
        f"connect_timeout={CONNECT_SECONDS} application_name=fraudkit sslmode={{encryption}}",
    ),
    "mysql": _Dialect("mysql_scanner", "mysql", "mysql_query", "`", "char", "ssl_mode={encryption}"),
}
_MYSQL_ENCRYPTION: Final = {
    "disable": "disabled",
    "prefer": "preferred",
    "require": "required",
    "verify-full": "verify_identity",
}


class SourceReader:
    """One attached source; made by `open_database` or `open_objects`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relation: str, parameters: list[str]) -> None:
        self._connection = connection
        self._relation = relation
        self._parameters = parameters

    def first_rows(self, count: int) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the names of the columns and the first rows."""
        with _clear_errors():
            result = self._connection.execute(f"{self._select()} LIMIT {int(count)}", self._parameters)
            names = [column[0] for column in result.description or []]
            return names, result.fetchall()

    def export(self, target: Path, limits: ReadingLimits, progress: Progress = silent) -> int:
        """Write all rows as Parquet in blocks and return their number; memory stays bounded.

        Raises
        ------
        SourceError
            When the source fails, or brings more rows or bytes than allowed.
        """
        try:
            with _clear_errors():
                result = self._connection.execute(self._select(), self._parameters)
                return _write_blocks(result.to_arrow_reader(ROWS_PER_BLOCK), target, limits, progress)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def _select(self) -> str:
        """Return the statement that reads all columns, those that a table in text cannot hold as text."""
        described = self._connection.execute(f"DESCRIBE SELECT * FROM {self._relation}", self._parameters)
        columns = [
            _quoted(name) if kind.startswith(PLAIN_TYPES) and not kind.endswith("]") else _as_text(name)
            for name, kind, *_ in described.fetchall()
        ]
        return f"SELECT {', '.join(columns)} FROM {self._relation}"


@contextmanager
def open_database(
    address: DatabaseAddress,
    *,
    table: str | None = None,
    query: str | None = None,
    memory_limit: str = "1GB",
) -> Iterator[SourceReader]:
    """Attach a database read only and lend a reader of one table (`schema.table`) or one SELECT query.

    Raises
    ------
    SourceError
        When the extension is missing or the database cannot be reached.
    """
    dialect = _DIALECTS[address.kind]
    statement = _one_select(query) if query else f"SELECT * FROM {_table_name(table or '', dialect.quote)}"
    connection = _open(memory_limit)
    try:
        load_extension(connection, dialect.extension)
        connection.execute("SET allow_persistent_secrets = false")
        with _clear_errors(address.password):
            _attach(connection, address, dialect)
            _lock(connection)
            statement = _with_exact_numbers(connection, statement, address.kind)
        yield SourceReader(connection, f"{dialect.function}('source', ?)", [statement])
    finally:
        connection.close()


@contextmanager
def open_objects(
    address: ObjectStoreAddress, *, query: str | None = None, memory_limit: str = "1GB"
) -> Iterator[SourceReader]:
    """Lend a reader of the Parquet objects of a bucket as one table, called `objects` in the query.

    Raises
    ------
    SourceError
        When the extension is missing or the bucket cannot be reached.
    """
    connection = _open(memory_limit)
    try:
        load_extension(connection, "httpfs")
        root = f"s3://{address.bucket}/"
        connection.execute("SET allow_persistent_secrets = false")
        connection.execute("SET http_retries = 2")
        with _clear_errors(address.secret_key):
            connection.execute(_object_secret(address, root))
            connection.execute(f"SET allowed_directories = [{_literal(root)}]")
            _lock(connection)
            files = _literal(f"{root}{address.pattern}")
            connection.execute(
                "CREATE VIEW objects AS SELECT * FROM "
                f"read_parquet({files}, union_by_name = true, hive_types_autocast = false)"
            )
        yield SourceReader(connection, f"({_parsed_select(connection, query)})" if query else "objects", [])
    finally:
        connection.close()


def _open(memory_limit: str) -> duckdb.DuckDBPyConnection:
    options = {**LOCKED_DOWN, "threads": 2, "memory_limit": memory_limit}
    connection = duckdb.connect(":memory:", config=options)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _attach(connection: duckdb.DuckDBPyConnection, address: DatabaseAddress, dialect: _Dialect) -> None:
    values = {
        "HOST": address.host,
        "DATABASE": address.database,
        "USER": address.user,
        "PASSWORD": address.password,
    }
    written = ", ".join(f"{name} {_literal(value)}" for name, value in values.items())
    connection.execute(
        f"CREATE TEMPORARY SECRET login (TYPE {dialect.secret_type}, {written}, PORT {address.port})"
    )
    if address.kind == "mysql":
        connection.execute("SET mysql_tinyint1_as_boolean = false")
        connection.execute("SET mysql_session_time_zone = '+00:00'")
    encryption = address.encryption if address.kind == "postgresql" else _MYSQL_ENCRYPTION[address.encryption]
    options = _literal(dialect.options.format(encryption=encryption))
    connection.execute(f"ATTACH {options} AS source (TYPE {dialect.secret_type}, SECRET login, READ_ONLY)")


def _with_exact_numbers(connection: duckdb.DuckDBPyConnection, statement: str, kind: DatabaseKind) -> str:
    """Ask the server for numbers as text where the engine would lose their digits or take its time.

    `numeric` without a declared scale comes from PostgreSQL as DOUBLE; decimals of more than 18 digits come
    from MySQL a hundred times slower than text.
    """
    dialect = _DIALECTS[kind]
    described = f"DESCRIBE SELECT * FROM {dialect.function}('source', ?)"
    columns = [row[:2] for row in connection.execute(described, [statement]).fetchall()]
    if kind == "postgresql":
        texts = _unscaled_numbers(
            connection, statement, [name for name, type_ in columns if type_ == "DOUBLE"]
        )
    else:
        texts = {name for name, type_ in columns if _WIDE_DECIMAL.match(type_)}
    if not texts:
        return statement
    chosen = (
        f"CAST({_quoted(name, dialect.quote)} AS {dialect.text_type}) AS {_quoted(name, dialect.quote)}"
        if name in texts
        else _quoted(name, dialect.quote)
        for name, _ in columns
    )
    return f"SELECT {', '.join(chosen)} FROM ({statement}) AS source_rows"


def _unscaled_numbers(connection: duckdb.DuckDBPyConnection, statement: str, doubtful: list[str]) -> set[str]:
    """Return which of the columns are `numeric` in PostgreSQL, by their first row."""
    if not doubtful:
        return set()
    asked = ", ".join(f"pg_typeof({_quoted(name)})::text" for name in doubtful)
    typed = f"SELECT {asked} FROM ({statement}) AS source_rows LIMIT 1"
    kinds = connection.execute("SELECT * FROM postgres_query('source', ?)", [typed]).fetchone() or ()
    return {name for name, kind in zip(doubtful, kinds, strict=False) if kind == "numeric"}


def _object_secret(address: ObjectStoreAddress, root: str) -> str:
    values = {
        "KEY_ID": address.access_key,
        "SECRET": address.secret_key,
        "ENDPOINT": address.endpoint,
        "REGION": address.region,
        "URL_STYLE": "path" if address.path_style else "vhost",
        "SCOPE": root,
    }
    written = ", ".join(f"{name} {_literal(value)}" for name, value in values.items())
    return f"CREATE TEMPORARY SECRET login (TYPE s3, {written}, USE_SSL {str(address.encrypted).lower()})"


def _write_blocks(
    reader: pa.RecordBatchReader, target: Path, limits: ReadingLimits, progress: Progress
) -> int:
    rows = 0
    with pq.ParquetWriter(target, reader.schema, compression="zstd") as writer:
        for block in reader:
            rows += block.num_rows
            if rows > limits.max_rows:
                raise SourceError(
                    N_("The source brings more than {limit} rows, which is its limit."),
                    N_("Narrow the query, or raise max_rows of this source."),
                    limit=limits.max_rows,
                )
            writer.write_batch(block)
            if target.stat().st_size > limits.max_bytes:
                raise SourceError(
                    N_("The source brings more than {limit} MB, which is its limit."),
                    N_("Narrow the query, or raise max_bytes of this source."),
                    limit=limits.max_bytes >> 20,
                )
            progress(min(0.95, rows / limits.max_rows), N_("Reading the source"))
    return rows


def _one_select(query: str) -> str:
    """Return a query without its closing semicolon.

    Raises
    ------
    InvalidInputError
        When it does not begin as a SELECT. That it is one statement is checked by the server.
    """
    statement = query.strip().rstrip(";").strip()
    if not statement.lower().startswith(("select", "with")):
        raise InvalidInputError(
            N_("The query of a source must be one SELECT."), N_("Begin it with SELECT or WITH.")
        )
    return statement


def _parsed_select(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Return a query that runs in our own engine, once it is known to be one SELECT and nothing else."""
    statement = _one_select(query)
    with _clear_errors():
        parsed = connection.extract_statements(statement)
        if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
            raise InvalidInputError(
                N_("The query of a source must be one SELECT."), N_("Begin it with SELECT or WITH.")
            )
    return statement


def _table_name(table: str, quote: str) -> str:
    return ".".join(_quoted(part, quote) for part in table.split("."))


def _quoted(name: str, quote: str = '"') -> str:
    return f"{quote}{name.replace(quote, quote * 2)}{quote}"


def _as_text(name: str) -> str:
    return f"CAST({_quoted(name)} AS VARCHAR) AS {_quoted(name)}"


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def _clear_errors(secret: str = "") -> Iterator[None]:
    """Turn the engine's errors into one sentence without the password."""
    try:
        yield
    except FraudkitError:
        raise
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        shown = reason.replace(secret, "***") if secret else reason
        raise SourceError(
            N_("The source cannot be read: {reason}"),
            N_("Check address, user, password and query of the source, then test it again."),
            reason=shown,
        ) from None
