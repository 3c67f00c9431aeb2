"""From a received file to a table that the engine reads: decoded, laid out, irregular rows set apart."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.ingest import encoding as encodings
from fraudkit.ingest import repair, structure
from fraudkit.ingest.dialect import Dialect, sniff
from fraudkit.ingest.encoding import Encoding
from fraudkit.ingest.expressions import source_with_columns
from fraudkit.ingest.limits import Limits
from fraudkit.ingest.plan import Table
from fraudkit.ingest.questions import Answers
from fraudkit.ingest.receive import Received
from fraudkit.ingest.repair import Record
from fraudkit.ingest.structure import Structure
from fraudkit.store.parser import Parser, csv_source, parquet_source
from fraudkit.words import N_

TAIL_BYTES: Final = 1 << 16


def open_table(received: Received, parser: Parser, answers: Answers) -> tuple[Table, list[Record]]:
    """Make a received file readable.

    Returns
    -------
    table, set_apart
        The table, and the rows that are no whole rows of it.

    Raises
    ------
    InvalidInputError
        When the file is no table or has no rows.
    QuestionsOpenError
        When encoding or header are open.
    """
    if received.kind == "parquet":
        return _parquet(received, parser), []
    encoding = encodings.detect(received.path, answers)
    head, _ = encodings.decoded_head(received.path, encoding)
    dialect = sniff(head, answers)
    received.limits.check_columns(len(dialect.names))
    text = _as_utf_8(received.path, encoding)
    if text is not None:
        _drop_blank_end(text)
        found = structure.regular_structure(text, dialect)
        if found is not None:
            if found.rows == 0:
                raise _no_rows()
            received.limits.check_rows(found.rows)
            return _regular(text, encoding, dialect, found), []
    return repaired(received, encoding, dialect)


def repaired(received: Received, encoding: Encoding, dialect: Dialect) -> tuple[Table, list[Record]]:
    """Read a text file row by row and write its whole rows as a regular table."""
    target = received.path.with_name("regular.csv")
    records = _counted(repair.records(received.path, encoding, dialect), received.limits)
    set_apart = list(repair.write_regular(records, target))
    if target.stat().st_size == 0 and not set_apart:
        raise _no_rows()
    values = [f"v{place}" for place in range(len(dialect.names))]
    raw = csv_source(target, ["line", *values, "raw_text"], ",", '"', 0)
    source = f"(SELECT CAST(line AS BIGINT) AS source_row, raw_text, {', '.join(values)} FROM {raw})"
    table = Table(
        target, "csv", dialect.names, source, dialect.first_line, encoding, dialect, is_regular=False
    )
    return table, set_apart


def raw_texts(parser: Parser, table: Table, wanted: Sequence[int]) -> dict[int, str]:
    """Return the raw text of rows by the number of their line."""
    if table.is_regular and table.kind == "csv":
        return raw_lines(table.path, wanted)
    return dict(
        parser.rows(
            f"SELECT source_row, raw_text FROM {table.source} "
            "WHERE source_row IN (SELECT unnest(?::BIGINT[]))",
            [list(wanted)],
        )
    )


def raw_lines(path: Path, wanted: Sequence[int]) -> dict[int, str]:
    """Return the raw text of lines of a regular file by their number."""
    numbers = set(wanted)
    if not numbers:
        return {}
    last = max(numbers)
    found: dict[int, str] = {}
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if number in numbers:
                found[number] = repair.shortened(line.decode("utf-8", errors="replace").rstrip("\r\n"))
            if number >= last:
                break
    return found


def _regular(path: Path, encoding: Encoding, dialect: Dialect, found: Structure) -> Table:
    values = [f"v{place}" for place in range(len(dialect.names))]
    source = csv_source(
        path, values, dialect.delimiter, dialect.quote, dialect.first_line - 1, has_returns=found.has_returns
    )
    return Table(
        path, "csv", dialect.names, source, dialect.first_line, encoding, dialect, is_padded=found.is_padded
    )


def _parquet(received: Received, parser: Parser) -> Table:
    source = parquet_source(received.path)
    names = tuple(name for name in parser.columns(f"SELECT * FROM {source}") if name != "file_row_number")
    received.limits.check_columns(len(names))
    rows = parser.rows(f"SELECT count(*) FROM {source}")[0][0]
    if rows == 0:
        raise _no_rows()
    received.limits.check_rows(rows)
    return Table(received.path, "parquet", names, source_with_columns(source, names), 1)


def _counted(records: Iterator[Record], limits: Limits) -> Iterator[Record]:
    """Pass the rows on, up to the limit."""
    for number, record in enumerate(records, start=1):
        limits.check_rows(number)
        yield record


def _as_utf_8(path: Path, encoding: Encoding) -> Path | None:
    if encoding.is_plain_utf_8:
        return path
    if not encoding.clean:
        return None
    target = path.with_name("utf-8.csv")
    encodings.transcode(path, encoding, target)
    return target


def _drop_blank_end(path: Path) -> None:
    """Cut blank lines off the end of a working copy, so that they do not make it irregular."""
    with path.open("r+b") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - TAIL_BYTES))
        tail = stream.read()
        blank = len(tail) - len(tail.rstrip(b"\r\n"))
        if 2 < blank < len(tail):  # noqa: PLR2004 - one line end of two bytes at most
            stream.truncate(size - blank)


def _no_rows() -> InvalidInputError:
    return InvalidInputError(
        N_("The file has a header but no rows."), N_("Export it again with its transactions.")
    )
