"""PostgreSQL and MySQL: one table or one SELECT query, brought as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from fraudkit.domain import Progress
from fraudkit.errors import InvalidInputError
from fraudkit.ingest.sources.base import FetchedFile, ImportOutcome, SourceSample, as_text
from fraudkit.ingest.sources.secret import Secret
from fraudkit.ingest.sources.settings import SourceSettings, options_of
from fraudkit.store.source_address import DatabaseAddress, DatabaseKind, ReadingLimits
from fraudkit.store.sources import SourceReader, open_database
from fraudkit.words import N_

PORTS: Final[dict[DatabaseKind, int]] = {"postgresql": 5432, "mysql": 3306}


@dataclass(frozen=True, slots=True)
class DatabaseOptions:
    """What `sources.toml` says of a database."""

    host: str
    database: str
    user: str
    password: Secret
    port: int | None = None
    table: str | None = None
    query: str | None = None
    encryption: Literal["disable", "prefer", "require", "verify-full"] = "prefer"


class DatabaseSource:
    """One table or query of PostgreSQL or MySQL.

    Raises
    ------
    InvalidInputError
        When the settings name neither a table nor a query, or both.
    """

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings
        self._options = options_of(DatabaseOptions, settings)
        if (self._options.table is None) == (self._options.query is None):
            raise InvalidInputError(
                N_("Source “{name}” needs either `table` or `query`."),
                N_("Name the table as schema.table, or write one SELECT."),
                name=settings.name,
            )

    def fetch(self, folder: Path, known: frozenset[str], progress: Progress) -> Iterator[FetchedFile]:  # noqa: ARG002 - a database is read anew each time
        """Bring the rows as one Parquet file."""
        target = folder / "rows.parquet"
        limits = ReadingLimits(self._settings.max_rows, self._settings.max_bytes)
        with self._reader() as reader:
            rows = reader.export(target, limits, progress)
        yield FetchedFile(target, f"{self._settings.name}.parquet", rows)

    def sample(self, count: int) -> SourceSample:
        """Read the first rows."""
        with self._reader() as reader:
            columns, rows = reader.first_rows(count)
        return SourceSample(tuple(columns), tuple(tuple(map(as_text, row)) for row in rows))

    def settle(self, file: FetchedFile, outcome: ImportOutcome) -> None:
        """Leave the database as it is."""

    def _reader(self) -> AbstractContextManager[SourceReader]:
        options = self._options
        kind = cast("DatabaseKind", self._settings.kind)
        address = DatabaseAddress(
            kind,
            options.host,
            options.port or PORTS[kind],
            options.database,
            options.user,
            options.password.value(),
            options.encryption,
        )
        return open_database(address, table=options.table, query=options.query)
