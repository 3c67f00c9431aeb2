"""Excel workbooks as CSV: identifiers keep their zeros, dates become ISO text, numbers keep their digits."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.archives import check_workbook
from fraudkit.ingest.limits import MEGABYTE, Limits
from fraudkit.ingest.line_numbers import LineNumbers, Shifts
from fraudkit.ingest.questions import Answers, Option, Question, QuestionsOpenError
from fraudkit.words import N_

SHEET: Final = "sheet"
MOST_UNPACKED_BYTES: Final = 1_024 * MEGABYTE
EXACT_DIGITS: Final = 15
LONG_NUMBERS: Final = "long_numbers"
_ZEROS_ONLY: Final = re.compile(r"^0{2,}$")
_LITERALS: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')

Notes = list[tuple[str, int]]


def write_csv(path: Path, target: Path, limits: Limits, answers: Answers) -> tuple[Notes, Shifts]:
    """Write the sheet with rows as CSV.

    Rows keep their numbers: the line of a row is its number in Excel.

    Raises
    ------
    InvalidInputError
        When the workbook is damaged, too large or empty.
    QuestionsOpenError
        When several sheets have rows and `answers` does not name one.
    """
    check_workbook(path, limits, MOST_UNPACKED_BYTES)
    unpadded = target.with_suffix(".rows")
    try:
        with _opened(path) as book:
            sheet = _chosen(book, answers)
            width, notes = _write_rows(sheet, unpadded, limits)
        shifts = _pad(unpadded, target, width)
    finally:
        unpadded.unlink(missing_ok=True)
    return notes, shifts


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    # half a second that only workbooks should cost
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations that it does not read
            with path.open("rb") as stream:  # a path would be judged by its ending
                book = load_workbook(stream, read_only=True, data_only=True)
                try:
                    yield book
                finally:
                    book.close()
    except (InvalidInputError, MemoryError):
        raise
    except Exception as error:
        raise InvalidInputError(
            N_("The Excel workbook is damaged or protected by a password."),
            N_("Open it in Excel and save it again without a password, or as CSV."),
        ) from error


def _chosen(book: Any, answers: Answers) -> Any:
    """Return the one visible sheet with rows, or the one that was answered."""
    filled = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible" and _has_rows(sheet)]
    if not filled:
        raise InvalidInputError(N_("The workbook holds no rows."), N_("Export it again with its rows."))
    if len(filled) == 1 and SHEET not in answers:
        return filled[0]
    found = next((sheet for sheet in filled if sheet.title == answers.get(SHEET)), None)
    if found is None:
        names = tuple(sheet.title for sheet in filled)
        options = tuple(Option(name, name) for name in names)
        raise QuestionsOpenError(
            [
                Question(
                    SHEET, N_("Several sheets of the workbook hold rows. Which one counts?"), options, names
                )
            ]
        )
    return found


def _has_rows(sheet: Any) -> bool:
    filled = 0
    for row in sheet.iter_rows(values_only=True):
        filled += any(value is not None for value in row)
        if filled > 1:
            return True
    return False


def _write_rows(sheet: Any, target: Path, limits: Limits) -> tuple[int, Notes]:
    """Write the rows without empty cells at their ends; return the width and the notes."""
    width = rows = waiting = long_numbers = 0
    with target.open("w", encoding="utf-8", errors="backslashreplace", newline="") as output:
        writer = csv.writer(output, lineterminator="\r\n")
        for row in sheet.iter_rows():
            values = [_text(cell) for cell in row]
            while values and not values[-1]:
                values.pop()
            if not values:
                waiting += 1  # empty rows count only when others follow
                continue
            rows += waiting + 1
            limits.check_rows(rows)
            width = max(width, len(values))
            limits.check_columns(width)
            long_numbers += sum(_is_long_number(cell) for cell in row)
            writer.writerows([[]] * waiting)
            waiting = 0
            writer.writerow(values)
    return width, [(LONG_NUMBERS, long_numbers)] if long_numbers else []


def _pad(source: Path, target: Path, width: int) -> Shifts:
    """Give all rows the same width; return how their lines differ from their rows in the sheet."""
    numbers = LineNumbers()
    with (
        source.open(encoding="utf-8", newline="") as stream,
        target.open("w", encoding="utf-8", newline="") as output,
    ):
        writer = csv.writer(output, lineterminator="\r\n")
        for row, values in enumerate(csv.reader(stream), start=1):
            writer.writerow(values + [""] * (width - len(values)) if values else [])
            numbers.wrote(values, row)
    return numbers.shifts


def _text(cell: Any) -> str:
    """Return what a cell says, as a person would type it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    if isinstance(value, datetime):
        return _moment(value, str(cell.number_format))
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float, number_format: str) -> str:
    """Return a number with all its digits, and with the leading zeros that its format shows."""
    if isinstance(value, int):
        shown = _ZEROS_ONLY.match(number_format) is not None
        return str(value).zfill(len(number_format)) if shown else str(value)
    written = repr(value)
    return f"{Decimal(written):f}" if "e-" in written else written.removesuffix(".0")


def _moment(value: datetime, number_format: str) -> str:
    """Return a date, with its time only when the cell's format shows one."""
    shows_time = "h" in _LITERALS.sub("", number_format).lower()
    if not shows_time and (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0):
        return value.date().isoformat()
    return value.isoformat(sep=" ")


def _is_long_number(cell: Any) -> bool:
    value = cell.value
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**EXACT_DIGITS
