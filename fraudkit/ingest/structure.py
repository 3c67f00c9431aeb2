"""Check on all bytes that a text table is regular, so that the engine can be trusted to read it.

A table is regular when every line is one row, every row has the header's number of values, and every quote
opens at the start of a value and closes at its end. The check is a few passes of numpy over blocks of the
file. Anything else goes through `repair`, which looks at every row by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from fraudkit.ingest.dialect import Dialect

MAXIMUM_LINE_BYTES: Final = 2_000_000
BLOCK_BYTES: Final = 1 << 23
NEWLINE: Final = 10
SPACE: Final = 32
CARRIAGE_RETURN: Final = 13

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Structure:
    """What the bytes of a regular table show.

    Parameters
    ----------
    rows
        Number of rows of values.
    is_padded
        Whether some value begins or ends with a space.
    has_returns
        Whether lines end in CR LF.
    """

    rows: int
    is_padded: bool
    has_returns: bool


def regular_structure(path: Path, dialect: Dialect) -> Structure | None:
    """Return the structure of a UTF-8 file, or None when it is not regular.

    Parameters
    ----------
    path
        A file in UTF-8.
    dialect
        Its layout; the header must be its first line.
    """
    if dialect.first_line > 2:  # noqa: PLR2004 - the header alone stands above the rows
        return None
    total, is_padded = 0, False
    returns: bool | None = None
    for block in _blocks(path):
        counted = _rows_of(block, ord(dialect.delimiter), ord(dialect.quote), len(dialect.names))
        if counted is None or returns not in {None, counted[1]}:
            return None
        rows, returns = counted
        total += rows
        is_padded = is_padded or _is_padded(block, ord(dialect.delimiter), ord(dialect.quote))
    return Structure(total - (dialect.first_line - 1), is_padded, bool(returns))


def _blocks(path: Path) -> Iterator[Bytes]:
    """Yield the file in blocks of whole lines; the last line gets its newline if it has none."""
    rest = b""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            cut = block.rfind(b"\n") + 1
            if cut:
                yield np.frombuffer(rest + block[:cut], dtype=np.uint8)
            rest = block[cut:] if cut else rest + block
            if len(rest) > MAXIMUM_LINE_BYTES:
                break
    if rest:
        yield np.frombuffer(rest + b"\n", dtype=np.uint8)


def _rows_of(block: Bytes, delimiter: int, quote: int, width: int) -> tuple[int, bool] | None:
    """Return the rows of a block and whether its lines end in CR LF, or None when it is not regular."""
    ends = np.flatnonzero(block == NEWLINE)
    starts = np.concatenate([np.zeros(1, dtype=np.intp), ends[:-1] + 1])
    returns = int(np.count_nonzero(block == CARRIAGE_RETURN))
    if returns and (returns != ends.size or not np.all(block[ends - 1] == CARRIAGE_RETURN)):
        return None
    lengths = ends - starts - bool(returns)
    if lengths.min() <= 0 or lengths.max() > MAXIMUM_LINE_BYTES or np.any(block == 0):
        return None
    delimiters = block == delimiter
    quotes = block == quote
    if quotes.any():
        inside = np.bitwise_xor.accumulate(quotes.view(np.uint8)).view(bool)
        if inside[ends].any() or not _quotes_are_regular(block, quotes, inside, delimiter, quote):
            return None
        delimiters &= ~inside
    if not _are_equally_wide(np.flatnonzero(delimiters), starts, ends, width):
        return None
    return ends.size, bool(returns)


def _are_equally_wide(delimiters: Places, starts: Places, ends: Places, width: int) -> bool:
    """Tell whether each line holds exactly width - 1 delimiters."""
    if delimiters.size != starts.size * (width - 1):
        return False
    grid = delimiters.reshape(starts.size, width - 1)
    return bool(np.all(grid[:, 0] >= starts) and np.all(grid[:, -1] < ends))


def _quotes_are_regular(
    block: Bytes, quotes: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_], delimiter: int, quote: int
) -> bool:
    """Tell whether each quote opens after, or closes before, a delimiter, a line end or its double."""
    places = np.flatnonzero(quotes)
    opening = places[inside[places]]
    closing = places[~inside[places]]
    before = np.where(opening == 0, NEWLINE, block[opening - 1])
    after = block[closing + 1]
    return bool(
        np.all((before == delimiter) | (before == NEWLINE) | (before == quote))
        and np.all((after == delimiter) | (after == NEWLINE) | (after == CARRIAGE_RETURN) | (after == quote))
    )


def _is_padded(block: Bytes, delimiter: int, quote: int) -> bool:
    """Tell whether a space stands beside a delimiter, a quote or a line end."""
    spaces = block == SPACE
    if not spaces.any():
        return False
    edges = (block == delimiter) | (block == quote) | (block == NEWLINE) | (block == CARRIAGE_RETURN)
    return bool(spaces[0] or np.any(spaces[1:] & edges[:-1]) or np.any(spaces[:-1] & edges[1:]))
