"""How a text table is laid out: delimiter, quote, header and what stands before it, from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.ingest import questions
from fraudkit.ingest.questions import Answers
from fraudkit.schema import ALIASES, normalised_name
from fraudkit.words import N_

DELIMITERS: Final = (",", ";", "\t", "|")
DELIMITER_WORDS: Final[dict[str, str]] = {
    ",": N_("comma"),
    ";": N_("semicolon"),
    "\t": N_("tab"),
    "|": N_("vertical bar"),
}
MAXIMUM_COLUMNS: Final = 4096
MAXIMUM_PREAMBLE_LINES: Final = 50
SAMPLE_LINES: Final = 400
SINGLE_QUOTED_SHARE: Final = 0.5
FEWEST_COLUMNS: Final = 2
_LONGEST_SHAPE: Final = 40
_LETTERS: Final = re.compile(r"[^\W\d_]")
_NUMBER: Final = re.compile(r"0?(?:[ ,.']0)*")

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_SINGLE_QUOTED: Final = re.compile(r"(^|[,;\t|])'[^']*'(?=[,;\t|]|$)")
_VALUE: Final = re.compile(r"^\s*(?:[-+(]?\s*(?:S/|US\$|\$|€)?\s*[-+]?[0-9][0-9.,:/\- T]*[0-9Z)]?|\)?)\s*$")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The layout of a text table.

    Parameters
    ----------
    delimiter, quote
        One character each.
    names
        Unique names of the columns, as the header gives them.
    header_line
        Line number of the header, 1 for the first line; None when the file has none.
    first_line
        Line number of the first row of values.
    preamble
        Names and values that stand above the header, such as an account number.
    shapes
        How the values of each column look, where there is no header.
    """

    delimiter: str
    quote: str
    names: tuple[str, ...]
    header_line: int | None
    first_line: int
    preamble: tuple[tuple[str, str], ...] = ()
    shapes: tuple[str, ...] = ()


def sniff(text: str, answers: Answers) -> Dialect:
    """Find out the layout from the first lines of a file.

    Raises
    ------
    InvalidInputError
        When the lines are not a table, or the table has too many columns.
    QuestionsOpenError
        When there is no header and nobody has named the columns.
    """
    lines = _LINE_END.split(text)[:SAMPLE_LINES]
    quote = _quote_of(lines)
    delimiter, rows = max(
        ((delimiter, _split(lines, delimiter, quote)) for delimiter in DELIMITERS),
        key=lambda candidate: _score(candidate[1]),
    )
    width = _usual_width(rows)
    if width < FEWEST_COLUMNS or not any(any(row) for _, row in rows):
        raise InvalidInputError(
            N_("The file is not a table: no comma, semicolon, tab or bar separates its columns."),
            N_("Export it as CSV with a header and one transaction per line."),
        )
    if width > MAXIMUM_COLUMNS:
        raise InvalidInputError(
            N_("The file has {width} columns; the limit is {limit}."),
            N_("Export only the columns that describe the transaction."),
            width=width,
            limit=MAXIMUM_COLUMNS,
        )
    return _with_header(rows, delimiter, quote, width, answers)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return names that differ, numbering repeated and naming empty ones."""
    taken: set[str] = set()
    result = []
    for position, name in enumerate(names, start=1):
        base = name.strip() or f"column_{position}"
        unique, number = base, 2
        while unique in taken:
            unique, number = f"{base}_{number}", number + 1
        taken.add(unique)
        result.append(unique)
    return tuple(result)


def is_value(cell: str) -> bool:
    """Tell whether a cell holds a number or a date rather than a name."""
    return bool(cell.strip()) and _VALUE.match(cell) is not None


Rows = list[tuple[int, list[str]]]


def _quote_of(lines: list[str]) -> str:
    filled = [line for line in lines[1:] if line]
    singles = sum(_SINGLE_QUOTED.search(line) is not None for line in filled)
    doubles = sum('"' in line for line in filled)
    return "'" if singles > SINGLE_QUOTED_SHARE * len(filled) and not doubles else '"'


def _split(lines: list[str], delimiter: str, quote: str) -> Rows:
    """Split each line by itself, so that one stray quote cannot swallow the others."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            cells = next(csv.reader([line], delimiter=delimiter, quotechar=quote))
            rows.append((number, [cell.strip() for cell in cells]))
    return rows


def _usual_width(rows: Rows) -> int:
    widths = Counter(len(row) for _, row in rows if len(row) >= FEWEST_COLUMNS)
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _score(rows: Rows) -> tuple[int, float, int]:
    """Prefer the delimiter that uncovers known names, then the one that cuts most lines alike."""
    width = _usual_width(rows)
    known = max((_known_names(row) for _, row in rows[:MAXIMUM_PREAMBLE_LINES]), default=0)
    alike = sum(len(row) == width for _, row in rows) / max(len(rows), 1)
    return known, alike if width >= FEWEST_COLUMNS else 0.0, width


def _known_names(row: list[str]) -> int:
    return sum(normalised_name(cell) in ALIASES for cell in row) if len(row) >= FEWEST_COLUMNS else 0


def _with_header(rows: Rows, delimiter: str, quote: str, width: int, answers: Answers) -> Dialect:
    place = _header_place(rows, width)
    number, row = rows[place]
    preamble = tuple(
        (cells[0].rstrip(": "), cells[1])
        for _, cells in rows[:place]
        if len([cell for cell in cells if cell]) == FEWEST_COLUMNS and cells[0] and cells[1]
    )
    if not _is_header(row):
        return _without_header(rows[place:], delimiter, quote, preamble, answers)
    return Dialect(delimiter, quote, unique_names(row), number, number + 1, preamble)


def _header_place(rows: Rows, width: int) -> int:
    """Return the place of the first full row that reads as a header, else of the first full row."""
    full = [place for place, (_, row) in enumerate(rows[:MAXIMUM_PREAMBLE_LINES]) if len(row) == width]
    if not full:  # the header is narrower or wider than its rows
        known = [_known_names(row) for _, row in rows[:MAXIMUM_PREAMBLE_LINES]]
        return known.index(max(known))
    best = max(full, key=lambda place: (_known_names(rows[place][1]), -place))
    narrower = max(range(full[0] + 1), key=lambda place: (_known_names(rows[place][1]), -place))
    if _known_names(rows[narrower][1]) > _known_names(rows[best][1]):
        return narrower
    return best if _known_names(rows[best][1]) and _is_header(rows[best][1]) else full[0]


def _is_header(row: list[str]) -> bool:
    """Tell names from values: a header holds no number and no date."""
    return any(row) and (not any(is_value(cell) for cell in row) or _known_names(row) > len(row) / 2)


def _without_header(
    rows: Rows,
    delimiter: str,
    quote: str,
    preamble: tuple[tuple[str, str], ...],
    answers: Answers,
) -> Dialect:
    number, row = rows[0]
    shapes = (delimiter, *_shapes([cells for _, cells in rows if len(cells) == len(row)]))
    question = questions.header_question(tuple(row), ",".join(_proposed_names(row)), shapes)
    answer = questions.require(question, answers)
    if answer == "first_row":
        return Dialect(delimiter, quote, unique_names(row), number, number + 1, preamble)
    names = [name.strip() for name in answer.split(",")]
    if len(names) != len(row):
        raise InvalidInputError(
            N_("{given} names were given for {columns} columns."),
            N_("Give one name for each column, in order, separated by commas."),
            given=len(names),
            columns=len(row),
        )
    return Dialect(delimiter, quote, unique_names(names), None, number, preamble, shapes)


def _shapes(rows: list[list[str]]) -> list[str]:
    """Return what most values of each column look like, however long they are."""
    shapes = []
    for cells in zip(*rows, strict=True):
        looks = Counter(_shape(cell) for cell in cells if cell)
        shapes.append(min(looks, key=lambda shape: (-looks[shape], shape), default=""))
    return shapes


def _shape(cell: str) -> str:
    """Return `a` for texts, `0` for numbers, else digits as `0` between their signs, such as `0-0-0 0:0`."""
    if _LETTERS.search(cell):
        return "a"
    shape = re.sub(r"[0-9]+", "0", cell.strip("-+ "))
    return "0" if _NUMBER.fullmatch(shape) else shape[:_LONGEST_SHAPE]


def _proposed_names(row: list[str]) -> list[str]:
    """Propose names for the columns of a first row: the first date and the first amount are taken."""
    names: list[str] = []
    for position, cell in enumerate(row, start=1):
        is_date = bool(re.match(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", cell))
        is_amount = bool(re.match(r"^[^0-9]{0,5}\d[\d.,]*[.,]\d{2}\)?$", cell))
        if is_date and "transaction_datetime" not in names:
            names.append("transaction_datetime")
        elif is_amount and "transaction_amount" not in names:
            names.append("transaction_amount")
        else:
            names.append(f"column_{position}")
    return names
