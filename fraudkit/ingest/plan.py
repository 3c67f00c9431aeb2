"""Everything that was decided about a file before its rows are read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fraudkit.ingest.dates import DateLayout
from fraudkit.ingest.dialect import Dialect
from fraudkit.ingest.encoding import Encoding
from fraudkit.ingest.mapping import CREDIT, DEBIT, PARTS, MappedColumn
from fraudkit.ingest.missing import Handling
from fraudkit.ingest.numbers import DecimalMark
from fraudkit.ingest.questions import Answers
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
    is_padded
        Whether values may begin or end with spaces.
    """

    path: Path
    kind: FileKind
    names: tuple[str, ...]
    source: str
    first_line: int
    encoding: Encoding | None = None
    dialect: Dialect | None = None
    is_regular: bool = True
    is_padded: bool = True


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
    missing
        What is done where a column is empty; a column that is kept missing is not named.
    """

    columns: tuple[MappedColumn, ...]
    dates: DateLayout
    decimal_mark: DecimalMark
    time_zone: str
    float_identifiers: frozenset[str] = field(default_factory=frozenset)
    missing: Mapping[str, Handling] = field(default_factory=dict)

    @property
    def names_currency_by_sign(self) -> bool:
        """Whether only a sign beside an amount can name its currency."""
        return self.column("currency") is None

    def column(self, canonical: str) -> MappedColumn | None:
        """Return the source of a canonical column."""
        return next((column for column in self.columns if column.canonical == canonical), None)

    def mapped(self) -> Sequence[tuple[str, MappedColumn]]:
        """Return canonical names and sources, in the order of the file, without date, time and label.

        An amount in a debit and a credit column stands at the place of the debit.
        """
        pairs = [
            ("transaction_amount" if column.canonical == DEBIT and self.sides else column.canonical, column)
            for column in self.columns
        ]
        left_out = {"transaction_datetime", "fraud_label", *PARTS}
        return [(name, column) for name, column in pairs if name is not None and name not in left_out]

    @property
    def sides(self) -> tuple[MappedColumn, MappedColumn] | None:
        """Return debit and credit column, where they make the amount together."""
        debit, credit = self.column(DEBIT), self.column(CREDIT)
        if debit is None or credit is None or self.column("transaction_amount") is not None:
            return None
        return debit, credit

    def others(self) -> Sequence[MappedColumn]:
        """Return the columns whose text is kept: unknown ones, and identifiers that became floats."""
        return [
            column
            for column in self.columns
            if column.position >= 0
            and column.why != "secret"
            and (column.canonical is None or column.canonical in self.float_identifiers)
        ]

    @property
    def secret_places(self) -> frozenset[int]:
        """Return the places of the columns that may be kept nowhere."""
        return frozenset(column.position for column in self.columns if column.why == "secret")

    def other_names(self) -> dict[str, str]:
        """Return the names in the file by the working names under which columns may be kept with the row."""
        return {other_name(column): column.source for column in self.columns if column.position >= 0}

    def layout_json(self, table: Table, answers: Answers) -> str:
        """Return what is kept with the batch, so that people can see how the file was read."""
        dialect, encoding = table.dialect, table.encoding
        above = [column for column in self.columns if column.position < 0]
        return json.dumps(
            {
                "names": table.names,
                "preamble": {column.source: column.samples[0] for column in above},
                "answers": dict(sorted(answers.items())),
                "encoding": encoding.codec if encoding else None,
                "delimiter": dialect.delimiter if dialect else None,
                "quote": dialect.quote if dialect else None,
                "header_line": dialect.header_line if dialect else None,
                "mapping": {column.source: column.canonical for column in self.columns},
                "dates": asdict(self.dates),
                "decimal_mark": self.decimal_mark,
                "time_zone": self.time_zone,
                "float_identifiers": sorted(self.float_identifiers),
                "missing": dict(sorted(self.missing.items())),
            },
            ensure_ascii=False,
        )


def other_name(column: MappedColumn) -> str:
    """Return the working name under which a column's own text is kept."""
    return f"other_{column.position}"


def kind_of(canonical: str) -> str:
    """Return the kind of a canonical column."""
    return COLUMN_BY_NAME[canonical].kind
