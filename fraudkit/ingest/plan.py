"""Everything that was decided about a file before its rows are read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fraudkit.ingest.dates import DateLayout
from fraudkit.ingest.dialect import Dialect
from fraudkit.ingest.encoding import Encoding
from fraudkit.ingest.mapping import TIME_OF_DAY, MappedColumn
from fraudkit.ingest.numbers import DecimalMark
from fraudkit.ingest.receive import FileKind
from fraudkit.schema import COLUMN_BY_NAME


@dataclass(frozen=True, slots=True)
class Table:
    """A file that the engine can read.

    Parameters
    ----------
    path
        The working copy.
    kind
        CSV or Parquet.
    names
        Names of its columns.
    source
        SQL table expression whose columns are `v0`, `v1`, … (text), and `source_row` and `raw_text` where the
        file does not give them by its order.
    first_line
        Line number of the first row.
    encoding, dialect
        How the text is laid out; None for Parquet.
    is_regular
        Whether each line is one row, so that the order of rows gives their line numbers.
    """

    path: Path
    kind: FileKind
    names: tuple[str, ...]
    source: str
    first_line: int
    encoding: Encoding | None = None
    dialect: Dialect | None = None
    is_regular: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file become transactions.

    Parameters
    ----------
    columns
        What each column becomes.
    dates
        How the dates are written.
    decimal_mark
        What separates cents.
    time_zone
        Zone of times that carry none.
    float_identifiers
        Identifier columns that a spreadsheet turned into floats.
    """

    columns: tuple[MappedColumn, ...]
    dates: DateLayout
    decimal_mark: DecimalMark
    time_zone: str
    float_identifiers: frozenset[str] = field(default_factory=frozenset)

    @property
    def names_currency_by_sign(self) -> bool:
        """Whether only a sign beside an amount can name its currency."""
        return self.column("currency") is None

    def column(self, canonical: str) -> MappedColumn | None:
        """Return the source of a canonical column."""
        return next((column for column in self.columns if column.canonical == canonical), None)

    def mapped(self) -> Sequence[tuple[str, MappedColumn]]:
        """Return canonical names and sources, in the order of the file, without date, time and label."""
        return [
            (column.canonical, column)
            for column in self.columns
            if column.canonical is not None
            and column.canonical not in {"transaction_datetime", TIME_OF_DAY, "fraud_label"}
        ]

    def unknown(self) -> Sequence[MappedColumn]:
        """Return the columns that are kept under their own name."""
        return [column for column in self.columns if column.canonical is None]

    def layout_json(self, dialect: Dialect | None, encoding: Encoding | None) -> str:
        """Return what is kept with the batch, so that people can see how the file was read."""
        return json.dumps(
            {
                "encoding": encoding.codec if encoding else None,
                "delimiter": dialect.delimiter if dialect else None,
                "quote": dialect.quote if dialect else None,
                "header_line": dialect.header_line if dialect else None,
                "mapping": {column.source: column.canonical for column in self.columns},
                "dates": asdict(self.dates),
                "decimal_mark": self.decimal_mark,
                "time_zone": self.time_zone,
                "float_identifiers": sorted(self.float_identifiers),
            },
            ensure_ascii=False,
        )


def kind_of(canonical: str) -> str:
    """Return the kind of a canonical column."""
    return COLUMN_BY_NAME[canonical].kind
