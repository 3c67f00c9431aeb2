"""JSON lines as CSV: every key a column, every number as it was written, no line lost."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.json_rows import Row, flat_row, parse_json
from fraudkit.ingest.limits import Limits
from fraudkit.ingest.line_numbers import LineNumbers, Shifts
from fraudkit.ingest.questions import Answers
from fraudkit.words import N_

LONGEST_LINE: Final = 2_000_000
BROKEN_LINES: Final = "broken_lines"

Notes = list[tuple[str, int]]


def write_csv(
    path: Path,
    target: Path,
    limits: Limits,
    answers: Answers,  # noqa: ARG001 - the file leaves nothing open; a workbook does
) -> tuple[Notes, Shifts]:
    """Write JSON lines as CSV; a line that is no object becomes a row of one value.

    The importer keeps such a row apart with its text, because it has fewer values than there are columns.

    Raises
    ------
    InvalidInputError
        When it is no text in UTF-8, or has too many rows or columns.
    """
    columns: dict[str, None] = {}
    broken, numbers = 0, LineNumbers()
    for number, (_, row, _) in enumerate(_rows(path), start=1):
        limits.check_rows(number)
        if row is None:
            broken += 1
        else:
            columns.update(dict.fromkeys(row))
            limits.check_columns(len(columns))
    with target.open("w", encoding="utf-8", errors="backslashreplace", newline="") as output:
        writer = csv.writer(output, lineterminator="\r\n")
        writer.writerow(columns)
        numbers.wrote([*columns], 1)
        for number, row, text in _rows(path):
            cells = [text] if row is None else [row.get(name, "") for name in columns]
            writer.writerow(cells)
            numbers.wrote(cells, number)
    return [(BROKEN_LINES, broken)] if broken else [], numbers.shifts


def _rows(path: Path) -> Iterator[tuple[int, Row | None, str]]:
    """Yield the number of each line, the line as a row, or None where it is no object, and its text."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            number, begins = 0, True
            while line := stream.readline(LONGEST_LINE):
                number += begins
                begins = line.endswith("\n")
                text = line.strip()
                if text:
                    yield number, _row(text), text
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            N_("The file is not in UTF-8, as JSON must be."), N_("Export it again in UTF-8.")
        ) from error


def _row(text: str) -> Row | None:
    try:
        record = parse_json(text)
    except InvalidInputError:
        return None
    return flat_row(record) if isinstance(record, dict) else None
