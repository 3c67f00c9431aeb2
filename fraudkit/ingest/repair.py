"""Read an irregular text table row by row: keep what is whole, set apart what is not, swallow nothing.

A quoted value may span lines, but only when its closing quote stands where a quote may close. Otherwise
the line with the open quote is set apart alone and reading goes on with the next line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from fraudkit.ingest.dialect import Dialect
from fraudkit.ingest.encoding import Encoding
from fraudkit.ingest.structure import MAXIMUM_LINE_BYTES

MAXIMUM_JOINED_LINES: Final = 200
RAW_CHARACTERS: Final = 4000
_TOTAL: Final = re.compile(
    r"^\s*(?:sub\s*)?total(?:es)?\b|^\s*saldo\s+(?:final|inicial|anterior|total)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file.

    Parameters
    ----------
    line
        Number of its first line, 1 for the first of the file.
    raw
        The text as it stands in the file.
    values
        Its values; None when it was set apart.
    reason
        Why it was set apart.
    """

    line: int
    raw: str
    values: list[str] | None
    reason: str | None = None


def records(path: Path, encoding: Encoding, dialect: Dialect) -> Iterator[Record]:
    """Yield every row of values, whole or set apart; blank lines are no rows."""
    with path.open(encoding=encoding.codec, errors="surrogateescape", newline="") as stream:
        reader = _Reader(stream, dialect)
        yield from reader.records()


def write_regular(rows: Iterator[Record], target: Path) -> Iterator[Record]:
    """Write the whole rows as a regular table, line number first and raw text last; yield the others."""
    with target.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for record in rows:
            if record.values is None:
                yield record
            else:
                writer.writerow([record.line, *record.values, shortened(record.raw)])


def shortened(raw: str) -> str:
    """Return raw text short enough to be stored, with undecodable bytes made visible."""
    visible = raw[:RAW_CHARACTERS].replace("\0", "\\x00")
    visible = visible.encode("utf-8", errors="backslashreplace").decode("utf-8")
    return visible if len(raw) <= RAW_CHARACTERS else visible + "…"


class _Reader:
    def __init__(self, stream: IO[str], dialect: Dialect) -> None:
        self._stream = stream
        self._dialect = dialect
        self._width = len(dialect.names)
        quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
        inner = f"[^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+"
        self._quoted = re.compile(f"{quote}({inner}){quote}(?={delimiter}|\\Z)")
        self._open = re.compile(f"{quote}{inner}\\Z")
        self._waiting: deque[tuple[int, str]] = deque()
        self._number = 0

    def records(self) -> Iterator[Record]:
        while (line := self._next_line()) is not None:
            number, text = line
            if number < self._dialect.first_line:
                continue
            content = text.rstrip("\r\n")
            if content.strip():
                yield self._record(number, text, content)

    def _next_line(self) -> tuple[int, str] | None:
        if self._waiting:
            return self._waiting.popleft()
        text = self._stream.readline(MAXIMUM_LINE_BYTES + 2)
        if not text:
            return None
        rest = text
        while rest and len(rest) > MAXIMUM_LINE_BYTES and rest[-1] not in "\r\n":
            rest = self._stream.readline(MAXIMUM_LINE_BYTES + 2)  # too long to keep: dropped piece by piece
        self._number += 1
        return self._number, text

    def _record(self, number: int, text: str, content: str) -> Record:
        reason = _damage(content)
        if reason is not None:
            return Record(number, content, None, reason)
        if self._dialect.quote not in content:
            return self._checked(number, content, content.split(self._dialect.delimiter))
        values = self._values(content)
        if values is not None:
            return self._checked(number, content, values)
        if self._is_open(content):
            return self._joined(number, text, content)
        return Record(number, content, None, "quote_malformed")

    def _joined(self, number: int, text: str, content: str) -> Record:
        """Add lines until the open quote closes; if it never does, give them all back."""
        taken: list[tuple[int, str]] = []
        joined = text
        while len(taken) < MAXIMUM_JOINED_LINES and len(joined) < MAXIMUM_LINE_BYTES:
            line = self._next_line()
            if line is None:
                break
            taken.append(line)
            joined += line[1]
            if self._dialect.quote not in line[1]:
                continue
            whole = joined.rstrip("\r\n")
            values = self._values(whole)
            if values is not None and len(values) == self._width and _damage(whole) is None:
                return Record(number, whole, values)
            if values is not None or not self._is_open(whole):
                break
        self._waiting.extendleft(reversed(taken))
        return Record(number, content, None, "quote_unterminated")

    def _checked(self, number: int, raw: str, values: list[str]) -> Record:
        while len(values) > self._width and not values[-1].strip():
            values.pop()
        if len(values) == self._width:
            return Record(number, raw, values)
        if any(_TOTAL.match(value) for value in values):
            return Record(number, raw, None, "total_row")
        reason = "too_many_columns" if len(values) > self._width else "too_few_columns"
        return Record(number, raw, None, reason)

    def _values(self, content: str) -> list[str] | None:
        """Split a row that holds quotes; None when a quoted value does not close properly."""
        quote, delimiter = self._dialect.quote, self._dialect.delimiter
        values: list[str] = []
        place = 0
        while True:
            if content.startswith(quote, place):
                match = self._quoted.match(content, place)
                if match is None:
                    return None
                values.append(match.group(1).replace(quote * 2, quote))
                place = match.end()
            else:
                end = content.find(delimiter, place)
                end = len(content) if end < 0 else end
                values.append(content[place:end])
                place = end
            if place >= len(content):
                return values
            place += 1

    def _is_open(self, content: str) -> bool:
        """Tell whether the row ends inside a quoted value."""
        quote, delimiter = self._dialect.quote, self._dialect.delimiter
        place = 0
        while True:
            if content.startswith(quote, place):
                match = self._quoted.match(content, place)
                if match is None:
                    return self._open.match(content, place) is not None
                place = match.end()
            else:
                end = content.find(delimiter, place)
                place = len(content) if end < 0 else end
            if place >= len(content):
                return False
            place += 1


def _damage(content: str) -> str | None:
    if len(content) > MAXIMUM_LINE_BYTES:
        return "line_too_long"
    if "\0" in content:
        return "control_character"
    if content.isascii():
        return None
    try:
        encoded = content.encode("utf-8")
    except UnicodeEncodeError:
        return "encoding"
    return "line_too_long" if len(encoded) > MAXIMUM_LINE_BYTES else None
