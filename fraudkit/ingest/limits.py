"""How large a file may be, before and after unpacking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

MEGABYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one source.

    Parameters
    ----------
    max_bytes
        The file as it comes.
    max_unpacked_bytes
        What an archive or a workbook may become.
    max_rows, max_columns
        The table.
    """

    max_bytes: int = 500 * MEGABYTE
    max_unpacked_bytes: int = 4_096 * MEGABYTE
    max_rows: int = 5_000_000
    max_columns: int = 4_096

    def check_size(self, path: Path) -> None:
        """Refuse a file that is too large, before it is read.

        Raises
        ------
        InvalidInputError
            When it exceeds `max_bytes`.
        """
        size = path.stat().st_size
        if size > self.max_bytes:
            raise InvalidInputError(
                N_("The file has {size} MB; the limit is {limit} MB."),
                N_("Split it, or put it into the inbox, whose limit is higher."),
                size=size >> 20,
                limit=self.max_bytes >> 20,
            )

    def check_rows(self, rows: int) -> None:
        """Refuse a table with too many rows.

        Raises
        ------
        InvalidInputError
            When it exceeds `max_rows`.
        """
        if rows > self.max_rows:
            raise InvalidInputError(
                N_("The file has more than {limit} rows."),
                N_("Split it, or put it into the inbox, whose limit is higher."),
                limit=self.max_rows,
            )

    def check_columns(self, columns: int) -> None:
        """Refuse a table with too many columns.

        Raises
        ------
        InvalidInputError
            When it exceeds `max_columns`.
        """
        if columns > self.max_columns:
            raise InvalidInputError(
                N_("The file has {columns} columns; the limit is {limit}."),
                N_("Export only the columns that describe transactions."),
                columns=columns,
                limit=self.max_columns,
            )
