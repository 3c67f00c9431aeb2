"""Exports: the queue, labels, search results, operations and the audit as CSV or XLSX.

A text that a spreadsheet could take for a formula gets an apostrophe in front, and so does one that begins
with an apostrophe: taking one leading apostrophe away gives every text back. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from openpyxl import Workbook  # type: ignore[import-untyped]

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError
from fraudkit.services.workbench import Workbench
from fraudkit.store import exports
from fraudkit.store.exports import NewExport
from fraudkit.words import N_

FileFormat = Literal["csv", "xlsx"]
FORMATS: Final[tuple[FileFormat, ...]] = ("csv", "xlsx")
MIME: Final[dict[FileFormat, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS: Final = 200_000
LONGEST_CELL: Final = 32_000
"""A workbook's cell holds 32,767 characters; what is longer is cut in both formats and ends with `…`."""

Cell = str | int | float | Decimal | bool | datetime | None
_FORMULA: Final = re.compile(r"^[\s\"'\u00a0\ufeff]*[=+\-@\t\r\n\x00＝＋－＠]|^'|^[\t\r\n\x00]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PICTURES: Final = 0x2400


@dataclass(frozen=True, slots=True)
class Table:
    """What is exported.

    Parameters
    ----------
    kind
        Which export: queue, labels, search, operations or audit.
    heads
        Names of the columns, in the reader's language.
    rows
        Values; texts are made harmless when they are written.
    subject
        Of whom, where it may name a person.
    """

    kind: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    subject: str | None = None


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("'quoted"), harmless("Lima")
    ("'=1+1", "''quoted", 'Lima')
    """
    seen = _CONTROL.sub(_picture, text)
    if len(seen) > LONGEST_CELL:
        seen = seen[:LONGEST_CELL] + "…"
    return f"'{seen}" if _FORMULA.match(text) else seen


def restored(cell: str) -> str:
    """Return the text that `harmless` was given, control characters and cut texts aside."""
    return cell.removeprefix("'")


def file(table: Table, file_format: FileFormat) -> bytes:
    """Return the bytes of an export.

    Raises
    ------
    InvalidInputError
        When it has more rows than a file may have.
    """
    if len(table.rows) > MOST_ROWS:
        raise InvalidInputError(
            N_("There are {rows} rows; a file holds at most {most}."),
            N_("Narrow it down: a filter, a shorter time, one customer."),
            rows=len(table.rows),
            most=MOST_ROWS,
        )
    heads: list[Cell] = [harmless(head) for head in table.heads]
    body = ([_cell(value) for value in row] for row in table.rows)
    return _csv(heads, body) if file_format == "csv" else _xlsx(heads, body, table.kind)


def make(workbench: Workbench, actor: Actor, table: Table, file_format: FileFormat) -> bytes:
    """Return the bytes of an export and note in the audit that it left the workbench."""
    content = file(table, file_format)
    digest = hashlib.sha256(content).hexdigest()
    new = NewExport(table.kind, file_format, len(table.rows), digest, table.subject)
    with workbench.database.write() as cursor:
        exports.append(cursor, new, actor)
    return content


def write(workbench: Workbench, actor: Actor, table: Table, path: Path) -> FileFormat:
    """Write an export into a file whose ending names the format.

    Raises
    ------
    InvalidInputError
        When the ending names no format, or the file cannot be written.
    """
    file_format = next((known for known in FORMATS if path.suffix.lower() == f".{known}"), None)
    if file_format is None:
        raise InvalidInputError(
            N_("The name {file} does not end in .csv or .xlsx."), N_("Name the file so."), file=path.name
        )
    content = make(workbench, actor, table, file_format)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInputError(
            N_("The folder {folder} cannot be written."), N_("Name another folder."), folder=str(path.parent)
        ) from error
    return file_format


def _cell(value: Cell) -> Cell:
    return harmless(value) if isinstance(value, str) else value


def _csv(heads: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return CSV as RFC 4180 has it, with the mark by which spreadsheets know UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_written(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _written(value: Cell) -> Cell:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return "" if value is None else value


def _xlsx(heads: Sequence[Cell], rows: Iterable[Sequence[Cell]], name: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.append(list(heads))
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _picture(found: re.Match[str]) -> str:
    """Return the sign that stands for a control character; others that no file can hold become U+FFFD."""
    code = ord(found.group())
    return chr(_PICTURES + code) if code < 0x20 else "\ufffd"  # noqa: PLR2004 - the control characters
